//! Gemini, at Google's AI Studio and at Vertex.

mod charges;
mod conversation;
mod stream;

use crate::model::json::Json;
use crate::providers::protocol::{Progress, Protocol, RequestFacts, ResponseFacts};
use crate::providers::usage::{Usage, number, sum};
use http::HeaderMap;

/// What models are asked by methods such as `:generateContent`.
pub(super) static GENERATE_CONTENT: Protocol = Protocol {
    name: "gemini",
    by_path,
    by_body,
    request: RequestFacts {
        model_behind: &["/models/"],
        settings: &["generationConfig", "generation_config"],
        tools: &[&["tools"]],
        tool_lists: &["functionDeclarations", "function_declarations"],
        system: &["systemInstruction", "system_instruction"],
        lists: &[("contents", "message")],
        prompts: &["content", "requests"],
        texts: &["content", "text"],
        id_holders: &["functionCall", "functionResponse", "function_call", "function_response"],
        users: &["args", "response", "parameters", "schema", "properties", "tools"],
        schemas: &[
            "tools",
            "responseSchema",
            "response_schema",
            "responseJsonSchema",
            "response_json_schema",
        ],
        result_holders: &["functionResponse", "function_response"],
        headers: &["x-goog-upload-header-content-type"],
        before_tools: &[&["cachedContent"]],
        free_paths: &[":countTokens", ":computeTokens"],
        orders: charges::orders,
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["modelVersion"]],
        counts: &[&["usageMetadata"]],
        usage,
        charged: charges::charged,
        counted: charges::counted,
        progress,
        reasons_in: &[("candidates", "finishReason")],
        last: "`finishReason`",
        claims: stream::claim,
        times: &["createTime"],
        ids: &["responseId"],
        exact: &["args", "text"],
        pieces: &["text"],
        cumulative: &["usageMetadata"],
        beside: &["role", "finishReason", "usageMetadata", "safetyRatings", "avgLogprobs"],
        headers: &[
            "x-goog-upload-chunk-granularity",
            "x-goog-upload-control-url",
            "x-goog-upload-status",
            "x-goog-upload-url",
        ],
        ..ResponseFacts::BLANK
    },
    readers: conversation::READS,
};

/// By the method of a model that a path calls.
fn by_path(path: &str, _: &HeaderMap, _: Option<&Json>) -> Option<&'static str> {
    const VERBS: [&str; 7] = [
        "generateContent",
        "streamGenerateContent",
        "embedContent",
        "batchEmbedContents",
        "countTokens",
        "rawPredict",
        "streamRawPredict",
    ];
    let (_, verb) = path.rsplit_once(':').filter(|_| path.contains("/models/"))?;
    let vertex = path.contains("/publishers/");
    VERBS.contains(&verb).then_some(if vertex { "gcp.vertex_ai" } else { "gcp.gemini" })
}

fn by_body(body: &Json) -> Option<&'static str> {
    let contents = body.get("contents").and_then(Json::as_array)?;
    contents.iter().any(|one| one.get("parts").is_some()).then_some("gcp.gemini")
}

/// Thoughts and the prompts of tools are counted beside the rest, cached tokens within the prompt.
fn usage(raw: &Json) -> Option<Usage> {
    let thought = number(raw, &["thoughtsTokenCount"]);
    let written = number(raw, &["candidatesTokenCount"]);
    let tools = number(raw, &["toolUsePromptTokenCount"]);
    let prompt = number(raw, &["promptTokenCount"]);
    thought.or(written).or(prompt)?;
    Some(Usage {
        input_tokens: prompt.map(|prompt| sum(prompt, tools.unwrap_or(0))),
        output_tokens: written.map(|written| sum(written, thought.unwrap_or(0))).or(thought),
        cache_read_input_tokens: number(raw, &["cachedContentTokenCount"]),
        reasoning_output_tokens: thought,
        audio_input_tokens: charges::of(raw, "promptTokensDetails", "audio"),
        audio_output_tokens: charges::of(raw, "candidatesTokensDetails", "audio"),
        ..Usage::default()
    })
}

/// The last event is the one in which every candidate has a reason to finish. Nothing marks it as the last, and older
/// models give a reason in every event, so that a later event without one takes it back.
fn progress(_name: Option<&str>, json: &Json) -> Option<Progress> {
    let stopped = |candidate: &Json| candidate.get("finishReason").is_some_and(|reason| !reason.is_null());
    match json.get("candidates").and_then(Json::as_array) {
        Some([]) | None => json.at(&["promptFeedback", "blockReason"]).map(|_| Progress::Ended),
        Some(candidates) if candidates.iter().all(stopped) => Some(Progress::Ended),
        Some(_) => Some(Progress::Going),
    }
}
