//! Replicate's predictions: what a model makes of an `input`, now, later, or piece by piece.
//!
//! Read in November 2026 from the client `replicate` 1.0.7 of PyPI.

use crate::model::json::Json;
use crate::providers::conversation::Answer;
use crate::providers::conversation::content::{Parts, text};
use crate::providers::conversation::{Message, Part, Role};
use crate::providers::protocol::{Progress, Protocol, Readers, RequestFacts, ResponseFacts, Turn, UNSAID};
use crate::providers::usage::{Usage, number};
use http::HeaderMap;

pub(super) static PREDICTIONS: Protocol = Protocol {
    name: "replicate",
    by_path,
    request: RequestFacts { model_of_path, prompts: &["input"], ..RequestFacts::BLANK },
    response: ResponseFacts {
        counts: &[&["metrics"]],
        usage,
        failure,
        progress,
        last: "its event `done`",
        times: &["created_at", "started_at", "completed_at"],
        durations: &["predict_time", "total_time", "time_to_first_token", "tokens_per_second"],
        ids: &["version"],
        ..ResponseFacts::BLANK
    },
    readers: Readers {
        said: &[(Turn::Messages, "input", asked)],
        answers,
        text_events: &["output"],
        ..Readers::BLANK
    },
    ..Protocol::BLANK
};

fn by_path(path: &str, _: &HeaderMap, body: Option<&Json>) -> Option<&'static str> {
    let asked = body.is_some_and(|body| body.get("input").is_some_and(|input| input.as_object().is_some()));
    (asked && path.ends_with("/predictions")).then_some("replicate")
}

/// `owner/name` of `/v1/models/owner/name/predictions`, and of deployments.
fn model_of_path(path: &str) -> Option<String> {
    let path = path.strip_suffix("/predictions")?;
    let (_, name) = path.rsplit_once("/models/").or_else(|| path.rsplit_once("/deployments/"))?;
    (name.split('/').count() == 2).then(|| name.to_owned())
}

fn usage(raw: &Json) -> Option<Usage> {
    let (input, output) = (number(raw, &["input_token_count"]), number(raw, &["output_token_count"]));
    output?;
    Some(Usage { input_tokens: input, output_tokens: output, ..Usage::default() })
}

fn failure<'a>(_: Option<&str>, json: &'a Json) -> Option<&'a Json> {
    let failed = json.get("status").and_then(Json::as_str) == Some("failed");
    (failed && json.get("input").is_some() && json.get("urls").is_some())
        .then(|| json.get("error").unwrap_or(&UNSAID))
}

/// The events of a prediction's `stream` hold plain text, and the last one why it ended, if for any other reason than that all was
/// said.
fn progress(name: Option<&str>, held: &Json) -> Option<Progress> {
    let is_end = || held.as_object().is_some_and(|fields| fields.iter().all(|(name, _)| name == "reason"));
    match name? {
        "output" | "logs" if held.get("type").is_none() => Some(Progress::Going),
        "done" if is_end() => Some(Progress::Ended),
        _ => None,
    }
}

fn asked(input: &Json, parts: Parts) -> Option<Vec<Message>> {
    let fields = input.as_object()?;
    fields.iter().any(|(name, _)| name == "prompt").then(|| {
        let system =
            input.get("system_prompt").map(|said| Message { role: Role::System, parts: parts(said) });
        let mut said = input.get("prompt").map(parts).unwrap_or_default();
        let others = fields.iter().filter(|(name, _)| !matches!(name.as_str(), "prompt" | "system_prompt"));
        let others: Vec<(String, Json)> = others.cloned().collect();
        if !others.is_empty() {
            said.push(Part::Other(Json::Object(others)));
        }
        system.into_iter().chain([Message { role: Role::User, parts: said }]).collect()
    })
}

/// Texts come in a list, token by token.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    whole.get("urls").and(whole.get("input"))?;
    let output = whole.get("output").filter(|output| !output.is_null())?;
    let pieces = output.as_array().unwrap_or_default();
    let texts: Option<Vec<&str>> = pieces.iter().map(Json::as_str).collect();
    let said =
        match texts.filter(|texts| !texts.is_empty() && !texts.iter().all(|one| one.starts_with("http"))) {
            Some(texts) => text(&texts.concat()),
            None => parts(output),
        };
    Some(vec![Answer::plain(said)])
}
