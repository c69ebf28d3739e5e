//! A call from the moment it is sent until it is known how it ended.

use std::sync::Arc;
use std::time::Instant;

use super::find::Found;
use super::{Admission, Lookup, Session, State, Step};
use crate::matching::request_key::{Key, Normal};
use crate::model::error::chain;
use crate::model::exchange::Request;
use crate::model::labels::Labels;
use crate::model::mode::Mode;
use crate::session::settings::Repeats;
use crate::session::single_flight::Inflight;
use crate::store::tape::{Parsed, SlotId};

/// The right to record one call, and what is known of it so far.
pub(crate) struct PendingRecording {
    pub(super) session: Arc<Session>,
    /// As the client made it; for predicates and for recognising the provider.
    pub(super) request: Request,
    /// As it will be stored.
    pub(super) stored: Request,
    pub(super) normal: Normal,
    pub(super) order: u64,
    /// What is said of the recording beside what the call says.
    pub(super) labels: Labels,
    /// The recording that this one takes the place of, because that is too old.
    pub(super) replaces: Option<(SlotId, Arc<Parsed>)>,
    takes: Takes,
    pub(super) began: jiff::Timestamp,
    /// The same moment on a clock that never jumps.
    pub(super) sent: Instant,
    /// Whether the session knows how the call ended.
    pub(super) told: bool,
    /// Identical requests wait for this, if they may have the same answer.
    flight: Option<Arc<Inflight>>,
}

impl Session {
    /// The right to send a request, unless a recording or a call under way has become its answer since it was looked for.
    pub(super) fn claim(self: &Arc<Self>, asked: Lookup<'_>, replaces: Option<Found>) -> Admission {
        let takes = self.count_takes(&asked.stored().1);
        let mut state = self.state();
        let instead = match &replaces {
            None => self.in_its_place(&mut state, &asked, &takes),
            Some(found) => self.renewed_meanwhile(&mut state, found),
        };
        match instead {
            Some(Instead::Play(parsed)) => {
                drop(state);
                let parsed = self.play(Found::of_this_run(parsed), asked.at);
                self.answered_from_tape(asked.request, &parsed);
                return Admission::Step(Step::Play(parsed));
            }
            Some(Instead::Wait(flight)) => return Admission::Wait(asked.request, flight),
            None => {}
        }
        if let Err(error) = self.may_send(&mut state) {
            if let Some(slot) = replaces.and_then(|found| found.slot) {
                state.release(slot);
            }
            return Admission::Step(Step::Refuse(error));
        }
        Admission::Step(Step::Record(Box::new(self.ticket_of(&mut state, asked, replaces, takes))))
    }

    /// The right to record what need not be sent.
    #[cfg(feature = "cli")]
    pub(super) fn pending(self: &Arc<Self>, asked: Lookup<'_>) -> PendingRecording {
        let takes = self.count_takes(&asked.stored().1);
        self.ticket_of(&mut self.state(), asked, None, takes)
    }

    /// Under [`Repeats::Reuse`], what answers a request instead of a call of its own. A refresh first makes a call for each
    /// take that it may replace.
    fn in_its_place(&self, state: &mut State, asked: &Lookup<'_>, takes: &Takes) -> Option<Instead> {
        let normal = &asked.stored().1;
        let sent = state.sent.get(&normal.key).map_or(0, Vec::len);
        if self.settings.repeats == Repeats::Refuse || sent < takes.replaceable.len() {
            return None;
        }
        if let Some(parsed) = state.recorded_here(normal, Repeats::Reuse) {
            return Some(Instead::Play(parsed));
        }
        state.flight(InflightKey::New(normal.key)).map(Instead::Wait)
    }

    /// Under [`Repeats::Reuse`], what answers a request whose recording is too old, and is recorded again for another one.
    fn renewed_meanwhile(&self, state: &mut State, found: &Found) -> Option<Instead> {
        let slot = found.slot.filter(|_| self.settings.repeats == Repeats::Reuse)?;
        let instead = match state.renewed(slot) {
            Some(parsed) => Instead::Play(parsed),
            None => Instead::Wait(state.flight(InflightKey::Rerecording(slot))?),
        };
        // The old recording was taken for this request, which now has no use for it.
        state.played[slot] = state.played[slot].saturating_sub(1);
        Some(instead)
    }

