//! What a call that is being recorded goes on from, and what the documents of a run extend once it is over.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Session, State};
use crate::format::turns::{Candidates, Outline};
use crate::matching::request_key::Key;
use crate::model::exchange::Request;
use crate::store::tape::{Parsed, SlotId};

/// What later turns could go on from.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// What was recorded, by the how many-th call it was.
    calls: HashMap<u64, Arc<Parsed>>,
    candidates: Candidates<Origin>,
    /// What is not among the candidates yet: a run that records nothing need not know.
    new: Vec<Origin>,
}

/// Where a turn comes from. What was played comes before what was recorded, and that in the order in which it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Origin {
    Slot(SlotId),
    Call(u64),
}

impl Turns {
    pub(super) fn played(&mut self, slot: SlotId) {
        self.new.push(Origin::Slot(slot));
    }

    /// May be said again of a call of which more has arrived.
    pub(super) fn recorded(&mut self, order: u64, parsed: &Arc<Parsed>) {
        self.new.push(Origin::Call(order));
        self.calls.insert(order, Arc::clone(parsed));
    }
}

impl Session {
    /// Of what this session has played or recorded, the turn that a request repeats most of, and the key that it has in the
    /// file. `order` is that of the call itself. Nothing else of the tape is looked at: recording must not get slower as a
    /// cassette grows.
    pub(super) fn earlier_turn(&self, order: u64, request: &Request) -> Option<(Key, Arc<Parsed>)> {
        let outline = Outline::of(request)?;
        let mut state = self.state();
        for origin in std::mem::take(&mut state.turns.new) {
            let known = self.known(&state, origin);
            if let Some(known) = known.as_ref().and_then(|parsed| parsed.outline()) {
                state.turns.candidates.add(origin, known);
            }
        }
        let best = state.turns.candidates.best(&outline, |origin| match origin {
            Origin::Call(own) if own == order => None,
            _ => self.known(&state, origin)?.outline().map(|known| outline.saved(known)),
        })?;
        let parsed = self.known(&state, best)?;
        let key = match best {
            Origin::Slot(slot) => self.tape.recorded_key(slot),
            Origin::Call(_) => self.recorded_key(&parsed),
        };
        Some((key, parsed))
    }

    /// What a turn could go on from, if it is still there.
    fn known(&self, state: &State, origin: Origin) -> Option<Arc<Parsed>> {
        match origin {
            Origin::Slot(slot) if state.played[slot] == 0 || state.renewed.contains(&slot) => None,
            Origin::Slot(slot) => self.tape.get(slot).ok(),
            Origin::Call(order) => state.turns.calls.get(&order).cloned(),
        }
    }

    /// What of the tape this session has played, in the order of the file.
    pub(super) fn played(&self, state: &State) -> impl Iterator<Item = (SlotId, Arc<Parsed>)> {
        let played = |(slot, count): &(SlotId, &u64)| **count > 0 && !state.renewed.contains(slot);
        let slots = state.played.iter().enumerate().filter(played);
        slots.filter_map(|(slot, _)| Some((slot, self.tape.get(slot).ok()?)))
    }
}
