//! The test agent of Datadog's tracers: one exchange a file, in JSON, with one value a header and bodies as text.

use crate::cli::import::exchange::{Exchanges, Loss, Raw};
use crate::cli::import::headers::pairs;
use crate::cli::import::node::Node;
use crate::cli::import::source::Source;

pub(in crate::cli::import) const NAME: &str = "dd-apm-test-agent";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    source.single().is_some_and(|document| {
        document.at(&["request", "url"]).is_some() && document.at(&["response", "status", "code"]).is_some()
    })
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    source.single().map(exchange).into_iter().map(Ok).collect()
}

fn exchange(node: &Node) -> Raw {
    let body = |side: &str| node.at(&[side, "body"]).and_then(Node::bytes).unwrap_or_default();
    let mut raw = Raw {
        method: node.get("request").map(|request| request.text_of("method")).unwrap_or_default(),
        url: node.get("request").map(|request| request.text_of("url")).unwrap_or_default(),
        request_headers: pairs(node.at(&["request", "headers"])),
        request_body: body("request"),
        status: node.at(&["response", "status", "code"]).and_then(Node::number).unwrap_or_default(),
        response_headers: pairs(node.at(&["response", "headers"])),
        response_body: body("response"),
        ..Raw::default()
    };
    raw.losses.insert(Loss::OneValue);
    // Bytes that are not UTF-8 became this character.
    if raw.response_body.windows(3).any(|bytes| bytes == "\u{fffd}".as_bytes()) {
        raw.losses.insert(Loss::ErrorsIgnored);
    }
    raw
}
