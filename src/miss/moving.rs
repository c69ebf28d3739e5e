//! The commonest cause of a miss: a date or an id that the test makes anew in every run.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::request_key::Normal;

/// What a test makes up, as it looks in a request.
static KINDS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    const MONTH: &str = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}";
    const TIME: &str = r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?";
    let patterns = [
        ("a UUID", r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".to_owned()),
        (
            "a date",
            format!(r"\d{{4}}-\d\d-\d\d{TIME}|{MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}}\.? {MONTH},? \d{{4}}"),
        ),
        ("a time", r"\b\d\d?:\d\d(?::\d\d)?\b|\b1\d{9}(?:\d{3})?\b".to_owned()),
    ];
    patterns.into_iter().filter_map(|(name, pattern)| Some((name, Regex::new(&pattern).ok()?))).collect()
});

/// What differs between two requests when it is nothing but values of one kind.
pub(super) fn all_that_differs(recorded: &Normal, live: &Normal) -> Option<&'static str> {
    KINDS.iter().find_map(|(name, regex)| {
        let without = |normal: &Normal| regex.replace_all(&normal.form, b"\0".as_slice()).into_owned();
        (without(recorded) == without(live)).then_some(*name)
    })
}

pub(super) fn cure(what: &str) -> String {
    format!(
        "only {what} differs, which the test seems to make anew in every run; let the cassette keep it: \
         `cassette.variable(\"today\", || …)?`, then record once more with `LLM_CASSETTE_MODE=record cargo test`"
    )
}
