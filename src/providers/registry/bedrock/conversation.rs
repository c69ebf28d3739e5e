//! Amazon Bedrock: Converse, and the native bodies of models that speak no protocol of another family.

use crate::model::json::Json;
use std::str;

use crate::providers::conversation::content::{Parts, call, reasoning, string, text};
use crate::providers::conversation::{Answer, Part, media};
use crate::providers::protocol::{Readers, Turn};
use crate::providers::registry::openai::chat_conversation;
use crate::providers::registry::openai::other_conversation;

pub(super) const READS: Readers = Readers {
    said: &[
        (Turn::System, "system", chat_conversation::system),
        (Turn::Messages, "messages", chat_conversation::messages),
        (Turn::Now, "prompt", chat_conversation::user),
        (Turn::Now, "inputText", chat_conversation::user),
    ],
    answers,
    block,
    beside,
    reasons: &[&["stopReason"], &["completionReason"], &["outputs", "0", "stop_reason"]],
    usual_ends: &["end_turn", "tool_use", "FINISH", "FINISHED"],
    ..Readers::BLANK
};

/// The blocks of Converse: objects of one field, whose name says what they are.
fn block(value: &Json, parts: Parts) -> Option<Vec<Part>> {
    let [(kind, inner)] = value.as_object()? else { return None };
    Some(vec![match kind.as_str() {
        "image" | "document" | "video" | "audio" => attached(kind, inner)?,
        "toolUse" => call(inner.get("toolUseId"), inner.get("name")?, inner.get("input"))?,
        "toolResult" => Part::ToolResult {
            id: string(inner.get("toolUseId")),
            name: None,
            parts: inner.get("content").map(parts).unwrap_or_default(),
            is_error: inner.get("status").and_then(Json::as_str) == Some("error"),
        },
        "json" => Part::Other(inner.clone()),
        "reasoningContent" => match inner.at(&["reasoningText", "text"]) {
            Some(told) => return Some(reasoning(told, parts)),
            None => media::sealed("redacted thinking", inner.get("redactedContent")?.as_str()?),
        },
        "guardContent" => return inner.get("text").map(parts),
        // Guarded text has the text within, and its marks beside it.
        "text" => return inner.get("text").map(parts),
        // Says how far to cache, and nothing in words.
        "cachePoint" => return Some(Vec::new()),
        "citationsContent" => return inner.get("content").map(parts),
        _ => return None,
    }])
}

fn attached(kind: &str, inner: &Json) -> Option<Part> {
    let format = inner.get("format").and_then(Json::as_str);
    let kind = format.map_or_else(|| kind.to_owned(), |format| format!("{kind}/{format}"));
    let source = inner.get("source")?;
    match source.get("bytes").and_then(Json::as_str) {
        Some(data) => Some(match inner.get("name").and_then(Json::as_str) {
            Some(name) => media::attached(&kind, Some(name), &media::decode(data)?),
            None => media::inline(&kind, data),
        }),
        None => Some(media::elsewhere(&kind, source.at(&["s3Location", "uri"])?.as_str()?)),
    }
}

/// Converse, Titan, Llama, Mistral, AI21 and the knowledge bases.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let one = |said: &Json, reason: Option<&Json>| {
        Some(vec![Answer { parts: parts(said), finish_reason: string(reason) }])
    };
    if let Some(said) = whole.at(&["output", "message", "content"]) {
        return one(said, whole.get("stopReason"));
    }
    if let Some(said) = whole.get("generation").filter(|said| said.as_str().is_some()) {
        return one(said, whole.get("stop_reason"));
    }
    if let Some(said) = whole.at(&["output", "text"]).filter(|said| said.as_str().is_some()) {
        return one(said, None);
    }
    if let Some(vector) = whole.get("embedding").filter(|vector| vector.as_array().is_some()) {
        return Some(vec![Answer::plain(other_conversation::vectors([Some(vector)].into_iter())?)]);
    }
    let each = |list: &str, said: &[&str], reason: &[&str]| {
        let items = whole.get(list)?.as_array().filter(|items| !items.is_empty())?;
        let answer = |item: &Json| {
            Some(Answer { parts: parts(item.at(said)?), finish_reason: string(item.at(reason)) })
        };
        items.iter().map(answer).collect::<Option<Vec<_>>>()
    };
    each("results", &["outputText"], &["completionReason"])
        .or_else(|| each("outputs", &["text"], &["stop_reason"]))
        .or_else(|| each("completions", &["data", "text"], &["finishReason", "reason"]))
}

/// Agents send their answer as bytes, which are text.
fn beside(event: &Json, _: Parts) -> Vec<(usize, Part)> {
    let bytes = event.get("bytes").and_then(Json::as_str).and_then(media::decode);
    let said = bytes.as_deref().and_then(|bytes| str::from_utf8(bytes).ok()).map(text);
    said.unwrap_or_default().into_iter().map(|part| (0, part)).collect()
}
