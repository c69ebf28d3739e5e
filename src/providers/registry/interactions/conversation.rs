//! Steps as people read them: what the user put in, what the model thought, said and called, and what came of the calls.

use crate::model::json::Json;
use crate::providers::conversation::content::{Parts, call, kind, reasoning, string};
use crate::providers::conversation::{Answer, Message, Part, Role, media};
use crate::providers::protocol::{Readers, Turn};
use crate::providers::registry::openai::chat_conversation;

pub(super) const READS: Readers = Readers {
    said: &[
        (Turn::System, "system_instruction", chat_conversation::system),
        (Turn::Messages, "input", input),
    ],
    answers,
    block,
    beside,
    summary,
    reasons: &[&["interaction", "status"]],
    // After the last, the program has to call a tool.
    usual_ends: &["completed", "requires_action"],
    ..Readers::BLANK
};

/// What the provider calls and answers itself.
const CALLS: [&str; 6] = [
    "code_execution_call",
    "file_search_call",
    "google_maps_call",
    "google_search_call",
    "mcp_server_tool_call",
    "url_context_call",
];

/// A list of steps. Texts, images and turns are written as others write them.
fn input(value: &Json, parts: Parts) -> Option<Vec<Message>> {
    let steps = value.as_array()?;
    if !steps.iter().any(is_step) {
        return None;
    }
    let mut messages: Vec<Message> = Vec::new();
    for step in steps {
        let next = chat_conversation::message(step, parts)
            .unwrap_or_else(|| Message { role: role(step), parts: parts(step) });
        // What the model did in one turn is one message elsewhere.
        match messages.last_mut() {
            Some(last) if last.role == Role::Assistant && next.role == Role::Assistant => {
                last.parts.extend(next.parts);
            }
            _ => messages.push(next),
        }
    }
    Some(messages)
}

fn is_step(step: &Json) -> bool {
    matches!(kind(step), "user_input" | "model_output" | "thought") || is_result(step) || is_call(step)
}

fn role(step: &Json) -> Role {
    match kind(step) {
        "model_output" | "thought" | "function_call" => Role::Assistant,
        _ if is_call(step) => Role::Assistant,
        _ if is_result(step) => Role::Tool,
        _ => Role::User,
    }
}

fn is_call(step: &Json) -> bool {
    CALLS.contains(&kind(step)) && step.get("arguments").is_some_and(|given| given.as_object().is_some())
}

fn is_result(step: &Json) -> bool {
    kind(step).ends_with("_result") && step.get("result").is_some()
}

/// The steps, and the contents that are no text. Texts are written as in chat completions, calls as in responses.
fn block(value: &Json, parts: Parts) -> Option<Vec<Part>> {
    let field = |name: &str| value.get(name).and_then(Json::as_str);
    Some(match kind(value) {
        "user_input" | "model_output" => parts(value.get("content")?),
        "thought" => match value.get("summary") {
            Some(summary) => reasoning(summary, parts),
            None => field("signature")
                .map(|data| media::sealed("encrypted reasoning", data))
                .into_iter()
                .collect(),
        },
        kind @ ("image" | "audio" | "video" | "document") if value.get("source").is_none() => {
            let kind = field("mime_type").unwrap_or(kind);
            vec![match field("data") {
                Some(data) => media::inline(kind, data),
                None => media::elsewhere(kind, field("uri")?),
            }]
        }
        kind if is_call(value) => {
            let own = Json::from(kind.trim_end_matches("_call"));
            vec![call(value.get("id"), value.get("name").unwrap_or(&own), value.get("arguments"))?]
        }
        kind if is_result(value) => vec![Part::ToolResult {
            id: string(value.get("call_id")),
            name: string(value.get("name"))
                .or_else(|| (kind != "function_result").then(|| kind.trim_end_matches("_result").to_owned())),
            parts: value.get("result").map(parts).unwrap_or_default(),
            is_error: value.get("is_error") == Some(&Json::Bool(true)),
        }],
        _ => return None,
    })
}

fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let steps = ["steps", "outputs"].iter().find_map(|name| whole.get(name)?.as_array())?;
    let status = whole.get("status")?;
    Some(vec![Answer { parts: steps.iter().flat_map(parts).collect(), finish_reason: string(Some(status)) }])
}

/// What does not come in pieces: images, and what the provider called itself.
fn beside(event: &Json, parts: Parts) -> Vec<(usize, Part)> {
    let whole = match kind(event) {
        "step.start" => event.get("step"),
        "content.start" => event.get("content"),
        "step.delta" | "content.delta" => event.get("delta"),
        _ => None,
    };
    let is_whole = |value: &&Json| {
        let called = value.get("arguments").and_then(Json::as_object).is_some_and(|given| !given.is_empty());
        let is_media = value.get("data").or_else(|| value.get("uri")).is_some();
        is_result(value) || is_media || (is_call(value) && called)
    };
    whole.filter(is_whole).map(parts).unwrap_or_default().into_iter().map(|part| (0, part)).collect()
}

fn summary(event: &Json, parts: Parts) -> Option<Vec<Answer>> {
    match kind(event) {
        "interaction.completed" | "interaction.complete" => answers(event.get("interaction")?, parts),
        _ => None,
    }
}
