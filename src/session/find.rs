//! Which recording answers a request.

use std::sync::Arc;
use std::time::Instant;

use super::{Lookup, Session, State};
use crate::matching::request_key::Normal;
use crate::model::error::Error;
use crate::redact::MARK;
use crate::session::decide::RecordingStatus;
use crate::session::settings::Repeats;
use crate::session::trace;
use crate::store::document::Document;
use crate::store::ledger::Event;
use crate::store::tape::{Parsed, SlotId};

/// Why no recording answers.
pub(super) enum NotFound {
    /// In this mode nobody looked.
    Unasked,
    /// There is none.
    Never,
    /// All takes have been played.
    UsedUp { takes: usize },
    /// A document that might have been it cannot be read.
    Unreadable(Error),
}

type Takes = Vec<(SlotId, Arc<Parsed>)>;

/// A recording that answers a request.
pub(super) struct Found {
    pub(super) parsed: Arc<Parsed>,
    /// `None` for what this very run recorded.
    pub(super) slot: Option<SlotId>,
    pub(super) status: RecordingStatus,
}

impl Session {
    /// Finds the recording that is next for a request, and takes it for this request.
    pub(super) fn find(&self, asked: &Lookup<'_>) -> Result<Found, NotFound> {
        let mut takes = self.takes(asked).map_err(NotFound::Unreadable)?;
        if let Some(found) = self.take_from(&takes, asked, Repeats::Refuse) {
            return Ok(found);
        }
        let all = self.all_takes(&takes).map_err(NotFound::Unreadable)?;
        if all.len() > takes.len() {
            takes = all;
        }
        if let Some(found) = self.take_from(&takes, asked, self.settings.repeats) {
            return Ok(found);
        }
        match self.state().recorded_here(&asked.stored().1, self.settings.repeats) {
            Some(parsed) => Ok(Found::of_this_run(parsed)),
            None if takes.is_empty() => Err(NotFound::Never),
            None => Err(NotFound::UsedUp { takes: takes.len() }),
        }
    }

    /// Chooses among takes, and marks the chosen one as used.
    fn take_from(&self, takes: &Takes, asked: &Lookup<'_>, repeats: Repeats) -> Option<Found> {
        let mut state = self.state();
        let (slot, parsed) = &takes[choose(&state, takes, &asked.unredacted, repeats)?];
        if let Some(parsed) = state.renewed(*slot) {
            return Some(Found::of_this_run(parsed));
        }
        state.played[*slot] += 1;
        if state.played[*slot] == 1 {
            state.turns.played(*slot);
        }
        drop(state);
        let status = self.status(asked, parsed);
        Some(Found { parsed: Arc::clone(parsed), slot: Some(*slot), status })
    }

    /// Plays a recording, and counts it.
    pub(super) fn play(&self, found: Found, asked: Instant) -> Arc<Parsed> {
        let Found { parsed, slot, .. } = found;
        trace::hit(&parsed, asked.elapsed());
        let mut state = self.state();
        state.count_played(&parsed);
        // A file notes how often the run that records it plays it again; in memory that is all that is ever saved.
        if slot.is_none() && state.memory.is_none() {
            return parsed;
        }
        self.count_saved(&mut state, &parsed);
        drop(state);
        self.note(|| Event::Hit { key: self.recorded_key(&parsed), take: parsed.interaction.take });
        parsed
    }

