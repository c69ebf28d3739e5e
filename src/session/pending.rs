//! A call from the moment it is sent until it is known how it ended.

use std::sync::Arc;
use std::time::Instant;

use super::history::Entry;
use super::lookup::Stored;
use super::under_way::InflightKey;
use super::{Lookup, Session, State};
use crate::matching::request_key::Normal;
use crate::model::error::chain;
use crate::model::exchange::Request;
use crate::model::interaction::Interaction;
use crate::model::labels::Labels;
use crate::model::mode::Mode;
use crate::model::unrecorded::{Cause, Unrecorded};
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
    /// How many values were known when all that were went from that.
    pub(super) clean_at: Option<usize>,
    pub(super) normal: Normal,
    pub(super) order: u64,
    /// What is said of the recording beside what the call says.
    pub(super) labels: Labels,
    /// The recording that this one takes the place of, because that is too old.
    pub(super) replaces: Option<(SlotId, Arc<Parsed>)>,
    /// The recording that the cassette has for the request, if this one is recorded in spite of it.
    pub(super) before: Option<Arc<Parsed>>,
    takes: Takes,
    pub(super) began: jiff::Timestamp,
    /// The same moment on a clock that never jumps.
    pub(super) sent: Instant,
    /// The answer came in an earlier run that nobody finished, or in another tool, so it has been counted and timed there.
    pub(super) resumed: bool,
    /// Why this cannot be recorded, whatever is answered.
    pub(super) sealed: Option<String>,
    /// Whether the session knows how the call ended.
    pub(super) reported: bool,
    /// Identical requests wait for this, if they may have the same answer.
    inflight: Option<Arc<Inflight>>,
}

/// What the numbers of takes follow from.
#[derive(Default)]
pub(super) struct Takes {
    /// The numbers of the takes that a call may replace, in their order.
    pub(super) replaceable: Arc<[u64]>,
    /// The number that further takes are counted from.
    known: u64,
}

impl Takes {
    /// The number of the take before which so many calls of its key were sent.
    pub(super) fn number(&self, before: usize) -> u64 {
        match self.replaceable.get(before) {
            Some(number) => *number,
            None => self.known + (before - self.replaceable.len()) as u64 + 1,
        }
    }
}

impl Session {
    /// The right to record what need not be sent.
    #[cfg(feature = "cli")]
    pub(super) fn pending(self: &Arc<Self>, lookup: Lookup<'_>) -> PendingRecording {
        let takes = self.count_takes(&lookup.stored().1);
        self.pending_of(&mut self.state(), lookup, None, None, takes)
    }

    pub(super) fn count_takes(&self, normal: &Normal) -> Takes {
        let takes = self.tape.takes(&normal.key).unwrap_or_default();
        match self.mode {
            Mode::Record => Takes { replaceable: Arc::default(), known: takes.len() as u64 },
            Mode::Refresh => {
                let divided = self.divided(&takes);
                Takes { replaceable: Arc::clone(&divided.numbers), known: divided.highest }
            }
            Mode::Replay | Mode::Off => Takes::default(),
        }
    }

    /// The right to record a call, which is marked as sent.
    pub(super) fn pending_of(
        self: &Arc<Self>,
        state: &mut State,
        lookup: Lookup<'_>,
        replaces: Option<(SlotId, Arc<Parsed>)>,
        before: Option<Arc<Parsed>>,
        takes: Takes,
    ) -> PendingRecording {
        let sealed = lookup.sealed.clone();
        let (request, Stored { form: (stored, normal), clean_at }) = lookup.into_requests();
        if let Some(user) = &self.user {
            user.uses(if self.settings.rules.is_empty() { normal.key } else { self.file_key(&stored) });
        }
        let order = state.under_way.send(normal.key, replaces.is_none());
        state.history.note(order, || Entry::UnderWay(Arc::new(request.clone())));
        let slot = replaces.as_ref().map(|(slot, _)| *slot);
        if let Some((slot, parsed)) = &replaces {
            state.plays.begin_rerecording(order, *slot, parsed.normal().key);
        }
        let inflight = (self.settings.repeats == Repeats::Reuse).then(Inflight::begun);
        if let Some(inflight) = &inflight {
            let key = slot.map_or(InflightKey::New(normal.key), InflightKey::Rerecording);
            state.under_way.share(key, Arc::clone(inflight));
        }
        PendingRecording {
            session: Arc::clone(self),
            request,
            stored,
            clean_at,
            normal,
            order,
            labels: self.settings.labels.clone(),
            replaces,
            before,
            takes,
            began: jiff::Timestamp::now(),
            sent: Instant::now(),
            resumed: false,
            sealed,
            reported: false,
            inflight,
        }
    }
}

impl PendingRecording {
    /// The call never got an answer.
    pub(crate) fn failed(mut self, error: &dyn std::error::Error) {
        self.skip(&Cause::Unanswered.because(format!("no response: {}", chain(error))));
    }

    pub(super) fn skip(&mut self, unrecorded: &Unrecorded) {
        self.skip_answered(None, unrecorded);
    }

    /// `seen` is the call as the client saw it, if there was an answer.
    pub(super) fn skip_answered(&mut self, seen: Option<Interaction>, unrecorded: &Unrecorded) {
        self.reported = true;
        self.session.skip(self, seen, unrecorded);
        self.complete();
    }

    /// Lets those go on who wait for this call.
    pub(super) fn complete(&self) {
        if let Some(inflight) = &self.inflight {
            self.session.state().under_way.unshare(inflight);
            inflight.complete();
        }
    }

    /// Nobody is to wait for a stream that may stand open until its client leaves.
    pub(super) fn let_go(&mut self) {
        self.complete();
        self.inflight = None;
    }

    pub(super) fn inflight(&self) -> Option<Arc<Inflight>> {
        self.inflight.clone()
    }

    /// The how many-th take of its request this is. Calls that failed do not count: the client asks again, and the
    /// answer that it gets then is the first.
    pub(super) fn take(&self) -> u64 {
        if let Some((_, old)) = &self.replaces {
            return old.interaction.take;
        }
        self.takes.number(self.session.state().under_way.sent_before(&self.normal.key, self.order))
    }
}

impl Drop for PendingRecording {
    fn drop(&mut self) {
        // A client that times out drops the call while it is under way.
        if !self.reported {
            self.skip(&Cause::Left.because("the client gave up before there was a response"));
        }
    }
}
