//! What is wrong with a cassette: all of it, each with its line. Bytes in, problems out; beside blobs, no file is read.

pub(super) mod known_secrets;
mod salvage;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::cli::problem::{Problem, What};
use crate::format::checksum;
use crate::format::variables::{self, Wrong};
use crate::matching::request_key::Key;
use crate::model::error::Error;
use crate::model::text::{shell_quoted, shown_path};
use crate::redact::{MARK, Redactor, replaced};
use crate::store::tape::{Parsed, Tape};
use known_secrets::{Environment, changed_place, lines_with_secrets, secret};

/// Everything that is wrong with the bytes of a cassette, in the order of its lines.
pub(super) fn check(path: &Path, bytes: &[u8], environment: &Environment) -> Result<Vec<Problem>, Error> {
    if bytes.is_empty() {
        let problem = Problem::new(path, None, What::Unreadable, "the file is empty");
        let hint = format!("restore it with `git checkout -- {0}`, or delete it", shell_quoted(path));
        return Ok(vec![problem.with_hint(hint)]);
    }
    let (tape, mut problems) = salvage::salvage(path, bytes);
    let all: Vec<_> = tape.iter().flat_map(|tape| (0..tape.len()).map(|slot| tape.get(slot))).collect();
    let redactor = environment.redactor(path, all.iter().flatten().map(|parsed| &parsed.interaction))?;
    problems.extend(lines_with_secrets(&redactor, path, bytes, 1));
    if problems.iter().all(|problem| problem.what != What::Newer) {
        problems.extend(wrong_variables(path, bytes));
    }
    let told: Vec<usize> = problems
        .iter()
        .filter(|problem| problem.what == What::Secret)
        .filter_map(|problem| problem.line)
        .collect();
    let mut takes = HashMap::new();
    for (tape, (slot, parsed)) in
        tape.iter().flat_map(|tape| std::iter::repeat(tape).zip(all.iter().enumerate()))
    {
        match parsed {
            Err(error) => problems.push(Problem::of_error(path, What::Unreadable, error)),
            Ok(parsed) => {
                problems.extend(wrong_key(path, tape, slot, parsed));
                problems.extend(repeated(&mut takes, path, tape.line(slot), parsed));
                problems.extend(hidden_secret(&redactor, &told, path, tape, slot, parsed));
            }
        }
    }
    problems.sort();
    problems.dedup();
    Ok(problems)
}

/// That documents of a cassette are not as they were written, which is no problem before two branches are merged.
pub(super) fn edited(path: &Path, bytes: &[u8]) -> Option<Edited> {
    let (tape, _) = salvage::salvage(path, bytes);
    let tape = tape?;
    let mut wrong = (0..tape.len()).filter(|slot| checksum::is_true_of(tape.text(*slot)) == Some(false));
    let line = tape.line(wrong.next()?);
    Some(Edited { file: path.to_owned(), line, documents: 1 + wrong.count() })
}

/// Documents that somebody or a formatter edited, so that their checksums are not theirs any more.
pub(super) struct Edited {
    pub(super) file: PathBuf,
    /// Where the first of them begins.
    line: usize,
    documents: usize,
}

impl Edited {
    /// What that means, in a sentence and a hint.
    pub(super) fn in_words(&self) -> [String; 2] {
        let (documents, them) = match self.documents {
            1 => ("this document was".to_owned(), "it"),
            more => (format!("this document and {} more were", more - 1), "them"),
        };
        [
            format!(
                "{}:{}: {documents} edited by hand or by a formatter: if git merges {them} with another branch, \
                 nobody can tell the two apart",
                shown_path(&self.file),
                self.line
            ),
            format!(
                "hint: run `llm-cassette format {}`, which updates the checksum",
                shell_quoted(&self.file)
            ),
        ]
    }
}

/// Where answers of a cassette have something in the place of secrets; such a cassette is as it should be. One that cannot be
/// read is a problem of its own.
pub(super) fn replaced_in_answers(path: &Path, bytes: &[u8]) -> Vec<String> {
    if memchr::memmem::find(bytes, MARK.as_bytes()).is_none() {
        return Vec::new();
    }
    let (tape, _) = salvage::salvage(path, bytes);
    let said = |tape: &Tape, slot: usize| {
        let parsed = tape.get(slot).ok()?;
        let sentence = replaced(&parsed.interaction.response).sentence()?;
        Some(format!("{}:{}: {sentence}", shown_path(path), tape.line(slot)))
    };
    tape.iter().flat_map(|tape| (0..tape.len()).filter_map(move |slot| said(tape, slot))).collect()
}

fn wrong_variables(path: &Path, bytes: &[u8]) -> impl Iterator<Item = Problem> {
    variables::check(&String::from_utf8_lossy(bytes)).into_iter().map(|Wrong { line, message, hint }| {
        Problem::new(path, Some(line), What::Variable, message).with_hint(hint)
    })
}

fn wrong_key(path: &Path, tape: &Tape, slot: usize, parsed: &Parsed) -> Option<Problem> {
    let key = parsed.normal().key;
    let mut lines = tape.text(slot).split(|byte| *byte == b'\n');
    let line = tape.line(slot) + lines.position(|line| line.starts_with(b"key:")).unwrap_or(0);
    (tape.recorded_key(slot) != key).then(|| {
        let message = format!("the key is not the one of the request, which was edited; it should be {key}");
        Problem::new(path, Some(line), What::Key, message)
            .with_hint(format!("run `llm-cassette format {}` to update it", shell_quoted(path)))
    })
}

fn repeated(
    takes: &mut HashMap<(Key, u64), usize>,
    path: &Path,
    line: usize,
    parsed: &Parsed,
) -> Option<Problem> {
    let take = parsed.interaction.take;
    let other = takes.insert((parsed.normal().key, take), line)?;
    let message = format!("line {other} already has take {take} of this request");
    Some(Problem::new(path, Some(line), What::Take, message).with_hint(format!(
        "delete one of the two, or run `llm-cassette format {}` to number them in the order in which they play",
        shell_quoted(path)
    )))
}

/// A secret that no line shows by itself: one under an encoding, in a blob, or in several events of a stream.
fn hidden_secret(
    redactor: &Redactor,
    told: &[usize],
    path: &Path,
    tape: &Tape,
    slot: usize,
    parsed: &Parsed,
) -> Option<Problem> {
    let first = tape.line(slot);
    let lines = first..first + tape.text(slot).split(|byte| *byte == b'\n').count();
    // They are in the order of the lines.
    let next = told.get(told.partition_point(|line| *line < lines.start));
    if next.is_some_and(|line| lines.contains(line)) {
        return None;
    }
    let place = match redactor.redact(parsed.interaction.clone()) {
        Ok(clean) => changed_place(&parsed.interaction, clean.interaction())?.to_owned(),
        Err(leak) => leak.place,
    };
    Some(secret(path, first, &format!("there is a secret in {place}")))
}
