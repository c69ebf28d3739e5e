//! Texts that models of Hugging Face generate, wherever they are run: by its inference servers, at SageMaker.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, path};
use crate::providers::conversation::Answer;
use crate::providers::conversation::content::{Parts, string};
use crate::providers::protocol::{Progress, Protocol, Readers, RequestFacts, ResponseFacts};
use crate::providers::usage::{Usage, number};
use http::HeaderMap;

pub(super) static GENERATED: Protocol = Protocol {
    name: "text generation",
    by_path,
    request: RequestFacts {
        model_behind: &["/endpoints/"],
        settings: &["parameters"],
        prompts: &["inputs"],
        headers: &["x-amzn-sagemaker-inference-component", "x-amzn-sagemaker-target-model"],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        counts: &[&["details"]],
        usage,
        progress,
        last: "`generated_text`",
        claims: claim,
        headers: &[
            "x-amzn-invoked-production-variant",
            "x-compute-type",
            "x-generated-tokens",
            "x-prompt-tokens",
        ],
        usage_of_headers,
        ..ResponseFacts::BLANK
    },
    readers: Readers {
        answers,
        in_array: |item| item.get("token").is_some(),
        reasons: &[&["details", "finish_reason"]],
        usual_ends: &["eos_token", "stop_sequence"],
        ..Readers::BLANK
    },
    ..Protocol::BLANK
};

fn by_path(path: &str, _: &HeaderMap, _: Option<&Json>) -> Option<&'static str> {
    let invoked = path.ends_with("/invocations") || path.ends_with("/invocations-response-stream");
    (invoked && path.starts_with("/endpoints/")).then_some("aws.sagemaker")
}

/// The servers count what they wrote, and what they read where every token of it is listed.
fn usage(raw: &Json) -> Option<Usage> {
    let output = number(raw, &["generated_tokens"])?;
    let input = number(raw, &["input_length"]).or_else(|| match raw.get("prefill")?.as_array()? {
        [] => None,
        listed => Some(listed.len() as u64),
    });
    Some(Usage { input_tokens: input, output_tokens: Some(output), ..Usage::default() })
}

fn usage_of_headers(headers: &HeaderMap) -> Option<Usage> {
    let count = |name: &str| headers.get(name)?.to_str().ok()?.parse().ok();
    let (input, output) = (count("x-prompt-tokens"), count("x-generated-tokens"));
    input.or(output)?;
    Some(Usage { input_tokens: input, output_tokens: output, ..Usage::default() })
}

fn progress(_: Option<&str>, json: &Json) -> Option<Progress> {
    json.at(&["token", "text"])?;
    Some(if json.get("generated_text").is_some_and(|text| !text.is_null()) {
        Progress::Said
    } else {
        Progress::Going
    })
}

fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    let steps = ["token", "text"];
    let special = event.at(&["token", "special"]) == Some(&Json::Bool(true));
    if !special && event.at(&steps).and_then(Json::as_str).is_some_and(|text| !text.is_empty()) {
        let part = assembly.part(0, PartKind::Text, "token");
        assembly.text(event, &path(&steps), (part, Field::Content, Extent::Piece), claims);
    }
}

fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let answer = |one: &Json| {
        let said = one.get("generated_text").filter(|said| !said.is_null()).map(parts);
        Some(Answer { parts: said?, finish_reason: string(one.at(&["details", "finish_reason"])) })
    };
    match whole {
        Json::Array(items) if !items.is_empty() => items.iter().map(answer).collect(),
        one => Some(vec![answer(one)?]),
    }
}
