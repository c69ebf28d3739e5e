//! The takes of a request in the order in which they play, and which of them are alike, so that the one that is next is found
//! without a look through all of them.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::{Parsed, SlotId, in_play_order};
use crate::matching::request_key::Key;
use crate::model::exchange::Request;

/// A recording and where it is on the tape.
pub(crate) type Take = (SlotId, Arc<Parsed>);

/// The takes of a request.
#[derive(Debug, Clone, Default)]
pub(crate) enum Takes {
    #[default]
    None,
    /// Most requests have one, of which there is nothing to keep in mind.
    One([Take; 1]),
    Many(Arc<TakeList>),
    /// Recordings of several requests, each of which may be meant.
    Mixed(Vec<Take>),
}

impl Takes {
    /// What the tape keeps in mind of them.
    pub(crate) fn list(&self) -> Option<&Arc<TakeList>> {
        match self {
            Takes::Many(list) => Some(list),
            Takes::None | Takes::One(_) | Takes::Mixed(_) => None,
        }
    }
}

impl Deref for Takes {
    type Target = [Take];

    fn deref(&self) -> &[Take] {
        match self {
            Takes::None => &[],
            Takes::One(take) => take,
            Takes::Many(list) => &list.takes,
            Takes::Mixed(takes) => takes,
        }
    }
}

/// Which takes of a list are like a request: groups of them, by their numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Alike {
    /// With the very same ids.
    pub(crate) with_ids: Option<usize>,
    /// With the very same ids, body and URL.
    pub(crate) with_bytes: Option<usize>,
}

/// Several takes of one request.
#[derive(Debug)]
pub(crate) struct TakeList {
    /// No other list has this number.
    pub(crate) id: u64,
    pub(crate) key: Key,
    /// In the order in which they play.
    takes: Vec<Take>,
    places: OnceLock<HashMap<SlotId, usize>>,
    by_ids: OnceLock<Groups>,
    by_bytes: OnceLock<Groups>,
    by_request: OnceLock<Groups>,
}

impl TakeList {
    /// Of takes in the order of the file.
    pub(crate) fn new(key: Key, takes: Vec<Take>) -> TakeList {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        TakeList {
            id: COUNT.fetch_add(1, Ordering::Relaxed),
            key,
            takes: in_play_order(takes, |(_, parsed)| parsed.interaction.take),
            places: OnceLock::new(),
            by_ids: OnceLock::new(),
            by_bytes: OnceLock::new(),
            by_request: OnceLock::new(),
        }
    }

    pub(crate) fn takes(&self) -> &[Take] {
        &self.takes
    }

    /// The how many-th take a slot has.
    pub(crate) fn place(&self, slot: SlotId) -> Option<usize> {
        let places = || {
            self.takes.iter().enumerate().map(|(place, (slot, _))| (*slot, place)).collect::<HashMap<_, _>>()
        };
        self.places.get_or_init(places).get(&slot).copied()
    }

    /// Those of the takes that are like a request, which has these ids.
    pub(crate) fn alike(&self, ids: &[String], request: &Request) -> Alike {
        let is = |parsed: &Parsed| {
            let recorded = &parsed.interaction.request;
            parsed.normal().ids == ids && recorded.body == request.body && recorded.url == request.url
        };
        let has_ids = |place: usize| self.takes[place].1.normal().ids == ids;
        let has_bytes = |place: usize| is(&self.takes[place].1);
        Alike {
            with_ids: self.groups_by_ids().find(ids, has_ids),
            with_bytes: self.groups_by_bytes().find(&bytes_of(request), has_bytes),
        }
    }

    /// The places of takes that have ids in common, in their order.
    pub(crate) fn with_ids(&self, group: usize) -> &[usize] {
        self.groups_by_ids().places(group)
    }

    /// The places of takes that have ids, body and URL in common, in their order.
    pub(crate) fn with_bytes(&self, group: usize) -> &[usize] {
        self.groups_by_bytes().places(group)
    }

    fn groups_by_ids(&self) -> &Groups {
        let same = |one: &Parsed, two: &Parsed| one.normal().ids == two.normal().ids;
        self.groups(&self.by_ids, |parsed| &parsed.normal().ids, same)
    }

    fn groups_by_bytes(&self) -> &Groups {
        let same = |one: &Parsed, two: &Parsed| {
            let (a, b) = (&one.interaction.request, &two.interaction.request);
            one.normal().ids == two.normal().ids && a.body == b.body && a.url == b.url
        };
        self.groups(&self.by_bytes, |parsed| bytes_of(&parsed.interaction.request), same)
    }

    /// A take whose request is, byte for byte, this one.
    pub(crate) fn very_same(&self, request: &Request) -> Option<&Take> {
        let same = |one: &Parsed, two: &Parsed| one.interaction.request == two.interaction.request;
        let groups = self.groups(&self.by_request, |parsed| whole_of(&parsed.interaction.request), same);
        let is = |place: usize| self.takes[place].1.interaction.request == *request;
        let group = groups.find(&whole_of(request), is)?;
        groups.places(group).first().map(|place| &self.takes[*place])
    }

    fn groups<'a, H: Hash + 'a>(
        &'a self,
        groups: &'a OnceLock<Groups>,
        hashed: impl Fn(&'a Parsed) -> H,
        same: impl Fn(&Parsed, &Parsed) -> bool,
    ) -> &'a Groups {
        groups.get_or_init(|| {
            let mut groups = Groups::default();
            for (place, (_, parsed)) in self.takes.iter().enumerate() {
                groups.add(place, hashed(parsed), |other| same(&self.takes[other].1, parsed));
            }
            groups
        })
    }
}

/// What of a request is hashed to find those that are the same to the byte.
fn bytes_of(request: &Request) -> (&str, &[u8]) {
    (&request.url, &request.body)
}

/// Headers of one name in their order, and names in any.
fn whole_of(request: &Request) -> impl Hash {
    let mut headers: Vec<(&str, &[u8])> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    headers.sort_by_key(|(name, _)| *name);
    (&request.url, &request.body, request.method.as_str(), headers)
}

/// Places of takes, those together that are alike.
#[derive(Debug, Default)]
struct Groups {
    hasher: RandomState,
    by_hash: HashMap<u64, Vec<usize>>,
    places: Vec<Vec<usize>>,
}

impl Groups {
    /// `same` says whether a take is like that of an earlier place.
    fn add(&mut self, place: usize, hashed: impl Hash, same: impl Fn(usize) -> bool) {
        let alike = self.by_hash.entry(hash(&self.hasher, &hashed)).or_default();
        let known = alike.iter().copied().find(|group| same(self.places[*group][0]));
        match known {
            Some(group) => self.places[group].push(place),
            None => {
                alike.push(self.places.len());
                self.places.push(vec![place]);
            }
        }
    }

    fn find<H: Hash + ?Sized>(&self, hashed: &H, same: impl Fn(usize) -> bool) -> Option<usize> {
        let alike = self.by_hash.get(&hash(&self.hasher, hashed))?;
        alike.iter().copied().find(|group| same(self.places[*group][0]))
    }

    fn places(&self, group: usize) -> &[usize] {
        self.places.get(group).map(Vec::as_slice).unwrap_or_default()
    }
}

fn hash(state: &RandomState, value: &(impl Hash + ?Sized)) -> u64 {
    state.hash_one(value)
}
