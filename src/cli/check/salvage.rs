//! The documents of a file that can be had although others are broken: what is broken is told and taken for empty lines,
//! so that the rest keeps its line numbers.

use std::ops::Range;
use std::path::Path;

use crate::cli::problem::{Problem, What};
use crate::format::OPEN;
use crate::matching::user_rules::Rules;
use crate::model::text::shell_quoted;
use crate::store::tape::{self, Broken, Tape, Unreadable};

/// What is broken is taken out, and so what is left may show something else that is. More often than this it does not, unless
/// somebody made it so.
const ROUNDS: usize = 4;

/// The tape of a file, `None` where not even a part of it can be looked at, and what is wrong with the rest.
pub(super) fn salvage(path: &Path, bytes: &[u8]) -> (Option<Tape>, Vec<Problem>) {
    let mut bytes = bytes.to_vec();
    let mut problems = Vec::new();
    for _ in 0..ROUNDS {
        let mut broken = Vec::new();
        let unreadable = match tape::scan_past(&bytes, |part| {
            let _: () = broken.push(part);
            Ok(())
        }) {
            Err(unreadable) => unreadable,
            Ok(_) if !broken.is_empty() => {
                for Broken { at, line, message } in broken {
                    bytes[at].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
                    let unreadable = Unreadable::Malformed { line, message: message.to_owned() };
                    problems.push(Problem::of_error(path, What::Unreadable, &unreadable.into_error(path)));
                }
                continue;
            }
            Ok(_) => match tape::healed(bytes.clone()) {
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
            },
        };
        let what = match &unreadable {
            Unreadable::Newer { .. } => What::Newer,
            Unreadable::Unresolvable { .. } => What::Conflict,
            Unreadable::Malformed { .. } | Unreadable::Pointer => What::Unreadable,
        };
        problems.push(Problem::of_error(path, what, &unreadable.into_error(path)));
        break;
    }
    (None, problems)
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
