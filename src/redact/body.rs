//! Bodies without their secrets: in one piece, in events, in binary messages.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;

use super::finder::{Finder, Look};
use super::hits::{self, Hit, MARK};
use super::named::Named;
use super::secret_fields::{self, Side};
use super::{echoes, forms, frames, streams, windows};
use crate::model::exchange::{Request, ResponseBody};
use crate::model::splice::{self, Splice};
use crate::model::wire::sse;
use crate::providers::OwnWords;

/// A replacement may make a key of what stands beside it. Each round leaves less, so a few are enough; what they
/// leave, the last scan refuses.
pub(super) const ROUNDS: usize = 5;

/// The body of a request. What holds no secret is not copied.
pub(super) fn of_request(finder: &Finder, request: &Request, look: Look<'_>) -> Bytes {
    let mut body = request.body.clone();
    for _ in 0..ROUNDS {
        let mut found = finder.hits(&body, look.without_names());
        let in_forms = forms::secrets(&request.headers, &body, &finder.names);
        let named = named_in_request(finder, request, &body);
        let named = named.iter().map(|named| named.range.clone());
        found.extend(in_forms.into_iter().chain(named).map(Hit::whole));
        if found.is_empty() {
            break;
        }
        let splices = hits::plan(&body, found, MARK);
        if splices.is_empty() {
            break;
        }
        body = splice::apply(&body, &splices).into();
    }
    body
}

/// What stands under names of secrets in a request with this body, but for what a model wrote in earlier turns.
pub(super) fn named_in_request(finder: &Finder, request: &Request, body: &Bytes) -> Arc<Vec<Named>> {
    let look = || look_at_request(finder, request, body);
    finder.in_requests.of(&request.url, &request.headers, body, look)
}

fn look_at_request(finder: &Finder, request: &Request, body: &Bytes) -> Vec<Named> {
    let words = OnceCell::new();
    let own_words =
        || words.get_or_init(|| OwnWords::of_request(&Request { body: body.clone(), ..request.clone() }));
    let side = Side { is_sent: true, own_words: Some(&own_words) };
    secret_fields::named(body, &finder.names, side)
}

/// The same in an answer that is no stream of binary messages: what has to go from the body, and what it says.
pub(super) fn named_in_response(
    finder: &Finder,
    headers: &HeaderMap,
    body: &[u8],
) -> Arc<Vec<(Vec<Hit>, Named)>> {
    finder.in_answers.of("", headers, body, || look_at_response(finder, headers, body))
}

fn look_at_response(finder: &Finder, headers: &HeaderMap, body: &[u8]) -> Vec<(Vec<Hit>, Named)> {
    let words = OnceCell::new();
    let own_words = || words.get_or_init(|| OwnWords::of_response(headers, body));
    let side = Side { is_sent: false, own_words: Some(&own_words) };
    let text = |range: Range<usize>| {
        let named = secret_fields::named(&body[range.clone()], &finder.names, side).into_iter();
        named.map(move |named| {
            let place = range.start + named.range.start..range.start + named.range.end;
            (vec![Hit::whole(place)], named)
        })
    };
    let readings = streams::readings(headers, body);
    if readings.is_empty() {
        return text(0..body.len()).collect();
    }
    let mut found = Vec::new();
    for events in &readings {
        if !sse::has_data(body) {
            found.extend(streams::beside(body, events).into_iter().flat_map(text));
        }
        for (hits, named) in streams::named(&finder.names, events, side) {
            let place =
                |(event, hit): (usize, Hit)| Hit { range: events[event].layer.back(&hit.range), ..hit };
            found.push((hits.into_iter().map(place).collect(), named));
        }
    }
    found
}

/// The body of a response, with what is left of its chunks.
pub(super) fn of_response(
    finder: &Finder,
    headers: &HeaderMap,
    body: &ResponseBody,
    look: Look<'_>,
) -> ResponseBody {
    let mut body = body.clone();
    for _ in 0..ROUNDS {
        let bytes = &body.bytes;
        let windows = windows::windows(headers, bytes);
        let splices = match windows.is_empty() {
            true => frames::splices(finder, headers, bytes, look)
                .unwrap_or_else(|| in_text(finder, headers, bytes, look)),
            false => windows::splices(&windows, |seen| in_text(finder, headers, &bytes[seen], look)),
        };
        if splices.is_empty() {
            break;
        }
        body = body.spliced(&splices);
    }
    body
}

/// What goes from a body that is no stream of binary messages.
pub(super) fn in_text(finder: &Finder, headers: &HeaderMap, body: &[u8], look: Look<'_>) -> Vec<Splice> {
    let mut found = finder.find(body, look.without_names());
    if look.places {
        found.extend(forms::secrets(headers, body, &finder.names));
    }
    if look.echoes {
        found.extend(echoes::find(body, look.known));
    }
    let mut hits: Vec<Hit> = found.into_iter().map(Hit::whole).collect();
    hits.extend(named_in_response(finder, headers, body).iter().flat_map(|(hits, _)| hits).cloned());
    for events in streams::readings(headers, body) {
        for (event, hit) in streams::across(finder, &events, look.without_names()) {
            hits.push(Hit { range: events[event].layer.back(&hit.range), ..hit });
        }
    }
    hits::plan(body, hits, MARK)
}
