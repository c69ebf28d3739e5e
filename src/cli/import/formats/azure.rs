//! The test proxy of Azure's SDKs: JSON with `Entries`. JSON bodies stand there as trees, text as text or as a list of lines,
//! and everything else in base64.

use super::common::is_textual;
use crate::cli::import::exchange::{Exchanges, Loss, Raw, Refusal};
use crate::cli::import::headers::{self, Pairs, pairs};
use crate::cli::import::node::{Node, base64};
use crate::cli::import::source::Source;

pub(in crate::cli::import) const NAME: &str = "Azure test-proxy";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    let entries = entries(source);
    entries.is_some_and(|entries| {
        entries
            .first()
            .is_some_and(|first| first.get("RequestUri").is_some() && first.get("StatusCode").is_some())
    })
}

fn entries<'a>(source: &'a Source<'_>) -> Option<&'a [Node]> {
    source.single()?.get("Entries")?.items()
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    entries(source).unwrap_or_default().iter().map(entry).collect()
}

fn entry(node: &Node) -> Result<Raw, Refusal> {
    let mut raw = Raw {
        method: node.text_of("RequestMethod"),
        url: node.text_of("RequestUri"),
        request_headers: pairs(node.get("RequestHeaders")),
        status: node.get("StatusCode").and_then(Node::number).unwrap_or_default(),
        response_headers: pairs(node.get("ResponseHeaders")),
        ..Raw::default()
    };
    let (asked, answered) = (raw.request_headers.clone(), raw.response_headers.clone());
    raw.request_body = body(node.get("RequestBody"), &asked, &mut raw)?;
    raw.response_body = body(node.get("ResponseBody"), &answered, &mut raw)?;
    Ok(raw)
}

fn body(node: Option<&Node>, of: &Pairs, raw: &mut Raw) -> Result<Vec<u8>, Refusal> {
    let kind = headers::value(of, "content-type");
    let is_json =
        kind.is_some_and(|kind| String::from_utf8_lossy(kind).to_ascii_lowercase().contains("json"));
    match node {
        None | Some(Node::Null) => Ok(Vec::new()),
        Some(Node::Text(text)) if kind.is_some() && !is_textual(kind) => {
            base64(text).ok_or_else(|| Refusal::because("a body that is not text is not base64"))
        }
        Some(Node::Text(text)) if !is_json => Ok(text.as_bytes().to_vec()),
        // Text of several lines, each with its end.
        Some(Node::List(lines)) if !is_json && lines.iter().all(|line| line.text().is_some()) => {
            Ok(lines.iter().filter_map(Node::text).collect::<String>().into_bytes())
        }
        Some(tree) => {
            raw.losses.insert(Loss::Layout);
            Ok(tree.json().compact().into_bytes())
        }
    }
}
