//! Whether any request comes by a cassette: one that is not in the client's chain would let a test call its provider, or pass
//! for reasons of its own, and never say so.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::Session;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::model::warn::warn;

/// The requests that have come by, those included that are passed through.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    requests: AtomicUsize,
    /// Whether it was said that there are none.
    told: AtomicBool,
    /// Whether any of them was one that this run may send.
    selected: AtomicBool,
    told_of_selection: AtomicBool,
}

impl Traffic {
    /// A request comes by.
    pub(super) fn pass(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// A request is one that this run may send.
    pub(super) fn select(&self) {
        self.selected.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_selected(&self) -> bool {
        self.selected.load(Ordering::Relaxed)
    }

    /// Whether it was said before that a selection fits nothing; from now on it was.
    pub(super) fn tells_of_selection(&self) -> bool {
        self.told_of_selection.swap(true, Ordering::Relaxed)
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Session {
    /// What there is to say of a run that no request has reached.
    pub(super) fn nobody_came(&self) -> Error {
        let message = format!("{}: no request came by in mode `{}`", shown_path(&self.path), self.mode);
        Error::new(ErrorKind::Unfinished, message).with_hint(
            "is the cassette in the client's chain, as the last one, and is it this client that the code under test \
             uses? `ClientBuilder::new(…).with(cassette.clone())` puts it there",
        )
    }

    /// Says once that no request has come by.
    pub(crate) fn tell_if_nobody_came(&self) {
        if self.settings.quiet || self.traffic.requests() > 0 {
            return;
        }
        if !self.traffic.told.swap(true, Ordering::Relaxed) {
            warn(&self.nobody_came().to_string());
        }
    }
}
