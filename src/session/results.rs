//! What the calls of a run brought: recordings, which may be played again, and failures.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::matching::request_key::Key;
use crate::model::error::Error;
use crate::model::exchange::Cut;
use crate::session::memory::Memory;
use crate::store::document::Document;
use crate::store::tape::{Parsed, SlotId};

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

/// A recording of this run that is to be played again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// By the how many-th call it was.
    Call(u64),
    InMemory(Key),
}

/// The key and the document of a call, if it has one.
pub(super) type Keyed = (Key, Option<Document>);

/// The calls that have ended.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// In the order in which they ended, until they are sorted.
    calls: Vec<Call>,
    index: Index,
    /// What was recorded, where there is no file; then nothing of what has ended stands elsewhere.
    memory: Option<Memory>,
    /// Whether `calls` has nothing that is still to be written.
    committed: bool,
    /// What could not be written; the first failure.
    failed: Option<Error>,
}

/// Where calls are found, so that no call takes longer for those before it.
#[derive(Debug, Default)]
struct Index {
    /// By the how many-th each was.
    places: HashMap<u64, usize>,
    by_key: HashMap<Key, BTreeSet<u64>>,
    /// By what they were recorded in the place of, in the order in which they ended.
    by_slot: HashMap<SlotId, Vec<u64>>,
}

impl Index {
    fn of(calls: &[Call]) -> Index {
        let mut index = Index::default();
        calls.iter().enumerate().for_each(|(place, call)| index.add(place, call));
        index
    }

    fn add(&mut self, place: usize, call: &Call) {
        self.places.insert(call.order, place);
        self.by_key.entry(call.key).or_default().insert(call.order);
        if let Some(slot) = call.replaces {
            self.by_slot.entry(slot).or_default().push(call.order);
        }
    }

    fn remove(&mut self, call: &Call) {
        self.places.remove(&call.order);
        self.moves(call.order, call.key);
        if let Some(orders) = call.replaces.and_then(|slot| self.by_slot.get_mut(&slot)) {
            orders.retain(|order| *order != call.order);
        }
    }

    /// A call no longer has this key.
    fn moves(&mut self, order: u64, key: Key) {
        if let Some(orders) = self.by_key.get_mut(&key) {
            orders.remove(&order);
            if orders.is_empty() {
                self.by_key.remove(&key);
            }
        }
    }
}

impl Results {
    pub(super) fn in_memory(memory: Option<Memory>) -> Results {
        Results { memory, ..Results::default() }
    }

    pub(super) fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// A call was recorded. May be said again of one of which more has arrived.
    pub(super) fn recorded(&mut self, call: Call) {
        self.committed = false;
        match self.index.places.get(&call.order).copied() {
            Some(place) => {
                self.index.remove(&self.calls[place]);
                self.index.add(place, &call);
                self.calls[place] = call;
            }
            None => self.add(call),
        }
    }

    fn add(&mut self, call: Call) {
        self.index.add(self.calls.len(), &call);
        self.calls.push(call);
    }

    /// A call brought nothing that is recorded.
    pub(super) fn skipped(&mut self, order: u64, key: Key) {
        self.add(Call { order, key, replaces: None, document: None });
    }

    /// Keeps an answer in memory; false if there could never be room for it.
    pub(super) fn keep_in_memory(&mut self, key: Key, parsed: &Arc<Parsed>) -> bool {
        let put = |memory: &mut Memory| memory.put(key, Arc::clone(parsed), parsed.size());
        self.memory.as_mut().is_some_and(put)
    }

    /// What the how many-th call of the session recorded.
    pub(super) fn of_call(&self, order: u64) -> Option<Arc<Parsed>> {
        self.call(order)?.document.as_ref().map(|document| Arc::clone(&document.parsed))
    }

    /// The newest whole recording of a request.
    pub(super) fn of_request(&mut self, key: &Key) -> Option<(Again, Arc<Parsed>)> {
        if let Some(memory) = &mut self.memory {
            return memory.find(key).map(|parsed| (Again::InMemory(*key), parsed));
        }
        let newest_first = self.index.by_key.get(key)?.iter().rev();
        whole(newest_first.filter_map(|order| self.call(*order))).next().map(again)
    }

    /// What was recorded, whole, in the place of an old recording.
    pub(super) fn in_place_of(&self, slot: SlotId) -> Option<(Again, Arc<Parsed>)> {
        whole(self.replacing(slot)).next().map(again)
    }

