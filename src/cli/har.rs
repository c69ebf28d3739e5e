//! Interactions as an HTTP Archive (HAR 1.2). What the form has no field for, and other tools pass over, stands in fields that
//! begin with an underscore, as the form provides: where the chunks of a stream ended, and when they came.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Version};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::address::Address;
use crate::model::exchange::{Cut, Request, Response};
use crate::model::interaction::Interaction;
use crate::model::json::{Json, object};
use crate::model::wire::forms;

/// The lengths of a stream's chunks.
pub(super) const CHUNKS: &str = "_chunks";

/// When each of them came, in milliseconds from sending the request.
pub(super) const CHUNK_TIMES: &str = "_chunkTimes";

/// The archive of these interactions, in their order.
pub(super) fn archive(interactions: &[&Interaction]) -> Json {
    let creator =
        object([("name", Json::from("llm-cassette")), ("version", Json::from(env!("CARGO_PKG_VERSION")))]);
    let entries = interactions.iter().map(|interaction| entry(interaction)).collect();
    let log =
        object([("version", Json::from("1.2")), ("creator", creator), ("entries", Json::Array(entries))]);
    object([("log", log)])
}

fn entry(interaction: &Interaction) -> Json {
    let body = &interaction.response.body;
    let (wait, whole) = match &body.times {
        Some(times) => (u64::from(times.first()), u64::from(times.last())),
        None => (0, 0),
    };
    let timings = object([
        ("send", Json::from(0)),
        ("wait", Json::from(wait)),
        ("receive", Json::from(whole.saturating_sub(wait))),
    ]);
    let mut fields = vec![
        ("startedDateTime", Json::from(interaction.recorded_at.as_str())),
        ("time", Json::from(whole)),
        ("request", request(&interaction.request, interaction.response.version)),
        ("response", response(&interaction.response)),
        ("cache", object([])),
        ("timings", timings),
    ];
    let comment = match body.cut {
        Cut::Whole => None,
        Cut::ClientAborted => Some("the client closed the connection before the answer was whole"),
        Cut::EndedEarly => Some("the stream ended before its protocol's end"),
        Cut::Broke => Some("the transfer broke"),
    };
    fields.extend(comment.map(|comment| ("comment", Json::from(comment))));
    object(fields)
}

fn request(request: &Request, version: Version) -> Json {
    let query = Address::of(&request.url).query.unwrap_or_default();
    let pairs = forms::pairs(query.as_bytes()).map(|pair| {
        let text = |range| {
            String::from_utf8_lossy(&forms::decode(
                query.as_bytes().get::<std::ops::Range<usize>>(range).unwrap_or_default(),
            ))
            .into_owned()
        };
        object([
            ("name", Json::from(text(pair.name))),
            ("value", Json::from(pair.value.map(text).unwrap_or_default())),
        ])
    });
    let mut fields = vec![
        ("method", Json::from(request.method.as_str())),
        ("url", Json::from(request.url.as_str())),
        ("httpVersion", version_name(version)),
        ("cookies", Json::Array(Vec::new())),
        ("headers", headers(&request.headers)),
        ("queryString", Json::Array(pairs.collect())),
        ("headersSize", unknown()),
        ("bodySize", Json::from(request.body.len() as u64)),
    ];
    if !request.body.is_empty() {
        let kind = ("mimeType", Json::from(media_type(&request.headers)));
        fields.push(("postData", object([kind].into_iter().chain(text(&request.body)))));
    }
    object(fields)
}

fn response(response: &Response) -> Json {
    let body = &response.body;
    let location =
        response.headers.get(LOCATION).map(|location| String::from_utf8_lossy(location.as_bytes()));
    let mut content = vec![
        ("size", Json::from(body.bytes.len() as u64)),
        ("mimeType", Json::from(media_type(&response.headers))),
    ];
    content.extend(text(&body.bytes));
    if !body.chunks.is_empty() {
        let lengths = body.chunks.iter().map(|length| Json::from(*length as u64));
        content.push((CHUNKS, Json::Array(lengths.collect())));
    }
    if let Some(times) = &body.times {
        content.push((CHUNK_TIMES, Json::Array(times.iter().map(|at| Json::from(u64::from(at))).collect())));
    }
    object([
        ("status", Json::from(u64::from(response.status.as_u16()))),
        ("statusText", Json::from(response.status.canonical_reason().unwrap_or_default())),
        ("httpVersion", version_name(response.version)),
        ("cookies", Json::Array(Vec::new())),
        ("headers", headers(&response.headers)),
        ("content", object(content)),
        ("redirectURL", Json::from(location.as_deref().unwrap_or_default())),
        ("headersSize", unknown()),
        ("bodySize", Json::from(body.bytes.len() as u64)),
    ])
}

/// As the form says it of sizes that nobody knows.
fn unknown() -> Json {
    Json::Number("-1".to_owned())
}

fn version_name(version: Version) -> Json {
    Json::from(format!("{version:?}"))
}

fn headers(headers: &HeaderMap) -> Json {
    let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        object([("name", Json::from(name.as_str())), ("value", Json::from(value))])
    };
    Json::Array(headers.iter().map(pair).collect())
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    value.unwrap_or_else(|| "x-unknown".to_owned())
}

/// Text as it is, and everything else as base64.
fn text(bytes: &Bytes) -> Vec<(&'static str, Json)> {
    match std::str::from_utf8(bytes) {
        Ok(text) => vec![("text", Json::from(text))],
        Err(_) => vec![("text", Json::from(STANDARD.encode(bytes))), ("encoding", Json::from("base64"))],
    }
}
