//! What a session remembers from call to call.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::{pending, prompts, turns, values};
use crate::matching::request_key::Key;
use crate::model::error::Error;
use crate::session::budget::Spent;
use crate::session::memory::Memory;
use crate::session::report::Report;
use crate::session::single_flight::Inflight;
use crate::store::document::Document;
use crate::store::tape::SlotId;

#[derive(Debug, Default)]
pub(super) struct State {
    /// How often each slot of the tape has been played.
    pub(super) played: Vec<u64>,
    /// The calls of each key that this session sent and that have not failed, in the order in which they began.
    pub(super) sent: HashMap<Key, Vec<u64>>,
    /// How many calls have begun.
    pub(super) begun: u64,
    /// What a refresh played instead of sending it, and the how many-th call that was.
    pub(super) kept: Vec<(u64, SlotId)>,
    /// What is older than it may be, as far as it was asked for.
    pub(super) expired: HashSet<SlotId>,
    /// What this session records again because it is too old.
    pub(super) renewed: HashSet<SlotId>,
    /// The keys of calls that have begun and not ended.
    pub(super) under_way: HashMap<u64, Key>,
    /// Those of them that identical requests can wait for.
    pub(super) flights: HashMap<pending::InflightKey, Arc<Inflight>>,
    /// What this session recorded or failed to, in the order in which it ended.
    pub(super) calls: Vec<Call>,
    /// What it recorded, where there is no file; then nothing of what has ended stands elsewhere.
    pub(super) memory: Option<Memory>,
    pub(super) turns: turns::Turns,
    /// The requests that were answered, and with what, in the order in which they were asked.
    pub(super) prompts: BTreeMap<u64, prompts::Answered>,
    /// Whether `calls` has nothing that is still to be written.
    pub(super) committed: bool,
    pub(super) spent: Spent,
    pub(super) variables: values::Variables,
    /// What could not be written; the first failure.
    pub(super) failed: Option<Error>,
    pub(super) report: Report,
}

impl State {
    /// Lets go of a call that has ended.
    pub(super) fn forget(&mut self, order: u64, key: &Key) {
        self.under_way.remove(&order);
        if let Some(sent) = self.sent.get_mut(key) {
            sent.retain(|other| *other != order);
            if sent.is_empty() {
                self.sent.remove(key);
            }
        }
    }
}

/// A call that this session sent, once it has ended.
#[derive(Debug)]
pub(super) struct Call {
    /// The how many-th call of the session it was to begin.
    pub(super) order: u64,
    pub(super) key: Key,
    /// What of the tape it was recorded in the place of, because that was too old.
    pub(super) replaces: Option<SlotId>,
    /// `None` when it was not recorded.
    pub(super) document: Option<Document>,
}
