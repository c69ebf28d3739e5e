//! Anthropic's messages, and the older completions.

mod charges;
mod conversation;
mod stream;

use crate::model::json::Json;
use crate::providers::protocol::{Progress, Protocol, RequestFacts, ResponseFacts, says_something};
use crate::providers::usage::{Usage, number, sum};
use http::HeaderMap;

/// Messages, and the older completions.
pub(super) static MESSAGES: Protocol = Protocol {
    name: "anthropic",
    by_path,
    by_body,
    request: RequestFacts {
        tools: &[&["tools"]],
        system: &["system"],
        lists: &[("messages", "message")],
        prompts: &["prompt"],
        texts: &["content", "text"],
        ids: &["tool_use_id"],
        id_types: &["tool_use", "server_tool_use", "mcp_tool_use", "message"],
        users: &["input", "input_schema", "properties", "metadata", "tools"],
        schemas: &["tools", "output_format", "output_config"],
        result_types: &["tool_result", "mcp_tool_result"],
        before_tools: &[&["output_format"], &["output_config", "format"]],
        before_messages: &[&["tool_choice"], &["thinking"]],
        cache_marks: &["cache_control"],
        free_paths: &["/count_tokens"],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["model"], &["message", "model"]],
        counts: &[&["usage"], &["message", "usage"]],
        usage,
        charged: charges::charged,
        counted: charges::counted,
        progress,
        reason_at: &[&["delta", "stop_reason"], &["message", "stop_reason"], &["stop_reason"]],
        last: "`message_stop`",
        claims: stream::claim,
        ids: &["request_id"],
        exact: &["input", "partial_json", "text"],
        pieces: &["completion", "input", "partial_json", "text", "thinking"],
        cumulative: &["usage"],
        beside: &["role", "usage"],
        headers: &["request-id", "x-should-retry"],
        ..ResponseFacts::BLANK
    },
    readers: conversation::READS,
    ..Protocol::BLANK
};

fn by_path(path: &str, headers: &HeaderMap, body: Option<&Json>) -> Option<&'static str> {
    let messages = body.is_some_and(|body| body.get("messages").is_some())
        && ["/v1/messages", "/v1/messages/count_tokens"].iter().any(|end| path.ends_with(end));
    (messages || headers.contains_key("anthropic-version")).then_some("anthropic")
}

fn by_body(body: &Json) -> Option<&'static str> {
    body.get("anthropic_version").map(|_| "anthropic")
}

/// Anthropic counts cached tokens beside `input_tokens`, and names at least one of the two even when it is zero.
fn usage(raw: &Json) -> Option<Usage> {
    let read = number(raw, &["cache_read_input_tokens"]);
    let created = number(raw, &["cache_creation_input_tokens"]);
    read.or(created)?;
    let input = number(raw, &["input_tokens"]);
    Some(Usage {
        input_tokens: input.map(|input| sum(input, sum(read.unwrap_or(0), created.unwrap_or(0)))),
        output_tokens: number(raw, &["output_tokens"]),
        cache_read_input_tokens: read,
        cache_creation_input_tokens: created,
        cache_creation_5m_input_tokens: number(raw, &["cache_creation", "ephemeral_5m_input_tokens"]),
        cache_creation_1h_input_tokens: number(raw, &["cache_creation", "ephemeral_1h_input_tokens"]),
        reasoning_output_tokens: number(raw, &["output_tokens_details", "thinking_tokens"]),
        ..Usage::default()
    })
}

fn progress(_name: Option<&str>, json: &Json) -> Option<Progress> {
    match json.get("type").and_then(Json::as_str)? {
        "message_stop" => Some(Progress::Ended),
        "completion" if json.get("stop_reason").is_some_and(says_something) => Some(Progress::Ended),
        "message_start"
        | "content_block_start"
        | "content_block_delta"
        | "content_block_stop"
        | "message_delta"
        | "completion" => Some(Progress::Going),
        _ => None,
    }
}
