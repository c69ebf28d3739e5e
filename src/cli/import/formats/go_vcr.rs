//! go-vcr, versions 1 to 4: YAML as vcrpy's, with `url`. Bodies that are not UTF-8 are `!!binary`.

use crate::cli::import::exchange::{Exchanges, Raw, Refusal};
use crate::cli::import::headers::pairs;
use crate::cli::import::node::Node;
use crate::cli::import::source::Source;

pub(in crate::cli::import) const NAME: &str = "go-vcr";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    interactions(source).and_then(|all| all.first()).is_some_and(|first| {
        first.at(&["request", "url"]).is_some() && first.at(&["response", "code"]).is_some()
    })
}

fn interactions<'a>(source: &'a Source<'_>) -> Option<&'a [Node]> {
    source.single()?.get("interactions")?.items()
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    interactions(source).unwrap_or_default().iter().map(interaction).collect()
}

fn interaction(node: &Node) -> Result<Raw, Refusal> {
    let missing = |what: &str| Refusal::because(format!("it has no `{what}`"));
    let request = node.get("request").ok_or_else(|| missing("request"))?;
    let response = node.get("response").ok_or_else(|| missing("response"))?;
    let body = |side: &Node| side.get("body").and_then(Node::bytes).unwrap_or_default();
    Ok(Raw {
        method: request.text_of("method"),
        url: request.text_of("url"),
        request_headers: pairs(request.get("headers")),
        request_body: body(request),
        status: response.get("code").and_then(Node::number).unwrap_or_default(),
        version: response.get("proto").and_then(Node::text).map(str::to_owned),
        response_headers: pairs(response.get("headers")),
        response_body: body(response),
        ..Raw::default()
    })
}
