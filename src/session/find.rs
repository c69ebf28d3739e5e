//! Which recording answers a request. To look takes nothing: what is found is marked as used once it is decided what becomes
//! of the request, and under the same lock.

use std::collections::HashSet;
use std::sync::Arc;

use super::results::Again;
use super::{Lookup, Session, State};
use crate::model::error::Error;
use crate::model::mode::Mode;
use crate::redact::MARK;
use crate::session::decide::RecordingStatus;
use crate::session::settings::Repeats;
use crate::session::standing::is_asked_by_chance;
use crate::store::tape::{Parsed, SlotId};

/// Why no recording answers.
pub(super) enum NotFound {
    /// In this mode nobody looked.
    Unasked,
    /// There is none.
    Never,
    /// All takes have been played.
    UsedUp { takes: usize },
}

type Takes = Vec<(SlotId, Arc<Parsed>)>;

/// Where a recording is that answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// On the tape.
    Slot(SlotId),
    /// Among what this very run recorded.
    Run(Again),
}

/// A recording that answers a request.
pub(super) struct Found {
    pub(super) parsed: Arc<Parsed>,
    pub(super) source: Source,
    pub(super) status: RecordingStatus,
}

impl Found {
    /// `None` for what this very run recorded.
    pub(super) fn slot(&self) -> Option<SlotId> {
        match self.source {
            Source::Slot(slot) => Some(slot),
            Source::Run(_) => None,
        }
    }
}

/// A look for the recording that answers one request.
pub(super) struct Search<'l, 's> {
    lookup: &'l Lookup<'s>,
    takes: Takes,
    /// Those of them that a refresh leaves as they are.
    kept: HashSet<SlotId>,
    /// Whether all is known that could be a take.
    is_wide: bool,
}

impl<'l, 's> Search<'l, 's> {
    /// Finds what may answer. Documents are read here, so that nothing need be locked for it.
    pub(super) fn new(lookup: &'l Lookup<'s>) -> Result<Search<'l, 's>, Error> {
        let session = lookup.session;
        let mut search = Search { lookup, takes: Vec::new(), kept: HashSet::new(), is_wide: false };
        match session.mode {
            Mode::Off => search.is_wide = true,
            Mode::Replay | Mode::Record => {
                search.takes = session.takes(lookup)?;
                search.is_wide = search.takes.first().is_some_and(|(_, first)| {
                    session.tape.has_no_more(&first.normal().key, search.takes.len())
                });
            }
            Mode::Refresh => {
                search.takes = session.takes(lookup)?;
                search.widen()?;
                let kept = search.takes.iter().filter(|(_, parsed)| session.is_kept(parsed));
                search.kept = kept.map(|(slot, _)| *slot).collect();
            }
        }
        Ok(search)
    }

    /// Whether there is nowhere else to look.
    pub(super) fn is_wide(&self) -> bool {
        self.is_wide
    }

    /// Looks for what takes longer to find: other documents that a hand edit has turned into takes of this request, and what
    /// this run recorded.
    pub(super) fn widen(&mut self) -> Result<(), Error> {
        let session = self.lookup.session;
        let all = session.all_takes(&self.takes)?;
        if all.len() > self.takes.len() {
            self.takes = all;
        }
        self.is_wide = true;
        // What this run recorded is looked for by its key. That is made now, and not while others wait; where there are takes,
        // nobody asks for it.
        if self.takes.is_empty() || session.mode == Mode::Refresh {
            let _ = self.lookup.stored();
        }
        Ok(())
    }

    /// The recording that is next for the request, as things stand.
    pub(super) fn next(&self, state: &mut State) -> Option<(Source, Arc<Parsed>)> {
        let repeats = match &*self.takes {
            _ if !self.is_wide => Repeats::Refuse,
            [.., (_, last)] if is_asked_by_chance(&last.interaction) => Repeats::Reuse,
            _ => self.lookup.session.settings.repeats,
        };
        let place = match self.lookup.session.mode {
            Mode::Off => None,
            Mode::Replay | Mode::Record => choose(state, &self.takes, self.lookup, repeats),
            Mode::Refresh => self.next_of_refresh(state, repeats),
        };
        let Some((slot, parsed)) = place.and_then(|place| self.takes.get(place)) else {
            if repeats == Repeats::Refuse {
                return None;
            }
            let again = state.results.of_request(&self.lookup.stored().1.key);
            return again.map(|(again, parsed)| (Source::Run(again), parsed));
        };
        if state.plays.has_rerecorded(*slot)
            && let Some((again, parsed)) = state.results.in_place_of(*slot)
        {
            return Some((Source::Run(again), parsed));
        }
        Some((Source::Slot(*slot), Arc::clone(parsed)))
    }

