//! Finds the request that another one repeats most of, among many, without comparing it with all of them.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::outline::Outline;

/// Requests that others may go on from. `I` tells them apart, and of those that are as good as each other the greatest is
/// chosen.
#[derive(Debug)]
pub(crate) struct Candidates<I>(HashMap<u64, Vec<I>>);

impl<I> Default for Candidates<I> {
    fn default() -> Candidates<I> {
        Candidates(HashMap::new())
    }
}

impl<I: Copy + Ord + Hash> Candidates<I> {
    /// Adds a request, unless it is there.
    pub(crate) fn add(&mut self, id: I, outline: &Outline) {
        outline.anchors().each(&mut |hash| {
            let list = self.0.entry(hash).or_default();
            if let Err(place) = list.binary_search(&id) {
                list.insert(place, id);
            }
        });
    }

    /// The one that a request repeats most of. `saved` says how much that is, and `None` of those that are not to be chosen.
    pub(crate) fn best(&self, outline: &Outline, mut saved: impl FnMut(I) -> Option<usize>) -> Option<I> {
        let anchors = outline.anchors();
        let mut shared: Vec<(u64, &[I])> = Vec::new();
        anchors.each(&mut |hash| shared.extend(self.0.get(&hash).map(|list| (hash, list.as_slice()))));
        shared.sort_by_key(|(_, list)| (list.len(), list.last().copied()));
        let mut open: HashSet<u64> = shared.iter().map(|(hash, _)| *hash).collect();
        let (mut best, mut seen) = (None, HashSet::new());
        let mut lists = shared.chunk_by(|one, other| one.1 == other.1).peekable();
        // What few share says most. Often it decides already, and what all share, such as a system prompt, need not be looked at.
        while let Some(same) = lists.next() {
            for (hash, _) in same {
                open.remove(hash);
            }
            let list = same.first().map_or(&[][..], |(_, list)| *list);
            let is_last = lists.peek().is_none();
            for id in list.iter().rev().copied() {
                let saved = if seen.insert(id) { saved(id) } else { continue };
                best = best.max(saved.filter(|saved| *saved > 0).map(|saved| (saved, id)));
                // Those before it that have not been seen share just what it shares.
                if is_last && saved.is_some() {
                    break;
                }
            }
            if best.is_some_and(|(saved, _)| saved > anchors.most(&open)) {
                break;
            }
        }
        best.map(|(_, id)| id)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::exchange::Request;

    fn outline(body: &Value) -> Outline {
        let body = Bytes::from(body.to_string());
        let url = "https://a.example/v1/chat".to_owned();
        let request = Request { method: Method::POST, url, headers: HeaderMap::new(), body };
        Outline::of(&request).unwrap()
    }

    /// The one to go on from, and how many were compared in full.
    fn best(known: &[Outline], outline: &Outline, there: impl Fn(usize) -> bool) -> (Option<usize>, usize) {
        let mut candidates = Candidates::default();
        known.iter().enumerate().for_each(|(id, known)| candidates.add(id, known));
        let mut compared = 0;
        let best = candidates.best(outline, |id| {
            compared += 1;
            there(id).then(|| outline.saved(&known[id]))
        });
        (best, compared)
    }

    /// A text of about so many bytes.
    fn text(name: usize, size: usize) -> Value {
        json!(format!("{name} ").repeat(size / 2))
    }

    /// Few different parts, small and large ones, so that much is shared by chance.
    fn any_body() -> impl Strategy<Value = Value> {
        let part =
            || (0..3_usize, prop::sample::select(vec![4, 120, 150, 260])).prop_map(|(n, size)| text(n, size));
        let list = || prop::collection::vec(part(), 0..5);
        (list(), part(), prop::option::of(list()), part(), part()).prop_map(
            |(messages, system, tools, a, b)| {
                let mut body =
                    json!({"messages": messages, "system": system, "config": {"a": a, "b": {"c": b}}});
                if let Some(tools) = tools {
                    body["config"]["tools"] = tools.into();
                }
                body
            },
        )
    }

    proptest! {
        #[test]
        fn it_is_the_one_that_comparing_with_all_of_them_finds(
            known in prop::collection::vec(any_body(), 0..20),
            body in any_body(),
            there in prop::collection::vec(any::<bool>(), 20),
        ) {
            let known: Vec<Outline> = known.iter().map(outline).collect();
            let body = outline(&body);
            let saved = known.iter().enumerate().filter(|(id, _)| there[*id]).map(|(id, known)| (body.saved(known), id));
            let wanted = saved.filter(|(saved, _)| *saved > 0).max().map(|(_, id)| id);
            prop_assert_eq!(best(&known, &body, |id| there[id]).0, wanted);
        }
    }

    #[test]
    fn what_all_requests_share_is_looked_at_once() {
        let ask = |n: usize| {
            outline(&json!({"system": text(1, 4000), "tools": [text(2, 4000)], "messages": [text(n, 500)]}))
        };
        let known: Vec<Outline> = (0..1000).map(ask).collect();
        assert_eq!(best(&known, &ask(1000), |_| true), (Some(999), 1));
        let (found, compared) = best(&known, &ask(500), |_| true);
        assert_eq!((found, compared), (Some(500), 1));
    }

    #[test]
    fn a_long_conversation_is_not_read_again_for_each_turn() {
        let turn = |n: usize| {
            let messages: Vec<Value> = (0..=n).map(|n| text(n, 300)).collect();
            outline(&json!({"system": text(1, 4000), "messages": messages}))
        };
        let known: Vec<Outline> = (0..100).map(turn).collect();
        assert_eq!(best(&known, &turn(100), |_| true), (Some(99), 1));
    }

    #[test]
    fn what_shares_nothing_is_compared_with_nothing() {
        let ask = |n: usize| outline(&json!({"model": "gpt-4o-mini", "messages": [text(n, 500)]}));
        let known: Vec<Outline> = (0..100).map(ask).collect();
        assert_eq!(best(&known, &ask(100), |_| true), (None, 0));
    }
}
