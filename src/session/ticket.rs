//! A call from the moment it is sent until it is known how it ended.

use std::sync::Arc;
use std::time::Instant;

use super::find::Found;
use super::record::{Head, Recorder};
use super::{Asked, Session};
use crate::exchange::Request;
use crate::labels::Labels;
use crate::mode::Mode;
use crate::request_key::Normal;
use crate::tape::{Parsed, SlotId};

/// The right to record one call, and what is known of it so far.
pub(crate) struct Ticket {
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
    /// The numbers of the takes that it may replace, in their order.
    replaceable: Vec<u64>,
    /// The number that further takes are counted from.
    known: u64,
    pub(super) began: jiff::Timestamp,
    /// The same moment on a clock that never jumps.
    pub(super) sent: Instant,
    /// Whether the session knows how the call ended.
    pub(super) told: bool,
}

impl Session {
    pub(super) fn ticket(self: &Arc<Self>, asked: Asked<'_>, replaces: Option<Found>) -> Ticket {
        let (stored, normal) = asked.stored().clone();
        let request = asked.request;
        let takes = self.tape.takes(&normal.key).unwrap_or_default();
        let (replaceable, known) = match self.mode {
            Mode::Record => (Vec::new(), takes.len() as u64),
            Mode::Refresh => {
                let open = takes.iter().filter(|(_, parsed)| !self.is_kept(parsed));
                let numbers = open.map(|(_, parsed)| parsed.interaction.take).collect();
                (numbers, takes.iter().map(|(_, parsed)| parsed.interaction.take).max().unwrap_or(0))
            }
            Mode::Replay | Mode::Off => (Vec::new(), 0),
        };
        let mut state = self.state();
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
        drop(state);
        Ticket {
            session: Arc::clone(self),
            request,
            stored,
            normal,
            order,
            labels: self.settings.labels.clone(),
            replaces,
            replaceable,
            known,
            began: jiff::Timestamp::now(),
            sent: Instant::now(),
            told: false,
        }
    }
}

impl Ticket {
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
        self.session.skip(self.order, self.normal.key, &self.request, reason);
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
        match self.replaceable.get(before) {
            Some(number) => *number,
            None => self.known + (before - self.replaceable.len()) as u64 + 1,
        }
    }

    /// The head of the answer is here; what follows goes through the recorder.
    pub(crate) fn answered(self, head: Head) -> Recorder {
        Recorder::new(self, head)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // A client that times out drops the call while it is under way.
        if !self.told {
            self.skip("the client gave up before there was a response");
        }
    }
}

/// An error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}
