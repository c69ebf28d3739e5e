//! Ollama's own protocol.

use crate::model::json::Json;
use crate::providers::conversation::Answer;
use crate::providers::conversation::content::{parts, reasoning, string};
use crate::providers::registry::openai::chat_conversation;

/// An answer of `/api/chat` or `/api/generate`.
pub(crate) fn answers(whole: &Json) -> Option<Vec<Answer>> {
    whole.get("done")?;
    let said = match (whole.get("message"), whole.get("response")) {
        (Some(message), _) => chat_conversation::spoken(message),
        (None, response) => {
            let thought = whole.get("thinking").map(reasoning).unwrap_or_default();
            thought.into_iter().chain(parts(response?)).collect()
        }
    };
    Some(vec![Answer { parts: said, finish_reason: string(whole.get("done_reason")) }])
}
