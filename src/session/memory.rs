//! What a cassette without a file holds: answers by key, for so long, and so many as there is room for. No I/O, and the time
//! is told.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::matching::request_key::Key;
use crate::model::chunk_times::ChunkTimes;
use crate::model::exchange::{Request, Response};
use crate::store::tape::Parsed;

/// How long a cassette in memory plays an answer.
#[derive(Clone)]
pub(crate) struct Limits {
    pub(crate) ttl: Option<Duration>,
    pub(crate) clock: Arc<dyn Fn() -> Instant + Send + Sync>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { ttl: None, clock: Arc::new(Instant::now) }
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

/// The answers.
#[derive(Debug)]
pub(crate) struct Memory<T = Parsed> {
    limits: Limits,
    /// In bytes.
    room: usize,
    entries: HashMap<Key, Entry<T>>,
    /// Both have each entry once, under a number that only grows.
    by_age: BTreeMap<u64, Key>,
    by_use: BTreeMap<u64, Key>,
    events: u64,
    size: usize,
}

#[derive(Debug)]
struct Entry<T> {
    value: Arc<T>,
    size: usize,
    kept_at: Instant,
    kept: u64,
    used: u64,
}

impl<T> Memory<T> {
    /// `max_size` is in bytes.
    pub(crate) fn new(limits: Limits, max_size: Option<usize>) -> Memory<T> {
        let (by_age, by_use) = (BTreeMap::new(), BTreeMap::new());
        let room = max_size.unwrap_or(usize::MAX);
        Memory { limits, room, entries: HashMap::new(), by_age, by_use, events: 0, size: 0 }
    }

    /// The answer under a key. To look does not use it.
    pub(super) fn find(&mut self, key: &Key) -> Option<Arc<T>> {
        self.remove_expired();
        self.entries.get(key).map(|entry| Arc::clone(&entry.value))
    }

    /// Notes that the answer under a key has been used.
    pub(super) fn used(&mut self, key: &Key) {
        let event = self.next_event();
        if let Some(entry) = self.entries.get_mut(key) {
            self.by_use.remove(&entry.used);
            self.by_use.insert(event, *key);
            entry.used = event;
        }
    }

    /// Keeps an answer in the place of what was there, and lets go of those that were not used for longest; false if there
    /// could never be room for it.
    pub(crate) fn put(&mut self, key: Key, value: Arc<T>, size: usize) -> bool {
        self.remove_expired();
        self.remove(&key);
        if size > self.room {
            return false;
        }
        while self.size > self.room - size
            && let Some((_, oldest)) = self.by_use.first_key_value()
        {
            let oldest = *oldest;
            self.remove(&oldest);
        }
        let event = self.next_event();
        self.by_age.insert(event, key);
        self.by_use.insert(event, key);
        self.size += size;
        let kept_at = (self.limits.clock)();
        self.entries.insert(key, Entry { value, size, kept_at, kept: event, used: event });
        true
    }

    fn remove_expired(&mut self) {
        let Some(ttl) = self.limits.ttl else { return };
        let now = (self.limits.clock)();
        while let Some((_, key)) = self.by_age.first_key_value() {
            let key = *key;
            let expired = |entry: &Entry<T>| now.saturating_duration_since(entry.kept_at) >= ttl;
            if !self.entries.get(&key).is_none_or(expired) {
                return;
            }
            self.remove(&key);
        }
    }

    fn remove(&mut self, key: &Key) {
        let Some(entry) = self.entries.remove(key) else { return };
        self.by_age.remove(&entry.kept);
        self.by_use.remove(&entry.used);
        self.size -= entry.size;
    }

    fn next_event(&mut self) -> u64 {
        self.events += 1;
        self.events
    }
}

impl Parsed {
    /// About how many bytes this takes.
    pub(crate) fn size(&self) -> usize {
        const FIXED: usize = 1024;
        let Request { url, headers, body, .. } = &self.interaction.request;
        let Response { headers: of_response, body: answer, .. } = &self.interaction.response;
        let headers =
            headers.iter().chain(of_response).map(|(name, value)| name.as_str().len() + value.len());
        let bodies = body.len() + answer.bytes.len() + answer.chunks.len() * size_of::<usize>();
        let times = answer.times.as_ref().map_or(0, ChunkTimes::size);
        FIXED + url.len() + headers.sum::<usize>() + bodies + times + self.normal().form.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn key(n: u8) -> Key {
        Key([n; 32])
    }

    /// A memory whose clock shows seconds that the test sets.
    fn memory(ttl: Option<u64>, max_size: Option<usize>) -> (Memory<u8>, Arc<AtomicU64>) {
        let (start, seconds) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let shown = Arc::clone(&seconds);
        let clock = Arc::new(move || start + Duration::from_secs(shown.load(Ordering::Relaxed)));
        let ttl = ttl.map(Duration::from_secs);
        (Memory::new(Limits { ttl, clock }, max_size), seconds)
    }

    fn get(memory: &mut Memory<u8>, key: &Key) -> Option<u8> {
        let found = memory.find(key).map(|value| *value);
        memory.used(key);
        found
    }

    fn held(memory: &Memory<u8>) -> Vec<u8> {
        let mut held: Vec<u8> = memory.entries.values().map(|entry| *entry.value).collect();
        held.sort_unstable();
        assert_eq!((memory.by_age.len(), memory.by_use.len()), (held.len(), held.len()));
        assert_eq!(memory.size, memory.entries.values().map(|entry| entry.size).sum::<usize>());
        held
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first_and_no_more_than_has_to() {
        let (mut memory, _) = memory(None, Some(30));
        for n in [1, 2, 3] {
            assert!(memory.put(key(n), Arc::new(n), 10));
        }
        assert_eq!(get(&mut memory, &key(1)), Some(1));
        assert!(memory.put(key(4), Arc::new(4), 10));
        assert_eq!(held(&memory), [1, 3, 4]);
        assert!(memory.put(key(5), Arc::new(5), 11));
        assert_eq!(held(&memory), [4, 5]);
        assert!(memory.put(key(6), Arc::new(6), 30));
        assert_eq!(held(&memory), [6]);
    }

    #[test]
    fn what_has_no_room_at_all_drives_nothing_else_out() {
        let (mut memory, _) = memory(None, Some(30));
        assert!(memory.put(key(1), Arc::new(1), 30));
        assert!(!memory.put(key(2), Arc::new(2), 31));
        assert_eq!(held(&memory), [1]);
    }

    #[test]
    fn an_answer_in_the_place_of_another_counts_once() {
        let (mut memory, _) = memory(None, Some(30));
        for n in 1..=5 {
            assert!(memory.put(key(0), Arc::new(n), 20));
        }
        assert_eq!(held(&memory), [5]);
        assert_eq!(memory.size, 20);
    }

    #[test]
    fn an_answer_lives_from_when_it_was_kept_however_often_it_is_used() {
        let (mut memory, seconds) = memory(Some(10), None);
        memory.put(key(1), Arc::new(1), 1);
        seconds.store(5, Ordering::Relaxed);
        memory.put(key(2), Arc::new(2), 1);
        seconds.store(9, Ordering::Relaxed);
        assert_eq!(get(&mut memory, &key(1)), Some(1));
        seconds.store(10, Ordering::Relaxed);
        assert_eq!(get(&mut memory, &key(1)), None);
        assert_eq!(held(&memory), [2]);
        seconds.store(15, Ordering::Relaxed);
        assert_eq!(get(&mut memory, &key(3)), None, "to ask for another lets go of what has expired");
        assert_eq!(held(&memory), [] as [u8; 0]);
    }
}
