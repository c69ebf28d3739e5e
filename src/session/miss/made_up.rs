//! What programs make up anew in every run, as it looks in a request: ids, times, places.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

/// Something that programs make up.
pub(super) struct Kind {
    pub(super) name: &'static str,
    look: Regex,
    /// Whether what looks so is so.
    is_one: fn(&[u8]) -> bool,
    pub(super) cure: Cure,
}

/// What helps against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cure {
    /// The cassette can keep the value, so that a replay has it again.
    Keep,
    /// The next run cannot have it again; this call leaves it out.
    Replace(&'static str),
}

impl Kind {
    /// A text with a mark in the place of each of these.
    pub(super) fn without<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        self.look.replace_all(text, |found: &Captures<'_>| {
            let found = &found[0];
            if (self.is_one)(found) { b"\0".to_vec() } else { found.to_vec() }
        })
    }
}

/// All of them. What is told of by a longer look stands first: a date has a time in it, a UUID hexadecimal digits.
pub(super) static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    const DAY: &str = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?";
    const MONTH: &str = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}";
    const NUMBER: &str = r" ?\d{1,2}(?:st|nd|rd|th)?";
    const CLOCK: &str = r"\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?";
    const ZONE: &str = r"(?: ?(?:Z\b|UTC|GMT|[+-]\d\d:?\d\d))?";
    const SLASHED: &str = r"\d{4}/\d\d/\d\d|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b";
    // RFC 3339, what people write, RFC 2822 with the older forms of HTTP, and what C writes, `Mon Nov 30 20:30:00 2026`.
    let date = format!(
        r"{DAY}(?:\d{{4}}-\d\d-\d\d(?:[T ]{CLOCK}{ZONE})?|{MONTH} {NUMBER} {CLOCK}{ZONE} \d{{4}}|{MONTH} {NUMBER},? \d{{4}}|{NUMBER}\.?[ -]{MONTH},?[ -]\d{{2,4}}(?: {CLOCK}{ZONE})?|{SLASHED})"
    );
    let any = |_: &[u8]| true;
    let keep = Cure::Keep;
    let kinds = [
        (
            "a UUID",
            r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b",
            any as fn(&[u8]) -> bool,
            keep,
        ),
        (
            "a ULID",
            r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b|\b[0-7][0-9a-hjkmnp-tv-z]{25}\b",
            has_digit_and_letter,
            keep,
        ),
        (
            "a hexadecimal id",
            r"(?i)\b(?:[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{40}|[0-9a-f]{64})\b",
            has_digit_and_letter,
            keep,
        ),
        (
            "a temporary path",
            r#"(?:/private)?/(?:tmp|var/tmp|dev/shm|var/folders/[^/\s"]+/[^/\s"]+/T)/[^/\s"'\\<>,;:)\]]+|(?i)\b[a-z]:[\\/]{1,4}[^"\n]{0,120}?[\\/]te?mp[\\/]{1,4}[^\\/\s"]+"#,
            any,
            Cure::Replace(r#".replace(r"/tmp/[^/\s]+", "TMP")"#),
        ),
        (
            "a port",
            r"(?i)\b(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|host\.docker\.internal):\d{2,5}\b|\[::1?\]:\d{2,5}\b",
            any,
            Cure::Replace(r#".replace(r"(localhost|127\.0\.0\.1):\d+", "$1")"#),
        ),
        ("a date", &date, any, keep),
        (
            "a time",
            r"\b\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?\b|\b1\d{9}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?\b",
            any,
            keep,
        ),
        ("a fraction", r"\b\d+\.\d{4,}(?:e-?\d+)?\b|\b\d(?:\.\d+)?e-\d+\b", any, keep),
        ("a nanoid", r"[0-9A-Za-z_-]{21,}", ends_as_a_nanoid, keep),
    ];
    let kinds = kinds.into_iter().filter_map(|(name, look, is_one, cure)| {
        Some(Kind { name, look: Regex::new(look).ok()?, is_one, cure })
    });
    kinds.collect()
});

fn has_digit_and_letter(word: &[u8]) -> bool {
    word.iter().any(u8::is_ascii_digit) && word.iter().any(u8::is_ascii_alphabetic)
}

