//! Cohere's own protocols, the first and the second.

#[cfg(feature = "cli")]
pub(crate) mod conversation;
pub(crate) mod stream;

use crate::model::json::Json;
use crate::providers::family::Family;
use crate::providers::usage::{Usage, number};

pub(crate) const FAMILY: Family = Family { by_path: |_, _, _| None, by_body: |_| None, usage, ends };

/// `tokens` are those that passed through the model, `billed_units` those that are paid for.
fn usage(raw: &Json) -> Option<Usage> {
    let counted = raw.get("tokens").or_else(|| raw.get("billed_units"))?;
    let input = number(counted, &["input_tokens"]);
    let output = number(counted, &["output_tokens"]);
    input.or(output)?;
    Some(Usage {
        input_tokens: input,
        output_tokens: output,
        cache_read_input_tokens: number(raw, &["cached_tokens"]),
        ..Usage::default()
    })
}

fn ends(_name: Option<&str>, json: &Json) -> Option<bool> {
    let told = |field: &str, end: &str| json.get(field).and_then(Json::as_str) == Some(end);
    (told("type", "message-end") || told("event_type", "stream-end")).then_some(true)
}
