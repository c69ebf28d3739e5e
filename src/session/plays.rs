//! What of the tape a run has used: played, kept as it is, found too old, or recorded again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::cursors::Cursors;
use crate::matching::request_key::Key;
use crate::session::settings::Repeats;
use crate::store::tape::{Alike, SlotId, TakeList};

/// The uses of the recordings of a tape.
#[derive(Debug, Default)]
pub(super) struct Plays {
    /// How often each slot has been played.
    counts: Vec<u64>,
    /// What a refresh played instead of sending it, and the how many-th call that was.
    kept: Vec<(u64, SlotId)>,
    /// What is older than it may be, as far as it was asked for.
    expired: HashSet<SlotId>,
    /// What calls under way record again, by the how many-th call each is, and the key of that.
    being_rerecorded: HashMap<u64, (SlotId, Key)>,
    /// How many calls record a slot again.
    rerecordings: HashMap<SlotId, usize>,
    rerecorded: HashSet<SlotId>,
    cursors: Cursors,
}

impl Plays {
    pub(super) fn of_slots(count: usize) -> Plays {
        Plays { counts: vec![0; count], ..Plays::default() }
    }

    /// Whether a recording may still be the answer to a request that comes for the first time.
    pub(super) fn is_fresh(&self, slot: SlotId) -> bool {
        !self.has_played(slot) && !self.is_replaced(slot)
    }

    /// Whether a recording has been played and is there as it was.
    pub(super) fn stands(&self, slot: SlotId) -> bool {
        self.has_played(slot) && !self.is_replaced(slot)
    }

    fn has_played(&self, slot: SlotId) -> bool {
        self.counts.get(slot).is_some_and(|count| *count > 0)
    }

    fn is_replaced(&self, slot: SlotId) -> bool {
        self.rerecorded.contains(&slot) || self.rerecordings.contains_key(&slot)
    }

    /// Whether this run has recorded again what stands in a slot.
    pub(super) fn has_rerecorded(&self, slot: SlotId) -> bool {
        self.rerecorded.contains(&slot)
    }

    /// For each slot whether it is of use to this run.
    pub(super) fn used(&self) -> Vec<bool> {
        (0..self.counts.len()).map(|slot| !self.is_fresh(slot)).collect()
    }

    /// Marks a recording as played; says whether that is for the first time.
    pub(super) fn play(&mut self, slot: SlotId) -> bool {
        let Some(count) = self.counts.get_mut(slot) else { return false };
        *count += 1;
        *count == 1
    }

    /// Notes that a refresh played a recording instead of sending the how many-th call.
    pub(super) fn keep(&mut self, order: u64, slot: SlotId) {
        self.kept.push((order, slot));
    }

    pub(super) fn kept(&self) -> impl Iterator<Item = (u64, SlotId)> {
        self.kept.iter().copied()
    }

    /// Notes that a recording is too old; says whether that is news.
    pub(super) fn expire(&mut self, slot: SlotId) -> bool {
        self.expired.insert(slot)
    }

    pub(super) fn expired(&self) -> impl Iterator<Item = SlotId> {
        self.expired.iter().copied()
    }

    /// A call was sent to record again what stands in a slot.
    pub(super) fn begin_rerecording(&mut self, order: u64, slot: SlotId, key: Key) {
        self.being_rerecorded.insert(order, (slot, key));
        *self.rerecordings.entry(slot).or_default() += 1;
    }

    /// A call has ended. If it brought nothing, the recording that it was to replace is as it was: the client may ask again.
    pub(super) fn end_rerecording(&mut self, order: u64, recorded: bool) {
        let Some((slot, key)) = self.being_rerecorded.remove(&order) else { return };
        if let Some(count) = self.rerecordings.get_mut(&slot) {
            *count -= 1;
            if *count == 0 {
                self.rerecordings.remove(&slot);
            }
        }
        match recorded {
            true => drop(self.rerecorded.insert(slot)),
            false => self.cursors.come_back(&key, slot),
        }
    }

    /// The place of the take that is next for a request.
    pub(super) fn next(&mut self, list: &Arc<TakeList>, alike: Alike, repeats: Repeats) -> Option<usize> {
        let mut cursors = std::mem::take(&mut self.cursors);
        let next = cursors.choose(list, alike, |slot| self.is_fresh(slot), repeats);
        self.cursors = cursors;
        next
    }

    /// The first of the takes at these places that was not used: those that a refresh leaves as they are.
    pub(super) fn next_kept(&mut self, list: &Arc<TakeList>, kept: &[usize]) -> Option<usize> {
        let mut cursors = std::mem::take(&mut self.cursors);
        let next = cursors.first_kept(list, kept, |slot| self.is_fresh(slot));
        self.cursors = cursors;
        next
    }
}

#[cfg(test)]
mod in_turn;

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key([0; 32]);

    #[test]
    fn a_recording_is_fresh_again_when_the_call_that_was_to_replace_it_has_failed() {
        let mut plays = Plays::of_slots(1);
        plays.begin_rerecording(7, 0, KEY);
        assert!(!plays.is_fresh(0));
        plays.end_rerecording(7, false);
        assert!(plays.is_fresh(0));
        plays.begin_rerecording(8, 0, KEY);
        plays.end_rerecording(8, true);
        assert!(!plays.is_fresh(0) && plays.has_rerecorded(0));
    }

    #[test]
    fn a_recording_that_two_calls_replace_is_not_fresh_before_both_have_failed() {
        let mut plays = Plays::of_slots(1);
        plays.begin_rerecording(1, 0, KEY);
        plays.begin_rerecording(2, 0, KEY);
        plays.end_rerecording(1, false);
        assert!(!plays.is_fresh(0));
        plays.end_rerecording(2, false);
        assert!(plays.is_fresh(0));
    }

    #[test]
    fn a_recording_that_is_replaced_after_it_was_played_no_longer_stands() {
        let mut plays = Plays::of_slots(2);
        assert!(plays.play(0) && !plays.play(0));
        assert!(plays.stands(0) && !plays.stands(1));
        plays.begin_rerecording(1, 0, KEY);
        assert!(!plays.stands(0));
        assert_eq!(plays.used(), [true, false]);
    }
}
