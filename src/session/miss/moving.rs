//! The commonest cause of a miss: a date, an id or a place that the test makes anew in every run.

use super::made_up::{Cure, KINDS, Kind};
use crate::matching::difference::Leaves;
use crate::matching::request_key::Normal;
use crate::matching::user_rules::Pointer;
use crate::model::exchange::Request;
use crate::model::json::Json;
use crate::model::wire::bodies::json_body;

/// The kinds of what differs between two requests when it is nothing but values of some kinds.
pub(super) fn all_that_differs(recorded: &Normal, live: &Normal) -> Option<Vec<&'static Kind>> {
    let same_but_for = |counts: &dyn Fn(usize) -> bool| {
        let without = |normal: &Normal| {
            let kinds = KINDS.iter().enumerate().filter(|(at, _)| counts(*at));
            kinds.fold(normal.form.clone(), |form, (_, kind)| kind.without(&form).into_owned())
        };
        without(recorded) == without(live)
    };
    // A date has a time in it, and either may account for that.
    if let Some(at) = (0..KINDS.len()).find(|at| same_but_for(&|kind| kind == *at)) {
        return Some(vec![&KINDS[at]]);
    }
    let needed = || (0..KINDS.len()).filter(|at| !same_but_for(&|kind| kind != *at)).map(|at| &KINDS[at]);
    same_but_for(&|_| true).then(|| needed().collect())
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

/// The calls that leave out what differs, where that is whole values of these kinds: a library may make them, so that no
/// test can keep them.
pub(super) fn ignoring(leaves: &Leaves, kinds: &[&Kind], request: &Request) -> Option<String> {
    let is_whole = |value: &Json| match value {
        Json::String(text) | Json::Number(text) => {
            kinds.iter().any(|kind| *kind.without(text.as_bytes()) == *b"\0")
        }
        _ => false,
    };
    let are_made_up = leaves.values.iter().all(|(_, old, new)| is_whole(old) && is_whole(new));
    if !are_made_up || !leaves.orders.is_empty() {
        return None;
    }
    calls("ignore", leaves.values.iter().map(|(place, ..)| place), request)
}

/// What leaves out the order of lists, where nothing else differs.
pub(super) fn order(leaves: &Leaves, request: &Request) -> Option<String> {
    let calls = calls("ignore_order", leaves.orders.iter(), request).filter(|_| leaves.values.is_empty())?;
    Some(format!("where the order means nothing, `{calls}` leaves it out"))
}

/// A call of the builder for each place that its rules reach in a request: not what stands in a text.
fn calls<'p>(name: &str, places: impl Iterator<Item = &'p String>, request: &Request) -> Option<String> {
    let tree = json_body(request)?;
    let mut calls: Vec<String> = Vec::new();
    for place in places {
        Pointer::parse(place).filter(|pointer| !pointer.places(&tree).is_empty())?;
        let call = format!(".{name}({place:?})");
        if !calls.contains(&call) {
            calls.push(call);
        }
    }
    (!calls.is_empty()).then(|| calls.concat())
}

pub(super) fn cure(kinds: &[&Kind], ignoring: Option<String>) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    let (differ, it) = if kinds.len() == 1 { ("differs", "it") } else { ("differ", "each") };
    let seems =
        format!("only {} {differ}, which the test seems to make anew in every run", names.join(" and "));
    let replacements: Vec<&str> = kinds
        .iter()
        .filter_map(|kind| match kind.cure {
            Cure::Replace(call) => Some(call),
            Cure::Keep => None,
        })
        .collect();
    let replace = format!("leave it out with `{}`", replacements.join(""));
    let mut keep = format!(
        "let the cassette keep {it} with `cassette.variable(\"today\", || …)?`, then run \
         `LLM_CASSETTE_MODE=record cargo test`"
    );
    if let Some(calls) = ignoring {
        keep.push_str(&format!("; where a library makes {it}, `{calls}` leaves it out"));
    }
    match replacements.len() {
        0 => format!("{seems}; {keep}"),
        count if count == kinds.len() => format!("{seems}; {replace}"),
        _ => format!("{seems}; {replace}, and for the rest {keep}"),
    }
}
