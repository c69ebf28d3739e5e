//! The protocol of llama.cpp's own server, beside those of others that it speaks: `/completion` and `/infill`.
//!
//! The forms are those of `tools/server/server-task.cpp` of llama.cpp in the autumn of 2026; they were not held against a server
//! that runs.

use super::openai::chat_conversation::user;
use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, path};
use crate::providers::conversation::Answer;
use crate::providers::conversation::content::{Parts, string};
use crate::providers::protocol::{Progress, Protocol, Readers, RequestFacts, ResponseFacts, Turn};
use crate::providers::usage::{Usage, number, sum};
use http::HeaderMap;

pub(super) static NATIVE: Protocol = Protocol {
    name: "llama.cpp",
    by_path,
    request: RequestFacts {
        prompts: &["prompt", "input_prefix", "input_suffix"],
        free_paths: &["/tokenize", "/detokenize", "/apply-template", "/slots"],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["model"]],
        counts: &[&["timings"]],
        loose_counts: &["tokens_evaluated", "tokens_predicted"],
        usage,
        progress,
        last: "`stop: true`",
        claims: claim,
        durations: &[
            "prompt_ms",
            "prompt_per_token_ms",
            "prompt_per_second",
            "predicted_ms",
            "predicted_per_token_ms",
            "predicted_per_second",
            "time_ms",
        ],
        // What a slot had in its cache, and how many drafts were accepted, depends on what was asked before.
        measured: &[
            ("timings", &["cache_n", "prompt_n", "predicted_n", "draft_n"]),
            ("prompt_progress", &["processed"]),
        ],
        pieces: &["content"],
        cumulative: &["timings", "tokens_evaluated", "tokens_predicted"],
        ..ResponseFacts::BLANK
    },
    readers: Readers {
        said: &[(Turn::Now, "input_prefix", user), (Turn::Now, "input_suffix", user)],
        answers,
        reasons: &[&["stop_type"]],
        usual_ends: &["eos", "word", "none"],
        ..Readers::BLANK
    },
    ..Protocol::BLANK
};

fn by_path(path: &str, _: &HeaderMap, body: Option<&Json>) -> Option<&'static str> {
    let prompted =
        body.is_some_and(|body| ["prompt", "input_prefix"].iter().any(|name| body.get(name).is_some()));
    let known = path.ends_with("/completion") || path.ends_with("/infill");
    (known && prompted).then_some("llama.cpp")
}

/// Its chats and completions leave out `usage` in a stream that did not ask for it, and have the counts in `timings`: what
/// was read anew, what its cache had, and what was written.
fn usage(raw: &Json) -> Option<Usage> {
    let (new, cached) = (number(raw, &["prompt_n"]), number(raw, &["cache_n"]));
    let read = number(raw, &["tokens_evaluated"]).or_else(|| Some(sum(new?, cached.unwrap_or(0))));
    let output = number(raw, &["tokens_predicted"]).or_else(|| number(raw, &["predicted_n"]));
    read.or(output)?;
    Some(Usage {
        input_tokens: read,
        output_tokens: output,
        cache_read_input_tokens: cached,
        ..Usage::default()
    })
}

/// Of several prompts each ends for itself, so that nothing marks the last event.
fn progress(_: Option<&str>, json: &Json) -> Option<Progress> {
    is_event(json).then(|| match json.get("stop") {
        Some(Json::Bool(true)) => Progress::Said,
        _ => Progress::Going,
    })
}

fn is_event(json: &Json) -> bool {
    let text = json.get("content").and_then(Json::as_str).is_some();
    text && json.get("stop").is_some()
        && (json.get("id_slot").is_some() || json.get("tokens_predicted").is_some())
}

fn index(event: &Json) -> usize {
    event.get("index").and_then(Json::as_u64).and_then(|index| usize::try_from(index).ok()).unwrap_or(0)
}

fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    if is_event(event) {
        let part = assembly.part(index(event), PartKind::Text, "content");
        assembly.text(event, &path(&["content"]), (part, Field::Content, Extent::Piece), claims);
    }
}

fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let answer = |one: &Json| {
        let said = one.get("content").filter(|_| is_event(one)).map(parts);
        Some(Answer { parts: said?, finish_reason: string(one.get("stop_type")) })
    };
    match whole {
        Json::Array(items) if !items.is_empty() => items.iter().map(answer).collect(),
        one => Some(vec![answer(one)?]),
    }
}