    /// Finds the recording that a refresh replaces or, where that is to be kept, plays; and what it recorded itself, so that
    /// under [`Repeats::Reuse`] it records as many takes as there were before.
    pub(super) fn find_again(&self, asked: &Lookup<'_>) -> Result<Found, NotFound> {
        let takes = self.takes(asked).and_then(|takes| {
            let all = self.all_takes(&takes)?;
            Ok(if all.len() > takes.len() { all } else { takes })
        });
        // Functions of the user are asked before anything is locked.
        let judged = |(slot, parsed): (SlotId, Arc<Parsed>)| {
            let (status, kept) = (self.status(asked, &parsed), self.is_kept(&parsed));
            (slot, kept, Found { parsed, slot: Some(slot), status })
        };
        let mut takes: Vec<(SlotId, bool, Found)> =
            takes.map_err(NotFound::Unreadable)?.into_iter().map(judged).collect();
        let normal = &asked.stored().1;
        let mut state = self.state();
        let mut sent = state.sent.get(&normal.key).map_or(0, Vec::len);
        let fresh = takes.iter().position(|(slot, kept, _)| match kept {
            true => state.played[*slot] == 0,
            false if sent == 0 => true,
            false => {
                sent -= 1;
                false
            }
        });
        let last = || match self.settings.repeats {
            Repeats::Refuse => None,
            Repeats::Reuse => takes.len().checked_sub(1).filter(|last| takes[*last].1),
        };
        let Some(next) = fresh.or_else(last) else {
            let again = state.recorded_here(normal, self.settings.repeats);
            return again.map(Found::of_this_run).ok_or(NotFound::Unasked);
        };
        let (slot, kept, found) = takes.swap_remove(next);
        if kept {
            state.keep(slot);
        }
        Ok(found)
    }

    /// The last recording of a request, whether it was played or not.
    pub(super) fn last_take(&self, asked: &Lookup<'_>) -> Option<Arc<Parsed>> {
        self.takes(asked).ok()?.pop().map(|(_, parsed)| parsed)
    }

    /// A hand edit may have turned other documents into takes of this request; the keys that stand in them do not say
    /// so, and to know takes parsing everything.
    fn all_takes(&self, takes: &Takes) -> Result<Takes, Error> {
        takes.first().map_or(Ok(Vec::new()), |(_, first)| self.tape.takes_by_content(&first.normal.key))
    }

    /// All takes of what is the same request.
    ///
    /// What is secret must not decide: the recorder replaced the values that it knew in its run, and this run knows
    /// others. So a request is looked up without replacing what only this run knows; then as it would be stored now; and
    /// then against recordings in which something was replaced, where the replacement fits any word.
    pub(super) fn takes(&self, asked: &Lookup<'_>) -> Result<Takes, Error> {
        let takes = self.tape.takes(&asked.unredacted.key)?;
        if !takes.is_empty() || self.tape.len() == 0 {
            return Ok(takes);
        }
        let (_, stored) = asked.stored();
        if stored.key != asked.unredacted.key {
            let takes = self.tape.takes(&stored.key)?;
            if !takes.is_empty() {
                return Ok(takes);
            }
        }
        let mut fitting = Vec::new();
        for slot in self.tape.all() {
            let (slot, parsed) = slot?;
            if [&stored.form, &asked.unredacted.form].into_iter().any(|form| fits(&parsed.normal.form, form))
            {
                fitting.push((slot, parsed));
            }
        }
        Ok(fitting)
    }
}

/// Among what was not played yet, the one with the very same ids comes first, then the one that began first.
fn choose(state: &State, takes: &Takes, normal: &Normal, repeats: Repeats) -> Option<usize> {
    let fresh = |index: &usize| state.played[takes[*index].0] == 0;
    let same = |index: &usize| takes[*index].1.normal.ids == normal.ids;
    let all = 0..takes.len();
    all.clone().filter(fresh).find(same).or_else(|| all.clone().find(fresh)).or_else(|| match repeats {
        Repeats::Refuse => None,
        Repeats::Reuse => all.clone().rev().find(same).or_else(|| all.last()),
    })
}

impl Found {
    pub(super) fn of_this_run(parsed: Arc<Parsed>) -> Found {
        Found { parsed, slot: None, status: RecordingStatus::OfThisRun }
    }
}

impl State {
    /// Marks a recording as used by a refresh, which keeps it.
    fn keep(&mut self, slot: SlotId) {
        self.played[slot] += 1;
        self.kept.push((self.begun, slot));
        self.begun += 1;
    }

