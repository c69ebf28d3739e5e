//! From what a file says of an exchange to what can be recorded: checked, without what belongs to a connection, its body as a
//! client gets it.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode, Version};

use super::content::decoded;
use super::exchange::{Imported, Loss, Raw, Refusal};
use super::headers;
use super::times;
use crate::cli::warm::absolute_url;
use crate::model::exchange::{Head, Request};
use crate::model::json;
use crate::model::text::escape_line;
use crate::model::wire::{Framing, Splitter, eventstream, framing};
use crate::session::import::Recorded;

/// What the command says where files say nothing.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Wanted {
    /// The server of paths.
    pub(in crate::cli) base: Option<String>,
}

/// The exchange, ready to be recorded; or why it cannot be.
pub(super) fn settle(raw: Raw, source: &'static str, wanted: &Wanted) -> Result<Imported, Refusal> {
    let request = escape_line(&format!("{} {}", raw.method.to_uppercase(), raw.url));
    settled(raw, source, wanted).map_err(|reason| Refusal { request: Some(request), reason })
}

fn settled(raw: Raw, source: &'static str, wanted: &Wanted) -> Result<Imported, String> {
    let mut losses = raw.losses;
    let method = raw.method.to_ascii_uppercase();
    let method = method.parse::<Method>().map_err(|_| format!("{method:?} is not an HTTP method"))?;
    let status = u16::try_from(raw.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or_else(|| format!("{} is not the status of an HTTP response", raw.status))?;
    let (request_headers, requests_are_whole) = headers::valid(&raw.request_headers);
    let (mut answer_headers, answers_are_whole) = headers::valid(&raw.response_headers);
    if !(requests_are_whole && answers_are_whole) {
        losses.insert(Loss::BadHeader);
    }
    if request_headers.is_empty() {
        losses.insert(Loss::NoRequestHeaders);
    }
    if answer_headers.is_empty() {
        losses.insert(Loss::NoResponseHeaders);
    }
    let url = match raw.url.starts_with('/') {
        true => {
            losses.insert(Loss::Host);
            let body = json::parse(&raw.request_body).ok();
            absolute_url(&raw.url, wanted.base.as_deref(), body.as_ref())?
        }
        false => absolute_url(&raw.url, None, None)?,
    };
    let body = body(&raw.response_body, &method, status, &answer_headers)?;
    if has_another_length(&body, &answer_headers) {
        losses.insert(Loss::Length);
    }
    for header in [CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING] {
        answer_headers.remove(header);
    }
    let chunks = match framing(&answer_headers, &body) {
        Some(framing) => {
            if framing == Framing::EventStream && eventstream::decode_torn(&body).is_none() {
                return Err(
                    "its frames are damaged: the tool took bytes for text when it recorded".to_owned()
                );
            }
            losses.insert(Loss::Cuts);
            cut(&body, framing)
        }
        None if body.is_empty() => Vec::new(),
        None => vec![body],
    };
    let date = answer_headers.get(DATE).and_then(|date| times::parse(date.to_str().ok()?));
    let recorded_at = raw.recorded_at.or(date);
    if recorded_at.is_none() {
        losses.insert(Loss::Time);
    }
    let head =
        Head { status, version: version(raw.version.as_deref()), url: url.clone(), headers: answer_headers };
    let request = Request { method, url, headers: request_headers, body: Bytes::from(raw.request_body) };
    Ok(Imported { recorded: Recorded { request, head, chunks, recorded_at, source }, losses })
}

/// The body that a client gets: none at all where HTTP has none.
fn body(raw: &[u8], method: &Method, status: StatusCode, headers: &HeaderMap) -> Result<Bytes, String> {
    let has_none = *method == Method::HEAD
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        || status.is_informational();
    if has_none {
        return Ok(Bytes::new());
    }
    let codings: Vec<String> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    decoded(raw.to_vec(), &codings.join(",")).map(Bytes::from)
}

/// Whether the length that was announced is another one. Compressed, a body had another one at any rate.
fn has_another_length(body: &Bytes, headers: &HeaderMap) -> bool {
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.trim().parse::<usize>().ok());
    let is_clear = !headers.contains_key(CONTENT_ENCODING) && !headers.contains_key(TRANSFER_ENCODING);
    is_clear && !body.is_empty() && announced.is_some_and(|length| length != body.len())
}

fn cut(body: &Bytes, framing: Framing) -> Vec<Bytes> {
    let mut splitter = Splitter::new(framing);
    let mut events = splitter.push(body);
    events.extend(splitter.finish());
    events
}

fn version(text: Option<&str>) -> Version {
    let number = text.unwrap_or_default().rsplit('/').next().unwrap_or_default().trim();
    match number {
        "1.0" => Version::HTTP_10,
        "2" | "2.0" => Version::HTTP_2,
        "3" | "3.0" => Version::HTTP_3,
        _ => Version::HTTP_11,
    }
}

/// A URL, or a path, with these parameters behind it.
pub(super) fn with_query(url: &str, parameters: &[(String, Vec<u8>)]) -> String {
    let mut url = url.to_owned();
    for (name, value) in parameters {
        url.push(if url.contains('?') { '&' } else { '?' });
        encode(name.as_bytes(), &mut url);
        url.push('=');
        encode(value, &mut url);
    }
    url
}

fn encode(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(*byte))
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// Whether a body under this content type is text.
pub(super) fn is_textual(content_type: Option<&[u8]>) -> bool {
    let value = String::from_utf8_lossy(content_type.unwrap_or_default()).to_ascii_lowercase();
    let media = value.split(';').next().unwrap_or_default().trim();
    media.starts_with("text/")
        || ["json", "xml", "javascript", "x-www-form-urlencoded", "graphql", "yaml"]
            .iter()
            .any(|kind| media.ends_with(kind))
        || media.contains("ndjson")
        || media.contains("jsonl")
}
