//! What is on the wire: how streams are cut into events, what a body is and what it consists of. Redaction, the format and
//! the readers of providers all read it here, so that no two of them can differ in where a value begins.

pub(crate) mod a2a;
pub(crate) mod asked;
pub(crate) mod beginnings;
pub(crate) mod bodies;
pub(crate) mod carried;
pub(crate) mod compressed;
pub(crate) mod eventstream;
pub(crate) mod forms;
mod incoming;
pub(crate) mod json_rpc;
pub(crate) mod multipart;
pub(crate) mod ndjson;
pub(crate) mod parameters;
pub(crate) mod percent;
pub(crate) mod splitter;
pub(crate) mod sse;

pub(crate) use incoming::Incoming;
pub(crate) use splitter::Splitter;

use crate::model::json;
use eventstream::Start;
use http::{HeaderMap, header};

/// The rules by which the bytes of a stream divide into events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-sent events.
    Sse,
    /// One JSON value a line.
    Ndjson,
    /// The binary frames of AWS.
    EventStream,
}

/// The framing of a body, from its content type and, since servers mislabel streams, from how it starts.
///
/// Give it the whole body, or the first few kilobytes: lines of JSON that call themselves `application/json` are known
/// by their second line.
pub(crate) fn framing(headers: &HeaderMap, body_start: &[u8]) -> Option<Framing> {
    let text = start_of_text(body_start);
    match declared(headers) {
        // Some servers answer an error in plain JSON, yet keep the content type of the stream it would have been.
        Declared::Is(Framing::Sse) if matches!(text.first(), Some(b'{' | b'[')) => None,
        Declared::Is(framing) => Some(framing),
        Declared::Other => None,
        _ if matches!(eventstream::start(body_start), Start::Frame(_)) => Some(Framing::EventStream),
        _ if starts_sse(text) => Some(Framing::Sse),
        Declared::Vague if lines_of_json(text) => Some(Framing::Ndjson),
        Declared::Vague | Declared::Raw => None,
    }
}

/// What the first bytes of a live body say about its framing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    Is(Framing),
    /// No stream that we know.
    Plain,
    /// It takes more bytes to tell.
    Wait,
}

/// Like [`framing`], on the few bytes that have arrived so far. Undeclared JSON is taken for lines of JSON, which does
/// no harm to somebody who only watches: a JSON document is then one line, or several that are not JSON each.
pub(crate) fn guess(headers: &HeaderMap, arrived: &[u8]) -> Guess {
    const ENOUGH: usize = 64;
    let declared = declared(headers);
    match (declared, start_of_text(arrived).first()) {
        (Declared::Other, _) | (Declared::Raw, Some(b'{')) => Guess::Plain,
        (Declared::Is(framing @ (Framing::Ndjson | Framing::EventStream)), _) => Guess::Is(framing),
        (_, None) => Guess::Wait,
        (_, Some(b'{')) => Guess::Is(Framing::Ndjson),
        (_, Some(_)) => match framing(headers, arrived) {
            Some(framing) => Guess::Is(framing),
            None if arrived.len() < ENOUGH => Guess::Wait,
            None => Guess::Plain,
        },
    }
}

/// Whether the content type is JSON.
pub(crate) fn declares_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE);
    value.is_some_and(|value| bodies::media_type(value.as_bytes()).ends_with("json"))
}

/// Whether the content type is that of a stream.
pub(crate) fn declares_stream(headers: &HeaderMap) -> bool {
    matches!(declared(headers), Declared::Is(_))
}

/// Whether a body is sound, pictures or bytes that somebody sends while they are made: nobody knew its length.
pub(crate) fn is_played_as_it_comes(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(|value| bodies::media_type(value.as_bytes()));
    let is_made = kind.is_some_and(|kind| {
        kind.starts_with("audio/") || kind.starts_with("video/") || kind == "application/octet-stream"
    });
    is_made && !headers.contains_key(header::CONTENT_LENGTH)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declared {
    Is(Framing),
    /// JSON, or nothing: any framing has been seen under these.
    Vague,
    /// A type for text or bytes: mislabelled events come under it, but lines of JSON are a file that somebody fetched.
    Raw,
    /// A type that nobody streams events under, such as an image.
    Other,
}

fn declared(headers: &HeaderMap) -> Declared {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Declared::Vague };
    let value = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
    match value.split(';').next().unwrap_or_default().trim() {
        "text/event-stream" => Declared::Is(Framing::Sse),
        "application/vnd.amazon.eventstream" => Declared::Is(Framing::EventStream),
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonl"
        | "application/json-lines"
        | "application/jsonlines"
        | "application/stream+json"
        | "application/x-json-stream" => Declared::Is(Framing::Ndjson),
        "" => Declared::Vague,
        "text/plain" | "text/html" | "application/octet-stream" | "binary/octet-stream" => Declared::Raw,
        other if other.ends_with("json") => Declared::Vague,
        _ => Declared::Other,
    }
}

/// Without a byte order mark and leading white space.
pub(crate) fn start_of_text(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(sse::BOM).unwrap_or(bytes).trim_ascii_start()
}

fn starts_sse(text: &[u8]) -> bool {
    let field = [b"data:".as_slice(), b"event:", b"id:", b"retry:"].iter().any(|name| text.starts_with(name));
    field || text.starts_with(b": ") || text.starts_with(b":\n") || text.starts_with(b":\r")
}

/// A JSON object filling the first line, and a second one below.
fn lines_of_json(text: &[u8]) -> bool {
    if text.first() != Some(&b'{') {
        return false;
    }
    let Some(end) = text.iter().position(|&byte| byte == b'\n') else { return false };
    let next = text[end..].trim_ascii_start();
    next.first() == Some(&b'{') && json::parse(&text[..end]).is_ok()
}

#[cfg(test)]
mod tests;
