//! What servers that people run themselves offer beside conversations and vectors: scores, classes, pooled states.
//!
//! The forms are those of vLLM 0.32 and infinity 0.0.78; they were not held against a server that runs.

use crate::model::json::Json;
use crate::providers::conversation::Answer;
use crate::providers::conversation::Part;
use crate::providers::conversation::content::{Parts, text};
use crate::providers::protocol::{Protocol, Readers, RequestFacts, ResponseFacts};
use crate::providers::usage::{Usage, number};
use http::HeaderMap;

pub(super) static SCORES: Protocol = Protocol {
    name: "scores",
    by_path,
    request: RequestFacts {
        prompts: &["text_1", "text_2", "queries", "items", "documents", "query", "input"],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["model"]],
        counts: &[&["usage"]],
        usage,
        // The order of vectors that come as bytes, and what they are of.
        headers: &["metadata"],
        usage_of_headers,
        ..ResponseFacts::BLANK
    },
    readers: Readers { answers, ..Readers::BLANK },
    ..Protocol::BLANK
};

fn by_path(path: &str, _: &HeaderMap, body: Option<&Json>) -> Option<&'static str> {
    let body = body?;
    let has = |name: &str| body.get(name).is_some();
    match path.rsplit('/').next()? {
        "score" if has("text_1") || has("queries") || has("data_1") => Some("vllm"),
        "pooling" | "classify" if has("model") && (has("input") || has("messages")) => Some("vllm"),
        // Cohere's protocol, which Jina, vLLM, llama.cpp and infinity speak as well.
        "rerank" | "reranking" if has("query") && has("documents") => Some("cohere"),
        _ => None,
    }
}

/// Who only reads counts a total alone.
fn usage(raw: &Json) -> Option<Usage> {
    const OTHERS: [&str; 4] = ["prompt_tokens", "completion_tokens", "input_tokens", "output_tokens"];
    if OTHERS.iter().any(|name| raw.get(name).is_some()) {
        return None;
    }
    let input = number(raw, &["total_tokens"])?;
    Some(Usage { input_tokens: Some(input), ..Usage::default() })
}

/// What vLLM says of vectors that it sends as bytes.
fn usage_of_headers(headers: &HeaderMap) -> Option<Usage> {
    let told = crate::model::json::parse(headers.get("metadata")?.as_bytes()).ok()?;
    let usage = told.get("usage")?;
    let input = number(usage, &["prompt_tokens"]).or_else(|| number(usage, &["total_tokens"]))?;
    Some(Usage { input_tokens: Some(input), ..Usage::default() })
}

/// A score a line, behind the number of what it is of.
fn answers(whole: &Json, _: Parts) -> Option<Vec<Answer>> {
    let list = |name: &str| whole.get(name).and_then(Json::as_array).filter(|list| !list.is_empty());
    let ranked = list("results").or_else(|| list("data"))?;
    let line = |(at, one): (usize, &Json)| {
        let score = match one.get("relevance_score").or_else(|| one.get("score"))? {
            Json::Number(score) => score,
            _ => return None,
        };
        Some(format!("document {}: {score}", one.get("index").and_then(Json::as_u64).unwrap_or(at as u64)))
    };
    let lines: Vec<String> = ranked.iter().enumerate().map(line).collect::<Option<_>>()?;
    let said: Vec<Part> = text(&lines.join("\n"));
    Some(vec![Answer::plain(said)])
}
