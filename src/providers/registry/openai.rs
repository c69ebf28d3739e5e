//! OpenAI's protocols, which most others speak too: chat completions, responses, embeddings and the rest.

mod assistants_stream;
mod charges;
pub(super) mod chat_conversation;
mod chat_stream;
mod completions_stream;
pub(super) mod other_conversation;
mod responses_conversation;
mod responses_stream;

use crate::model::json::Json;
use crate::providers::protocol::{Progress, Protocol, RequestFacts, ResponseFacts, UNSAID, says_something};
use crate::providers::usage::{Usage, number, sum};
use http::HeaderMap;

/// Chat completions, and the older completions. They know all of OpenAI's paths.
pub(super) static CHAT: Protocol = Protocol {
    name: "openai chat",
    by_path,
    by_body,
    request: RequestFacts {
        models: &["model"],
        model_behind: &["/deployments/"],
        tools: &[&["tools"], &["functions"]],
        tool_wrappers: &["function", "custom"],
        system: &["instructions"],
        lists: &[("messages", "message")],
        prompts: &["additional_messages", "prompt"],
        texts: &["content", "text"],
        ids: &["tool_call_id"],
        id_types: &["function"],
        id_holders: &["tool_calls"],
        users: &["arguments", "parameters", "json_schema", "schema", "properties", "metadata", "tools"],
        schemas: &[
            "tools",
            "functions",
            "tool_choice",
            "response_format",
            "guided_json",
            "structured_outputs",
        ],
        tool_roles: &["tool", "function"],
        headers: &["api-version"],
        before_tools: &[&["prompt_cache_key"], &["response_format"]],
        free_paths: &["/moderations", "/input_tokens", "/tokenize", "/detokenize", "/files", "/cancel"],
        orders: charges::orders,
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["model"]],
        counts: &[&["usage"], &["x_groq", "usage"]],
        usage: chat_usage,
        charged: charges::charged,
        counted: charges::counted,
        reasons_in: &[("choices", "finish_reason")],
        last: "`finish_reason`",
        failure: chat_failure,
        claims: |assembly, event, claims| {
            chat_stream::claim(assembly, event, claims);
            completions_stream::claim(assembly, event, claims);
        },
        times: &["created"],
        durations: &["queue_time", "prompt_time", "completion_time", "total_time"],
        noise: &["system_fingerprint", "p"],
        ids: &["request_id"],
        exact: &["arguments", "parameters", "text"],
        pieces: &["arguments", "content", "reasoning", "reasoning_content", "refusal", "text"],
        cumulative: &["usage"],
        beside: &["role", "finish_reason", "usage"],
        headers: &[
            "apim-request-id",
            "mistral-correlation-id",
            "openai-version",
            "retry-after-ms",
            "x-ms-request-id",
            "x-request-id",
            "x-should-retry",
        ],
        ..ResponseFacts::BLANK
    },
    readers: chat_conversation::READS,
};

pub(super) static RESPONSES: Protocol = Protocol {
    name: "openai responses",
    request: RequestFacts {
        tools: &[&["tools"]],
        system: &["instructions"],
        lists: &[("input", "input item")],
        prompts: &["items"],
        texts: &["content", "text", "output"],
        ids: &["call_id", "previous_response_id", "response_id", "item_id", "approval_request_id"],
        id_types: &[
            "function_call",
            "function_call_output",
            "custom_tool_call",
            "reasoning",
            "message",
            "item_reference",
            "web_search_call",
            "file_search_call",
            "computer_call",
            "code_interpreter_call",
            "image_generation_call",
            "local_shell_call",
            "mcp_call",
            "mcp_list_tools",
            "mcp_approval_request",
            "compaction",
        ],
        users: &["arguments", "parameters", "schema", "properties", "metadata", "tools"],
        schemas: &["tools", "tool_choice", "text"],
        result_types: &[
            "function_call_output",
            "custom_tool_call_output",
            "local_shell_call_output",
            "shell_call_output",
            "apply_patch_call_output",
            "mcp_call",
        ],
        prompt_paths: &["/responses"],
        before_tools: &[&["text", "format"]],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["model"], &["response", "model"]],
        counts: &[&["usage"], &["response", "usage"]],
        usage: responses_usage,
        progress: responses_progress,
        last: "`response.completed`",
        failure: responses_failure,
        claims: responses_stream::claim,
        times: &["created_at", "completed_at"],
        noise: &["obfuscation"],
        exact: &["arguments", "input", "text"],
        pieces: &["arguments", "delta", "input", "refusal", "summary", "text"],
        beside: &["sequence_number", "usage"],
        ..ResponseFacts::BLANK
    },
    readers: responses_conversation::READS,
    ..Protocol::BLANK
};

