//! Ollama's own protocol.

use super::usage::{Usage, number};
use crate::json::Json;

pub(super) fn path(path: &str) -> bool {
    ["/api/chat", "/api/generate", "/api/embed", "/api/embeddings", "/api/show"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// The counts stand among the other fields of the answer.
pub(super) fn usage(raw: &Json) -> Option<Usage> {
    let input = number(raw, &["prompt_eval_count"]);
    let output = number(raw, &["eval_count"]);
    input.or(output)?;
    Some(Usage { input_tokens: input, output_tokens: output, ..Usage::default() })
}

pub(super) fn ends(_name: Option<&str>, json: &Json) -> Option<bool> {
    json.get("model")?;
    (json.get("done")? == &Json::Bool(true)).then_some(true)
}
