//! The takes of a request, and how far they are looked for. A document gives itself a key, which a hand edit makes untrue, and a
//! rule of the user those of all documents. To know all keys takes parsing everything; so it is done in steps, and only as far
//! as somebody needs it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use aho_corasick::AhoCorasick;

use super::parsing::Fault;
use super::takes::{Take, TakeList, Takes};
use super::{Index, Parsed, Recordings, SlotId};
use crate::format::checksum;
use crate::matching::nearest::Nearest;
use crate::matching::redacted_forms::{RedactedForms, has_mark};
use crate::matching::request_key::{Key, Normal};
use crate::model::error::Error;
use crate::model::exchange::Request;
use crate::redact::MARK;

/// How far takes are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Breadth {
    /// Among the documents that state the key, if all of those have it.
    Stated,
    /// Everywhere, where a document whose checksum says that nobody has touched it has the key that it states.
    Believed,
    /// Everywhere, whatever documents say of themselves.
    Proven,
}

impl Breadth {
    pub(crate) fn wider(self) -> Breadth {
        match self {
            Breadth::Stated => Breadth::Believed,
            Breadth::Believed | Breadth::Proven => Breadth::Proven,
        }
    }
}

/// So many documents are parsed to see whether what stands in a file can be believed: a version of this program that gave requests
/// other keys may have written all of it.
const SAMPLES: usize = 8;

/// What is known of a tape beside the keys that its documents state.
#[derive(Debug, Default)]
pub(super) struct Indexes {
    /// By the keys that documents have, where those are believed that nobody has touched; `None` where that is what all state.
    believed: OnceLock<Result<Option<Index>, Fault>>,
    /// By the keys that the rules in force give them.
    actual: OnceLock<Result<Index, Fault>>,
    /// The requests in which something was replaced, each once: as far as is believed, and all.
    believed_redacted: OnceLock<Result<Redacted, Fault>>,
    redacted: OnceLock<Result<Redacted, Fault>>,
    /// What comes closest to what is not there.
    nearest: OnceLock<Result<Near, Fault>>,
    /// The takes of those requests that have several.
    lists: Mutex<HashMap<(Key, Breadth), Arc<TakeList>>>,
}

/// All recordings, and what comes closest among them.
type Near = (Vec<Arc<Parsed>>, Nearest);

/// Requests in which something was replaced.
#[derive(Debug, Default)]
struct Redacted {
    requests: Vec<Arc<Parsed>>,
    forms: RedactedForms,
}

impl Recordings {
    /// The takes of a key, in their order. What a document states is believed only once it is parsed: a hand edit of
    /// the request changes its key, and a rule of the user changes all of them.
    pub(crate) fn takes(&self, key: &Key) -> Result<Takes, Error> {
        self.takes_within(key, Breadth::Stated)
    }

    /// The same, looked for so far at least.
    pub(crate) fn takes_within(&self, key: &Key, breadth: Breadth) -> Result<Takes, Error> {
        if breadth == Breadth::Stated
            && self.rules.is_empty()
            && let Some(slots) = self.stated.get(key)
        {
            if let Some(list) = self.list(key, Breadth::Stated) {
                return Ok(Takes::Many(list));
            }
            let takes = self.read_all(slots)?;
            if takes.iter().all(|(_, parsed)| parsed.normal().key == *key) {
                return Ok(self.kept(key, Breadth::Stated, takes));
            }
        }
        let breadth = breadth.max(Breadth::Believed);
        if let Some(list) = self.list(key, breadth) {
            return Ok(Takes::Many(list));
        }
        let slots = self.slots_within(key, breadth).map_err(|fault| self.malformed(&fault))?;
        let mut takes = self.read_all(slots)?;
        // One that was believed may turn out to be another's all the same.
        takes.retain(|(_, parsed)| parsed.normal().key == *key);
        Ok(self.kept(key, breadth, takes))
    }

    /// How far is known already that there are no more takes of a key than so many.
    pub(crate) fn known_breadth(&self, key: &Key, takes: usize) -> Breadth {
        let actual = self.indexes.actual.get().and_then(|index| index.as_ref().ok());
        if actual.is_some_and(|index| index.get(key).map_or(0, Vec::len) == takes) {
            return Breadth::Proven;
        }
        let believed = self.indexes.believed.get().and_then(|index| index.as_ref().ok());
        let count =
            |index: &Option<Index>| index.as_ref().unwrap_or(&self.stated).get(key).map_or(0, Vec::len);
        if self.rules.is_empty() && believed.is_some_and(|index| count(index) == takes) {
            return Breadth::Believed;
        }
        Breadth::Stated
    }

