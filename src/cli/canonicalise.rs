//! A cassette as the program writes it: what hands, tools, merges and older versions did to its form is undone, and what it
//! means stays, which is proven by reading it back. Bytes in, bytes out; beside blobs, no file is read.

mod comments;
mod document;
mod frame;
mod reasons;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::cli::check::known_secrets::{Environment, changed_place, lines_with_secrets, secret};
use crate::cli::problem::{Problem, What};
use crate::format::blobs::Blobs;
use crate::matching::request_key::{Key, normalise};
use crate::matching::user_rules::Rules;
use crate::model::interaction::Interaction;
use crate::redact::{Redacted, Redactor};
use crate::store::tape::{Parsed, SlotId, Tape, in_play_order};
use document::CanonicalDocument;
pub(super) use reasons::Reason;

/// A file as it should be.
#[derive(Debug)]
pub(super) struct Canonical {
    pub(super) bytes: Vec<u8>,
    /// What it refers to; some of it may not be on disk yet.
    pub(super) blobs: Blobs,
    /// What its owner should know of what changes.
    pub(super) notes: Vec<Note>,
    /// What of its documents is not as it should be.
    pub(super) reasons: Vec<Reason>,
}

/// Something that a person has to be told of a file that is written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    /// Documents that a union merge interleaved came apart.
    Unmerged,
    /// An end that was never finished is cut off.
    Torn,
    /// A comment on this line had no place in the new text.
    Lost(usize),
    /// A secret was taken out of the document on this line.
    Redacted(usize, &'static str),
}

/// What a document has to say in the new file.
struct Meant {
    redacted: Redacted,
    key: Key,
}

/// The canonical form of a file, or everything that stands in the way of it.
pub(super) fn canonicalise(
    path: &Path,
    bytes: &[u8],
    environment: &Environment,
) -> Result<Canonical, Vec<Problem>> {
    if bytes.is_empty() {
        return Ok(Canonical {
            bytes: Vec::new(),
            blobs: Blobs::default(),
            notes: Vec::new(),
            reasons: Vec::new(),
        });
    }
    let ends = frame::LineEnds::of(bytes);
    let of_error = |error| vec![Problem::of_error(path, What::Unreadable, &error)];
    let (tape, torn) = Tape::new(path, frame::plain(bytes), Rules::default()).map_err(of_error)?;
    let parsed = all(path, &tape)?;
    let redactor =
        environment.redactor(path, parsed.iter().map(|parsed| &parsed.interaction)).map_err(of_error)?;
    let mut notes = Vec::new();
    notes.extend(tape.unmerged().then_some(Note::Unmerged));
    notes.extend(torn.then_some(Note::Torn));
    let meant = meanings(path, &tape, &parsed, &redactor, &mut notes)?;
    let documents: Vec<CanonicalDocument> = meant
        .iter()
        .enumerate()
        .map(|(slot, meant_here)| {
            let base = tape.extended_by(slot).and_then(|base| meant.get(base));
            // What has been parsed is UTF-8.
            document::canonicalise(std::str::from_utf8(tape.text(slot)).unwrap_or_default(), meant_here, base)
        })
        .collect();
    refuse_secrets(path, &tape, &documents, &redactor)?;
    let reasons = reasons::reasons(&tape, &documents);
    let mut out = frame::preamble(tape.preamble());
    let mut blobs = Blobs::default();
    for (slot, document) in documents.into_iter().enumerate() {
        frame::push(&mut out, document.text.as_bytes());
        frame::push(&mut out, tape.comments(slot));
        notes.extend(document.lost.iter().map(|line| Note::Lost(tape.line(slot) + line)));
        blobs.extend(document.blobs);
    }
    prove(path, &tape, &meant, &out, &blobs)?;
    Ok(Canonical { bytes: ends.apply(out), blobs, notes, reasons })
}

fn all(path: &Path, tape: &Tape) -> Result<Vec<Arc<Parsed>>, Vec<Problem>> {
    let (mut parsed, mut problems) = (Vec::new(), Vec::new());
    for slot in 0..tape.len() {
        match tape.get(slot) {
            Ok(document) => parsed.push(document),
            Err(error) => problems.push(Problem::of_error(path, What::Unreadable, &error)),
        }
    }
    // One that cannot be read is told once, and not again for each that extends it.
    problems.dedup();
    if problems.is_empty() { Ok(parsed) } else { Err(problems) }
}

