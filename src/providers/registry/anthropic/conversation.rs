//! Anthropic's messages, and its older completions.

use crate::model::json::Json;
use crate::providers::conversation::content::{Parts, call, kind, reasoning, string};
use crate::providers::conversation::{Answer, Part, Role, media};
use crate::providers::protocol::{Readers, Turn};
use crate::providers::registry::openai::chat_conversation;

pub(super) const READS: Readers = Readers {
    said: &[
        (Turn::System, "system", chat_conversation::system),
        (Turn::Messages, "messages", chat_conversation::messages),
        (Turn::Now, "prompt", chat_conversation::user),
    ],
    answers,
    block,
    beside,
    reasons: &[&["delta", "stop_reason"], &["stop_reason"]],
    usual_ends: &["end_turn", "tool_use", "stop_sequence"],
    ..Readers::BLANK
};

/// The blocks of messages.
fn block(value: &Json, parts: Parts) -> Option<Vec<Part>> {
    let kind = value.get("type")?.as_str()?;
    Some(vec![match kind {
        "tool_use" | "server_tool_use" | "mcp_tool_use" => {
            call(value.get("id"), value.get("name")?, value.get("input"))?
        }
        "thinking" => return Some(reasoning(value.get("thinking")?, parts)),
        "redacted_thinking" => media::sealed("redacted thinking", value.get("data")?.as_str()?),
        "image" | "document" if value.get("source").is_some() => source(kind, value)?,
        "container_upload" => media::elsewhere("file", value.get("file_id")?.as_str()?),
        _ if kind.ends_with("tool_result") => Part::ToolResult {
            id: string(value.get("tool_use_id")),
            name: None,
            parts: value.get("content").map(parts).unwrap_or_default(),
            is_error: value.get("is_error") == Some(&Json::Bool(true)),
        },
        _ => return None,
    }])
}

/// An image or a document by where it comes from.
fn source(kind: &str, block: &Json) -> Option<Part> {
    let source = block.get("source")?;
    let field = |name: &str| source.get(name).and_then(Json::as_str);
    let title = block.get("title").and_then(Json::as_str);
    let kind = field("media_type").unwrap_or(kind);
    match field("type")? {
        "base64" => Some(media::inline(kind, field("data")?)),
        "text" => Some(media::attached(kind, title, field("data")?.as_bytes())),
        _ => Some(media::elsewhere(kind, field("url").or_else(|| field("file_id"))?)),
    }
}

/// A message of the assistant, or a completion.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let by_assistant = whole.get("role").and_then(Json::as_str).map(Role::named) == Some(Role::Assistant);
    let said = whole.get("content").filter(|_| by_assistant).or_else(|| whole.get("completion"))?;
    Some(vec![Answer { parts: parts(said), finish_reason: string(whole.get("stop_reason")) }])
}

/// A block that arrives at once: the others are put together from their pieces.
fn beside(event: &Json, parts: Parts) -> Vec<(usize, Part)> {
    const PIECEWISE: [&str; 5] = ["text", "thinking", "tool_use", "server_tool_use", "mcp_tool_use"];
    let block = event
        .get("content_block")
        .filter(|block| kind(event) == "content_block_start" && !PIECEWISE.contains(&kind(block)));
    block.map(parts).unwrap_or_default().into_iter().map(|part| (0, part)).collect()
}
