//! What a cassette says about an answer beside the answer itself.

use super::failure;
use super::protocol::Provider;
use super::reading::{Reading, usage_of_headers};
use super::recognise::{model_asked_for, recognise};
use super::usage::Usage;
use crate::model::json::{self, Json};
use crate::model::wire::{Framing, Splitter, framing};
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
}

#[cfg(any(test, feature = "cli"))]
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
    let mut whole = None;
    match framing(headers, body) {
        Some(framing) => read_events(&mut reading, framing, body),
        None => whole = json::parse(body).ok(),
    }
    if let Some(json) = &whole {
        reading.json(None, json);
    }
    let failed = status.is_client_error() || status.is_server_error();
    if failed {
        let mut failure = failure::of_status(status, headers, whole.as_ref());
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
    }
}

fn read_events(reading: &mut Reading, framing: Framing, body: &[u8]) {
    let mut splitter = Splitter::new(framing);
    let events = splitter.push(body);
    for event in events.into_iter().chain(splitter.finish()) {
        reading.event(framing, &event);
    }
}
