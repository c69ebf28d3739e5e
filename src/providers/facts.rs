//! What a cassette says about an answer beside the answer itself.

use super::failure;
use super::protocol::Provider;
use super::reading::{Reading, usage_of_headers};
use super::recognise::{model_asked_for, recognise};
use super::usage::Usage;
use crate::model::json::{self, Json};
use crate::model::wire::{
    Framing, Splitter, declares_json, declares_stream, eventstream, framing, sse, start_of_text,
};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, StatusCode};

/// What is known about one exchange with a provider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Facts {
    pub(crate) provider: Option<&'static Provider>,
    /// The model that answered; where the answer does not say, the one asked for.
    pub(crate) model: Option<String>,
    pub(crate) usage: Option<Usage>,
    /// The provider's error in words, without secrets and not long.
    pub(crate) error: Option<String>,
    /// Whether that error is about credentials, quota, rate or load, and so never worth recording.
    pub(crate) credential_or_quota: bool,
    /// What an answer lacks that ended in good order and is not whole by the account of its protocol.
    pub(crate) missing: Option<String>,
}

/// Reads the facts from a complete exchange. `request_body` is the request's JSON, if it is any.
pub(crate) fn facts(
    request_url: &str,
    request_headers: &HeaderMap,
    request_body: Option<&Json>,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Facts {
    facts_behind(false, request_url, request_headers, request_body, status, headers, body)
}

/// Reads the facts from a complete exchange. `named` says that it is known to be a provider who answered, even if nobody could tell from the request.
pub(crate) fn facts_behind(
    named: bool,
    request_url: &str,
    request_headers: &HeaderMap,
    request_body: Option<&Json>,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Facts {
    let provider = recognise(request_url, request_headers, request_body);
    let known = named || provider.is_some();
    let mut reading = Reading::default();
    reading.counts_apart = asks_several(request_body);
    let mut whole = None;
    let framing = framing(headers, body);
    let end = match framing {
        Some(framing) => read_events(&mut reading, framing, body),
        None => {
            whole = json::shared(body);
            // Files that somebody fetches may look like JSON at first.
            match whole.is_none() && declares_json(headers) && is_torn_json(body) {
                true => End::Torn,
                false => End::Clear,
            }
        }
    };
    if let Some(json) = &whole {
        reading.json(None, json);
    }
    let missing = match framing {
        _ if !may_be_judged(status) || is_packed(headers) || reading.ended => None,
        Some(_) if known && !reading.begun && declares_stream(headers) && !is_announced_empty(headers) => {
            Some("its first event".to_owned())
        }
        // Where frames are damaged, what stands behind them cannot be told.
        Some(_) if end == End::Unclear => None,
        Some(_) => reading
            .missing()
            .or_else(|| (known && end == End::Torn).then(|| "the end of its last event".to_owned())),
        None if known && end == End::Torn => Some("the end of its JSON".to_owned()),
        // An array is what some stream without events.
        None if matches!(whole.as_deref(), Some(Json::Array(_))) => reading.missing(),
        None => None,
    };
    let failed = status.is_client_error() || status.is_server_error();
    let failure = failed.then(|| failure::of_status(status, headers, whole.as_deref())).filter(|failure| {
        let is_part = failure::is_part_of_json_rpc(status, request_headers, request_body, whole.as_deref());
        failure.credential_or_quota || !is_part
    });
    if let Some(mut failure) = failure {
        if let Some(told) = reading.failure.take().filter(|_| whole.is_none()) {
            failure.words = told.words;
            failure.credential_or_quota |= told.credential_or_quota;
        }
        reading.failure = Some(failure);
    }
    let asked_for = || known.then(|| model_asked_for(request_url, request_body)).flatten();
    Facts {
        provider,
        model: reading.model.filter(|_| known && !failed).or_else(asked_for),
        usage: reading.counts.read().or_else(|| usage_of_headers(headers)),
        credential_or_quota: reading.failure.as_ref().is_some_and(|failure| failure.credential_or_quota),
        error: reading.failure.map(|failure| failure.words),
        missing,
    }
}

/// Whether a request has several prompts in one.
fn asks_several(body: Option<&Json>) -> bool {
    let prompts = body.and_then(|body| body.get("prompt")?.as_array()).unwrap_or_default();
    // A list of numbers is one prompt, in tokens.
    prompts.len() > 1 && prompts.iter().all(|prompt| !matches!(prompt, Json::Number(_)))
}

/// Whether a stream tells of no end that its protocol has: one that stands open until somebody leaves.
pub(crate) fn is_endless(headers: &HeaderMap, body: &[u8]) -> bool {
    let mut reading = Reading::default();
    match framing(headers, body) {
        Some(framing) => {
            read_events(&mut reading, framing, body);
        }
        None => return body.is_empty() && declares_stream(headers),
    }
    !reading.ended && reading.missing().is_none()
}

/// Whether the bytes are not those of the events: the client unpacks them itself.
fn is_packed(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding.as_bytes() != b"identity")
}

/// Whether the server said in advance that nothing would come.
fn is_announced_empty(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() == b"0")
}

/// Whether the answer to a request is all there when what it says is. Of what is partial on purpose, nobody can tell.
fn may_be_judged(status: StatusCode) -> bool {
    status.is_success()
        && !matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::PARTIAL_CONTENT)
}

/// Where the bytes of an answer end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Behind an event, or whatever it is made of.
    Clear,
    /// In the midst of one.
    Torn,
    /// Behind something that is no event.
    Unclear,
}

fn read_events(reading: &mut Reading, framing: Framing, body: &[u8]) -> End {
    let mut splitter = Splitter::new(framing);
    for event in splitter.push(body) {
        reading.event(framing, &event);
    }
    let mut end = End::Clear;
    for event in splitter.finish() {
        reading.event(framing, &event);
        let torn = match framing {
            Framing::Sse => sse::parse(&event).data.is_some_and(|data| is_torn_json(data.as_bytes())),
            Framing::Ndjson => is_torn_json(&event),
            Framing::EventStream if eventstream::is_torn(&event) => true,
            Framing::EventStream => return End::Unclear,
        };
        if torn {
            end = End::Torn;
        }
    }
    reading.finish();
    end
}

/// Whether a text begins as JSON does, and ends within it.
fn is_torn_json(text: &[u8]) -> bool {
    if !matches!(start_of_text(text).first(), Some(b'{' | b'[')) {
        return false;
    }
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => match json::skip_string(text, at) {
                Some(end) => {
                    at = end;
                    continue;
                }
                None => return true,
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    depth > 0
}
