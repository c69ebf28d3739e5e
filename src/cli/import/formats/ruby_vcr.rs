//! VCR for Ruby in YAML and JSON, whose form others write as well.
//!
//! A body has an encoding, and its text under `string` or its bytes under `base64_string`. Ruby's YAML writes text in UTF-8 and
//! other bytes as `!binary`, whatever the encoding says.

use crate::cli::import::exchange::{Exchanges, Loss, Raw, Refusal};
use crate::cli::import::headers::pairs;
use crate::cli::import::node::{Node, base64};
use crate::cli::import::source::Source;
use crate::cli::import::times;

pub(in crate::cli::import) const NAME: &str = "VCR";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    let interactions = interactions(source);
    interactions.is_some_and(|interactions| {
        interactions.first().is_some_and(|first| {
            first.at(&["request", "uri"]).is_some() && first.at(&["response", "status", "code"]).is_some()
        })
    })
}

/// Who wrote the file, as it says itself.
pub(super) fn recorder(source: &Source<'_>) -> String {
    source.single().map(|document| document.text_of("recorded_with")).unwrap_or_default()
}

/// Under `http_interactions`; in version 1, the whole file.
fn interactions<'a>(source: &'a Source<'_>) -> Option<&'a [Node]> {
    let document = source.single()?;
    match document.get("http_interactions") {
        Some(list) => list.items(),
        // Ruby wrote methods as symbols, which vcrpy, whose first form looks the same, never did.
        None => document.items().filter(|list| {
            let method = list.first().and_then(|first| first.at(&["request", "method"])?.text());
            method.is_some_and(|method| method.starts_with(':'))
        }),
    }
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    interactions(source).unwrap_or_default().iter().map(interaction).collect()
}

fn interaction(node: &Node) -> Result<Raw, Refusal> {
    let missing = |what: &str| Refusal::because(format!("it has no `{what}`"));
    let request = node.get("request").ok_or_else(|| missing("request"))?;
    let response = node.get("response").ok_or_else(|| missing("response"))?;
    let mut raw = Raw {
        method: request.text_of("method").trim_start_matches(':').to_owned(),
        url: request.text_of("uri"),
        request_headers: pairs(request.get("headers")),
        status: response.at(&["status", "code"]).and_then(Node::number).unwrap_or_default(),
        version: response.get("http_version").and_then(Node::text).map(str::to_owned),
        response_headers: pairs(response.get("headers")),
        recorded_at: node.get("recorded_at").and_then(|time| times::parse(time.text()?)),
        ..Raw::default()
    };
    raw.request_body = body(request.get("body"), &mut raw)?;
    raw.response_body = body(response.get("body"), &mut raw)?;
    Ok(raw)
}

/// Text as its bytes were, a byte a character.
fn latin(text: &[u8]) -> Option<Vec<u8>> {
    std::str::from_utf8(text).ok()?.chars().map(|character| u8::try_from(character).ok()).collect()
}

fn body(node: Option<&Node>, raw: &mut Raw) -> Result<Vec<u8>, Refusal> {
    let Some(node) = node else { return Ok(Vec::new()) };
    if let Some(text) = node.get("base64_string").and_then(Node::text) {
        return base64(text).ok_or_else(|| Refusal::because("its `base64_string` is not base64"));
    }
    let encoding = node.text_of("encoding");
    let bytes = node.get("string").unwrap_or(node).bytes().unwrap_or_default();
    // rvcr writes what is not UTF-8 as base64, under this name.
    if encoding.eq_ignore_ascii_case("base64") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        return base64(&text)
            .ok_or_else(|| Refusal::because("a body with the encoding `base64` is not base64"));
    }
    // betamax decodes what was in another encoding. This one is the default of HTTP for text.
    let is_latin = ["iso-8859-1", "latin-1", "latin1"].iter().any(|name| encoding.eq_ignore_ascii_case(name));
    if is_latin && let Some(bytes) = latin(&bytes) {
        return Ok(bytes);
    }
    let is_known = ["", "utf-8", "utf8", "ascii-8bit", "us-ascii", "ascii", "binary"]
        .iter()
        .any(|name| encoding.eq_ignore_ascii_case(name));
    if !is_known && !bytes.is_ascii() {
        raw.losses.insert(Loss::Encoding);
    }
    Ok(bytes)
}
