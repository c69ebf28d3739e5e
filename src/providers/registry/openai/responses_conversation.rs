//! OpenAI's responses, whose input and output are lists of items: messages, calls, results, thoughts.

use crate::model::json::Json;
use crate::providers::conversation::content::{call, parts, reasoning, string, text};
use crate::providers::conversation::{Answer, Message, Part, Role, media};
use crate::providers::registry::openai::chat_conversation;

/// The `input` of responses, and of embeddings, moderations and speech: text, a list of texts, or items.
pub(crate) fn input(value: &Json) -> Option<Vec<Message>> {
    let user = |parts| Message { role: Role::User, parts };
    let items = match value {
        Json::Array(items) => items,
        // One item alone, or the `input` of an agent of Bedrock: `{text: …}`.
        Json::Object(_) => std::slice::from_ref(value),
        other => return Some(vec![user(parts(other))]),
    };
    if items.iter().all(|item| matches!(item, Json::Number(_) | Json::Array(_))) {
        return Some(vec![user(vec![Part::Other(value.clone())])]);
    }
    let mut messages: Vec<Message> = Vec::new();
    for item in items {
        let next = message(item);
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

fn message(item: &Json) -> Message {
    if let Some(message) = chat_conversation::message(item) {
        return message;
    }
    let kind = item.get("type").and_then(Json::as_str).unwrap_or_default();
    let role = match kind {
        "user_input" => Role::User,
        _ if kind.ends_with("_output") && kind != "model_output" => Role::Tool,
        "function_result" => Role::Tool,
        _ if kind.ends_with("_call") || is_item_of_model(kind) => Role::Assistant,
        _ => Role::User,
    };
    Message { role, parts: parts(item) }
}

fn is_item_of_model(kind: &str) -> bool {
    ["reasoning", "thought", "model_output", "compaction", "mcp_list_tools"].contains(&kind)
}

/// The blocks and items of responses.
pub(crate) fn block(value: &Json) -> Option<Vec<Part>> {
    let kind = value.get("type")?.as_str()?;
    let field = |name: &str| value.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    let one = match kind {
        "input_text" | "output_text" => return Some(text(value.get("text")?.as_str()?)),
        "summary_text" | "reasoning_text" => return Some(reasoning(value.get("text")?)),
        "message" => return Some(chat_conversation::spoken(value)),
        "reasoning" => return Some(thoughts(value)),
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
        "mcp_call" => return mcp_call(value),
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
fn thoughts(item: &Json) -> Vec<Part> {
    let told: Vec<Part> =
        ["summary", "content"].iter().filter_map(|name| item.get(name)).flat_map(reasoning).collect();
    let sealed = item.get("encrypted_content").and_then(Json::as_str).filter(|_| told.is_empty());
    told.into_iter().chain(sealed.map(|data| media::sealed("encrypted reasoning", data))).collect()
}

/// A call that the provider made itself comes with its result.
fn mcp_call(item: &Json) -> Option<Vec<Part>> {
    let id = string(item.get("id"));
    let failed = item.get("error").filter(|error| !error.is_null());
    let output = failed.or_else(|| item.get("output")).map(parts).unwrap_or_default();
    let name = item.get("name")?;
    let result = Part::ToolResult { id, name: string(Some(name)), parts: output, is_error: failed.is_some() };
    Some(vec![call(item.get("id"), name, item.get("arguments"))?, result])
}

/// The `output` of a response.
pub(crate) fn answers(whole: &Json) -> Option<Vec<Answer>> {
    let output = whole.get("output")?.as_array()?;
    let status = whole.get("status");
    if output.is_empty() && status.is_none() {
        return None;
    }
    let reason = whole.at(&["incomplete_details", "reason"]).filter(|reason| !reason.is_null());
    let finish_reason = string(reason.or(status));
    Some(vec![Answer { parts: output.iter().flat_map(parts).collect(), finish_reason }])
}
