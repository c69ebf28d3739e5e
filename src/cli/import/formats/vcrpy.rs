//! vcrpy, pytest-recording and what else writes their form: YAML or JSON, `interactions` with `uri`.
//!
//! A body is text in UTF-8 or, where it is not UTF-8, `!!binary` (in JSON `base64_string`). Until version 5 the stub for httpx
//! wrote answers in another form, its body decoded with errors ignored.

use super::common::{form, is_textual};
use crate::cli::import::exchange::{Exchanges, Loss, Raw, Refusal};
use crate::cli::import::headers::{self, pairs};
use crate::cli::import::node::{Node, base64};
use crate::cli::import::source::Source;
use crate::cli::import::times;

pub(in crate::cli::import) const NAME: &str = "vcrpy";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    let first = interactions(source).and_then(|interactions| interactions.first());
    first.is_some_and(|first| first.at(&["request", "uri"]).is_some() && first.get("response").is_some())
}

/// Under `interactions`; before version 1 of the form, the whole file.
fn interactions<'a>(source: &'a Source<'_>) -> Option<&'a [Node]> {
    let document = source.single()?;
    document.get("interactions").unwrap_or(document).items()
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    interactions(source).unwrap_or_default().iter().map(interaction).collect()
}

fn interaction(node: &Node) -> Result<Raw, Refusal> {
    let missing = |what: &str| Refusal::because(format!("it has no `{what}`"));
    let request = node.get("request").ok_or_else(|| missing("request"))?;
    let response = node.get("response").ok_or_else(|| missing("response"))?;
    let mut raw = Raw {
        method: request.text_of("method"),
        url: request.text_of("uri"),
        request_headers: pairs(request.get("headers")),
        response_headers: pairs(response.get("headers")),
        recorded_at: node.get("recorded_at").and_then(|time| times::parse(time.text()?)),
        ..Raw::default()
    };
    raw.request_body = request_body(request.get("body"), &mut raw)?;
    let has_none = request.get("body").is_none_or(Node::is_null);
    if has_none && ["POST", "PUT", "PATCH"].contains(&raw.method.as_str()) {
        raw.losses.insert(Loss::NoRequestBody);
    }
    if let Some(bytes) = once_more(&raw.request_body, &raw.request_headers) {
        raw.request_body = bytes;
    }
    match response.get("status_code") {
        Some(status) => {
            raw.status = status.number().unwrap_or_default();
            raw.response_body = httpx_body(response, &mut raw)?;
            raw.version = response.get("http_version").and_then(Node::text).map(str::to_owned);
        }
        None => {
            raw.status = response.at(&["status", "code"]).and_then(Node::number).unwrap_or_default();
            raw.response_body = response_body(response.get("body"))?;
            raw.version = response.get("protocol").and_then(Node::text).map(str::to_owned);
        }
    }
    Ok(raw)
}

/// The stub for httpx wrote the bodies of requests that are not UTF-8 as base64, and nothing that says so: only their length
/// tells.
fn once_more(body: &[u8], sent: &headers::Pairs) -> Option<Vec<u8>> {
    let length = headers::length(sent).filter(|length| *length != body.len())?;
    base64(std::str::from_utf8(body).ok()?).filter(|bytes| bytes.len() == length)
}

/// Whether a text was cut when it was decoded shows where its length is known; in text, there is rarely anything to lose.
fn httpx_body(response: &Node, raw: &mut Raw) -> Result<Vec<u8>, Refusal> {
    let content = response_body(response.get("content").or_else(|| response.get("body")))?;
    let is_whole = headers::length(&raw.response_headers) == Some(content.len());
    let kind = headers::value(&raw.response_headers, "content-type");
    if !is_whole
        && matches!(response.get("content"), Some(Node::Text(_)))
        && kind.is_some()
        && !is_textual(kind)
    {
        raw.losses.insert(Loss::ErrorsIgnored);
    }
    Ok(content)
}

/// Bytes and text, as they are everywhere.
fn scalar(node: Option<&Node>) -> Option<Vec<u8>> {
    match node {
        None | Some(Node::Null) => Some(Vec::new()),
        Some(node) => node.bytes(),
    }
}

fn request_body(node: Option<&Node>, raw: &mut Raw) -> Result<Vec<u8>, Refusal> {
    if let Some(bytes) = scalar(node) {
        return Ok(bytes);
    }
    let given = node.unwrap_or(&Node::Null);
    // A file that was sent stands there as the Python object that it was: bytes, a position, nothing.
    if let Some([(name, Node::List(state))]) = given.fields()
        && name == "state"
        && let Some(bytes) = state.first().and_then(|bytes| scalar(Some(bytes)))
    {
        return Ok(bytes);
    }
    // What aiohttp was given stands there as it was given: JSON or, which looks the same, a form.
    let kind = headers::value(&raw.request_headers, "content-type").unwrap_or_default();
    if kind.to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded") {
        return Ok(form(&pairs(node)).into_bytes());
    }
    raw.losses.insert(Loss::Layout);
    Ok(given.json().compact().into_bytes())
}

fn response_body(node: Option<&Node>) -> Result<Vec<u8>, Refusal> {
    if let Some(text) = node.and_then(|node| node.get("base64_string")?.text()) {
        return base64(text).ok_or_else(|| Refusal::because("its `base64_string` is not base64"));
    }
    scalar(node.and_then(|node| node.get("string")).or(node))
        .ok_or_else(|| Refusal::because("the body of its answer is neither text nor bytes"))
}
