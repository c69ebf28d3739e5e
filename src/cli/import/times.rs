//! Times as tools write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// The moment that a text names: as in ISO 8601, in UTC where it names no zone, or as in HTTP.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let iso = || text.parse::<Timestamp>().ok();
    let http = || rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok();
    // `2013-09-28T01:25:38`, and `2024-01-02 03:04:05 -0500`, as Ruby has it.
    let bare = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let ruby = || {
        let (moment, zone) = text.rsplit_once(' ')?;
        if zone == "UTC" { format!("{moment}Z") } else { format!("{moment}{zone}") }.parse::<Timestamp>().ok()
    };
    let found = iso().or_else(http).or_else(ruby).or_else(bare)?;
    // A year that has no four digits is not one in which anybody recorded.
    (0..=253_402_300_799).contains(&found.as_second()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_moment_is_read() {
        let wanted = "2025-02-10T10:15:54Z".parse::<Timestamp>().unwrap();
        for text in [
            "2025-02-10T10:15:54Z",
            "2025-02-10T11:15:54+01:00",
            "Mon, 10 Feb 2025 10:15:54 GMT",
            "2025-02-10T10:15:54",
            "2025-02-10 10:15:54 UTC",
            "2025-02-10 05:15:54 -0500",
            " 2025-02-10 10:15:54Z\n",
        ] {
            assert_eq!(parse(text), Some(wanted), "{text}");
        }
        for text in
            ["", "yesterday", "-009999-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2025-02-30T00:00:00Z"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
