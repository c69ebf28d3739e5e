//! WireMock's stub mappings: what a request had to be like, and what was answered. Only where all of it had to be equal is it
//! known what was sent.

use super::common::with_query;
use crate::cli::import::exchange::{Exchanges, Loss, Raw, Refusal};
use crate::cli::import::headers::pairs;
use crate::cli::import::node::{Node, base64};
use crate::cli::import::source::Source;

pub(in crate::cli::import) const NAME: &str = "WireMock";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    mappings(source).first().is_some_and(|first| {
        let request = first.get("request");
        let has_path = |request: &Node| {
            ["url", "urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate"]
                .iter()
                .any(|key| request.get(key).is_some())
        };
        request.is_some_and(has_path) && first.at(&["response", "status"]).and_then(Node::number).is_some()
    })
}

/// A file has one mapping, or several under `mappings`.
fn mappings<'a>(source: &'a Source<'_>) -> &'a [Node] {
    let Some(document) = source.single() else { return &[] };
    document.get("mappings").and_then(Node::items).unwrap_or_else(|| std::slice::from_ref(document))
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    mappings(source).iter().map(mapping).collect()
}

fn mapping(node: &Node) -> Result<Raw, Refusal> {
    let missing = |what: &str| Refusal::because(format!("it has no `{what}`"));
    let request = node.get("request").ok_or_else(|| missing("request"))?;
    let response = node.get("response").ok_or_else(|| missing("response"))?;
    let path = request
        .get("url")
        .or_else(|| request.get("urlPath"))
        .and_then(Node::text)
        .ok_or_else(|| Refusal::because("its path is a pattern, so that nobody knows what was asked"))?;
    let mut raw = Raw {
        method: request.text_of("method"),
        status: response.get("status").and_then(Node::number).unwrap_or_default(),
        response_headers: pairs(response.get("headers")),
        ..Raw::default()
    };
    raw.url = with_query(path, &equal(request.get("queryParameters"), &mut raw));
    raw.request_headers = equal(request.get("headers"), &mut raw);
    let named = |reason| Refusal { request: Some(format!("{} {path}", raw.method)), reason };
    let asked = request_body(request.get("bodyPatterns")).map_err(named)?;
    let answer = response_body(response).map_err(named)?;
    raw.losses.extend(asked.1.into_iter().chain(answer.1));
    (raw.request_body, raw.response_body) = (asked.0, answer.0);
    Ok(raw)
}

/// The values that had to be equal.
fn equal(node: Option<&Node>, raw: &mut Raw) -> Vec<(String, Vec<u8>)> {
    let fields = node.and_then(Node::fields).unwrap_or_default();
    let mut found = Vec::new();
    for (name, matcher) in fields {
        match matcher.get("equalTo").and_then(Node::bytes) {
            Some(value) => found.push((name.clone(), value)),
            None => {
                raw.losses.insert(Loss::Matcher);
            }
        }
    }
    found
}

/// A body, and what of it is lost.
type Body = (Vec<u8>, Option<Loss>);

fn request_body(patterns: Option<&Node>) -> Result<Body, String> {
    let Some([first, ..]) = patterns.and_then(Node::items) else { return Ok((Vec::new(), None)) };
    if let Some(text) = first.get("equalTo").and_then(Node::bytes) {
        return Ok((text, None));
    }
    if let Some(text) = first.get("binaryEqualTo").and_then(Node::text) {
        return base64(text)
            .map(|bytes| (bytes, None))
            .ok_or_else(|| "`binaryEqualTo` is not base64".to_owned());
    }
    match first.get("equalToJson") {
        // It may be a text, which has its layout, or a tree.
        Some(Node::Text(text)) => Ok((text.as_bytes().to_vec(), None)),
        Some(tree) => Ok((tree.json().compact().into_bytes(), Some(Loss::Layout))),
        None => Err("its body has to be like something, so that nobody knows what was sent".to_owned()),
    }
}

fn response_body(response: &Node) -> Result<Body, String> {
    if let Some(file) = response.get("bodyFileName").and_then(Node::text) {
        return Err(format!("its body is in another file, `{file}` of the folder `__files`"));
    }
    if let Some(text) = response.get("base64Body").and_then(Node::text) {
        return base64(text)
            .map(|bytes| (bytes, None))
            .ok_or_else(|| "`base64Body` is not base64".to_owned());
    }
    match response.get("jsonBody") {
        Some(tree) => Ok((tree.json().compact().into_bytes(), Some(Loss::Layout))),
        None => Ok((response.get("body").and_then(Node::bytes).unwrap_or_default(), None)),
    }
}
