//! The calls of a run that have begun: their order, which of them are still under way, and which of them others wait for.

use std::collections::HashMap;
use std::sync::Arc;

use crate::matching::request_key::Key;
use crate::session::single_flight::Inflight;
use crate::store::tape::SlotId;

/// What calls under way have in common that may have the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum InflightKey {
    New(Key),
    /// It takes the place of a recording that is too old.
    Rerecording(SlotId),
}

/// The calls that have begun.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    /// How many have begun.
    begun: u64,
    /// The keys of those that have not ended.
    keys: HashMap<u64, Key>,
    /// Those of each key that were sent to be new takes and have not failed, in the order in which they began.
    sent: HashMap<Key, Vec<u64>>,
    /// Those that identical requests can wait for.
    inflight: HashMap<InflightKey, Arc<Inflight>>,
}

impl UnderWay {
    /// The how many-th call the next one is.
    pub(super) fn next_order(&mut self) -> u64 {
        self.begun += 1;
        self.begun - 1
    }

    /// A call is sent. `is_new` says that it is to be a take of its own.
    pub(super) fn send(&mut self, key: Key, is_new: bool) -> u64 {
        let order = self.next_order();
        if is_new {
            self.sent.entry(key).or_default().push(order);
        }
        self.keys.insert(order, key);
        order
    }

    /// How many calls of a key were sent.
    pub(super) fn sent(&self, key: &Key) -> usize {
        self.sent.get(key).map_or(0, Vec::len)
    }

    /// How many calls of a key were sent before another one.
    pub(super) fn sent_before(&self, key: &Key, order: u64) -> usize {
        self.sent.get(key).map_or(0, |sent| sent.partition_point(|other| *other < order))
    }

    /// Lets identical requests wait for a call.
    pub(super) fn share(&mut self, key: InflightKey, inflight: Arc<Inflight>) {
        self.inflight.insert(key, inflight);
    }

    /// What a request can wait for.
    pub(super) fn shared(&self, key: InflightKey) -> Option<Arc<Inflight>> {
        self.inflight.get(&key).filter(|inflight| !inflight.is_over()).cloned()
    }

    /// Nobody need wait for this any longer.
    pub(super) fn unshare(&mut self, inflight: &Arc<Inflight>) {
        self.inflight.retain(|_, other| !Arc::ptr_eq(other, inflight));
    }

    /// A call was recorded.
    pub(super) fn end(&mut self, order: u64) {
        self.keys.remove(&order);
    }

    /// A call is no take: it failed, or what it brought is nowhere but in memory.
    pub(super) fn forget(&mut self, order: u64, key: &Key) {
        self.end(order);
        if let Some(sent) = self.sent.get_mut(key) {
            sent.retain(|other| *other != order);
            if sent.is_empty() {
                self.sent.remove(key);
            }
        }
    }

    /// The calls that have not ended.
    pub(super) fn calls(&self) -> impl Iterator<Item = (u64, Key)> {
        self.keys.iter().map(|(order, key)| (*order, *key))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