    fn count_takes(&self, normal: &Normal) -> Takes {
        let takes = self.tape.takes(&normal.key).unwrap_or_default();
        match self.mode {
            Mode::Record => Takes { replaceable: Vec::new(), known: takes.len() as u64 },
            Mode::Refresh => {
                let open = takes.iter().filter(|(_, parsed)| !self.is_kept(parsed));
                Takes {
                    replaceable: open.map(|(_, parsed)| parsed.interaction.take).collect(),
                    known: takes.iter().map(|(_, parsed)| parsed.interaction.take).max().unwrap_or(0),
                }
            }
            Mode::Replay | Mode::Off => Takes::default(),
        }
    }

    fn ticket_of(
        self: &Arc<Self>,
        state: &mut State,
        asked: Lookup<'_>,
        replaces: Option<Found>,
        takes: Takes,
    ) -> PendingRecording {
        let (stored, normal) = asked.stored().clone();
        let request = asked.request;
        let order = state.begun;
        state.begun += 1;
        let replaces = replaces.and_then(|found| Some((found.slot?, found.parsed)));
        match &replaces {
            Some((slot, _)) => {
                state.renewed.insert(*slot);
            }
            None => state.sent.entry(normal.key).or_default().push(order),
        }
        state.under_way.insert(order, normal.key);
        let flight = (self.settings.repeats == Repeats::Reuse).then(Inflight::begun);
        if let Some(flight) = &flight {
            let course = replaces
                .as_ref()
                .map_or(InflightKey::New(normal.key), |(slot, _)| InflightKey::Rerecording(*slot));
            state.flights.insert(course, Arc::clone(flight));
        }
        PendingRecording {
            session: Arc::clone(self),
            request,
            stored,
            normal,
            order,
            labels: self.settings.labels.clone(),
            replaces,
            takes,
            began: jiff::Timestamp::now(),
            sent: Instant::now(),
            told: false,
            flight,
        }
    }
}

/// What the numbers of takes follow from.
#[derive(Default)]
struct Takes {
    /// The numbers of the takes that a call may replace, in their order.
    replaceable: Vec<u64>,
    /// The number that further takes are counted from.
    known: u64,
}

/// What calls under way have in common that may have the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum InflightKey {
    New(Key),
    /// It takes the place of a recording that is too old.
    Rerecording(SlotId),
}

impl State {
    fn flight(&self, course: InflightKey) -> Option<Arc<Inflight>> {
        self.flights.get(&course).filter(|flight| !flight.is_over()).cloned()
    }
}

/// What answers a request instead of a call of its own.
enum Instead {
    Play(Arc<Parsed>),
    Wait(Arc<Inflight>),
}

impl PendingRecording {
    /// The call never got an answer.
    pub(crate) fn failed(mut self, error: &dyn std::error::Error) {
        self.skip(&format!("no response: {}", chain(error)));
    }

    pub(super) fn skip(&mut self, reason: &str) {
        self.told = true;
        if let Some((slot, _)) = &self.replaces {
            // The client may ask again, and then this is what is to be renewed.
            self.session.state().release(*slot);
        }
        self.session.skip(self, reason);
        self.complete();
    }

    /// Lets those go on who wait for this call.
    pub(super) fn complete(&self) {
        let Some(flight) = &self.flight else { return };
        let mut state = self.session.state();
        state.flights.retain(|_, other| !Arc::ptr_eq(other, flight));
        drop(state);
        flight.complete();
    }

    pub(super) fn flight(&self) -> Option<Arc<Inflight>> {
        self.flight.clone()
    }

    /// The how many-th take of its request this is. Calls that failed do not count: the client asks again, and the
    /// answer that it gets then is the first.
    pub(super) fn take(&self) -> u64 {
        if let Some((_, old)) = &self.replaces {
            return old.interaction.take;
        }
        let state = self.session.state();
        let sent = state.sent.get(&self.normal.key).map_or(&[][..], Vec::as_slice);
        let before = sent.partition_point(|order| *order < self.order);
        let Takes { replaceable, known } = &self.takes;
        match replaceable.get(before) {
            Some(number) => *number,
            None => known + (before - replaceable.len()) as u64 + 1,
        }
    }
}

impl Drop for PendingRecording {
    fn drop(&mut self) {
        // A client that times out drops the call while it is under way.
        if !self.told {
            self.skip("the client gave up before there was a response");
        }
    }
}