/// Embeddings, images, speech, transcriptions, moderations, assistants, and work that goes on in the background.
pub(super) static OTHERS: Protocol = Protocol {
    name: "openai others",
    request: RequestFacts {
        prompts: &["query", "inputs", "input"],
        result_holders: &["tool_outputs"],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["model"]],
        counts: &[&["usage"]],
        progress: others_progress,
        last: "its last event",
        failure: others_failure,
        claims: assistants_stream::claim,
        work: &["fine_tuning.", "fine-tune", "batch", "thread.", "vector_store", "eval"],
        times: &["created_at", "completed_at", "started_at", "expires_at"],
        ..ResponseFacts::BLANK
    },
    readers: other_conversation::READS,
    ..Protocol::BLANK
};

/// Under whatever prefix a gateway puts before the path.
fn by_path(path: &str, _: &HeaderMap, _: Option<&Json>) -> Option<&'static str> {
    const ENDS: [&str; 9] = [
        "/completions",
        "/responses",
        "/embeddings",
        "/moderations",
        "/images/generations",
        "/images/edits",
        "/audio/transcriptions",
        "/audio/translations",
        "/audio/speech",
    ];
    if path.contains("/openai/deployments/") {
        return Some("azure.ai.openai");
    }
    // IBM and Alibaba Cloud have paths of their own in front of these endings, on machines of their customers, too.
    if ["/ml/v1/", "/compatible-mode/v1/"].iter().any(|of_others| path.contains(of_others)) {
        return None;
    }
    let known = path.contains("/v1/") && ENDS.iter().any(|end| path.ends_with(end));
    (known || path.ends_with("/chat/completions")).then_some("openai")
}

fn by_body(body: &Json) -> Option<&'static str> {
    let anthropic = body.get("anthropic_version").is_some();
    let named = body.get("model").and_then(Json::as_str).is_some();
    let messages = body.get("messages").and_then(Json::as_array)?;
    let speakers = messages.iter().all(|message| message.get("role").is_some());
    (named && speakers && !anthropic).then_some("openai")
}

/// The counts of chat completions and embeddings. Cached tokens are part of `prompt_tokens`.
fn chat_usage(raw: &Json) -> Option<Usage> {
    let input = number(raw, &["prompt_tokens"])?;
    let reasoning = number(raw, &["completion_tokens_details", "reasoning_tokens"])
        .or_else(|| number(raw, &["reasoning_tokens"]));
    let mut output = number(raw, &["completion_tokens"]);
    if let (Some(written), Some(thought)) = (output, reasoning)
        && reasons_beside(raw, sum(input, written), thought)
    {
        output = Some(sum(written, thought));
    }
    let cached = number(raw, &["prompt_tokens_details", "cached_tokens"])
        .or_else(|| number(raw, &["prompt_cache_hit_tokens"]))
        .or_else(|| number(raw, &["cached_tokens"]))
        .or_else(|| number(raw, &["cache_read_input_tokens"]))
        // llama.cpp has it beside its counts, in `timings`.
        .or_else(|| number(raw, &["cache_n"]));
    let created = number(raw, &["prompt_tokens_details", "cache_write_tokens"])
        .or_else(|| number(raw, &["cache_creation_input_tokens"]));
    let from_cache = sum(cached.unwrap_or(0), created.unwrap_or(0));
    Some(Usage {
        input_tokens: Some(match caches_beside(raw, sum(input, output.unwrap_or(0)), from_cache) {
            true => sum(input, from_cache),
            false => input,
        }),
        output_tokens: output,
        cache_read_input_tokens: cached,
        cache_creation_input_tokens: created,
        cache_creation_5m_input_tokens: number(raw, &["cache_creation", "ephemeral_5m_input_tokens"]),
        cache_creation_1h_input_tokens: number(raw, &["cache_creation", "ephemeral_1h_input_tokens"]),
        reasoning_output_tokens: reasoning,
        audio_input_tokens: number(raw, &["prompt_tokens_details", "audio_tokens"]),
        audio_output_tokens: number(raw, &["completion_tokens_details", "audio_tokens"]),
    })
}

