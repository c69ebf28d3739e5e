//! What an answer says, whole or streamed.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::stream::Streamed;
use crate::model::exchange::Response;
use crate::model::json::{self, Json};
use crate::model::wire::bodies::media_type;
use crate::model::wire::{carried, framing};
use crate::providers::conversation::content::{string, text};
use crate::providers::conversation::{Answer, Part, media};
use crate::providers::registry::PROTOCOLS;

/// What was answered, and the fingerprint of the model.
pub(super) fn read(response: &Response) -> (Vec<Answer>, Option<String>) {
    let body = &response.body.bytes;
    if body.is_empty() {
        return (Vec::new(), None);
    }
    read_body(&response.headers, body)
}

fn read_body(headers: &HeaderMap, body: &[u8]) -> (Vec<Answer>, Option<String>) {
    let framing = framing(headers, body);
    if let Some(inner) = carried::whole(framing, body) {
        return read_body(&HeaderMap::new(), &inner);
    }
    if let Some(framing) = framing {
        return Streamed::of(framing, body).finish();
    }
    match json::shared(body).as_deref() {
        Some(Json::Array(items)) if items.iter().any(is_event) => Streamed::of_events(items).finish(),
        Some(whole) => (whole_answers(whole), string(whole.get("system_fingerprint"))),
        None => (vec![Answer::plain(raw(headers, body))], None),
    }
}

/// What was said, as it came: the pieces of a stream, and the answers of a protocol that somebody knows.
pub(super) fn said(headers: &HeaderMap, body: &[u8]) -> (Vec<String>, Vec<Answer>) {
    let streamed = |streamed: Streamed| (streamed.pieces(), streamed.finish().0);
    let framing = framing(headers, body);
    if let Some(inner) = carried::whole(framing, body) {
        return said(&HeaderMap::new(), &inner);
    }
    if let Some(framing) = framing {
        return streamed(Streamed::of(framing, body));
    }
    match json::shared(body).as_deref() {
        Some(Json::Array(items)) if items.iter().any(is_event) => streamed(Streamed::of_events(items)),
        Some(whole) => (Vec::new(), known_answers(whole).unwrap_or_default()),
        None => (Vec::new(), Vec::new()),
    }
}

/// Whether an item of an array is an event of a stream that somebody sends as an array.
fn is_event(item: &Json) -> bool {
    PROTOCOLS.iter().any(|protocol| (protocol.readers.in_array)(item))
}

fn whole_answers(whole: &Json) -> Vec<Answer> {
    let empty = matches!(whole, Json::Object(fields) if fields.is_empty());
    known_answers(whole).unwrap_or_else(|| {
        if empty { Vec::new() } else { vec![Answer::plain(vec![Part::Other(whole.clone())])] }
    })
}

fn known_answers(whole: &Json) -> Option<Vec<Answer>> {
    PROTOCOLS.iter().find_map(|protocol| (protocol.readers.answers)(whole, super::parts))
}

/// Text, or a sound, an image, a file.
fn raw(headers: &HeaderMap, body: &[u8]) -> Vec<Part> {
    let kind = headers.get(CONTENT_TYPE).map(|value| media_type(value.as_bytes())).unwrap_or_default();
    let is_media = ["image/", "audio/", "video/"].iter().any(|start| kind.starts_with(start));
    match std::str::from_utf8(body) {
        Ok(written) if !is_media => text(written),
        _ => vec![media::attached(if kind.is_empty() { "bytes" } else { &kind }, None, body)],
    }
}
