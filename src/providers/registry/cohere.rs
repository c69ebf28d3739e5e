//! Cohere's own protocols, the first and the second.

mod charges;
mod conversation;
mod stream;

use crate::model::json::Json;
use crate::providers::protocol::{Progress, Protocol, RequestFacts, ResponseFacts};
use crate::providers::usage::{Usage, number};

/// Chat in both versions. It has no path of its own: `/v1/chat` is anybody's.
pub(super) static CHAT: Protocol = Protocol {
    name: "cohere",
    request: RequestFacts {
        tool_wrappers: &["function"],
        system: &["preamble"],
        lists: &[("messages", "message")],
        prompts: &["chat_history", "documents", "message", "query", "texts"],
        texts: &["content", "message", "text"],
        ids: &["tool_call_id"],
        id_holders: &["tool_calls"],
        users: &["arguments", "parameters", "tools"],
        schemas: &["tools", "response_format"],
        tool_roles: &["tool"],
        result_holders: &["tool_results"],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        counts: &[&["usage"], &["delta", "usage"], &["meta"], &["response", "meta"]],
        usage,
        counted: charges::counted,
        progress,
        last: "`message-end`",
        claims: stream::claim,
        ids: &["message_id", "log_id", "generation_id"],
        exact: &["arguments", "parameters", "text"],
        pieces: &["arguments", "content", "text"],
        beside: &["finish_reason", "role"],
        headers: &["x-debug-trace-id"],
        ..ResponseFacts::BLANK
    },
    readers: conversation::READS,
    ..Protocol::BLANK
};

/// `tokens` are those that passed through the model, `billed_units` those that are paid for.
fn usage(raw: &Json) -> Option<Usage> {
    let counted = raw.get("tokens").or_else(|| raw.get("billed_units"))?;
    let input = number(counted, &["input_tokens"]);
    let output = number(counted, &["output_tokens"]);
    input.or(output)?;
    Some(Usage {
        input_tokens: input,
        output_tokens: output,
        cache_read_input_tokens: number(raw, &["cached_tokens"]),
        ..Usage::default()
    })
}

fn progress(_name: Option<&str>, json: &Json) -> Option<Progress> {
    let field = |field: &str| json.get(field).and_then(Json::as_str).unwrap_or_default();
    match (field("type"), field("event_type")) {
        ("message-end", _) | (_, "stream-end") => Some(Progress::Ended),
        (
            "message-start" | "content-start" | "content-delta" | "content-end" | "tool-plan-delta"
            | "tool-call-start" | "tool-call-delta" | "tool-call-end" | "citation-start" | "citation-end",
            _,
        )
        | (
            _,
            "stream-start"
            | "text-generation"
            | "search-queries-generation"
            | "search-results"
            | "tool-calls-chunk"
            | "tool-calls-generation"
            | "citation-generation",
        ) => Some(Progress::Going),
        _ => None,
    }
}
