//! Amazon Bedrock: Converse, and the native bodies of models that speak no protocol of another family.

use crate::model::json::Json;
use crate::providers::conversation::content::{call, parts, reasoning, string};
use crate::providers::conversation::{Answer, Part, media};
use crate::providers::registry::openai::other_conversation;

/// The blocks of Converse: objects of one field, whose name says what they are.
pub(crate) fn block(value: &Json) -> Option<Vec<Part>> {
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
            Some(told) => return Some(reasoning(told)),
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
pub(crate) fn answers(whole: &Json) -> Option<Vec<Answer>> {
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
        let parts = other_conversation::vectors([Some(vector)].into_iter())?;
        return Some(vec![Answer { parts, finish_reason: None }]);
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
