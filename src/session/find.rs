//! Which recording answers a request. To look takes nothing: what is found is marked as used once it is decided what becomes
//! of the request, and under the same lock.

use std::sync::Arc;

use super::cursors::choose_among;
use super::divided::Divided;
use super::results::Again;
use super::{Lookup, Session, State};
use crate::model::error::Error;
use crate::model::mode::Mode;
use crate::session::decide::RecordingStatus;
use crate::session::settings::Repeats;
use crate::session::standing::is_asked_by_chance;
use crate::store::tape::{Alike, Breadth, Parsed, SlotId, Takes};

/// Why no recording answers.
pub(super) enum NotFound {
    /// In this mode nobody looked.
    Unasked,
    /// There is none.
    Never,
    /// All takes have been played.
    UsedUp { takes: usize },
}

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
    /// Which of them are like the request.
    alike: Alike,
    /// Which of them a refresh leaves as they are.
    divided: Arc<Divided>,
    /// How far takes were looked for.
    breadth: Breadth,
}

impl<'l, 's> Search<'l, 's> {
    /// Finds what may answer. Documents are read here, so that nothing need be locked for it.
    pub(super) fn new(lookup: &'l Lookup<'s>) -> Result<Search<'l, 's>, Error> {
        let session = lookup.session;
        let (takes, alike) = (Takes::None, Alike::default());
        let mut search = Search { lookup, takes, alike, divided: Arc::default(), breadth: Breadth::Proven };
        match session.mode {
            Mode::Off => {}
            Mode::Replay | Mode::Record => {
                search.takes = session.takes(lookup, Breadth::Stated)?;
                search.breadth = match search.takes.first() {
                    Some((_, first)) => session.tape.known_breadth(&first.normal().key, search.takes.len()),
                    // To find none is to have looked.
                    None => Breadth::Believed,
                };
                search.prepare();
            }
            Mode::Refresh => {
                search.takes = session.takes(lookup, Breadth::Proven)?;
                search.divided = session.divided(&search.takes);
                search.prepare();
            }
        }
        Ok(search)
    }

    /// Whether there is nowhere else to look. Before a request is refused, nothing that documents say of themselves counts; before
    /// one is sent, it does, or to record would take longer the more is recorded.
    pub(super) fn is_wide(&self) -> bool {
        let enough = match self.lookup.session.mode {
            Mode::Record => Breadth::Believed,
            Mode::Replay | Mode::Refresh | Mode::Off => Breadth::Proven,
        };
        self.breadth >= enough
    }

    /// Looks for what takes longer to find: other documents that a hand edit has turned into takes of this request, and what
    /// this run recorded.
    pub(super) fn widen(&mut self) -> Result<(), Error> {
        let session = self.lookup.session;
        let breadth = self.breadth.wider();
        let all = match self.takes.first() {
            Some((_, first)) => session.tape.takes_within(&first.normal().key, breadth)?,
            None => session.takes(self.lookup, breadth)?,
        };
        if all.len() > self.takes.len() {
            self.takes = all;
        }
        self.breadth = breadth;
        self.prepare();
        Ok(())
    }

    /// Finds out now, and not while others wait, what it takes to say which take is next. What this run recorded is looked for by
    /// its key; where there are takes, nobody asks for it.
    fn prepare(&mut self) {
        let session = self.lookup.session;
        let list = self.takes.list().filter(|_| session.mode != Mode::Refresh);
        self.alike = list
            .map(|list| list.alike(&self.lookup.asked().ids, self.lookup.placeless()))
            .unwrap_or_default();
        if (self.takes.is_empty() && self.breadth > Breadth::Stated) || session.mode == Mode::Refresh {
            let _ = self.lookup.stored();
        }
    }

    /// The recording that is next for the request, as things stand.
    pub(super) fn next(&self, state: &mut State) -> Option<(Source, Arc<Parsed>)> {
        let repeats = match &*self.takes {
            _ if self.breadth == Breadth::Stated => Repeats::Refuse,
            [.., (_, last)] if is_asked_by_chance(&last.interaction) => Repeats::Reuse,
            _ => self.lookup.session.settings.repeats,
        };
        let place = match self.lookup.session.mode {
            Mode::Off => None,
            Mode::Replay | Mode::Record => self.next_take(state, repeats),
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

    /// The take that is next to be played.
    fn next_take(&self, state: &mut State, repeats: Repeats) -> Option<usize> {
        match self.takes.list() {
            Some(list) => state.plays.next(list, self.alike, repeats),
            None => {
                let (ids, request) = (&self.lookup.asked().ids, self.lookup.placeless());
                choose_among(&self.takes, ids, request, |slot| state.plays.is_fresh(slot), repeats)
            }
        }
    }

    /// The take that a refresh replaces or, where that is to be kept, plays. Under [`Repeats::Reuse`] it records as many takes
    /// as there were before.
    fn next_of_refresh(&self, state: &mut State, repeats: Repeats) -> Option<usize> {
        let Divided { kept, open, .. } = &*self.divided;
        let sent = state.under_way.sent(&self.lookup.stored().1.key);
        let kept_and_fresh = match self.takes.list() {
            Some(list) => state.plays.next_kept(list, kept),
            None => kept.iter().copied().find(|place| state.plays.is_fresh(self.takes[*place].0)),
        };
        let fresh = [kept_and_fresh, open.get(sent).copied()].into_iter().flatten().min();
        fresh.or_else(|| match repeats {
            Repeats::Refuse => None,
            Repeats::Reuse => self.takes.len().checked_sub(1).filter(|last| kept.last() == Some(last)),
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
        self.takes(lookup, Breadth::Stated).ok()?.last().map(|(_, parsed)| Arc::clone(parsed))
    }

    /// All takes of what is the same request, looked for so far at least.
    ///
    /// What is secret must not decide: the recorder replaced the values that it knew in its run, and this run knows
    /// others. So a request is looked up without replacing what only this run knows; then as it would be stored now; and
    /// then against recordings in which something was replaced, where the replacement fits any word.
    pub(super) fn takes(&self, lookup: &Lookup<'_>, breadth: Breadth) -> Result<Takes, Error> {
        let takes = self.tape.takes_within(&lookup.asked().key, breadth)?;
        if !takes.is_empty() || self.tape.len() == 0 {
            return Ok(takes);
        }
        let (_, stored) = lookup.stored();
        if stored.key != lookup.asked().key {
            let takes = self.tape.takes_within(&stored.key, breadth)?;
            if !takes.is_empty() {
                return Ok(takes);
            }
        }
        self.tape.redacted_takes([stored, lookup.asked()], breadth)
    }
}
