//! Ollama's own protocol.

use super::content::{parts, reasoning, string};
use super::{Answer, openai_chat};
use crate::json::Json;

/// An answer of `/api/chat` or `/api/generate`.
pub(super) fn answers(whole: &Json) -> Option<Vec<Answer>> {
    whole.get("done")?;
    let said = match (whole.get("message"), whole.get("response")) {
        (Some(message), _) => openai_chat::spoken(message),
        (None, response) => {
            let thought = whole.get("thinking").map(reasoning).unwrap_or_default();
            thought.into_iter().chain(parts(response?)).collect()
        }
    };
    Some(vec![Answer { parts: said, finish_reason: string(whole.get("done_reason")) }])
}
