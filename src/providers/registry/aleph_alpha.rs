//! Aleph Alpha's completions.
//!
//! Read in November 2026 from the client `aleph-alpha-client` 11.5.1 of PyPI.

use super::openai::chat_conversation::user;
use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, path, text_of};
use crate::providers::conversation::Answer;
use crate::providers::conversation::content::{Parts, string};
use crate::providers::protocol::{Progress, Protocol, Readers, RequestFacts, ResponseFacts, Turn};
use crate::providers::usage::{Usage, number};
use http::HeaderMap;

pub(super) static COMPLETIONS: Protocol = Protocol {
    name: "aleph alpha",
    by_path,
    request: RequestFacts { prompts: &["prompt"], ..RequestFacts::BLANK },
    response: ResponseFacts {
        models: &[&["model_version"]],
        loose_counts: &["num_tokens_prompt_total", "num_tokens_generated"],
        usage,
        progress,
        last: "`completion_summary`",
        claims: claim,
        pieces: &["completion"],
        ..ResponseFacts::BLANK
    },
    readers: Readers {
        said: &[(Turn::Now, "prompt", user)],
        answers,
        usual_ends: &["end_of_text"],
        ..Readers::BLANK
    },
    ..Protocol::BLANK
};

fn by_path(path: &str, _: &HeaderMap, body: Option<&Json>) -> Option<&'static str> {
    let asked = body.is_some_and(|body| body.get("maximum_tokens").is_some() && body.get("model").is_some());
    (asked && path.ends_with("/complete")).then_some("aleph_alpha")
}

fn usage(raw: &Json) -> Option<Usage> {
    let input = number(raw, &["num_tokens_prompt_total"]);
    let output = number(raw, &["num_tokens_generated"]);
    input.or(output)?;
    Some(Usage { input_tokens: input, output_tokens: output, ..Usage::default() })
}

fn progress(_: Option<&str>, json: &Json) -> Option<Progress> {
    match text_of(json, "type") {
        "completion_summary" => Some(Progress::Ended),
        "stream_chunk" | "stream_summary" => Some(Progress::Going),
        _ => None,
    }
}

fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    if text_of(event, "type") == "stream_chunk" {
        let index = event.get("index").and_then(Json::as_u64).and_then(|index| usize::try_from(index).ok());
        let part = assembly.part(index.unwrap_or(0), PartKind::Text, "completion");
        assembly.text(event, &path(&["completion"]), (part, Field::Content, Extent::Piece), claims);
    }
}

fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let answer = |one: &Json| {
        let said = one.get("completion").map(parts);
        Some(Answer { parts: said?, finish_reason: string(one.get("finish_reason")) })
    };
    whole.get("model_version")?;
    whole.get("completions")?.as_array()?.iter().map(answer).collect()
}