/// xAI and Perplexity count reasoning beside the completion. xAI's total gives it away; Perplexity's leaves it out as well,
/// but only Perplexity counts what it looked up.
fn reasons_beside(raw: &Json, rest: u64, thought: u64) -> bool {
    let searched = ["citation_tokens", "num_search_queries"].iter().any(|name| raw.get(name).is_some());
    let apart = searched && raw.get("reasoning_tokens").is_some();
    thought > 0 && (apart || number(raw, &["total_tokens"]) == Some(sum(rest, thought)))
}

/// A gateway may copy Anthropic's counts, which leave cached tokens out of the prompt, under OpenAI's names, as Portkey's
/// does (1.15.2, 2026-11-30). Its total gives it away.
fn caches_beside(raw: &Json, rest: u64, from_cache: u64) -> bool {
    from_cache > 0 && number(raw, &["total_tokens"]) == Some(sum(rest, from_cache))
}

/// The counts of responses, images and audio. Cached tokens are part of `input_tokens`; Anthropic, who has them beside it,
/// names them there.
fn responses_usage(raw: &Json) -> Option<Usage> {
    if ["cache_read_input_tokens", "cache_creation_input_tokens"].iter().any(|name| raw.get(name).is_some()) {
        return None;
    }
    let input = number(raw, &["input_tokens"]);
    let output = number(raw, &["output_tokens"]);
    input.or(output)?;
    Some(Usage {
        input_tokens: input,
        output_tokens: output,
        cache_read_input_tokens: number(raw, &["input_tokens_details", "cached_tokens"])
            // Alibaba Cloud has one name of each kind.
            .or_else(|| number(raw, &["prompt_tokens_details", "cached_tokens"])),
        reasoning_output_tokens: number(raw, &["output_tokens_details", "reasoning_tokens"]),
        audio_input_tokens: number(raw, &["input_token_details", "audio_tokens"])
            .or_else(|| number(raw, &["input_tokens_details", "audio_tokens"])),
        audio_output_tokens: number(raw, &["output_token_details", "audio_tokens"])
            .or_else(|| number(raw, &["output_tokens_details", "audio_tokens"])),
        ..Usage::default()
    })
}

/// Perhaps with more than one answer, each of which may have failed, or have been given up by the server: vLLM 0.32 and
/// `SGLang` say `abort` then.
fn chat_failure<'a>(_name: Option<&str>, json: &'a Json) -> Option<&'a Json> {
    json.get("choices")?.as_array()?.iter().find_map(|choice| {
        let error = choice.get("error").filter(|error| says_something(error));
        let reason = choice.get("finish_reason").and_then(Json::as_str);
        error.or(match reason {
            Some("error") => Some(&UNSAID),
            Some("abort") => choice.get("finish_reason"),
            _ => None,
        })
    })
}

/// There is no `[DONE]` behind these.
fn responses_progress(_name: Option<&str>, json: &Json) -> Option<Progress> {
    match json.get("type").and_then(Json::as_str)? {
        "response.completed"
        | "response.incomplete"
        | "response.cancelled"
        | "response.done"
        | "conversation.response.done" => Some(Progress::Ended),
        kind => ["response.", "conversation.response."]
            .iter()
            .any(|start| kind.starts_with(start))
            .then_some(Progress::Going),
    }
}

fn responses_failure<'a>(_name: Option<&str>, json: &'a Json) -> Option<&'a Json> {
    let field = |field: &str| json.get(field).and_then(Json::as_str);
    let failed = field("object") == Some("response") && field("status") == Some("failed");
    (failed || field("type") == Some("response.failed"))
        .then(|| json.at(&["response", "error"]).unwrap_or(&UNSAID))
}

fn others_progress(name: Option<&str>, json: &Json) -> Option<Progress> {
    if let Some(of_run) = name.and_then(|name| name.strip_prefix("thread.")) {
        return Some(match of_run {
            "run.completed"
            | "run.requires_action"
            | "run.incomplete"
            | "run.failed"
            | "run.cancelled"
            | "run.expired" => Progress::Said,
            _ => Progress::Going,
        });
    }
    match json.get("type").and_then(Json::as_str)? {
        "image_generation.completed"
        | "image_edit.completed"
        | "transcript.text.done"
        | "speech.audio.done" => Some(Progress::Ended),
        "image_generation.partial_image"
        | "image_edit.partial_image"
        | "transcript.text.delta"
        | "transcript.text.segment"
        | "speech.audio.delta" => Some(Progress::Going),
        _ => None,
    }
}

/// Of assistants.
fn others_failure<'a>(name: Option<&str>, json: &'a Json) -> Option<&'a Json> {
    (name == Some("thread.run.failed")).then(|| json.get("last_error").unwrap_or(&UNSAID))
}
