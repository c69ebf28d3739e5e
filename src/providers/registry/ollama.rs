//! Ollama's own protocol.

mod conversation;
mod stream;

use crate::model::json::Json;
use crate::providers::protocol::{Progress, Protocol, RequestFacts, ResponseFacts};
use crate::providers::usage::{Usage, number};
use http::HeaderMap;

/// Chat, completions and embeddings.
pub(super) static CHAT: Protocol = Protocol {
    name: "ollama",
    by_path,
    request: RequestFacts {
        settings: &["options"],
        tools: &[&["tools"]],
        tool_wrappers: &["function"],
        system: &["system"],
        lists: &[("messages", "message")],
        prompts: &["prompt"],
        texts: &["content", "text"],
        id_holders: &["tool_calls"],
        users: &["arguments", "parameters", "tools"],
        free_paths: &["/api/show", "/api/pull"],
        schemas: &["tools", "format"],
        tool_roles: &["tool"],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["model"]],
        loose_counts: &["prompt_eval_count", "eval_count"],
        usage,
        progress,
        last: "`done: true`",
        claims: stream::claim,
        times: &["created_at"],
        durations: &["total_duration", "load_duration", "prompt_eval_duration", "eval_duration"],
        exact: &["arguments"],
        pieces: &["content", "response", "thinking"],
        beside: &["role"],
        ..ResponseFacts::BLANK
    },
    readers: conversation::READS,
    ..Protocol::BLANK
};

/// Web applications have an `/api/chat` of their own; they seldom name a model at the top of the body.
fn by_path(path: &str, _: &HeaderMap, body: Option<&Json>) -> Option<&'static str> {
    const ENDS: [&str; 5] = ["/api/chat", "/api/generate", "/api/embed", "/api/embeddings", "/api/show"];
    let known = ENDS.iter().any(|end| path.ends_with(end));
    (known && body?.get("model").is_some()).then_some("ollama")
}

/// The counts stand among the other fields of the answer.
fn usage(raw: &Json) -> Option<Usage> {
    let input = number(raw, &["prompt_eval_count"]);
    let output = number(raw, &["eval_count"]);
    input.or(output)?;
    Some(Usage { input_tokens: input, output_tokens: output, ..Usage::default() })
}

fn progress(_name: Option<&str>, json: &Json) -> Option<Progress> {
    json.get("model")?;
    match json.get("done")? {
        Json::Bool(true) => Some(Progress::Ended),
        _ => Some(Progress::Going),
    }
}