    /// The take that a refresh replaces or, where that is to be kept, plays. Under [`Repeats::Reuse`] it records as many takes
    /// as there were before.
    fn next_of_refresh(&self, state: &State, repeats: Repeats) -> Option<usize> {
        let mut sent = state.under_way.sent(&self.lookup.stored().1.key);
        let fresh = self.takes.iter().position(|(slot, _)| match self.kept.contains(slot) {
            true => state.plays.is_fresh(*slot),
            false if sent == 0 => true,
            false => {
                sent -= 1;
                false
            }
        });
        fresh.or_else(|| match repeats {
            Repeats::Refuse => None,
            Repeats::Reuse => {
                self.takes.len().checked_sub(1).filter(|last| self.kept.contains(&self.takes[*last].0))
            }
        })
    }

    /// Why nothing answers.
    pub(super) fn not_found(&self) -> NotFound {
        match self.lookup.session.mode {
            Mode::Off | Mode::Refresh => NotFound::Unasked,
            Mode::Replay | Mode::Record if self.takes.is_empty() => NotFound::Never,
            Mode::Replay | Mode::Record => NotFound::UsedUp { takes: self.takes.len() },
        }
    }
}

impl Session {
    /// What is special about a recording that was found. Functions of the user are asked, so nothing may be locked.
    pub(super) fn judged(&self, lookup: &Lookup<'_>, found: (Source, Arc<Parsed>)) -> Found {
        let (source, parsed) = found;
        let status = match source {
            Source::Slot(_) => self.status(lookup, &parsed),
            Source::Run(_) => RecordingStatus::OfThisRun,
        };
        Found { parsed, source, status }
    }

    /// The last recording of a request, whether it was played or not.
    pub(super) fn last_take(&self, lookup: &Lookup<'_>) -> Option<Arc<Parsed>> {
        self.takes(lookup).ok()?.pop().map(|(_, parsed)| parsed)
    }

    /// A hand edit may have turned other documents into takes of this request; the keys that stand in them do not say
    /// so, and to know takes parsing everything.
    fn all_takes(&self, takes: &Takes) -> Result<Takes, Error> {
        takes.first().map_or(Ok(Vec::new()), |(_, first)| self.tape.takes_by_content(&first.normal().key))
    }

    /// All takes of what is the same request.
    ///
    /// What is secret must not decide: the recorder replaced the values that it knew in its run, and this run knows
    /// others. So a request is looked up without replacing what only this run knows; then as it would be stored now; and
    /// then against recordings in which something was replaced, where the replacement fits any word.
    pub(super) fn takes(&self, lookup: &Lookup<'_>) -> Result<Takes, Error> {
        let takes = self.tape.takes(&lookup.asked().key)?;
        if !takes.is_empty() || self.tape.len() == 0 {
            return Ok(takes);
        }
        let (_, stored) = lookup.stored();
        if stored.key != lookup.asked().key {
            let takes = self.tape.takes(&stored.key)?;
            if !takes.is_empty() {
                return Ok(takes);
            }
        }
        let mut fitting = Vec::new();
        for slot in self.tape.all() {
            let (slot, parsed) = slot?;
            if [&stored.form, &lookup.asked().form].into_iter().any(|form| fits(&parsed.normal().form, form))
            {
                fitting.push((slot, parsed));
            }
        }
        Ok(fitting)
    }
}

/// Among what was not played yet, the one with the very same bytes comes first, then the one with the very same ids, then the
/// one that began first. What differs in bytes alone is the same request, and two clients may have asked it in their own ways.
fn choose(state: &State, takes: &Takes, lookup: &Lookup<'_>, repeats: Repeats) -> Option<usize> {
    let fresh = |index: &usize| state.plays.is_fresh(takes[*index].0);
    let same = |index: &usize| takes[*index].1.normal().ids == lookup.asked().ids;
    let exact = |index: &usize| {
        let recorded = &takes[*index].1.interaction.request;
        same(index) && recorded.body == lookup.placeless().body && recorded.url == lookup.placeless().url
    };
    let all = 0..takes.len();
    let first = |wanted: &dyn Fn(&usize) -> bool| all.clone().filter(fresh).find(wanted);
    first(&exact).or_else(|| first(&same)).or_else(|| first(&|_| true)).or_else(|| match repeats {
        Repeats::Refuse => None,
        Repeats::Reuse => all.clone().rev().find(same).or_else(|| all.last()),
    })
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
        let fit = match is_last {
            true => {
                rest.len().checked_sub(piece.len()).filter(|&length| length <= word && rest.ends_with(piece))
            }
            false => memchr::memmem::find(&rest[..rest.len().min(word + piece.len())], piece),
        };
        match fit {
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
