//! Ages and the times they are counted from.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::model::error::{Error, ErrorKind};

/// A span of time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Age(pub(crate) u64);

/// The units of an age; a month has 30 days and a year 365, as people mean them.
const UNITS: [(&str, u64); 7] =
    [("s", 1), ("min", 60), ("h", 3600), ("d", 86_400), ("w", 604_800), ("mo", 2_592_000), ("y", 31_536_000)];

impl Age {
    /// Reads `30d`, `12h`, `2w` and the like.
    pub(crate) fn parse(text: &str) -> Result<Age, Error> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let seconds = UNITS.iter().find(|(name, _)| *name == unit.trim()).map(|(_, seconds)| *seconds);
        number
            .parse::<u64>()
            .ok()
            .zip(seconds)
            .and_then(|(number, seconds)| number.checked_mul(seconds))
            .map(Age)
            .ok_or_else(|| {
                Error::new(ErrorKind::BadSetting, format!("{text:?} is not an age"))
                    .with_hint("write a whole number and a unit: s, min, h, d, w, mo or y, as in `30d`")
            })
    }

    /// The time from a `recorded_at` to now; `None` for what is no time. What lies in the future has no age.
    pub(crate) fn of(recorded_at: &str, now: jiff::Timestamp) -> Option<Age> {
        let then = jiff::Timestamp::from_str(recorded_at).ok()?;
        Some(Age(u64::try_from(now.as_second() - then.as_second()).unwrap_or(0)))
    }
}

impl From<Duration> for Age {
    fn from(duration: Duration) -> Age {
        Age(duration.as_secs())
    }
}

/// As it is read, in the largest unit up to days that leaves little over: `40d`, `90min`.
impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fitting = UNITS[..4].iter().rev().find(|(_, seconds)| {
            self.0 >= 10 * seconds || (self.0 >= *seconds && self.0.is_multiple_of(*seconds))
        });
        let (unit, seconds) = fitting.copied().unwrap_or(UNITS[0]);
        write!(f, "{}{unit}", self.0 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_number_and_a_unit() {
        for (text, seconds) in [
            ("90s", 90),
            ("5min", 300),
            ("12h", 43_200),
            ("30d", 2_592_000),
            (" 2 w ", 1_209_600),
            ("0d", 0),
            ("1y", 31_536_000),
        ] {
            assert_eq!(Age::parse(text).unwrap(), Age(seconds), "{text}");
        }
        for text in
            ["", "d", "30", "30 days", "-1d", "1.5d", "99999999999999999999d", "18446744073709551615y"]
        {
            let error = Age::parse(text).unwrap_err();
            assert!(error.to_string().contains("as in `30d`"), "{text}");
        }
    }

    #[test]
    fn an_age_is_written_as_it_is_read() {
        for (seconds, text) in
            [(0, "0s"), (90, "90s"), (600, "10min"), (5400, "90min"), (86_400, "1d"), (3_463_210, "40d")]
        {
            assert_eq!(Age(seconds).to_string(), text);
        }
    }

    #[test]
    fn an_age_is_counted_from_the_recording() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        assert_eq!(Age::of("2026-11-20T12:00:00Z", now), Some(Age(86_400)));
        assert_eq!(Age::of("2027-01-01T00:00:00Z", now), Some(Age(0)));
        assert_eq!(Age::of("yesterday", now), None);
    }
}
