//! The ids that a run hands on from answers to requests, and what the cassette calls them.

use std::collections::HashSet;

use super::{New, Old, Outcome, Takes};
use crate::matching::old_ids::{Mentions, OldIds, pairs};
use crate::matching::request_key::normalise;
use crate::matching::user_rules::Rules;

/// How often it is tried to do without the ids that cannot be told apart.
const ROUNDS: usize = 4;

/// Finds what the cassette calls the ids that a run handed on: call by call, each under the old ids known by then, so
/// that the whole of a chain is found. An id that cannot be told from another for sure keeps the name that it has, and
/// then so does what hangs on it.
pub(in crate::session) fn old_ids(old: &[Old<'_>], new: &[New<'_>], rules: &Rules) -> OldIds {
    let asked = Mentions::of_requests(new.iter().map(|call| call.request));
    let mut doubtful: HashSet<String> = HashSet::new();
    let mut others = None;
    for _ in 0..ROUNDS {
        let ids = learn(old, new, rules, &asked, &doubtful);
        if ids.is_empty() {
            return ids;
        }
        let (run, file) = others.get_or_insert_with(|| {
            let answered = Mentions::of_answers(new.iter().filter_map(New::answer));
            let requests = Mentions::of_requests(old.iter().map(|document| document.request));
            let answers = Mentions::of_answers(old.iter().map(|document| document.response));
            (answered, [requests, answers])
        });
        // An old id that the run came by as well is not free to stand for a new one, and a new one that the cassette has in
        // other places may be the program's own word there.
        let is_taken =
            |old: &str| !ids.is_new(old) && (asked.first(old).is_some() || run.first(old).is_some());
        let is_known = |new: &str| !ids.is_old(new) && file.iter().any(|texts| texts.first(new).is_some());
        let is_doubtful = |(new, old): &(&str, &str)| is_taken(old) || is_known(new);
        let before = doubtful.len();
        doubtful.extend(ids.iter().filter(is_doubtful).map(|(new, _)| new.to_owned()));
        doubtful.extend(new.iter().filter_map(New::answer).flat_map(|answer| ids.torn(answer)));
        if doubtful.len() == before {
            return ids;
        }
    }
    OldIds::default()
}

fn learn(
    old: &[Old<'_>],
    new: &[New<'_>],
    rules: &Rules,
    asked: &Mentions<'_>,
    doubtful: &HashSet<String>,
) -> OldIds {
    let mut ids = OldIds::default();
    let mut takes = Takes::of(old);
    for (index, call) in new.iter().enumerate() {
        let renamed = call.request.and_then(|request| ids.request(request));
        let key = renamed.map_or(call.key, |request| normalise(&request, rules).key);
        let (Some(place), Some(answer)) = (takes.place(key, &call.outcome), call.answer()) else { continue };
        let renamed = ids.response(answer);
        for pair in pairs(old[place].response, renamed.as_ref().unwrap_or(answer)) {
            // An id that was asked with before it was answered with is the client's own.
            let is_handed_on = asked.first(&pair.new).is_some_and(|first| first > index);
            if is_handed_on && !doubtful.contains(&pair.new) {
                ids.learn(&pair);
            }
        }
    }
    ids
}

impl<'a> New<'a> {
    fn answer(&self) -> Option<&'a super::Response> {
        match self.outcome {
            Outcome::Recorded(response) => Some(response),
            Outcome::Failed | Outcome::Played(_) => None,
        }
    }
}
