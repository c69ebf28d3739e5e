//! Anthropic's messages, and its older completions.

use crate::model::json::Json;
use crate::providers::conversation::content::{call, parts, reasoning, string};
use crate::providers::conversation::{Answer, Part, Role, media};

/// The blocks of messages.
pub(crate) fn block(value: &Json) -> Option<Vec<Part>> {
    let kind = value.get("type")?.as_str()?;
    Some(vec![match kind {
        "tool_use" | "server_tool_use" | "mcp_tool_use" => {
            call(value.get("id"), value.get("name")?, value.get("input"))?
        }
        "thinking" => return Some(reasoning(value.get("thinking")?)),
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
pub(crate) fn answers(whole: &Json) -> Option<Vec<Answer>> {
    let by_assistant = whole.get("role").and_then(Json::as_str).map(Role::named) == Some(Role::Assistant);
    let said = whole.get("content").filter(|_| by_assistant).or_else(|| whole.get("completion"))?;
    Some(vec![Answer { parts: parts(said), finish_reason: string(whole.get("stop_reason")) }])
}
