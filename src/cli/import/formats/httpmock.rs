//! httpmock, and rig's tests, which write its form: YAML documents of `when` and `then`. What was asked is what would match:
//! a path without a host, the headers that were chosen, a body.

use super::common::{form, is_textual, with_query};
use crate::cli::import::exchange::{Exchanges, Loss, Raw, Refusal};
use crate::cli::import::headers::{self, pairs};
use crate::cli::import::node::{Node, base64};
use crate::cli::import::source::Source;

pub(in crate::cli::import) const NAME: &str = "httpmock";

/// What stands under `when` and says what the request was; all else says only what it may have been.
const EXACT: [&str; 11] = [
    "scheme",
    "host",
    "port",
    "path",
    "method",
    "query_param",
    "header",
    "body",
    "body_base64",
    "json_body",
    "form_urlencoded_tuple",
];

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    source.documents.first().is_some_and(|first| {
        first.get("when").and_then(Node::fields).is_some()
            && first.get("then").and_then(Node::fields).is_some()
    })
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    source.documents.iter().map(mock).collect()
}

fn mock(node: &Node) -> Result<Raw, Refusal> {
    let missing = |what: &str| Refusal::because(format!("it has no `{what}`"));
    let when = node.get("when").ok_or_else(|| missing("when"))?;
    let then = node.get("then").ok_or_else(|| missing("then"))?;
    let path = when
        .get("path")
        .and_then(Node::text)
        .ok_or_else(|| Refusal::because("its path is a pattern, so that nobody knows what was asked"))?;
    let mut raw = Raw {
        method: when.get("method").and_then(Node::text).unwrap_or("GET").to_owned(),
        url: with_query(&format!("{}{path}", server(when)), &pairs(when.get("query_param"))),
        request_headers: pairs(when.get("header")),
        status: then.get("status").and_then(Node::number).unwrap_or(200),
        response_headers: pairs(then.get("header")),
        ..Raw::default()
    };
    raw.request_body = body(when, &[], &mut raw)?;
    let answer_headers = raw.response_headers.clone();
    raw.response_body = body(then, &answer_headers, &mut raw)?;
    let is_other = |(name, value): &(String, Node)| !EXACT.contains(&name.as_str()) && !is_nothing(value);
    if when.fields().is_some_and(|fields| fields.iter().any(is_other)) {
        raw.losses.insert(Loss::Matcher);
    }
    Ok(raw)
}

fn is_nothing(value: &Node) -> bool {
    value.is_null() || value.items().is_some_and(<[Node]>::is_empty)
}

/// Scheme, host and port; nothing where the host is not among what had to match.
fn server(when: &Node) -> String {
    let Some(host) = when.get("host").and_then(Node::text) else { return String::new() };
    let scheme = when.get("scheme").and_then(Node::text).unwrap_or("https");
    let port = when.get("port").and_then(Node::text).map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{host}{port}")
}

fn body(side: &Node, headers: &[(String, Vec<u8>)], raw: &mut Raw) -> Result<Vec<u8>, Refusal> {
    if let Some(text) = side.get("body_base64").and_then(Node::text) {
        return base64(text).ok_or_else(|| Refusal::because("its `body_base64` is not base64"));
    }
    if let Some(tree) = side.get("json_body").filter(|tree| !tree.is_null()) {
        raw.losses.insert(Loss::Layout);
        return Ok(tree.json().compact().into_bytes());
    }
    if let Some(fields) = side.get("form_urlencoded_tuple").filter(|fields| !is_nothing(fields)) {
        return Ok(form(&pairs(Some(fields))).into_bytes());
    }
    let body = side.get("body").and_then(Node::bytes).unwrap_or_default();
    // rig's tests write what is not text as base64, and nothing says so but the kind of the body.
    let kind = headers::value(headers, "content-type");
    if kind.is_some()
        && !is_textual(kind)
        && let Some(bytes) = std::str::from_utf8(&body).ok().and_then(base64)
    {
        return Ok(bytes);
    }
    Ok(body)
}
