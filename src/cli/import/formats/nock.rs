//! nock: a JSON list of what it recorded. Bodies that are JSON stand there as trees, others as text or, where they are not
//! UTF-8, in hexadecimal digits; compressed answers as a list of such pieces.

use crate::cli::import::exchange::{Exchanges, Loss, Raw, Refusal};
use crate::cli::import::headers::{self, pairs};
use crate::cli::import::node::Node;
use crate::cli::import::source::Source;
use crate::model::hex;

pub(in crate::cli::import) const NAME: &str = "nock";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    let first = source.single().and_then(Node::items).and_then(|items| items.first());
    first.is_some_and(|first| ["scope", "path", "status"].iter().all(|key| first.get(key).is_some()))
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    source.single().and_then(Node::items).unwrap_or_default().iter().map(recorded).collect()
}

fn recorded(node: &Node) -> Result<Raw, Refusal> {
    let headers_of = |name: &str| pairs(node.get(name));
    let raw_headers = headers_of("rawHeaders");
    let mut raw = Raw {
        method: node.text_of("method"),
        url: format!("{}{}", node.text_of("scope"), node.text_of("path")),
        request_headers: headers_of("reqheaders"),
        status: node.get("status").and_then(Node::number).unwrap_or_default(),
        response_headers: if raw_headers.is_empty() { headers_of("headers") } else { raw_headers },
        ..Raw::default()
    };
    let request = text_or_tree(node.get("body"), &mut raw);
    // What the client sent and was not UTF-8 stands there in digits, and only its length tells.
    let length = headers::length(&raw.request_headers).filter(|length| *length != request.len());
    let digits = std::str::from_utf8(&request).ok().and_then(hex::decode);
    raw.request_body = match digits {
        Some(bytes) if length == Some(bytes.len()) => bytes,
        _ => request,
    };
    raw.response_body = response(node, &mut raw).map_err(Refusal::because)?;
    Ok(raw)
}

fn response(node: &Node, raw: &mut Raw) -> Result<Vec<u8>, String> {
    let response = node.get("response");
    let is_encoded = headers::value(&raw.response_headers, "content-encoding").is_some();
    let unreadable = || "its body is not hexadecimal".to_owned();
    match response {
        Some(Node::List(pieces)) if is_encoded && pieces.iter().all(|piece| piece.text().is_some()) => {
            let digits: String = pieces.iter().filter_map(Node::text).collect();
            hex::decode(&digits).ok_or_else(unreadable)
        }
        Some(Node::Text(digits)) if is_true(node.get("responseIsBinary")) => {
            hex::decode(digits).ok_or_else(unreadable)
        }
        other => Ok(text_or_tree(other, raw)),
    }
}

fn is_true(node: Option<&Node>) -> bool {
    node.is_some_and(Node::is_true)
}

fn text_or_tree(node: Option<&Node>, raw: &mut Raw) -> Vec<u8> {
    match node {
        None | Some(Node::Null) => Vec::new(),
        Some(Node::Text(text)) => text.as_bytes().to_vec(),
        Some(tree) => {
            raw.losses.insert(Loss::Layout);
            tree.json().compact().into_bytes()
        }
    }
}
