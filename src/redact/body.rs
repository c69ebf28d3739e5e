//! Bodies without their secrets: in one piece, in events, in binary messages.

use std::ops::Range;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

use super::finder::{Finder, Look};
use super::names::Names;
use super::splice::{Hit, MARK, Splice};
use super::{frames, places, splice, streams};

/// A replacement may make a key of what stands beside it. Each round leaves less, so a few are enough; what they
/// leave, the last scan refuses.
const ROUNDS: usize = 5;

/// The secret fields of a form, which only its media type makes one.
pub(super) fn form_fields(headers: &HeaderMap, body: &[u8], names: &Names) -> Vec<Range<usize>> {
    let media = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let is = |wanted: &str| {
        media.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted.as_bytes()))
    };
    if is("application/x-www-form-urlencoded") {
        places::form(body, names)
    } else if is("multipart/form-data") {
        places::multipart(body, names)
    } else {
        Vec::new()
    }
}

/// The body of a request. What holds no secret is not copied.
pub(super) fn of_request(finder: &Finder, headers: &HeaderMap, body: &Bytes, look: Look<'_>) -> Bytes {
    let mut body = body.clone();
    for _ in 0..ROUNDS {
        let mut found = finder.find(&body, look);
        found.extend(form_fields(headers, &body, &finder.names));
        if found.is_empty() {
            break;
        }
        let splices = splice::plan(&body, found.into_iter().map(Hit::whole).collect(), MARK);
        if splices.is_empty() {
            break;
        }
        body = splice::apply(&body, &splices).into();
    }
    body
}

/// The body of a response, with the lengths of its chunks.
pub(super) fn of_response(
    finder: &Finder,
    body: &Bytes,
    chunks: &[usize],
    look: Look<'_>,
) -> (Bytes, Vec<usize>) {
    let (mut body, mut chunks) = (body.clone(), chunks.to_vec());
    for _ in 0..ROUNDS {
        let splices = in_frames(finder, &body, look).unwrap_or_else(|| in_text(finder, &body, look));
        if splices.is_empty() {
            break;
        }
        chunks = splice::remap(&chunks, &splices);
        body = splice::apply(&body, &splices).into();
    }
    (body, chunks)
}

fn in_text(finder: &Finder, body: &[u8], look: Look<'_>) -> Vec<Splice> {
    let mut hits: Vec<Hit> = finder.find(body, look).into_iter().map(Hit::whole).collect();
    let events = streams::events(body);
    let payloads: Vec<&[u8]> = events.iter().map(|event| &event.text[..]).collect();
    for (event, hit) in streams::across(finder, &payloads, look) {
        hits.push(Hit { range: events[event].back(&hit.range), ..hit });
    }
    splice::plan(body, hits, MARK)
}

/// `None` when the body is no event stream.
fn in_frames(finder: &Finder, body: &[u8], look: Look<'_>) -> Option<Vec<Splice>> {
    let frames = frames::split(body)?;
    let texts: Vec<Vec<u8>> = frames.iter().map(frames::Frame::text).collect();
    let find = |text: &[u8]| finder.find(text, look).into_iter().map(Hit::whole).collect();
    let mut hits: Vec<Vec<Hit>> = texts.iter().map(|text| find(text)).collect();
    let payloads: Vec<&[u8]> = texts.iter().map(|text| &text[..]).collect();
    for (event, hit) in streams::across(finder, &payloads, look) {
        hits[event].push(hit);
    }
    let mut splices = Vec::new();
    let mut tail = 0;
    for ((frame, text), hits) in frames.iter().zip(&texts).zip(hits) {
        tail = frame.range.end;
        let inner = splice::plan(text, hits, MARK);
        if inner.is_empty() {
            continue;
        }
        if let Some(with) = frame.with(&splice::apply(text, &inner)) {
            splices.push(Splice { range: frame.range.clone(), with });
        }
    }
    // A message that was torn off has no checksum to keep right.
    for splice in splice::plan(&body[tail..], find(&body[tail..]), MARK) {
        splices.push(Splice { range: tail + splice.range.start..tail + splice.range.end, with: splice.with });
    }
    Some(splices)
}
