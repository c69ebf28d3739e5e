//! What becomes of a request. What may answer it is read and judged while nothing is locked. Under one lock it is then seen
//! whether that still is what answers it, and marked what was decided; where another request was faster, all begins anew. So
//! nothing is ever marked that has to be given back.

use std::sync::{Arc, MutexGuard};

use super::find::{Found, NotFound, Search, Source};
use super::history::Entry;
use super::pending::Takes;
use super::results::Again;
use super::resumed::Kept;
use super::under_way::InflightKey;
use super::{Lookup, Session, State, Step};
use crate::matching::answer_to::answer_to;
use crate::model::error::Error;
use crate::model::exchange::Request;
use crate::model::interaction::Interaction;
use crate::model::mode::Mode;
use crate::session::decide::{Decision, RecordingStatus, decide};
use crate::session::settings::Repeats;
use crate::session::single_flight::Inflight;
use crate::session::trace;
use crate::store::ledger::Event;
use crate::store::tape::Parsed;

/// What becomes of a request at first.
enum Admission {
    Step(Step),
    /// Nothing may answer it, and it is not sent.
    Refuse(Request, Error),
    /// An identical one is under way; ask again when it has ended.
    Wait(Request, Arc<Inflight>),
}

/// What was found out for a decision.
struct Given {
    takes: Takes,
    /// What runs that nobody finished were answered.
    kept: Vec<Kept>,
    /// The recording that would answer.
    before: Option<Arc<Parsed>>,
    /// Whether nobody has been told yet that it is too old.
    expires: bool,
}

/// What is known of a call that a recording answers.
struct Play {
    /// The how many-th call it is.
    order: u64,
    /// Whether the recording may be one that this run has not used before.
    is_first: bool,
}

/// What answers a request instead of a call of its own.
enum Instead {
    Play(Again, Arc<Parsed>),
    Wait(Arc<Inflight>),
}

impl Session {
    /// What to do with a request, once it need not wait for an identical one that is under way.
    pub(crate) async fn begin(self: &Arc<Self>, request: Request) -> Step {
        let mut admission = self.admit(request);
        loop {
            match admission {
                Admission::Step(step) => return step,
                Admission::Refuse(request, error) => return self.refused(request, error),
                Admission::Wait(request, inflight) => {
                    inflight.wait().await;
                    admission = self.admit(request);
                }
            }
        }
    }

    fn admit(self: &Arc<Self>, request: Request) -> Admission {
        let lookup = Lookup::new(self, request);
        let mut search = match Search::new(&lookup) {
            Ok(search) => search,
            Err(error) => {
                let error = self.unreadable(lookup.unredacted().key, error);
                return Admission::Refuse(lookup.request, error);
            }
        };
        loop {
            let next = search.next(&mut self.state());
            if next.is_none() && !search.is_wide() {
                if let Err(error) = search.widen() {
                    drop(search);
                    let error = self.unreadable(lookup.unredacted().key, error);
                    return Admission::Refuse(lookup.request, error);
                }
                continue;
            }
            let source = next.as_ref().map(|(source, _)| *source);
            let found = next.map(|next| self.judged(&lookup, next));
            let status = found.as_ref().map_or(RecordingStatus::Usual, |found| found.status);
            let mode = self.mode_for(&lookup, found.as_ref());
            let before = found.as_ref().map(|found| Arc::clone(&found.parsed));
            let decision = decide(mode, status, found.ok_or_else(|| search.not_found()));
            let (takes, kept) = match &decision {
                Decision::Record | Decision::Rerecord(_) => {
                    (self.count_takes(&lookup.stored().1), self.kept_answers(&lookup))
                }
                _ => (Takes::default(), Vec::new()),
            };
            let mut state = self.state();
            if search.next(&mut state).map(|(source, _)| source) == source {
                let expires = match (status, source) {
                    (RecordingStatus::Expired(_), Some(Source::Slot(slot))) => state.expire(slot),
                    _ => false,
                };
                drop(search);
                let given = Given { takes, kept, before, expires };
                return self.carry_out(state, lookup, mode, decision, given);
            }
        }
    }

