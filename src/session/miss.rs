//! What a miss says: which cassette, what came nearest, how it differs, and the command that would record it.

mod made_up;
mod moving;
mod unrecorded;

use std::path::Path;

use crate::matching::difference::{self, Limits};
use crate::matching::request_key::Normal;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::Request;
use crate::model::mode::MODE_VARIABLE;
use crate::model::text::{plural, shell_quoted, shown_path};
use crate::store::tape::Recordings;

/// The command that records what is missing. The session names the test in it, where it is known which one it is.
const RECORD: &str = "to record it, run `LLM_CASSETTE_MODE=record cargo test` with your API key set";

pub(super) use unrecorded::{as_it_ended, as_it_looks};

fn record_hint() -> String {
    RECORD.to_owned()
}

pub(super) fn missing_file(path: &Path, request: &Request) -> Error {
    let message = format!(
        "no recorded response for {}\n  cassette: {} (there is no such file)",
        request.address(),
        shown_path(path)
    );
    Error::new(ErrorKind::MissingFile, message).with_hint(RECORD)
}

pub(super) fn used_up(path: &Path, request: &Request, takes: usize) -> Error {
    let how_often = match takes {
        1 => "once, and that recording has been played".to_owned(),
        2 => "twice, and both takes have been played".to_owned(),
        n => format!("{n} times, and all {n} takes have been played"),
    };
    let message = format!(
        "no recorded response left for {}\n  cassette: {}\n  this request was recorded {how_often}",
        request.address(),
        shown_path(path),
    );
    Error::new(ErrorKind::UsedUp, message).with_hint(
        "if the extra call is intended, run `LLM_CASSETTE_MODE=record cargo test` to record another take, \
         or open the cassette with `.repeats(Repeats::Reuse)`",
    )
}

/// A mode that is pinned in code wins over the variable that the hint tells people to set.
pub(super) fn in_pinned_mode(error: Error) -> Error {
    match error.hint() {
        Some(hint) if hint.contains(MODE_VARIABLE) => {
            let hint = format!(
                "`.mode(…)` in code wins over {MODE_VARIABLE}, so change it to `.default_mode(…)` first; {hint}"
            );
            error.with_hint(hint)
        }
        _ => error,
    }
}

/// The answer is there, and nobody has accepted it yet.
pub(super) fn as_it_waits(error: Error, path: &Path) -> Error {
    let review = format!("llm-cassette review {}", shell_quoted(shown_path(path)));
    error.with_hint(format!(
        "a refresh recorded an answer to this request, which waits until somebody accepts it: run `{review}`"
    ))
}

pub(super) fn no_match(
    path: &Path,
    request: &Request,
    normal: &Normal,
    tape: &Recordings,
    used: &[bool],
) -> Result<Error, Error> {
    let played = used.iter().filter(|used| **used).count();
    let mut message = format!(
        "no recorded response for {}\n  cassette: {} ({}, {played} played)",
        request.address(),
        shown_path(path),
        plural(tape.len(), "interaction"),
    );
    let Some((slot, parsed)) = tape.nearest(normal)? else {
        message.push_str("\n  nothing is recorded in it");
        return Ok(Error::new(ErrorKind::NoMatch, message).with_hint(RECORD));
    };
    let state = if used.get(slot) == Some(&true) { ", already played" } else { "" };
    let place = format!("{}:{}", shown_path(path), tape.line(slot));
    message.push_str(&format!("\n  nearest:  interaction {}{state} ({place})", slot + 1));
    for difference in difference::describe(parsed.normal(), normal, Limits::SHORT) {
        // What follows the first line is a diff, and belongs to it.
        message.push_str("\n    ");
        message.push_str(&difference.replace('\n', "\n      "));
    }
    let error = Error::new(ErrorKind::NoMatch, message).near(Some(tape.line(slot)));
    // A host has a port, which looks as if it were made up.
    if let Some(hosts) = moving::hosts(parsed.normal(), normal) {
        return Ok(error.with_hint(format!("{hosts}; otherwise {RECORD}")));
    }
    let leaves = difference::leaves(parsed.normal(), normal);
    if let Some(what) = moving::all_that_differs(parsed.normal(), normal) {
        let ignoring = leaves.as_ref().and_then(|leaves| moving::ignoring(leaves, &what, request));
        return Ok(error.with_hint(moving::cure(&what, ignoring)));
    }
    if let Some(order) = leaves.as_ref().and_then(|leaves| moving::order(leaves, request)) {
        return Ok(error.with_hint(format!("{RECORD}; {order}")));
    }
    Ok(error.with_hint(format!(
        "{RECORD}; what differs in every run can be left out, see `Builder::ignore` and `Builder::replace`"
    )))
}
