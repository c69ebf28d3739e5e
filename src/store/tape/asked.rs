//! Requests that have been asked before: clients ask the same again and again, and then a hash of its bytes finds the recording.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{PoisonError, RwLock};

use super::SlotId;
use crate::model::exchange::Request;

/// Where requests stand that were asked. A hash only says where to look, and whoever looks compares.
#[derive(Debug, Default)]
pub(super) struct Asked {
    slots: RwLock<HashMap<u64, SlotId>>,
    hasher: RandomState,
}

impl Asked {
    /// The slot in which a request may stand.
    pub(super) fn slot(&self, request: &Request) -> Option<SlotId> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        if slots.is_empty() {
            return None;
        }
        slots.get(&self.hash(request)).copied()
    }

    /// A request stands in a slot.
    pub(super) fn note(&self, request: &Request, slot: SlotId) {
        let hash = self.hash(request);
        self.slots.write().unwrap_or_else(PoisonError::into_inner).insert(hash, slot);
    }

    fn hash(&self, request: &Request) -> u64 {
        self.hasher.hash_one((&request.method, &request.url, &request.body))
    }
}
