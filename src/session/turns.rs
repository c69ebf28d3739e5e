//! What a call that is being recorded goes on from, and what the documents of a run extend once it is over.

use std::collections::HashMap;
use std::sync::Arc;

use super::Session;
use super::plays::Plays;
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
    /// About how many bytes the documents of this run take from those that they extend.
    taken: usize,
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

    /// The turn that a request repeats most of, but for the how many-th call that it is itself. `played` gives what stands in a
    /// slot, if it still does.
    fn best(
        &mut self,
        order: u64,
        outline: &Outline,
        played: impl Fn(SlotId) -> Option<Arc<Parsed>>,
    ) -> Option<(Origin, Arc<Parsed>)> {
        let Turns { calls, candidates, new, .. } = self;
        let known = |origin| match origin {
            Origin::Slot(slot) => played(slot),
            Origin::Call(order) => calls.get(&order).cloned(),
        };
        for origin in std::mem::take(new) {
            if let Some(known) = known(origin).as_ref().and_then(|parsed| parsed.outline()) {
                candidates.add(origin, known);
            }
        }
        let best = candidates.best(outline, |origin| match origin {
            Origin::Call(own) if own == order => None,
            _ => known(origin)?.outline().map(|known| outline.saved(known)),
        })?;
        Some((best, known(best)?))
    }
}

impl Session {
    /// Of what this session has played or recorded, the turn that a request repeats most of, and the key that it has in the
    /// file. `order` is that of the call itself. Nothing else of the tape is looked at: recording must not get slower as a
    /// cassette grows.
    pub(super) fn earlier_turn(&self, order: u64, request: &Request) -> Option<(Key, Arc<Parsed>)> {
        let outline = Outline::of(request)?;
        let state = &mut *self.state();
        let plays = &state.plays;
        let played = |slot| self.tape.get(slot).ok().filter(|_| plays.stands(slot));
        // What is written has to be read again, which a cassette of very many long turns would not be.
        let taken = state.turns.taken.saturating_add(request.body.len());
        if !self.tape.has_room(taken) {
            return None;
        }
        let (origin, parsed) = state.turns.best(order, &outline, played)?;
        state.turns.taken = taken;
        let key = match origin {
            Origin::Slot(slot) => self.tape.recorded_key(slot),
            Origin::Call(_) => self.recorded_key(&parsed),
        };
        Some((key, parsed))
    }

    /// What of the tape this session has played, in the order of the file.
    pub(super) fn played(&self, plays: &Plays) -> impl Iterator<Item = (SlotId, Arc<Parsed>)> {
        let slots = (0..self.tape.len()).filter(|slot| plays.stands(*slot));
        slots.filter_map(|slot| Some((slot, self.tape.get(slot).ok()?)))
    }
}
