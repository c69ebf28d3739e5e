//! Uses that are counted and not written yet.

use std::collections::{HashMap, HashSet};

use crate::matching::request_key::Key;

/// For how many seconds uses are counted before they are written.
const PERIOD: i64 = 1;

/// What was used: a take of a key, and whether by somebody of whom no more is known.
pub(super) type Use = (Key, u64, bool);

/// How often each recording was used. There are as many as there are recordings.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    counts: HashMap<Use, u64>,
    /// When the first of these uses was, and the last, in seconds since 1970.
    times: Option<(i64, i64)>,
    /// What was used before.
    seen: HashSet<Use>,
}

/// Uses to be written.
#[derive(Debug)]
pub(super) struct Uses {
    pub(super) counts: HashMap<Use, u64>,
    /// When the last of them was.
    pub(super) last_at: i64,
}

impl Waiting {
    /// Whether this is used for the first time; from now on it is not.
    pub(super) fn is_first(&mut self, what: Use) -> bool {
        self.seen.insert(what)
    }

    pub(super) fn add(&mut self, what: Use, times: u64, at: i64) {
        *self.counts.entry(what).or_default() += times;
        let (first, last) = self.times.unwrap_or((at, at));
        self.times = Some((first, last.max(at)));
    }

    /// Whether what is here has waited for long enough.
    pub(super) fn is_due(&self, now: i64) -> bool {
        self.times.is_some_and(|(first, _)| now.saturating_sub(first) >= PERIOD)
    }

    /// What waits is to be written; `None` where nothing does.
    pub(super) fn take(&mut self) -> Option<Uses> {
        let (_, last_at) = self.times.take()?;
        Some(Uses { counts: std::mem::take(&mut self.counts), last_at })
    }
}
