//! Amazon Bedrock: Converse, and the native bodies of the models it hosts.

mod charges;
mod conversation;
mod stream;

use crate::model::base64;
use crate::model::json::{self, Json};
use crate::providers::protocol::{Progress, Protocol, RequestFacts, ResponseFacts, says_something};
use crate::providers::usage::{Usage, number, sum};
use http::HeaderMap;

/// Converse, and what models of others answer to `InvokeModel`.
pub(super) static CONVERSE: Protocol = Protocol {
    name: "bedrock",
    by_path,
    request: RequestFacts {
        model_behind: &["/model/"],
        settings: &["inferenceConfig", "textGenerationConfig"],
        tools: &[&["toolConfig", "tools"]],
        tool_wrappers: &["toolSpec"],
        system: &["system"],
        lists: &[("messages", "message")],
        prompts: &["prompt", "inputText"],
        texts: &["content", "text"],
        ids: &["toolUseId", "toolCallId"],
        users: &["input", "inputSchema", "json", "metadata"],
        schemas: &["toolConfig", "outputConfig"],
        result_holders: &["toolResult"],
        before_messages: &[&["toolConfig", "toolChoice"]],
        cache_marks: &["cache_control"],
        cache_blocks: &["cachePoint"],
        // `contentType` of InvokeModel is `application/json` where a program leaves it out; boto3 1.44.8 then sends none, the
        // JavaScript SDK 3.1163.0 `application/octet-stream` (both run on 2026-12-01).
        json_paths: &["/invoke", "/invoke-with-response-stream"],
        // CountTokens takes the body of InvokeModel, as bytes.
        encoded_requests: &["body"],
        free_paths: &["/count-tokens"],
        orders: charges::orders,
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        counts: &[&["usage"], &["metadata", "usage"], &["amazon-bedrock-invocationMetrics"]],
        usage,
        charged: charges::charged,
        usage_of_headers,
        progress,
        last: "`messageStop`, or the metrics of its last chunk",
        wrapped,
        claims: stream::claim,
        durations: &["latencyMs", "invocationLatency", "firstByteLatency"],
        noise: &["p"],
        ids: &["requestId"],
        exact: &["input", "text"],
        pieces: &["completion", "input", "text"],
        cumulative: &["usage"],
        beside: &["role", "usage"],
        headers: &[
            "x-amzn-requestid",
            "x-amzn-bedrock-cache-read-input-token-count",
            "x-amzn-bedrock-cache-write-input-token-count",
            "x-amzn-bedrock-content-type",
            "x-amzn-bedrock-input-token-count",
            "x-amzn-bedrock-output-token-count",
            "x-amzn-errortype",
        ],
        ..ResponseFacts::BLANK
    },
    readers: conversation::READS,
    ..Protocol::BLANK
};

fn by_path(path: &str, _: &HeaderMap, _: Option<&Json>) -> Option<&'static str> {
    const ENDS: [&str; 5] =
        ["/converse", "/converse-stream", "/invoke", "/invoke-with-response-stream", "/count-tokens"];
    let known = path.starts_with("/model/") && ENDS.iter().any(|end| path.ends_with(end));
    known.then_some("aws.bedrock")
}

fn usage(raw: &Json) -> Option<Usage> {
    converse_usage(raw).or_else(|| invocation_metrics(raw))
}

/// The counts of Converse, and of Nova's native answers, which have other names for what was cached. Cached tokens are
/// counted beside `inputTokens`.
fn converse_usage(raw: &Json) -> Option<Usage> {
    let native = raw.get("cacheReadInputTokens").is_none() && raw.get("cacheWriteInputTokens").is_none();
    let cached = match native {
        true => ["cacheReadInputTokenCount", "cacheWriteInputTokenCount"],
        false => ["cacheReadInputTokens", "cacheWriteInputTokens"],
    };
    let usage = counted(raw, ["inputTokens", "outputTokens", cached[0], cached[1]])?;
    Some(Usage {
        cache_creation_5m_input_tokens: written_for(raw, "5m"),
        cache_creation_1h_input_tokens: written_for(raw, "1h"),
        ..usage
    })
}

/// What was written to the cache to stay for some time.
fn written_for(raw: &Json, time: &str) -> Option<u64> {
    let details = raw.get("cacheDetails")?.as_array()?;
    let detail = details.iter().find(|one| one.get("ttl").and_then(Json::as_str) == Some(time))?;
    number(detail, &["inputTokens"])
}

/// What Bedrock itself counts while it streams a model's native answer.
fn invocation_metrics(raw: &Json) -> Option<Usage> {
    counted(
        raw,
        ["inputTokenCount", "outputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount"],
    )
}

/// What Bedrock says in the headers of a native answer, whose body may hold no counts at all.
fn usage_of_headers(headers: &HeaderMap) -> Option<Usage> {
    let names = [
        "x-amzn-bedrock-input-token-count",
        "x-amzn-bedrock-output-token-count",
        "x-amzn-bedrock-cache-read-input-token-count",
        "x-amzn-bedrock-cache-write-input-token-count",
    ];
    let fields = names.iter().filter_map(|&name| {
        let count: u64 = headers.get(name)?.to_str().ok()?.parse().ok()?;
        Some((name.to_owned(), Json::from(count)))
    });
    counted(&Json::Object(fields.collect()), names)
}

fn counted(raw: &Json, [input, output, read, written]: [&str; 4]) -> Option<Usage> {
    let (read, written) = (number(raw, &[read]), number(raw, &[written]));
    let (input, output) = (number(raw, &[input]), number(raw, &[output]));
    input.or(output)?;
    Some(Usage {
        input_tokens: input.map(|input| sum(input, sum(read.unwrap_or(0), written.unwrap_or(0)))),
        output_tokens: output,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: written,
        ..Usage::default()
    })
}

/// A native answer comes in frames that hold it as base64, padded to a random length.
fn wrapped(frame: &Json) -> Option<Json> {
    let inner = frame.get("bytes")?.as_str()?;
    let decoded = base64::decode(inner).ok()?;
    json::parse(&decoded).ok()
}

/// Converse ends with `metadata`, which follows `messageStop`; a native answer with Bedrock's own counts. What agents answer
/// has no mark of its end.
fn progress(name: Option<&str>, json: &Json) -> Option<Progress> {
    let metadata = name == Some("metadata") && json.get("usage").is_some();
    let metrics = json.get("amazon-bedrock-invocationMetrics").is_some();
    if metadata || metrics || name == Some("flowCompletionEvent") {
        return Some(Progress::Ended);
    }
    match name? {
        "messageStop" => Some(Progress::Said),
        "messageStart" | "contentBlockStart" | "contentBlockDelta" | "contentBlockStop"
        | "flowOutputEvent" => Some(Progress::Going),
        "chunk" => native_progress(json),
        _ => None,
    }
}

/// Of the models that Bedrock hosts, in their own words; those of Anthropic are known by Anthropic's.
fn native_progress(json: &Json) -> Option<Progress> {
    const GOING: [&str; 9] = [
        "outputText",
        "generation",
        "outputs",
        "is_finished",
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "completion",
    ];
    let said = |path: &[&str]| json.at(path).is_some_and(says_something);
    if ["messageStop", "completionReason", "stop_reason", "is_finished"].iter().any(|name| said(&[name]))
        || said(&["outputs", "0", "stop_reason"])
    {
        return Some(Progress::Said);
    }
    GOING.iter().any(|name| json.get(name).is_some()).then_some(Progress::Going)
}
