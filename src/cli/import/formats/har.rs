//! HTTP Archives (HAR 1.2), as browsers, proxies and Playwright export them, and those of Polly.
//!
//! Polly keeps bodies that are compressed as a list of pieces, in hexadecimal digits or in base64, in the place of the text.

use crate::cli::har::{CHUNK_TIMES, CHUNKS};
use crate::cli::import::exchange::{Exchanges, Raw, Refusal};
use crate::cli::import::headers::{self, pairs};
use crate::cli::import::node::{Node, base64};
use crate::cli::import::source::Source;
use crate::cli::import::times;
use crate::model::hex;
use crate::model::json::{self, Json};

pub(in crate::cli::import) const NAME: &str = "HAR";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    source.single().is_some_and(|document| document.at(&["log", "entries"]).and_then(Node::items).is_some())
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    let entries = source.single().and_then(|document| document.at(&["log", "entries"])?.items());
    entries.unwrap_or_default().iter().map(entry).collect()
}

fn entry(node: &Node) -> Result<Raw, Refusal> {
    let missing = |what: &str| Refusal::because(format!("it has no `{what}`"));
    let request = node.get("request").ok_or_else(|| missing("request"))?;
    let response = node.get("response").ok_or_else(|| missing("response"))?;
    let mut raw = Raw {
        method: request.text_of("method"),
        url: request.text_of("url"),
        request_headers: pairs(request.get("headers")),
        status: response.get("status").and_then(Node::number).unwrap_or_default(),
        version: response.get("httpVersion").and_then(Node::text).map(str::to_owned),
        response_headers: pairs(response.get("headers")),
        recorded_at: node.get("startedDateTime").and_then(|time| times::parse(time.text()?)),
        ..Raw::default()
    };
    let numbers = |name: &str| -> Vec<u64> {
        let items = response.at(&["content", name]).and_then(Node::items).unwrap_or_default();
        items.iter().filter_map(Node::number).collect()
    };
    (raw.chunks, raw.times) = (numbers(CHUNKS), numbers(CHUNK_TIMES));
    let named = |reason| Refusal { request: Some(format!("{} {}", raw.method, raw.url)), reason };
    if raw.status == 0 {
        return Err(named("it has no answer: the request was cut off or blocked".to_owned()));
    }
    raw.request_body = request_body(request).map_err(named)?;
    raw.response_body = response_body(response.get("content"), &raw.response_headers).map_err(named)?;
    Ok(raw)
}

fn request_body(request: &Node) -> Result<Vec<u8>, String> {
    let data = request.get("postData").unwrap_or(&Node::Null);
    let text = data.get("text").and_then(Node::text);
    match (text, data.get("params").and_then(Node::items)) {
        (Some(text), _) if data.text_of("encoding") == "base64" => {
            base64(text).ok_or_else(|| "the body of its request is not base64".to_owned())
        }
        (Some(text), _) => Ok(text.as_bytes().to_vec()),
        (None, Some([_, ..])) => {
            Err("the body of its request stands there as a list of fields, and its bytes are gone".to_owned())
        }
        // Polly leaves out what is not text.
        (None, _) => match request.get("bodySize").and_then(Node::number) {
            None | Some(0) => Ok(Vec::new()),
            Some(size) => Err(format!("the {size} bytes of the body of its request are not in the file")),
        },
    }
}

fn response_body(content: Option<&Node>, answer_headers: &headers::Pairs) -> Result<Vec<u8>, String> {
    let Some(content) = content else { return Ok(Vec::new()) };
    let Some(text) = content.get("text").and_then(Node::text) else {
        return match content.get("size").and_then(Node::number) {
            None | Some(0) => Ok(Vec::new()),
            Some(size) => Err(format!("the {size} bytes of its body are not in the file")),
        };
    };
    let is_base64 = content.text_of("encoding") == "base64";
    if headers::value(answer_headers, "content-encoding").is_some()
        && let Some(pieces) = pieces(text)
    {
        return pieces
            .iter()
            .map(|piece| if is_base64 { base64(piece) } else { hex::decode(piece) })
            .collect::<Option<Vec<_>>>()
            .map(|pieces| pieces.concat())
            .ok_or_else(|| "the pieces of its body are not readable".to_owned());
    }
    match is_base64 {
        true => base64(text).ok_or_else(|| "its body is not base64".to_owned()),
        false => Ok(text.as_bytes().to_vec()),
    }
}

/// The pieces of a body that Polly kept as they came. An answer that is a list of texts itself looks the same, but for that
/// nothing in it can be a piece.
fn pieces(text: &str) -> Option<Vec<String>> {
    let Ok(Json::Array(items)) = json::parse(text.as_bytes()) else { return None };
    let pieces: Vec<String> =
        items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>()?;
    let is_piece = |piece: &String| hex::decode(piece).is_some() || base64(piece).is_some();
    (!pieces.is_empty() && pieces.iter().all(is_piece)).then_some(pieces)
}
