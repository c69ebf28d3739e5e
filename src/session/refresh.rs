//! What a refresh makes of a cassette. Texts in, texts out; no I/O.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

mod chains;

use crate::matching::answer_to::answer_to;
use crate::matching::old_ids::{Mentions, stays};
use crate::matching::request_key::Key;
use crate::model::exchange::{Request, Response};
use crate::store::tape::in_play_order;

pub(super) use chains::old_ids;

/// A document that the file has.
pub(crate) struct Old<'a> {
    pub(crate) key: Key,
    pub(crate) take: u64,
    /// What stands between this document and the next. It is somebody's own words, so it stays, whatever becomes of
    /// the documents around it.
    pub(crate) comments: &'a [u8],
    /// `None` where it makes no difference.
    pub(crate) request: Option<&'a Request>,
    pub(crate) response: &'a Response,
    /// The run neither replaces it nor takes it out.
    pub(crate) kept: bool,
}

/// A call of the run, in the order in which they began.
pub(crate) struct New<'a> {
    pub(crate) key: Key,
    /// `None` where it is not known, or makes no difference.
    pub(crate) request: Option<&'a Request>,
    pub(crate) outcome: Outcome<'a>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome<'a> {
    Recorded(&'a Response),
    /// In something that is not recorded.
    Failed,
    /// In the answer of the document at this place, which is kept.
    Played(usize),
}

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The document at this place of the old file.
    Old(usize),
    /// What the call at this place of the run recorded.
    New(usize),
    /// Those behind the document at this place of the old file.
    Comments(usize),
}

/// What the file should have behind its first lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) parts: Vec<Part>,
    /// The old document that each recorded call answered anew, by their places.
    pub(crate) answered: Vec<(usize, usize)>,
    /// How many of them brought the same answer.
    pub(crate) unchanged: usize,
    pub(crate) removed: usize,
    /// Which of the old were not asked for again and stay.
    pub(crate) left: Vec<usize>,
}

/// The documents that calls answer anew, as they come.
struct Takes {
    slots: HashMap<Key, Vec<usize>>,
    nth: HashMap<Key, usize>,
}

impl Takes {
    fn of(old: &[Old<'_>]) -> Takes {
        let mut slots: HashMap<Key, Vec<usize>> = HashMap::new();
        for (index, document) in old.iter().enumerate() {
            if !document.kept {
                slots.entry(document.key).or_default().push(index);
            }
        }
        for slots in slots.values_mut() {
            *slots = in_play_order(std::mem::take(slots), |slot| old[*slot].take);
        }
        Takes { slots, nth: HashMap::new() }
    }

    /// The place of the document that the next call of a key answers anew, or has played.
    fn place(&mut self, key: Key, outcome: &Outcome<'_>) -> Option<usize> {
        // A call that failed is no take: the one that follows it is most likely the client's second try.
        let take = self.nth.entry(key).or_default();
        let place = match outcome {
            Outcome::Played(place) => Some(*place),
            _ => self.slots.get(&key).and_then(|slots| slots.get(*take)).copied(),
        };
        *take += usize::from(matches!(outcome, Outcome::Recorded(_)));
        place
    }
}

/// What an old document answered, to a client that calls the same by other ids.
fn under_ids_of<'a>(request: Option<&Request>, old: &Old<'a>) -> Cow<'a, Response> {
    let asked = request.zip(old.request);
    let answer = asked.and_then(|(live, recorded)| answer_to(live, recorded, old.response));
    answer.map_or(Cow::Borrowed(old.response), Cow::Owned)
}

/// Puts what was recorded in the place of what it replaces, what is new behind the call that came before it, and leaves
/// the rest. `may_go` says of an old document that was not asked for whether it is known to be this run's, so that it can go.
pub(crate) fn plan(old: &[Old<'_>], new: &[New<'_>], mut may_go: impl FnMut(usize) -> bool) -> Plan {
    let mut takes = Takes::of(old);
    let mut plan = Plan::default();
    let asked = Mentions::of_requests(new.iter().map(|call| call.request));
    // What stands at each old place; then what comes behind it.
    let mut places: Vec<Option<Part>> = (0..old.len()).map(|index| Some(Part::Old(index))).collect();
    let mut behind: Vec<Vec<Part>> = vec![Vec::new(); old.len() + 1];
    let mut answered: HashSet<usize> = HashSet::new();
    let mut failed: HashSet<Key> = HashSet::new();
    // Where a new document goes: 0 is the start of the file, n + 1 the place behind old document n. Those that come
    // before the first known call wait for it, to stand before it.
    let mut cursor = None;
    let mut waiting: Vec<(Key, Part)> = Vec::new();
    // Where the takes of a key end, so that a further one never stands before them.
    let mut last: HashMap<Key, usize> = HashMap::new();
    for (index, document) in old.iter().enumerate() {
        last.insert(document.key, index + 1);
    }
    for (index, call) in new.iter().enumerate() {
        let part = Part::New(index);
        let place = takes.place(call.key, &call.outcome);
        if let Some(place) = place {
            for (key, part) in waiting.drain(..) {
                behind[place].push(part);
                last.insert(key, place);
            }
            cursor = Some(place + 1);
        }
        match (call.outcome, place) {
            (Outcome::Failed, _) => {
                failed.insert(call.key);
            }
            (Outcome::Played(place), _) => {
                answered.insert(place);
            }
            (Outcome::Recorded(response), Some(place)) => {
                answered.insert(place);
                plan.answered.push((place, index));
                let before = under_ids_of(call.request, &old[place]);
                if stays(&before, response, |value| asked.any_after(index, value.text())) {
                    plan.unchanged += 1;
                } else {
                    places[place] = Some(part);
                }
            }
            (Outcome::Recorded(_), None) => match cursor.max(last.get(&call.key).copied()) {
                Some(at) => {
                    behind[at].push(part);
                    last.insert(call.key, at);
                }
                None => waiting.push((call.key, part)),
            },
        }
    }
    behind[old.len()].extend(waiting.into_iter().map(|(_, part)| part));
    for (index, document) in old.iter().enumerate() {
        if answered.contains(&index) {
            continue;
        }
        // An answer that did not come this time is no reason to lose the one that did.
        if !document.kept && !failed.contains(&document.key) && may_go(index) {
            places[index] = None;
            plan.removed += 1;
        } else {
            plan.left.push(index);
        }
    }
    // Comments tell of what follows them. What is new may follow those of a document that went: often it is that
    // document, edited.
    let mut comments = None;
    let mut behind = behind.into_iter();
    let mut next = behind.next().unwrap_or_default();
    for (index, ((place, document), after)) in places.into_iter().zip(old).zip(behind).enumerate() {
        if place.is_some() {
            plan.parts.append(&mut next);
        }
        plan.parts.extend(comments);
        plan.parts.extend(place);
        next.extend(after);
        comments = (!document.comments.is_empty()).then_some(Part::Comments(index));
    }
    plan.parts.append(&mut next);
    plan.parts.extend(comments);
    plan
}

#[cfg(test)]
mod tests;
