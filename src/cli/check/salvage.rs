//! The documents of a file that can be had although others are broken: what is broken is told and taken for empty lines,
//! so that the rest keeps its line numbers.

use std::ops::Range;
use std::path::Path;

use crate::cli::problem::{Problem, What};
use crate::format::OPEN;
use crate::matching::user_rules::Rules;
use crate::model::text::shell_quoted;
use crate::store::tape::{self, Tape, Unreadable};

/// The tape of a file, `None` where not even a part of it can be looked at, and what is wrong with the rest.
pub(super) fn salvage(path: &Path, bytes: &[u8]) -> (Option<Tape>, Vec<Problem>) {
    let mut bytes = bytes.to_vec();
    let mut problems = Vec::new();
    loop {
        let unreadable = match tape::healed(bytes.clone()) {
            Ok((apart, _, true)) => {
                problems.push(unmerged(path, &bytes, &apart));
                return (None, problems);
            }
            Ok((_, scan, _)) => {
                problems.extend(scan.torn.map(|at| torn(path, tape::line_of(&bytes, at))));
                let tape = Tape::new(path, bytes, Rules::default()).ok();
                return (tape.map(|(tape, _)| tape), problems);
            }
            Err(unreadable) => unreadable,
        };
        let (what, place) = match &unreadable {
            Unreadable::Newer { .. } => (What::Newer, None),
            Unreadable::Unresolvable { .. } => (What::Conflict, None),
            Unreadable::Malformed { line, .. } => {
                (What::Unreadable, (*line > 1).then(|| broken(&bytes, *line)))
            }
        };
        problems.push(Problem::of_error(path, what, &unreadable.into_error(path)));
        let Some(place) = place else { return (None, problems) };
        bytes[place].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }
}

fn torn(path: &Path, line: usize) -> Problem {
    let message = "the last document is truncated";
    Problem::new(path, Some(line), What::Truncated, message).with_hint(format!(
        "run `llm-cassette format {}` to move it to `.llm-cassette/`, as the next recording would",
        shell_quoted(path)
    ))
}

/// `apart` is what the file should be; where the two begin to differ, documents run into each other.
fn unmerged(path: &Path, bytes: &[u8], apart: &[u8]) -> Problem {
    let same = bytes.iter().zip(apart).take_while(|(a, b)| a == b).count();
    let open = lines(bytes).filter(|line| line.end <= same && opens(&bytes[line.clone()])).last();
    let line = tape::line_of(bytes, open.map_or(same, |open| open.start));
    let message = "a union merge interleaved documents; they can be separated, and nothing is missing";
    Problem::new(path, Some(line), What::Unmerged, message)
        .with_hint(format!("run `llm-cassette format {}` to separate them", shell_quoted(path)))
}

/// From a line to the next one that opens a document.
fn broken(bytes: &[u8], line: usize) -> Range<usize> {
    let start = lines(bytes).nth(line - 1).map_or(bytes.len(), |line| line.start);
    let next = lines(bytes).find(|line| line.start > start && opens(&bytes[line.clone()]));
    start..next.map_or(bytes.len(), |next| next.start)
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    bytes.split_inclusive(|byte| *byte == b'\n').scan(0, |at, line| {
        let range = *at..*at + line.len();
        *at = range.end;
        Some(range)
    })
}

fn opens(line: &[u8]) -> bool {
    line.strip_prefix(OPEN.as_bytes()).is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
}
