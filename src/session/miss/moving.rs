//! The commonest cause of a miss: a date or an id that the test makes anew in every run.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::matching::request_key::Normal;

/// What a test makes up, as it looks in a request.
static KINDS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    const DAY: &str = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?";
    const MONTH: &str = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}";
    const NUMBER: &str = r"\d{1,2}(?:st|nd|rd|th)?";
    const TIME: &str = r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?";
    const SLASHED: &str = r"\d{4}/\d\d/\d\d|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b";
    let patterns = [
        (
            "a UUID",
            r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b".to_owned(),
        ),
        (
            "a date",
            format!(
                r"{DAY}(?:\d{{4}}-\d\d-\d\d{TIME}|{MONTH} {NUMBER},? \d{{4}}|{NUMBER}\.? {MONTH},? \d{{4}}|{SLASHED})"
            ),
        ),
        ("a time", r"\b\d\d?:\d\d(?::\d\d)?\b|\b1\d{9}(?:\d{3})?\b".to_owned()),
    ];
    patterns.into_iter().filter_map(|(name, pattern)| Some((name, Regex::new(&pattern).ok()?))).collect()
});

/// The kinds of what differs between two requests when it is nothing but values of some kinds.
pub(super) fn all_that_differs(recorded: &Normal, live: &Normal) -> Option<Vec<&'static str>> {
    let same_but_for = |kinds: &dyn Fn(&str) -> bool| {
        let without = |normal: &Normal| {
            KINDS.iter().filter(|(name, _)| kinds(name)).fold(normal.form.clone(), |form, (_, regex)| {
                regex.replace_all(&form, b"\0".as_slice()).into_owned()
            })
        };
        without(recorded) == without(live)
    };
    let names = || KINDS.iter().map(|(name, _)| *name);
    // A date has a time in it, and either may account for that.
    if let Some(name) = names().find(|name| same_but_for(&|kind| kind == *name)) {
        return Some(vec![name]);
    }
    let needed = names().filter(|name| !same_but_for(&|kind| kind != *name));
    same_but_for(&|_| true).then(|| needed.collect())
}

/// What to do about a request that goes to another host or port than the recorded one that comes nearest.
pub(super) fn hosts(recorded: &Normal, live: &Normal) -> Option<String> {
    let (was_before, was, was_behind) = split(&recorded.form)?;
    let (is_before, is, is_behind) = split(&live.form)?;
    if was == is {
        return None;
    }
    let is_all = (was_before, was_behind) == (is_before, is_behind);
    let all = if is_all { "only the host differs" } else { "the host differs too" };
    Some(format!(
        "{all}, `{}` where it was `{}`; where that changes from run to run, `.ignore_host(true)` leaves it out",
        String::from_utf8_lossy(is),
        String::from_utf8_lossy(was),
    ))
}

/// What stands before scheme and host of a request, those, and what stands behind them.
fn split(form: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let line = form.iter().position(|byte| *byte == b'\n').unwrap_or(form.len());
    let start = form[..line].iter().position(|byte| *byte == b' ')? + 1;
    let scheme = memchr::memmem::find(&form[start..line], b"://")? + 3;
    let host = form[start + scheme..line].iter().position(|byte| matches!(byte, b'/' | b'?'));
    let end = host.map_or(line, |host| start + scheme + host);
    Some((&form[..start], &form[start..end], &form[end..]))
}

pub(super) fn cure(kinds: &[&str]) -> String {
    let (differ, it) = if kinds.len() == 1 { ("differs", "it") } else { ("differ", "each") };
    format!(
        "only {} {differ}, which the test seems to make anew in every run; let the cassette keep {it} with \
         `cassette.variable(\"today\", || …)?`, then run `LLM_CASSETTE_MODE=record cargo test`",
        kinds.join(" and ")
    )
}