    /// The recording of a request that is, byte for byte, this one, where that can be told from the keys that documents state.
    /// Gives the normal form back where there is none.
    pub(crate) fn very_same(&self, request: &Request, normal: Normal) -> Result<Arc<Parsed>, Normal> {
        let Some((slot, parsed)) = self.take_that_is(request, &normal.key) else { return Err(normal) };
        parsed.is_as(normal);
        self.asked.note(request, slot);
        Ok(parsed)
    }

    fn take_that_is(&self, request: &Request, key: &Key) -> Option<Take> {
        let breadth = if self.rules.is_empty() { Breadth::Stated } else { Breadth::Proven };
        if let Some(list) = self.list(key, breadth) {
            return list.very_same(request).cloned();
        }
        let slots = match breadth {
            Breadth::Stated => self.stated.get(key)?,
            Breadth::Believed | Breadth::Proven => self.actual().ok()?.get(key)?,
        };
        let among = |slots: &[SlotId]| {
            let mut read = slots.iter().filter_map(|slot| Some((*slot, self.parse(*slot).ok()?)));
            read.find(|(_, parsed)| parsed.interaction.request == *request)
        };
        if slots.len() < 2 {
            return among(slots);
        }
        match self.takes_within(key, breadth) {
            Ok(Takes::Many(list)) => list.very_same(request).cloned(),
            // Some of them cannot be read, or somebody has edited them.
            _ => among(slots),
        }
    }

    /// The takes of recorded requests in which something was replaced and that any of these may be.
    pub(crate) fn redacted_takes(&self, live: [&Normal; 2], breadth: Breadth) -> Result<Takes, Error> {
        let breadth = breadth.max(Breadth::Believed);
        let known = match breadth {
            Breadth::Stated | Breadth::Believed => {
                self.indexes.believed_redacted.get_or_init(|| self.redacted_within(Breadth::Believed))
            }
            Breadth::Proven => self.indexes.redacted.get_or_init(|| self.redacted_within(Breadth::Proven)),
        };
        let Redacted { requests, forms } = known.as_ref().map_err(|fault| self.malformed(fault))?;
        let form = |number: usize| &*requests[number].normal().form;
        let mut fitting: Vec<usize> =
            live.iter().flat_map(|normal| forms.fitting(&normal.form, form)).collect();
        fitting.sort_unstable();
        fitting.dedup();
        if let [number] = *fitting {
            return self.takes_within(&requests[number].normal().key, breadth);
        }
        let mut takes: Vec<Take> = Vec::new();
        for number in fitting {
            takes.extend_from_slice(&self.takes_within(&requests[number].normal().key, breadth)?);
        }
        takes.sort_by_key(|(slot, _)| *slot);
        Ok(if takes.is_empty() { Takes::None } else { Takes::Mixed(takes) })
    }

    /// The recording whose request comes closest to one; `None` where there is none at all.
    pub(crate) fn nearest(&self, live: &Normal) -> Result<Option<Take>, Error> {
        let index = || {
            let all = (0..self.len()).map(|slot| self.parse(slot)).collect::<Result<Vec<_>, Fault>>()?;
            let nearest = Nearest::of(all.len(), |slot| all[slot].normal());
            Ok((all, nearest))
        };
        let known = self.indexes.nearest.get_or_init(index).as_ref();
        let (all, nearest) = known.map_err(|fault| self.malformed(fault))?;
        Ok(nearest.to(live, |slot| all[slot].normal()).map(|slot| (slot, Arc::clone(&all[slot]))))
    }

    fn list(&self, key: &Key, breadth: Breadth) -> Option<Arc<TakeList>> {
        self.indexes.lists.lock().unwrap_or_else(PoisonError::into_inner).get(&(*key, breadth)).cloned()
    }

    /// Takes of a key in the order of the file, kept in mind if there are several.
    fn kept(&self, key: &Key, breadth: Breadth, takes: Vec<Take>) -> Takes {
        match <[Take; 1]>::try_from(takes) {
            Ok(take) => Takes::One(take),
            Err(takes) if takes.is_empty() => Takes::None,
            Err(takes) => {
                let mut lists = self.indexes.lists.lock().unwrap_or_else(PoisonError::into_inner);
                let list =
                    lists.entry((*key, breadth)).or_insert_with(|| Arc::new(TakeList::new(*key, takes)));
                Takes::Many(Arc::clone(list))
            }
        }
    }

    fn read_all(&self, slots: &[SlotId]) -> Result<Vec<Take>, Error> {
        slots.iter().map(|slot| Ok((*slot, self.get(*slot)?))).collect()
    }

