//! The requests of a run and what became of each, in the order in which the calls began.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Lookup;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::Request;
use crate::model::interaction::Interaction;
use crate::store::tape::Parsed;

/// A request of this run and what became of it. Only what came from a cassette is known to be without secrets.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    /// Sent, and the answer has not ended.
    UnderWay(Arc<Request>),
    Played {
        /// Where it is not what was recorded: matching forgives what a provider's cache, or a test that looks at prompts,
        /// does not. Most of a long replay is the same, and need not be kept twice.
        request: Option<Arc<Request>>,
        parsed: Arc<Parsed>,
    },
    Recorded(Arc<Parsed>),
    Skipped {
        request: Arc<Request>,
        /// The call as the client saw it, if there was an answer.
        seen: Option<Arc<Interaction>>,
        reason: String,
    },
    Refused {
        request: Arc<Request>,
        kind: ErrorKind,
        message: String,
    },
}

impl Entry {
    pub(super) fn played(lookup: Lookup<'_>, parsed: &Arc<Parsed>) -> Entry {
        let recorded = &parsed.interaction.request;
        // Most requests were found because they are the very same.
        if std::ptr::eq(lookup.placeless(), recorded) {
            return Entry::Played { request: None, parsed: Arc::clone(parsed) };
        }
        let differs = lookup.placeless() != recorded;
        let same_body = lookup.placeless().body == recorded.body;
        let mut request = lookup.request;
        let request = differs.then(|| {
            // Where only a header differs, the body need not be held twice.
            if same_body {
                request.body = recorded.body.clone();
            }
            Arc::new(request)
        });
        Entry::Played { request, parsed: Arc::clone(parsed) }
    }

    pub(super) fn skipped(request: &Request, seen: Option<Interaction>, reason: &str) -> Entry {
        let request = Arc::new(request.clone());
        Entry::Skipped { request, seen: seen.map(Arc::new), reason: reason.to_owned() }
    }

    pub(super) fn refused(request: Request, error: &Error) -> Entry {
        let (kind, message) = (error.kind(), error.message().to_owned());
        Entry::Refused { request: Arc::new(request), kind, message }
    }
}

/// The requests of a run, in the order in which they were asked.
#[derive(Debug, Default)]
pub(super) struct History {
    entries: BTreeMap<u64, Entry>,
    closed: bool,
}

impl History {
    /// One that keeps nothing: a program with a cache may run for ever.
    pub(super) fn closed() -> History {
        History { closed: true, ..History::default() }
    }

    /// Notes what became of the how many-th call, in the place of what was noted of it before.
    pub(super) fn note(&mut self, order: u64, entry: impl FnOnce() -> Entry) {
        if !self.closed {
            self.entries.insert(order, entry());
        }
    }

    /// What was asked by the how many-th call, secrets included where nothing was recorded.
    pub(super) fn request(&self, order: u64) -> Option<&Request> {
        match self.entries.get(&order)? {
            Entry::Played { request: None, parsed } | Entry::Recorded(parsed) => {
                Some(&parsed.interaction.request)
            }
            Entry::Played { request: Some(request), .. }
            | Entry::UnderWay(request)
            | Entry::Skipped { request, .. }
            | Entry::Refused { request, .. } => Some(request),
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }
}
