//! Which take of a request is next, found without a look at those that were played before it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::matching::request_key::Key;
use crate::model::exchange::Request;
use crate::session::settings::Repeats;
use crate::store::tape::{Alike, SlotId, Take, TakeList};

/// How far the takes of requests have been used, each request's on its own.
#[derive(Debug, Default)]
pub(super) struct Cursors {
    /// By the number of the list.
    lists: HashMap<u64, OfList>,
    /// The numbers of the lists of a key.
    by_key: HashMap<Key, Vec<u64>>,
}

#[derive(Debug)]
struct OfList {
    list: Arc<TakeList>,
    all: Cursor,
    /// By the numbers of groups of takes that are alike.
    with_ids: HashMap<usize, Cursor>,
    with_bytes: HashMap<usize, Cursor>,
    /// Of those that a refresh leaves as they are. Nothing records these again, so none comes back.
    kept: Cursor,
}

/// The first of some places that can still be used. They are looked at in their order, and each once: what has been used stays
/// so, unless it is said to have come back.
#[derive(Debug, Default)]
struct Cursor {
    /// What stands before this has been used.
    at: usize,
    /// All the same these may be of use again.
    back: BTreeSet<usize>,
}

impl Cursor {
    /// `place` gives the places by their number, and `None` behind the last.
    fn next(
        &mut self,
        place: impl Fn(usize) -> Option<usize>,
        is_fresh: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        while self.back.first().is_some_and(|back| !is_fresh(*back)) {
            self.back.pop_first();
        }
        while place(self.at).is_some_and(|place| !is_fresh(place)) {
            self.at += 1;
        }
        [self.back.first().copied(), place(self.at)].into_iter().flatten().min()
    }

    /// A place may be of use again. Whether it was passed is not asked: should it not have been, it is found in both ways.
    fn come_back(&mut self, place: usize) {
        self.back.insert(place);
    }
}

impl Cursors {
    /// The place of the take that is next: among what was not played yet, one with the very same bytes comes first, then one
    /// with the very same ids, then the one that began first. What differs in bytes alone is the same request, and two clients
    /// may have asked it in their own ways.
    pub(super) fn choose(
        &mut self,
        list: &Arc<TakeList>,
        alike: Alike,
        is_fresh: impl Fn(SlotId) -> bool,
        repeats: Repeats,
    ) -> Option<usize> {
        let takes = list.takes();
        let is_fresh = |place: usize| is_fresh(takes[place].0);
        let with_ids = alike.with_ids.map(|group| list.with_ids(group)).unwrap_or_default();
        let with_bytes = alike.with_bytes.map(|group| list.with_bytes(group)).unwrap_or_default();
        let of = self.of(list);
        for (cursors, group, places) in
            [(&mut of.with_bytes, alike.with_bytes, with_bytes), (&mut of.with_ids, alike.with_ids, with_ids)]
        {
            let cursor = group.map(|group| cursors.entry(group).or_default());
            let next = cursor.and_then(|cursor| cursor.next(|at| places.get(at).copied(), is_fresh));
            if next.is_some() {
                return next;
            }
        }
        let every = |at: usize| (at < takes.len()).then_some(at);
        of.all.next(every, is_fresh).or_else(|| match repeats {
            Repeats::Refuse => None,
            Repeats::Reuse => with_ids.last().copied().or(takes.len().checked_sub(1)),
        })
    }

    /// The first of the takes at these places that was not used. They are always the same for a list.
    pub(super) fn first_kept(
        &mut self,
        list: &Arc<TakeList>,
        kept: &[usize],
        is_fresh: impl Fn(SlotId) -> bool,
    ) -> Option<usize> {
        let takes = list.takes();
        self.of(list).kept.next(|at| kept.get(at).copied(), |place| is_fresh(takes[place].0))
    }

    /// What stands in a slot may be of use again.
    pub(super) fn come_back(&mut self, key: &Key, slot: SlotId) {
        for id in self.by_key.get(key).map(Vec::as_slice).unwrap_or_default() {
            if let Some(of) = self.lists.get_mut(id)
                && let Some(place) = of.list.place(slot)
            {
                let parsed = &of.list.takes()[place].1;
                let alike = of.list.alike(&parsed.normal().ids, &parsed.interaction.request);
                for (cursors, group) in
                    [(&mut of.with_bytes, alike.with_bytes), (&mut of.with_ids, alike.with_ids)]
                {
                    if let Some(cursor) = group.and_then(|group| cursors.get_mut(&group)) {
                        cursor.come_back(place);
                    }
                }
                of.all.come_back(place);
            }
        }
    }

    fn of(&mut self, list: &Arc<TakeList>) -> &mut OfList {
        let by_key = &mut self.by_key;
        self.lists.entry(list.id).or_insert_with(|| {
            by_key.entry(list.key).or_default().push(list.id);
            OfList {
                list: Arc::clone(list),
                all: Cursor::default(),
                with_ids: HashMap::new(),
                with_bytes: HashMap::new(),
                kept: Cursor::default(),
            }
        })
    }
}

/// The same rule for takes that nobody keeps in mind: those of several requests, or a single one.
pub(super) fn choose_among(
    takes: &[Take],
    ids: &[String],
    request: &Request,
    is_fresh: impl Fn(SlotId) -> bool,
    repeats: Repeats,
) -> Option<usize> {
    let fresh = |place: &usize| is_fresh(takes[*place].0);
    let same = |place: &usize| takes[*place].1.normal().ids == ids;
    let exact = |place: &usize| {
        let recorded = &takes[*place].1.interaction.request;
        same(place) && recorded.body == request.body && recorded.url == request.url
    };
    let all = 0..takes.len();
    let first = |wanted: &dyn Fn(&usize) -> bool| all.clone().filter(fresh).find(wanted);
    first(&exact).or_else(|| first(&same)).or_else(|| first(&|_| true)).or_else(|| match repeats {
        Repeats::Refuse => None,
        Repeats::Reuse => all.clone().rev().find(same).or_else(|| all.last()),
    })
}
