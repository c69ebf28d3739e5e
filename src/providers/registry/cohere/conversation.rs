//! Cohere: chat in both versions, generations, embeddings and ranking.

use crate::model::json::Json;
use crate::providers::conversation::content::{Parts, string};
use crate::providers::conversation::{Answer, Message, Part, Role};
use crate::providers::protocol::{Readers, Turn};
use crate::providers::registry::openai::{chat_conversation, other_conversation};

pub(super) const READS: Readers = Readers {
    said: &[
        (Turn::System, "preamble", chat_conversation::system),
        (Turn::Before, "chat_history", chat_conversation::messages),
        (Turn::Messages, "messages", chat_conversation::messages),
        (Turn::Now, "message", message),
        (Turn::Now, "query", chat_conversation::user),
        (Turn::Now, "texts", chat_conversation::user),
    ],
    answers,
    reasons: &[&["delta", "finish_reason"], &["finish_reason"]],
    usual_ends: &["COMPLETE", "TOOL_CALL"],
    ..Readers::BLANK
};

/// `message` of the first version, beside the history: what the user says now.
fn message(value: &Json, parts: Parts) -> Option<Vec<Message>> {
    value.as_str()?;
    Some(vec![Message { role: Role::User, parts: parts(value) }])
}

/// The answers of both versions.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let answer = |parts, item: &Json| Answer { parts, finish_reason: string(item.get("finish_reason")) };
    if let Some(message) = whole.get("message").filter(|said| said.get("role").is_some()) {
        return whole
            .get("done")
            .is_none()
            .then(|| vec![answer(chat_conversation::spoken(message, parts), whole)]);
    }
    if whole.get("text").and_then(Json::as_str).is_some() && whole.get("generation_id").is_some() {
        let calls = whole.get("tool_calls").and_then(Json::as_array).unwrap_or_default();
        let calls = calls
            .iter()
            .map(|one| chat_conversation::tool_call(one).unwrap_or_else(|| Part::Other(one.clone())));
        return Some(vec![answer(whole.get("text").map(parts)?.into_iter().chain(calls).collect(), whole)]);
    }
    if let Some(list) = whole.get("generations").and_then(Json::as_array) {
        return list.iter().map(|one| Some(answer(parts(one.get("text")?), one))).collect();
    }
    let said = match (whole.get("embeddings"), whole.get("results").and_then(Json::as_array)) {
        (Some(Json::Array(list)), _) => other_conversation::vectors(list.iter().map(Some)),
        // The same vectors by how their numbers are written.
        (Some(Json::Object(kinds)), _) => {
            other_conversation::vectors(kinds.first()?.1.as_array()?.iter().map(Some))
        }
        (_, results) => ranking(results?),
    }?;
    Some(vec![Answer::plain(said)])
}

/// The documents in their new order, by the numbers they have in the request.
fn ranking(results: &[Json]) -> Option<Vec<Part>> {
    let line = |one: &Json| match (one.get("index")?, one.get("relevance_score")?) {
        (Json::Number(index), Json::Number(score)) => Some(format!("document {index}: {score}")),
        _ => None,
    };
    let lines = results.iter().map(line).collect::<Option<Vec<_>>>()?;
    Some(vec![Part::Text(lines.join("\n"))])
}
