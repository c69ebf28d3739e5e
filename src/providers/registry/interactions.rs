//! Google's Interactions API, `POST /v1beta/interactions`: a conversation of steps that the provider keeps, and that the next
//! request goes on from by its id.
//!
//! Read in November 2026 from the types and tests of Google's Python client `google-genai`: 3.6.1 for the steps of API revision
//! 2026-05-20, 1.56.0 for the contents that were before them, which older clients still ask for; and held against recorded
//! answers of May 2026, streamed and not.

mod conversation;
mod stream;

use crate::model::json::Json;
use crate::providers::protocol::{Progress, Protocol, RequestFacts, ResponseFacts, UNSAID};
use crate::providers::usage::{Usage, number, sum};
use http::HeaderMap;

pub(super) static INTERACTIONS: Protocol = Protocol {
    name: "interactions",
    by_path,
    by_body: |body| body.get("previous_interaction_id").map(|_| "gcp.gemini"),
    request: RequestFacts {
        models: &["model", "agent"],
        settings: &["generation_config", "agent_config"],
        tools: &[&["tools"]],
        system: &["system_instruction"],
        lists: &[("input", "input item")],
        texts: &["content", "text", "result"],
        ids: &["previous_interaction_id", "call_id"],
        id_types: &[
            "function_call",
            "code_execution_call",
            "file_search_call",
            "google_maps_call",
            "google_search_call",
            "mcp_server_tool_call",
            "url_context_call",
        ],
        users: &["arguments", "parameters"],
        schemas: &["tools", "response_format"],
        result_types: &["function_result", "mcp_server_tool_result"],
        prompt_paths: &["/interactions"],
        before_tools: &[&["cached_content"]],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["model"], &["interaction", "model"], &["agent"], &["interaction", "agent"]],
        counts: &[&["usage"], &["interaction", "usage"]],
        usage,
        progress,
        last: "`interaction.completed`",
        failure,
        claims: stream::claim,
        times: &["created", "updated"],
        ids: &["interaction_id", "event_id"],
        exact: &["arguments", "text"],
        pieces: &["arguments", "text"],
        cumulative: &["usage"],
        ..ResponseFacts::BLANK
    },
    readers: conversation::READS,
};

fn by_path(path: &str, _: &HeaderMap, body: Option<&Json>) -> Option<&'static str> {
    (path.ends_with("/interactions") && body?.get("input").is_some()).then_some("gcp.gemini")
}

/// Thoughts and the prompts of tools are counted beside the rest, cached tokens within the input.
fn usage(raw: &Json) -> Option<Usage> {
    let input = number(raw, &["total_input_tokens"])?;
    let thought = number(raw, &["total_thought_tokens"]);
    let tools = number(raw, &["total_tool_use_tokens"]);
    let written = number(raw, &["total_output_tokens"]);
    Some(Usage {
        input_tokens: Some(sum(input, tools.unwrap_or(0))),
        output_tokens: written.map(|written| sum(written, thought.unwrap_or(0))),
        cache_read_input_tokens: number(raw, &["total_cached_tokens"]),
        reasoning_output_tokens: thought,
        audio_input_tokens: of_sound(raw, "input_tokens_by_modality"),
        audio_output_tokens: of_sound(raw, "output_tokens_by_modality"),
        ..Usage::default()
    })
}

fn of_sound(raw: &Json, list: &str) -> Option<u64> {
    let is_sound = |one: &&Json| one.get("modality").and_then(Json::as_str) == Some("audio");
    number(raw.get(list)?.as_array()?.iter().find(is_sound)?, &["tokens"])
}

/// A `[DONE]` follows, which some clients do not wait for.
fn progress(_name: Option<&str>, json: &Json) -> Option<Progress> {
    let kind = json.get("event_type").and_then(Json::as_str)?;
    match kind {
        "interaction.completed" | "interaction.complete" => Some(Progress::Ended),
        _ => ["interaction.", "content.", "step."]
            .iter()
            .any(|start| kind.starts_with(start))
            .then_some(Progress::Going),
    }
}

/// An interaction that failed, as an answer of its own or in the event that ends a stream.
fn failure<'a>(_name: Option<&str>, json: &'a Json) -> Option<&'a Json> {
    let interaction = json.get("interaction").unwrap_or(json);
    let field = |field: &str| interaction.get(field).and_then(Json::as_str);
    let failed = field("object") == Some("interaction") && field("status") == Some("failed");
    failed.then(|| interaction.at(&["errors", "0"]).unwrap_or(&UNSAID))
}
