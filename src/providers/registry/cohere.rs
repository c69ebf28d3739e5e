//! Cohere's own protocols, the first and the second.

mod charges;
mod conversation;
mod stream;

use crate::model::json::Json;
use crate::providers::protocol::{Progress, Protocol, RequestFacts, ResponseFacts};
use crate::providers::usage::{Usage, number};
use http::HeaderMap;

/// Chat in both versions, vectors and rankings. A path such as `/v1/chat` is anybody's, so the body has to fit it.
pub(super) static CHAT: Protocol = Protocol {
    name: "cohere",
    by_path,
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

/// On whichever host: clouds and gateways keep the path.
fn by_path(path: &str, _: &HeaderMap, body: Option<&Json>) -> Option<&'static str> {
    let has = |name: &str| body.is_some_and(|body| body.get(name).is_some());
    let asked = match path.rsplit('/').next()? {
        "chat" if path.ends_with("/v2/chat") => has("model") && has("messages"),
        "chat" if path.ends_with("/v1/chat") => has("message"),
        "embed" => {
            (path.ends_with("/v1/embed") || path.ends_with("/v2/embed"))
                && (has("texts") || has("inputs"))
                && has("model")
        }
        "classify" => path.ends_with("/v1/classify") && has("inputs") && has("examples"),
        _ => false,
    };
    asked.then_some("cohere")
}

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