    fn slots_within(&self, key: &Key, breadth: Breadth) -> Result<&[SlotId], Fault> {
        let index = match breadth {
            Breadth::Stated | Breadth::Believed if self.rules.is_empty() => {
                let believed = self.indexes.believed.get_or_init(|| self.believed());
                believed.as_ref().map_err(Fault::clone)?.as_ref().unwrap_or(&self.stated)
            }
            Breadth::Stated | Breadth::Believed | Breadth::Proven => self.actual()?,
        };
        Ok(index.get(key).map(Vec::as_slice).unwrap_or_default())
    }

    fn actual(&self) -> Result<&Index, Fault> {
        let index = || self.indexed(|slot| Ok(self.parse(slot)?.normal().key));
        self.indexes.actual.get_or_init(index).as_ref().map_err(Fault::clone)
    }

    fn indexed(&self, key: impl Fn(SlotId) -> Result<Key, Fault>) -> Result<Index, Fault> {
        let mut index = Index::with_capacity(self.len());
        for slot in 0..self.len() {
            index.entry(key(slot)?).or_default().push(slot);
        }
        Ok(index)
    }

    fn believed(&self) -> Result<Option<Index>, Fault> {
        let doubted = self.doubted();
        for slot in (0..self.len()).filter(|slot| doubted[*slot]) {
            if self.parse(slot)?.normal().key != self.recorded_key(slot) {
                let key = |slot: SlotId| match doubted[slot] {
                    true => Ok(self.parse(slot)?.normal().key),
                    false => Ok(self.recorded_key(slot)),
                };
                return self.indexed(key).map(Some);
            }
        }
        Ok(None)
    }

    /// For each document whether its key has to be made anew to be known.
    fn doubted(&self) -> Vec<bool> {
        let mut doubted: Vec<bool> = (0..self.len())
            .map(|slot| !self.says(slot, |text| checksum::is_true_of(text) == Some(true)))
            .collect();
        if doubted.contains(&true) {
            // What somebody has edited may be the start of what nobody has.
            for (slot, doubted) in doubted.iter_mut().enumerate() {
                *doubted = *doubted || self.says(slot, extends);
            }
        }
        let is_other = |slot: SlotId| {
            self.parse(slot).is_ok_and(|parsed| parsed.normal().key != self.recorded_key(slot))
        };
        let step = self.len().div_ceil(SAMPLES).max(1);
        let mut known = (0..self.len()).filter(|slot| {
            !doubted[*slot] && (slot.is_multiple_of(step) || self.parsed[*slot].get().is_some())
        });
        if known.any(is_other) {
            doubted.fill(true);
        }
        doubted
    }

    fn redacted_within(&self, breadth: Breadth) -> Result<Redacted, Fault> {
        let candidates: Vec<SlotId> = match breadth {
            Breadth::Believed if self.rules.is_empty() => self.with_signs_of_marks(),
            Breadth::Stated | Breadth::Believed | Breadth::Proven => (0..self.len()).collect(),
        };
        let mut redacted = Redacted::default();
        let mut known = std::collections::HashSet::new();
        for slot in candidates {
            let parsed = self.parse(slot)?;
            if has_mark(&parsed.normal().form) && known.insert(parsed.normal().key) {
                redacted.forms.add(&parsed.normal().form);
                redacted.requests.push(parsed);
            }
        }
        Ok(redacted)
    }

    /// The documents in whose requests something may have been replaced: where it says so, where that can't be seen, and where it
    /// may stand in what they extend.
    fn with_signs_of_marks(&self) -> Vec<SlotId> {
        static SIGNS: LazyLock<Option<AhoCorasick>> =
            LazyLock::new(|| AhoCorasick::new([MARK, "base64:", "blob:", "$blob"]).ok());
        let Some(signs) = &*SIGNS else { return (0..self.len()).collect() };
        let mut with_signs: Vec<SlotId> =
            (0..self.len()).filter(|slot| self.says(*slot, |text| signs.is_match(text))).collect();
        if !with_signs.is_empty() {
            with_signs.extend((0..self.len()).filter(|slot| self.says(*slot, extends)));
            with_signs.sort_unstable();
            with_signs.dedup();
        }
        with_signs
    }

    /// Whether the text of a document is such. One that can't be read is not; it is told of when it is parsed.
    fn says(&self, slot: SlotId, is_such: impl Fn(&[u8]) -> bool) -> bool {
        self.text_of(slot).is_ok_and(|text| is_such(&text))
    }
}

/// Whether a document goes on from another.
fn extends(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"extends:").is_some()
}