    /// The text that stands in the place of an old recording, whole or not.
    pub(super) fn text_in_place_of(&self, slot: SlotId) -> Option<&str> {
        let mut calls = self.replacing(slot).rev();
        calls.find_map(|call| call.document.as_ref()).map(|document| document.text.as_str())
    }

    /// Marks a recording as played again.
    pub(super) fn replay(&mut self, again: Again) {
        match again {
            Again::InMemory(key) => {
                if let Some(memory) = &mut self.memory {
                    memory.used(&key);
                }
            }
            Again::Call(order) => {
                if let Some(document) = self.call_mut(order).and_then(|call| call.document.as_mut()) {
                    document.replays += 1;
                }
            }
        }
    }

    fn call(&self, order: u64) -> Option<&Call> {
        self.calls.get(*self.index.places.get(&order)?)
    }

    fn call_mut(&mut self, order: u64) -> Option<&mut Call> {
        self.calls.get_mut(*self.index.places.get(&order)?)
    }

    /// The calls that were recorded in the place of what stands in a slot.
    fn replacing(&self, slot: SlotId) -> impl DoubleEndedIterator<Item = &Call> {
        let orders = self.index.by_slot.get(&slot).map(Vec::as_slice).unwrap_or_default();
        orders.iter().filter_map(|order| self.call(*order))
    }

    /// Whether all that has ended is in the file as it is to be.
    pub(super) fn are_written(&self) -> bool {
        self.committed || self.calls.is_empty()
    }

    /// Puts the calls in the order in which they began.
    pub(super) fn sort(&mut self) {
        if !self.calls.is_sorted_by_key(|call| call.order) {
            self.calls.sort_by_key(|call| call.order);
            self.index = Index::of(&self.calls);
        }
    }

    /// All is in the file.
    pub(super) fn set_written(&mut self) {
        self.committed = true;
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.calls.iter().filter_map(|call| call.document.as_ref())
    }

    pub(super) fn documents_mut(&mut self) -> impl Iterator<Item = &mut Document> {
        self.calls.iter_mut().filter_map(|call| call.document.as_mut())
    }

    /// Puts other keys and documents in the place of those of some calls.
    pub(super) fn rename(&mut self, renamed: Vec<Option<Keyed>>) {
        for (call, renamed) in self.calls.iter_mut().zip(renamed) {
            if let Some(renamed) = renamed {
                (call.key, call.document) = renamed;
            }
        }
        self.index = Index::of(&self.calls);
    }

    /// Puts other documents in the place of those of some calls, by the how many-th each was.
    pub(super) fn rewrite(&mut self, written: Vec<(u64, Document)>) {
        for (order, document) in written {
            if let Some(call) = self.call_mut(order) {
                call.document = Some(document);
            }
        }
    }

    /// Puts another key and document in the place of those of a call.
    pub(super) fn restate(&mut self, order: u64, key: Key, document: Option<Document>) {
        let Some(call) = self.call_mut(order) else { return };
        let old = std::mem::replace(&mut call.key, key);
        call.document = document;
        self.index.moves(order, old);
        self.index.by_key.entry(key).or_default().insert(order);
    }

    /// Whether each request that failed was asked again with success, as a client that retries does.
    pub(super) fn every_request_was_recorded(&self) -> bool {
        let mut last: HashMap<Key, u64> = HashMap::new();
        for call in self.calls.iter().filter(|call| call.document.is_some()) {
            let last = last.entry(call.key).or_default();
            *last = call.order.max(*last);
        }
        let later = |call: &Call| last.get(&call.key).is_some_and(|last| *last > call.order);
        self.calls.iter().all(|call| call.document.is_some() || later(call))
    }

    /// Notes what went wrong; says whether it is the first.
    pub(super) fn fail(&mut self, error: Error) -> bool {
        let is_first = self.failed.is_none();
        self.failed.get_or_insert(error);
        is_first
    }

    pub(super) fn failure(&self) -> Option<&Error> {
        self.failed.as_ref()
    }

    pub(super) fn take_failure(&mut self) -> Option<Error> {
        self.failed.take()
    }
}

/// Those of some calls that have an answer for others. Half an answer is enough only for the client that went away in the
/// midst of it.
fn whole<'a>(calls: impl Iterator<Item = &'a Call>) -> impl Iterator<Item = (u64, &'a Document)> {
    calls
        .filter_map(|call| Some((call.order, call.document.as_ref()?)))
        .filter(|(_, document)| document.parsed.interaction.response.body.cut == Cut::Whole)
}

fn again((order, document): (u64, &Document)) -> (Again, Arc<Parsed>) {
    (Again::Call(order), Arc::clone(&document.parsed))
}
