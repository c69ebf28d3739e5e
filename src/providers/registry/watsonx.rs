//! IBM's watsonx: texts that are generated, below `/ml/v1/text`. Its chat is OpenAI's, with the model in `model_id`.
//!
//! The client `ibm-watsonx-ai` 1.8.1 of PyPI reads `results`, and in it `generated_text`, as this does; the counts and the
//! reasons to stop beside it were not held against answers of the service.

use super::openai::chat_conversation::user;
use super::openai::other_conversation::vectors;
use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, path};
use crate::providers::conversation::Answer;
use crate::providers::conversation::content::{Parts, string};
use crate::providers::protocol::{Progress, Protocol, Readers, RequestFacts, ResponseFacts, Turn};
use crate::providers::usage::{Usage, number};
use http::HeaderMap;

pub(super) static TEXT: Protocol = Protocol {
    name: "watsonx",
    by_path,
    by_body: |body| {
        body.get("model_id").and(body.get("project_id").or(body.get("space_id"))).map(|_| "ibm.watsonx.ai")
    },
    request: RequestFacts {
        models: &["model_id"],
        model_behind: &["/ml/v1/deployments/"],
        settings: &["parameters"],
        prompts: &["input", "inputs"],
        free_paths: &["/text/tokenization"],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        models: &[&["model_id"]],
        counts: &[&["results", "0"]],
        loose_counts: &["input_token_count"],
        usage,
        progress,
        last: "a `stop_reason`",
        claims: claim,
        times: &["created_at"],
        pieces: &["generated_text"],
        cumulative: &["generated_token_count"],
        headers: &["x-requestid", "x-global-transaction-id"],
        ..ResponseFacts::BLANK
    },
    readers: Readers {
        said: &[(Turn::Now, "input", user), (Turn::Now, "inputs", user)],
        answers,
        reasons: &[&["results", "0", "stop_reason"]],
        usual_ends: &["eos_token", "not_finished"],
        ..Readers::BLANK
    },
};

fn by_path(path: &str, _: &HeaderMap, _: Option<&Json>) -> Option<&'static str> {
    (path.contains("/ml/v1/text/") || path.contains("/ml/v1/deployments/")).then_some("ibm.watsonx.ai")
}

/// Later events of a stream count no input; that is told once.
fn usage(raw: &Json) -> Option<Usage> {
    // Replicate has a count of that name, too, and one of its output.
    if raw.get("output_token_count").is_some() {
        return None;
    }
    let (input, output) = (number(raw, &["input_token_count"]), number(raw, &["generated_token_count"]));
    input.or(output)?;
    Some(Usage { input_tokens: input, output_tokens: output, ..Usage::default() })
}

fn progress(_: Option<&str>, json: &Json) -> Option<Progress> {
    json.get("model_id")?;
    let reason = json.at(&["results", "0", "stop_reason"])?.as_str()?;
    Some(if matches!(reason, "not_finished" | "") { Progress::Going } else { Progress::Said })
}

fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    let steps = ["results", "0", "generated_text"];
    if event.get("model_id").is_some()
        && event.at(&steps).and_then(Json::as_str).is_some_and(|text| !text.is_empty())
    {
        let part = assembly.part(0, PartKind::Text, "generated_text");
        assembly.text(event, &path(&steps), (part, Field::Content, Extent::Piece), claims);
    }
}

fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    whole.get("model_id")?;
    let results = whole.get("results")?.as_array()?;
    if let Some(said) = vectors(results.iter().map(|one| one.get("embedding"))) {
        return Some(vec![Answer::plain(said)]);
    }
    let answer = |one: &Json| {
        let said = one.get("generated_text").map(parts);
        Some(Answer { parts: said?, finish_reason: string(one.get("stop_reason")) })
    };
    results.iter().map(answer).collect()
}
