//! From what a file says of an exchange to what can be recorded: checked, without what belongs to a connection, its body as a
//! client gets it.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode, Version};

use super::cuts::{cut, cut_as_said};
use super::exchange::{Imported, Loss, Raw, Refusal};
use super::times;
use super::wanted::Wanted;
use super::{headers, pairs};
use crate::cli::warm::absolute_url;
use crate::model::chunk_times::ChunkTimes;
use crate::model::exchange::{Head, Request};
use crate::model::json;
use crate::model::text::escape_line;
use crate::model::wire::compressed::decoded;
use crate::model::wire::{Framing, eventstream, framing};
use crate::session::import::Recorded;

/// The exchange, ready to be recorded; or why it cannot be.
pub(super) fn settle(mut raw: Raw, source: &'static str, wanted: &Wanted) -> Result<Imported, Refusal> {
    if let Some(pair) = raw.pair.take() {
        return pairs::exchange(raw, &pair, source, wanted);
    }
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
    if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
        losses.insert(Loss::Redirect);
    }
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
    if !losses.contains(&Loss::Layout) && has_another_length(&body, &answer_headers) {
        losses.insert(Loss::Length);
    }
    for header in [CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING] {
        answer_headers.remove(header);
    }
    let framing = framing(&answer_headers, &body);
    if framing == Some(Framing::EventStream) && eventstream::decode_torn(&body).is_none() {
        return Err("its frames are damaged: the tool took bytes for text when it recorded".to_owned());
    }
    let said = cut_as_said(&body, &raw.chunks);
    let times = said.as_ref().filter(|said| said.len() == raw.times.len()).and(ChunkTimes::of(&raw.times));
    let chunks = match (said, framing) {
        (Some(said), _) => said,
        (None, Some(framing)) => {
            losses.insert(Loss::Cuts);
            cut(&body, framing)
        }
        (None, None) if body.is_empty() => Vec::new(),
        (None, None) => vec![body],
    };
    let date = answer_headers.get(DATE).and_then(|date| times::parse(date.to_str().ok()?));
    let recorded_at = raw.recorded_at.or(date);
    if recorded_at.is_none() {
        losses.insert(Loss::Time);
    }
    let head =
        Head { status, version: version(raw.version.as_deref()), url: url.clone(), headers: answer_headers };
    let request = Request { method, url, headers: request_headers, body: Bytes::from(raw.request_body) };
    Ok(Imported {
        recorded: Recorded { request, head, chunks, times, recorded_at, source, pinned: false },
        losses,
    })
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

fn version(text: Option<&str>) -> Version {
    let number = text.unwrap_or_default().rsplit('/').next().unwrap_or_default().trim();
    match number {
        "1.0" => Version::HTTP_10,
        "2" | "2.0" => Version::HTTP_2,
        "3" | "3.0" => Version::HTTP_3,
        _ => Version::HTTP_11,
    }
}
