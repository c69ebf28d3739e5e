//! Uses of a server that are counted and not written yet.

use std::collections::HashMap;
use std::collections::hash_map::IntoIter;

use crate::matching::request_key::Key;

/// For how many seconds uses are counted before they are written.
const PERIOD: i64 = 1;

/// What was used: a take of a key, and whether by somebody of whom no more is known.
type Use = (Key, u64, bool);

/// How often each recording was used. There are as many as there are recordings.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    counts: HashMap<Use, u64>,
    /// When the first of these uses was, and the last, in seconds since 1970.
    times: Option<(i64, i64)>,
}

impl Waiting {
    pub(super) fn add(&mut self, what: Use, times: u64, at: i64) {
        *self.counts.entry(what).or_default() += times;
        let (first, last) = self.times.unwrap_or((at, at));
        self.times = Some((first, last.max(at)));
    }

    /// Whether what is here has waited for long enough.
    pub(super) fn is_due(&self, now: i64) -> bool {
        self.times.is_some_and(|(first, _)| now.saturating_sub(first) >= PERIOD)
    }

    /// `None` where nothing waits.
    pub(super) fn last_at(&self) -> Option<i64> {
        self.times.map(|(_, last)| last)
    }
}

impl IntoIterator for Waiting {
    type Item = (Use, u64);
    type IntoIter = IntoIter<Use, u64>;

    fn into_iter(self) -> IntoIter<Use, u64> {
        self.counts.into_iter()
    }
}
