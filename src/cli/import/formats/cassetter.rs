//! cassetter, in YAML: as vcrpy's, with bodies that say what they are: JSON as a tree, text, or hexadecimal digits. It records
//! gRPC and WebSockets too, which no cassette of ours can hold.

use crate::cli::import::exchange::{Exchanges, Loss, Raw, Refusal};
use crate::cli::import::headers::pairs;
use crate::cli::import::node::Node;
use crate::cli::import::source::Source;
use crate::cli::import::times;
use crate::model::hex;

pub(in crate::cli::import) const NAME: &str = "cassetter";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    let Some(document) = source.single() else { return false };
    let first = list(document, "interactions").first();
    let http = first.is_some_and(|first| {
        first.at(&["request", "uri"]).is_some()
            && first.at(&["response", "status"]).and_then(Node::number).is_some()
    });
    http || ["grpc_interactions", "ws_interactions"].iter().any(|name| !list(document, name).is_empty())
}

fn list<'a>(document: &'a Node, name: &str) -> &'a [Node] {
    document.get(name).and_then(Node::items).unwrap_or_default()
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    let Some(document) = source.single() else { return Vec::new() };
    let others = [("grpc_interactions", "gRPC"), ("ws_interactions", "a WebSocket")];
    let refused = others.iter().flat_map(|(name, what)| {
        let reason = format!("it is {what}, which a cassette cannot hold");
        list(document, name).iter().map(move |_| Err(Refusal::because(reason.clone())))
    });
    list(document, "interactions").iter().map(interaction).chain(refused).collect()
}

fn interaction(node: &Node) -> Result<Raw, Refusal> {
    let missing = |what: &str| Refusal::because(format!("it has no `{what}`"));
    let request = node.get("request").ok_or_else(|| missing("request"))?;
    let response = node.get("response").ok_or_else(|| missing("response"))?;
    let mut raw = Raw {
        method: request.text_of("method"),
        url: request.text_of("uri"),
        request_headers: pairs(request.get("headers")),
        status: response.get("status").and_then(Node::number).unwrap_or_default(),
        response_headers: pairs(response.get("headers")),
        recorded_at: node.get("recorded_at").and_then(|time| times::parse(time.text()?)),
        ..Raw::default()
    };
    raw.request_body = body(request.get("body"), &mut raw)?;
    raw.response_body = body(response.get("body"), &mut raw)?;
    Ok(raw)
}

fn body(node: Option<&Node>, raw: &mut Raw) -> Result<Vec<u8>, Refusal> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let content = node.get("content").unwrap_or(&Node::Null);
    match node.text_of("type").as_str() {
        "json" => {
            raw.losses.insert(Loss::Layout);
            Ok(content.json().compact().into_bytes())
        }
        "binary" => content
            .text()
            .and_then(hex::decode)
            .ok_or_else(|| Refusal::because("a body of the type `binary` is not hexadecimal")),
        "text" => Ok(content.bytes().unwrap_or_default()),
        "none" | "" => Ok(Vec::new()),
        other => Err(Refusal::because(format!("a body of the type {other:?} is not known"))),
    }
}
