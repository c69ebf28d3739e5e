//! Which takes of a request a refresh replaces, and which it leaves as they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Session;
use crate::store::tape::Takes;

/// The takes of a request, divided.
#[derive(Debug, Default)]
pub(super) struct Divided {
    /// The places of those that stay as they are, in their order.
    pub(super) kept: Vec<usize>,
    /// The places of the others.
    pub(super) open: Vec<usize>,
    /// The numbers of the others.
    pub(super) numbers: Arc<[u64]>,
    /// The highest number that any of them has.
    pub(super) highest: u64,
}

/// What was found out of lists of takes, by the number of the list: each take need be looked at once.
#[derive(Debug, Default)]
pub(super) struct Divisions(Mutex<HashMap<u64, Arc<Divided>>>);

impl Session {
    pub(super) fn divided(&self, takes: &Takes) -> Arc<Divided> {
        let Some(list) = takes.list() else { return Arc::new(self.divide(takes)) };
        let known = || self.divided.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(divided) = known().get(&list.id) {
            return Arc::clone(divided);
        }
        // Nothing is locked while a selection is asked.
        let divided = Arc::new(self.divide(takes));
        Arc::clone(known().entry(list.id).or_insert(divided))
    }

    fn divide(&self, takes: &Takes) -> Divided {
        let mut divided = Divided::default();
        let mut numbers = Vec::new();
        for (place, (_, parsed)) in takes.iter().enumerate() {
            divided.highest = divided.highest.max(parsed.interaction.take);
            match self.is_kept(parsed) {
                true => divided.kept.push(place),
                false => {
                    divided.open.push(place);
                    numbers.push(parsed.interaction.take);
                }
            }
        }
        divided.numbers = numbers.into();
        divided
    }
}
