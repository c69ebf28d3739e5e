//! Bodies without their secrets: in one piece, in events, in binary messages.

use bytes::Bytes;
use http::HeaderMap;

use super::finder::{Finder, Look};
use super::hits::{self, Hit, MARK};
use super::{echoes, forms, frames, streams};
use crate::model::exchange::ResponseBody;
use crate::model::splice::{self, Splice};

/// A replacement may make a key of what stands beside it. Each round leaves less, so a few are enough; what they
/// leave, the last scan refuses.
const ROUNDS: usize = 5;

/// The body of a request. What holds no secret is not copied.
pub(super) fn of_request(finder: &Finder, headers: &HeaderMap, body: &Bytes, look: Look<'_>) -> Bytes {
    let mut body = body.clone();
    for _ in 0..ROUNDS {
        let mut found = finder.hits(&body, look);
        found.extend(forms::secrets(headers, &body, &finder.names).into_iter().map(Hit::whole));
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
        let splices =
            frames::splices(finder, bytes, look).unwrap_or_else(|| in_text(finder, headers, bytes, look));
        if splices.is_empty() {
            break;
        }
        body = body.spliced(&splices);
    }
    body
}

fn in_text(finder: &Finder, headers: &HeaderMap, body: &[u8], look: Look<'_>) -> Vec<Splice> {
    let mut found = finder.find(body, look);
    if look.places {
        found.extend(forms::secrets(headers, body, &finder.names));
    }
    if look.echoes {
        found.extend(echoes::find(body, look.known));
    }
    let mut hits: Vec<Hit> = found.into_iter().map(Hit::whole).collect();
    for events in streams::readings(headers, body) {
        for (event, hit) in streams::across(finder, &events, look) {
            hits.push(Hit { range: events[event].layer.back(&hit.range), ..hit });
        }
    }
    hits::plan(body, hits, MARK)
}