/// Whether a word is 21 random characters, or ends in them behind a prefix such as `user_`. What people write has its capitals
/// at the beginning of words, and its digits at their ends.
fn ends_as_a_nanoid(word: &[u8]) -> bool {
    let (prefix, id) = word.split_at(word.len().saturating_sub(21));
    let turns = |is: fn(&u8) -> bool| id.windows(2).filter(|pair| is(&pair[0]) != is(&pair[1])).count();
    let may_be_prefix = prefix.is_empty() || matches!(prefix.last(), Some(b'_' | b'-'));
    may_be_prefix && turns(u8::is_ascii_uppercase) >= 4 && turns(u8::is_ascii_lowercase) >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is made up in a text, by the first kind that accounts for all of the difference to the other.
    fn told(one: &str, two: &str) -> Option<&'static str> {
        let kind = KINDS.iter().find(|kind| kind.without(one.as_bytes()) == kind.without(two.as_bytes()));
        kind.map(|kind| kind.name)
    }

    #[test]
    fn every_pattern_holds_up() {
        assert_eq!(KINDS.len(), 9);
    }

    #[test]
    fn what_programs_make_up_is_known_by_its_look() {
        for (kind, one, two) in [
            ("a UUID", "9c1f2a7e-0b5d-4f7a-9a55-1f0d6c1b2e3f", "9C1F2A7E-0b5d-4f7a-9a55-1f0d6c1b2e4f"),
            ("a UUID", "id 0123456789abcdef0123456789abcdef", "id 0123456789abcdef0123456789abcdee"),
            ("a ULID", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ"),
            ("a ULID", "run 01arz3ndektsv4rrffq69g5fav.", "run 01bx5zzkbkactav9wevgemmvrz."),
            ("a nanoid", "V1StGXR8_Z5jdHi6B-myT", "FyBe6Aq3-xZk9TqWn0_Lp"),
            ("a nanoid", "user_V1StGXR8_Z5jdHi6B-myT", "user_FyBe6Aq3-xZk9TqWn0_Lp"),
            ("a hexadecimal id", "trace 00f067aa0ba902b7", "trace 53995c3f42cd8ad8"),
            ("a hexadecimal id", "507f1f77bcf86cd799439011", "507f191e810c19729de860ea"),
            ("a date", "2026-11-30T20:30:00.123Z", "2026-12-01T08:00:00+01:00"),
            ("a date", "Mon, 30 Nov 2026 20:30:00 +0000", "Tue, 1 Dec 2026 08:00:00 GMT"),
            ("a date", "Monday, 30-Nov-26 20:30:00 GMT", "Tuesday, 01-Dec-26 08:00:00 GMT"),
            ("a date", "Mon Nov 30 20:30:00 2026", "Tue Dec  1 08:00:00 2026"),
            ("a date", "Monday, November 30, 2026", "Tuesday, December 1, 2026"),
            ("a date", "30/11/2026", "1/12/2026"),
            ("a time", "at 20:30", "at 8:05"),
            ("a time", "20:30:15.123456", "20:30:16.9"),
            ("a time", "1764534600", "1764534601"),
            ("a time", "1764534600.123", "1764534601.98"),
            ("a time", "1764534600123", "1764534601987"),
            ("a fraction", "took 0.837261 s", "took 1.2837461 s"),
            ("a temporary path", "read /tmp/.tmpA1b2C3/in.txt", "read /tmp/.tmpX9y8Z7/in.txt"),
            ("a temporary path", "/var/folders/zz/abc123/T/x1/a", "/var/folders/zz/abc123/T/x2/a"),
            (
                "a temporary path",
                r"C:\\Users\\Jane Doe\\AppData\\Local\\Temp\\.tmpA1\\in",
                r"C:\\Users\\Jane Doe\\AppData\\Local\\Temp\\.tmpB2\\in",
            ),
            ("a port", "see http://localhost:41701/x", "see http://localhost:52801/x"),
            ("a port", "http://[::1]:41701", "http://[::1]:52801"),
        ] {
            assert_eq!(told(one, two), Some(kind), "{one}");
        }
    }

    #[test]
    fn what_people_write_is_not_made_up() {
        for (one, two) in [
            ("Oslo", "Rome"),
            ("version 1.2", "version 1.3"),
            ("temperature 0.7", "temperature 0.5"),
            ("internationalization-of-words", "internationalisation-of-words"),
            ("claude-3-5-sonnet-20241022", "claude-sonnet-4-5-20250929"),
            ("get_weather_forecast_for_city", "get_weather_forecast_of_city"),
            ("ReadTheWholeFileBeforeYouAnswer", "ReadTheWholeLineBeforeYouAnswer"),
            ("ask me 12345 things", "ask me 12346 things"),
            ("/home/me/a.txt", "/home/me/b.txt"),
            ("api.example.com:443", "api.example.com:8443"),
        ] {
            assert_eq!(told(one, two), None, "{one}");
        }
    }
}