    /// Marks what was decided, under the lock under which that holds, and does it.
    fn carry_out(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        lookup: Lookup<'_>,
        mode: Mode,
        decision: Decision<Found, NotFound>,
        given: Given,
    ) -> Admission {
        let Given { takes, kept, before, expires } = given;
        let replaces = match decision {
            Decision::Record => None,
            Decision::Rerecord(found) => Some(found),
            Decision::Play(found) => {
                let play = state.play(found.source, self.mode);
                drop(state);
                if expires {
                    self.tell_of_age(&found);
                }
                return Admission::Step(self.play(lookup, found.source, found.parsed, play));
            }
            Decision::Forward => return Admission::Step(Step::Forward),
            Decision::Expire(found) => {
                drop(state);
                let error = self.too_old(&lookup, &found);
                return Admission::Refuse(lookup.request, error);
            }
            Decision::Refuse(miss) => {
                drop(state);
                let error = self.refuse(&lookup, &miss, mode);
                return Admission::Refuse(lookup.request, error);
            }
        };
        match self.instead(&mut state, &lookup, replaces.as_ref(), &takes) {
            Some(Instead::Play(again, parsed)) => {
                let source = Source::Run(again);
                let play = state.play(source, self.mode);
                drop(state);
                return Admission::Step(self.play(lookup, source, parsed, play));
            }
            Some(Instead::Wait(inflight)) => return Admission::Wait(lookup.request, inflight),
            None => {}
        }
        let kept = state.resumed.choose(kept);
        if kept.is_none()
            && let Err(error) = self.may_send(&mut state.totals)
        {
            drop(state);
            let error = self.over_budget(lookup.unredacted().key, error);
            return Admission::Refuse(lookup.request, error);
        }
        let replaces = replaces.and_then(|found| Some((found.slot()?, found.parsed)));
        let pending = Box::new(self.pending_of(&mut state, lookup, replaces, before, takes));
        drop(state);
        Admission::Step(match kept {
            Some((first, others)) => self.go_on(pending, first, others),
            None => Step::Record(pending),
        })
    }

    /// Under [`Repeats::Reuse`], what answers a request instead of a call of its own: a call for the same that is under way,
    /// or what it recorded. A refresh first makes a call for each take that it may replace.
    fn instead(
        &self,
        state: &mut State,
        lookup: &Lookup<'_>,
        replaces: Option<&Found>,
        takes: &Takes,
    ) -> Option<Instead> {
        if self.settings.repeats == Repeats::Refuse {
            return None;
        }
        if let Some(slot) = replaces.and_then(Found::slot) {
            return state.under_way.shared(InflightKey::Rerecording(slot)).map(Instead::Wait);
        }
        let key = lookup.stored().1.key;
        if state.under_way.sent(&key) < takes.replaceable.len() {
            return None;
        }
        if let Some((again, parsed)) = state.results.of_request(&key) {
            return Some(Instead::Play(again, parsed));
        }
        state.under_way.shared(InflightKey::New(key)).map(Instead::Wait)
    }

    /// Answers with an error.
    fn refused(&self, request: Request, error: Error) -> Step {
        let mut state = self.state();
        let order = state.under_way.next_order();
        state.history.note(order, || Entry::refused(request, &error));
        drop(state);
        Step::Refuse(error)
    }

    /// Answers with a recording that is marked as played, and counts it.
    fn play(&self, lookup: Lookup<'_>, source: Source, parsed: Arc<Parsed>, play: Play) -> Step {
        trace::hit(&parsed, lookup.at.elapsed());
        let answer = under_ids_of(&lookup.request, &parsed);
        // A file notes how often the run that records it plays it again; in memory that is all that is ever saved.
        let saves = matches!(source, Source::Slot(_) | Source::Run(Again::InMemory(_)));
        let saved = self.saved(source, &parsed);
        let entry = self.keeps_history.then(|| Entry::played(lookup, &parsed));
        let mut state = self.state();
        state.totals.played(&parsed, saved);
        if state.totals.has_much_to_add() {
            self.add_savings(&mut state.totals);
        }
        if let Some(entry) = entry {
            state.history.note(play.order, || entry);
        }
        drop(state);
        if saves {
            let key = self.recorded_key(&parsed);
            if let (Some(user), true) = (&self.user, play.is_first) {
                user.uses(key);
            }
            self.note(|| Event::Hit { key, take: parsed.interaction.take, times: 1 });
        }
        Step::Play(answer.unwrap_or(parsed))
    }
}

/// A recording as it answers a request whose client calls the same by other ids; `None` where it calls it by those.
pub(super) fn under_ids_of(request: &Request, parsed: &Parsed) -> Option<Arc<Parsed>> {
    let Interaction { request: recorded, response, .. } = &parsed.interaction;
    let response = answer_to(request, recorded, response)?;
    let interaction = Interaction { response, ..parsed.interaction.clone() };
    Some(Arc::new(Parsed::new(interaction, parsed.normal().clone())))
}

impl State {
    /// Marks a recording as the answer to a request.
    fn play(&mut self, source: Source, mode: Mode) -> Play {
        let order = self.under_way.next_order();
        let is_first = match source {
            Source::Run(again) => {
                self.results.replay(again);
                true
            }
            Source::Slot(slot) => {
                let is_first = self.plays.play(slot);
                if is_first {
                    self.turns.played(slot);
                }
                if mode == Mode::Refresh {
                    self.plays.keep(order, slot);
                }
                is_first
            }
        };
        Play { order, is_first }
    }

    /// Counts a recording that is too old; says whether that is news.
    fn expire(&mut self, slot: usize) -> bool {
        let is_news = self.plays.expire(slot);
        if is_news {
            self.totals.expired();
        }
        is_news
    }
}