/// What each document has to say: without secrets, and with a take of its own.
fn meanings(
    path: &Path,
    tape: &Tape,
    parsed: &[Arc<Parsed>],
    redactor: &Redactor,
    notes: &mut Vec<Note>,
) -> Result<Vec<Meant>, Vec<Problem>> {
    let mut clean = Vec::new();
    let mut problems = Vec::new();
    for (slot, parsed) in parsed.iter().enumerate() {
        match redactor.redact(parsed.interaction.clone()) {
            Ok(redacted) => {
                let place = changed_place(&parsed.interaction, redacted.interaction());
                notes.extend(place.map(|place| Note::Redacted(tape.line(slot), place)));
                clean.push(redacted);
            }
            Err(leak) => problems.push(leaked(path, tape.line(slot), &leak.place)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let keys: Vec<Key> = clean
        .iter()
        .map(|redacted| normalise(&redacted.interaction().request, &Rules::default()).key)
        .collect();
    let takes = takes(&keys, |slot| clean[slot].interaction().take);
    let meant = clean.into_iter().zip(keys).zip(takes);
    Ok(meant.map(|((redacted, key), take)| Meant { redacted: redacted.with_take(take), key }).collect())
}

/// The takes as they play, each with a number of its own: a merge leaves two with one.
fn takes(keys: &[Key], number: impl Fn(SlotId) -> u64) -> Vec<u64> {
    let mut slots: HashMap<Key, Vec<SlotId>> = HashMap::new();
    for (slot, key) in keys.iter().enumerate() {
        slots.entry(*key).or_default().push(slot);
    }
    let mut takes = vec![1; keys.len()];
    for slots in slots.into_values() {
        let mut last: u64 = 0;
        for slot in in_play_order(slots, |slot| number(*slot)) {
            last = number(slot).max(last.saturating_add(1));
            takes[slot] = last;
        }
    }
    takes
}

/// Nothing is written in which a secret stands, be it in a comment.
fn refuse_secrets(
    path: &Path,
    tape: &Tape,
    documents: &[CanonicalDocument],
    redactor: &Redactor,
) -> Result<(), Vec<Problem>> {
    let mut problems = lines_with_secrets(redactor, path, tape.preamble(), 1);
    for (slot, document) in documents.iter().enumerate() {
        let line = tape.line(slot);
        if redactor.scan_text(&document.bare).is_some() {
            problems.push(leaked(path, line, "the document"));
        } else if document.blobs.iter().any(|(_, bytes)| redactor.scan_blob(bytes)) {
            problems.push(leaked(path, line, "a value stored as a blob"));
        }
        let behind = line + tape.text(slot).iter().filter(|byte| **byte == b'\n').count();
        problems.extend(lines_with_secrets(redactor, path, tape.comments(slot), behind));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn leaked(path: &Path, line: usize, place: &str) -> Problem {
    secret(path, line, &format!("there is a secret in {place}, so the file was not written"))
}

/// Reads the new file and compares every interaction with what it is meant to say.
fn prove(path: &Path, tape: &Tape, meant: &[Meant], bytes: &[u8], blobs: &Blobs) -> Result<(), Vec<Problem>> {
    let differs = |slot: Option<SlotId>| {
        let line = slot.map(|slot| tape.line(slot));
        let message =
            "this document cannot be rewritten without changing what it says, so the file was left as it is";
        let hint = "delete the document and run `LLM_CASSETTE_MODE=record cargo test`";
        vec![Problem::new(path, line, What::Unreadable, message).with_hint(hint)]
    };
    let (new, torn) = Tape::new(path, bytes.to_vec(), Rules::default()).map_err(|_| differs(None))?;
    let new = new.with_blobs(blobs.iter().map(|(name, bytes)| (name.clone(), bytes.clone())).collect());
    if new.len() != meant.len() || torn || new.unmerged() {
        return Err(differs(None));
    }
    let same = |slot: SlotId, meant: &Meant| {
        let wanted: &Interaction = meant.redacted.interaction();
        new.recorded_key(slot) == meant.key && new.get(slot).is_ok_and(|new| new.interaction == *wanted)
    };
    match meant.iter().enumerate().find(|(slot, meant)| !same(*slot, meant)) {
        Some((slot, _)) => Err(differs(Some(slot))),
        None => Ok(()),
    }
}
