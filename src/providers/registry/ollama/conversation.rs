//! Ollama's own protocol.

use crate::model::json::Json;
use crate::providers::conversation::content::{Parts, reasoning, string};
use crate::providers::conversation::{Answer, Part};
use crate::providers::protocol::{Readers, Turn};
use crate::providers::registry::openai::chat_conversation;

pub(super) const READS: Readers = Readers {
    said: &[
        (Turn::System, "system", chat_conversation::system),
        (Turn::Messages, "messages", chat_conversation::messages),
        (Turn::Now, "prompt", chat_conversation::user),
    ],
    answers,
    beside,
    reasons: &[&["done_reason"]],
    usual_ends: &["stop"],
    ..Readers::BLANK
};

/// An answer of `/api/chat` or `/api/generate`.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    whole.get("done")?;
    let said = match (whole.get("message"), whole.get("response")) {
        (Some(message), _) => chat_conversation::spoken(message, parts),
        (None, response) => {
            let thought = whole.get("thinking").map(|told| reasoning(told, parts)).unwrap_or_default();
            thought.into_iter().chain(parts(response?)).collect()
        }
    };
    Some(vec![Answer { parts: said, finish_reason: string(whole.get("done_reason")) }])
}

/// Calls of tools come in one piece.
fn beside(event: &Json, _: Parts) -> Vec<(usize, Part)> {
    let message = event.get("message").filter(|_| event.get("done").is_some());
    let calls = message.and_then(|message| message.get("tool_calls")?.as_array()).unwrap_or_default();
    calls.iter().filter_map(chat_conversation::tool_call).map(|call| (0, call)).collect()
}
