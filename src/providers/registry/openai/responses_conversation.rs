//! OpenAI's responses, whose input and output are lists of items: messages, calls, results, thoughts.

use crate::model::json::Json;
use crate::providers::conversation::content::{Parts, call, kind, reasoning, string, text};
use crate::providers::conversation::{Answer, Message, Part, Role, media};
use crate::providers::protocol::{Readers, Turn};
use crate::providers::registry::openai::chat_conversation;

pub(super) const READS: Readers = Readers {
    said: &[
        (Turn::System, "instructions", chat_conversation::system),
        // Of a conversation that the provider keeps.
        (Turn::Messages, "items", input),
        (Turn::Messages, "input", input),
    ],
    answers,
    block,
    beside,
    summary,
    usual_ends: &["completed"],
    ..Readers::BLANK
};

/// The `input` of responses, and of embeddings, moderations and speech: text, a list of texts, or items.
/// Fields of what Alibaba Cloud and Replicate call `input`, which is a conversation, texts or settings of a model.
const OF_OTHERS: [&str; 6] = ["messages", "prompt", "query", "texts", "contents", "documents"];

fn input(value: &Json, parts: Parts) -> Option<Vec<Message>> {
    let user = |parts| Message { role: Role::User, parts };
    let items = match value {
        Json::Array(items) => items,
        // What others put into an object of this name is theirs to read.
        Json::Object(fields) if fields.iter().any(|(name, _)| OF_OTHERS.contains(&name.as_str())) => {
            return None;
        }
        // One item alone, or the `input` of an agent of Bedrock: `{text: …}`.
        Json::Object(_) => std::slice::from_ref(value),
        other => return Some(vec![user(parts(other))]),
    };
    if items.iter().all(|item| matches!(item, Json::Number(_) | Json::Array(_))) {
        return Some(vec![user(vec![Part::Other(value.clone())])]);
    }
    let mut messages: Vec<Message> = Vec::new();
    for item in items {
        let next = message(item, parts);
        // Items of one turn of the model, such as its thoughts and its calls, are one message elsewhere. So are the
        // texts and images of a bare list.
        let bare = next.role == Role::User && item.get("role").is_none();
        match messages.last_mut() {
            Some(last) if last.role == next.role && (bare || next.role == Role::Assistant) => {
                last.parts.extend(next.parts);
            }
            _ => messages.push(next),
        }
    }
    Some(messages)
}

fn message(item: &Json, parts: Parts) -> Message {
    if let Some(message) = chat_conversation::message(item, parts) {
        return message;
    }
    let kind = item.get("type").and_then(Json::as_str).unwrap_or_default();
    let role = match kind {
        _ if kind.ends_with("_output") => Role::Tool,
        _ if kind.ends_with("_call") || is_item_of_model(kind) => Role::Assistant,
        _ => Role::User,
    };
    Message { role, parts: parts(item) }
}

fn is_item_of_model(kind: &str) -> bool {
    ["reasoning", "compaction", "mcp_list_tools"].contains(&kind)
}

/// The blocks and items of responses.
fn block(value: &Json, parts: Parts) -> Option<Vec<Part>> {
    let kind = value.get("type")?.as_str()?;
    let field = |name: &str| value.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    let one = match kind {
        "input_text" | "output_text" => return Some(text(value.get("text")?.as_str()?)),
        "summary_text" | "reasoning_text" => return Some(reasoning(value.get("text")?, parts)),
        "message" => return Some(chat_conversation::spoken(value, parts)),
        "reasoning" => return Some(thoughts(value, parts)),
        "input_image" => media::elsewhere("image", field("image_url").or_else(|| field("file_id"))?),
        "input_file" => {
            match (field("file_data"), ["file_url", "file_id"].iter().find_map(|name| field(name))) {
                (Some(data), _) => media::inline(field("filename").unwrap_or("file"), data),
                (None, source) => media::elsewhere("file", source?),
            }
        }
        "function_call" | "custom_tool_call" => {
            let given = value.get("arguments").or_else(|| value.get("input"));
            call(value.get("call_id").or_else(|| value.get("id")), value.get("name")?, given)?
        }
        "mcp_call" => return mcp_call(value, parts),
        "image_generation_call" => media::inline("image", field("result")?),
        "web_search_call" => call(value.get("id"), &Json::from("web_search"), value.get("action"))?,
        "code_interpreter_call" => {
            let code = vec![("code".to_owned(), value.get("code")?.clone())];
            call(value.get("id"), &Json::from("code_interpreter"), Some(&Json::Object(code)))?
        }
        _ if kind.ends_with("_call_output") => Part::ToolResult {
            id: field("call_id").map(str::to_owned),
            name: None,
            parts: value.get("output").map(parts).unwrap_or_default(),
            is_error: false,
        },
        _ => return None,
    };
    Some(vec![one])
}

/// What may be read of the thoughts; where that is nothing, that there were some.
fn thoughts(item: &Json, parts: Parts) -> Vec<Part> {
    let told: Vec<Part> = ["summary", "content"]
        .iter()
        .filter_map(|name| item.get(name))
        .flat_map(|one| reasoning(one, parts))
        .collect();
    let sealed = item.get("encrypted_content").and_then(Json::as_str).filter(|_| told.is_empty());
    told.into_iter().chain(sealed.map(|data| media::sealed("encrypted reasoning", data))).collect()
}

/// A call that the provider made itself comes with its result.
fn mcp_call(item: &Json, parts: Parts) -> Option<Vec<Part>> {
    let id = string(item.get("id"));
    let failed = item.get("error").filter(|error| !error.is_null());
    let output = failed.or_else(|| item.get("output")).map(parts).unwrap_or_default();
    let name = item.get("name")?;
    let result = Part::ToolResult { id, name: string(Some(name)), parts: output, is_error: failed.is_some() };
    Some(vec![call(item.get("id"), name, item.get("arguments"))?, result])
}

/// The `output` of a response.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let output = whole.get("output")?.as_array()?;
    let status = whole.get("status");
    if output.is_empty() && status.is_none() {
        return None;
    }
    let reason = whole.at(&["incomplete_details", "reason"]).filter(|reason| !reason.is_null());
    let finish_reason = string(reason.or(status));
    Some(vec![Answer { parts: output.iter().flat_map(parts).collect(), finish_reason }])
}

/// An item that arrives at once: the others are put together from their pieces.
fn beside(event: &Json, parts: Parts) -> Vec<(usize, Part)> {
    const PIECEWISE: [&str; 4] = ["message", "reasoning", "function_call", "custom_tool_call"];
    let item = event
        .get("item")
        .filter(|item| kind(event) == "response.output_item.done" && !PIECEWISE.contains(&kind(item)));
    item.map(parts).unwrap_or_default().into_iter().map(|part| (0, part)).collect()
}

fn summary(event: &Json, parts: Parts) -> Option<Vec<Answer>> {
    match kind(event) {
        "response.completed" | "response.incomplete" | "response.failed" | "response.done" => {
            answers(event.get("response")?, parts)
        }
        _ => None,
    }
}