    /// Gives back a recording that was taken for a request and not played.
    pub(super) fn release(&mut self, slot: SlotId) {
        self.renewed.remove(&slot);
        self.played[slot] = self.played[slot].saturating_sub(1);
    }

    pub(super) fn count_played(&mut self, parsed: &Parsed) {
        self.report.played += 1;
        self.count_tokens(parsed);
    }

    pub(super) fn count_tokens(&mut self, parsed: &Parsed) {
        for (name, count) in &parsed.interaction.usage {
            match name.as_str() {
                "input_tokens" => self.report.input_tokens += count,
                "output_tokens" => self.report.output_tokens += count,
                _ => {}
            }
        }
    }

    /// What this very session recorded in the place of an old recording, to be played again.
    pub(super) fn renewed(&mut self, slot: SlotId) -> Option<Arc<Parsed>> {
        let calls = self.calls.iter_mut().filter(|call| call.replaces == Some(slot));
        // Half an answer is enough only for the client that hung up on it.
        let whole = calls.filter_map(|call| call.document.as_mut()).find(|document| is_whole(document));
        let document = whole?;
        document.replays += 1;
        Some(Arc::clone(&document.parsed))
    }

    /// What this very session recorded for a request, to be played again.
    pub(super) fn recorded_here(&mut self, normal: &Normal, repeats: Repeats) -> Option<Arc<Parsed>> {
        if repeats == Repeats::Refuse {
            return None;
        }
        if let Some(memory) = &mut self.memory {
            return memory.get(&normal.key);
        }
        let same = self.calls.iter_mut().filter(|call| call.key == normal.key);
        // Half an answer is enough only for the client that hung up on it.
        let whole = same.filter(|call| call.document.as_ref().is_some_and(is_whole));
        let document = whole.max_by_key(|call| call.order)?.document.as_mut()?;
        document.replays += 1;
        Some(Arc::clone(&document.parsed))
    }
}

/// Half an answer is enough only for the client that went away in the midst of it.
fn is_whole(document: &Document) -> bool {
    !document.parsed.interaction.response.body.client_aborted
}

/// Whether a live form is a recorded one with a word in the place of each replacement. Where nothing was replaced,
/// nothing fits: equal forms have been found by their key.
fn fits(recorded: &[u8], live: &[u8]) -> bool {
    let finder = memchr::memmem::Finder::new(MARK.as_bytes());
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in finder.find_iter(recorded) {
        pieces.push(&recorded[start..at]);
        start = at + MARK.len();
    }
    if pieces.is_empty() {
        return false;
    }
    let (Some(first), last) = (pieces.first(), &recorded[start..]) else { return false };
    let Some(mut rest) = live.strip_prefix(*first) else { return false };
    for piece in pieces[1..].iter().copied().chain([last]) {
        let is_last = std::ptr::eq(piece, last);
        let word = rest.iter().take_while(|byte| is_word(**byte)).count();
        let ends = 0..=word;
        let fit = |length: &usize| {
            let after = &rest[*length..];
            if is_last { after == piece } else { after.starts_with(piece) }
        };
        match ends.into_iter().find(fit) {
            Some(length) => rest = &rest[length + piece.len()..],
            None => return false,
        }
    }
    true
}

/// What a secret consists of. White space and quotes end it, so that a replacement cannot stand for a whole text.
fn is_word(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_fits_any_word_or_none() {
        let recorded = format!("my key is {MARK}, keep it; again: {MARK}");
        for (live, wanted) in [
            ("my key is test, keep it; again: test", true),
            ("my key is , keep it; again: ", true),
            ("my key is sk-1,2,3, keep it; again: x", true),
            ("my key is two words, keep it; again: x", false),
            ("my key is test, keep it; again: test!!", true),
            ("my key is test, keep it; other: test", false),
            ("our key is test, keep it; again: test", false),
        ] {
            assert_eq!(fits(recorded.as_bytes(), live.as_bytes()), wanted, "{live}");
        }
    }

    #[test]
    fn without_a_replacement_nothing_fits() {
        assert!(!fits(b"same", b"same"));
    }
}
