//! Alibaba Cloud's own protocol, below `/api/v1/services`: what is asked in `input` and `parameters`, what is answered in
//! `output`. Its other protocol is OpenAI's.
//!
//! Read in November 2026 from the client `dashscope` 2.0.2 of PyPI, which asks for a stream by the header `X-DashScope-SSE`.

use super::openai::chat_conversation::{messages, spoken};
use super::openai::other_conversation::vectors;
use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, path};
use crate::providers::conversation::content::{Parts, string};
use crate::providers::conversation::{Answer, Message, Part, Role};
use crate::providers::protocol::{
    Progress, Protocol, Readers, RequestFacts, ResponseFacts, Turn, says_something,
};
use crate::providers::usage::number;
use http::HeaderMap;

pub(super) static SERVICES: Protocol = Protocol {
    name: "dashscope",
    by_path,
    by_body,
    request: RequestFacts {
        settings: &["parameters"],
        tools: &[&["parameters", "tools"]],
        tool_wrappers: &["function"],
        prompts: &["input"],
        texts: &["content", "text", "prompt", "query", "texts", "documents"],
        ids: &["tool_call_id"],
        id_holders: &["tool_calls"],
        users: &["arguments", "parameters"],
        headers: &["x-dashscope-async", "x-dashscope-sse"],
        ..RequestFacts::BLANK
    },
    response: ResponseFacts {
        counts: &[&["usage"]],
        progress,
        last: "a `finish_reason` that is not \"null\"",
        failure,
        claims: claim,
        ids: &["request_id", "task_id"],
        times: &["submit_time", "scheduled_time", "end_time"],
        cumulative: &["usage"],
        beside: &["role", "usage"],
        headers: &["x-dashscope-call-gateway", "x-request-id"],
        ..ResponseFacts::BLANK
    },
    readers: Readers {
        said: &[(Turn::Messages, "input", said)],
        answers,
        summary,
        reasons: &[&["output", "choices", "0", "finish_reason"], &["output", "finish_reason"]],
        usual_ends: &["null"],
        ..Readers::BLANK
    },
};

/// On whichever host: gateways keep the path of what they stand in front of.
fn by_path(path: &str, headers: &HeaderMap, _: Option<&Json>) -> Option<&'static str> {
    let asks = ["x-dashscope-sse", "x-dashscope-async", "x-dashscope-datainspection"];
    let known = path.contains("/api/v1/services/")
        || path.contains("/compatible-mode/v1/")
        || asks.iter().any(|name| headers.contains_key(*name));
    known.then_some("alibaba_cloud")
}

fn by_body(body: &Json) -> Option<&'static str> {
    let asks = ["messages", "prompt", "texts"].iter().any(|name| body.at(&["input", name]).is_some());
    (asks && body.get("model").is_some() && body.get("parameters").is_some()).then_some("alibaba_cloud")
}

/// Every event says how the answer ended, and while it has not, in the word `null`.
fn progress(_: Option<&str>, json: &Json) -> Option<Progress> {
    json.get("request_id")?;
    let output = json.get("output").filter(|output| output.as_object().is_some())?;
    let choices = output.get("choices").and_then(Json::as_array).unwrap_or_default();
    let reasons: Vec<Option<&str>> = match choices {
        [] => vec![output.get("finish_reason").and_then(Json::as_str)],
        choices => choices.iter().map(|one| one.get("finish_reason").and_then(Json::as_str)).collect(),
    };
    if output.get("choices").is_none() && output.get("finish_reason").is_none() {
        return None;
    }
    let ended =
        reasons.iter().all(|reason| reason.is_some_and(|reason| reason != "null" && !reason.is_empty()));
    Some(if ended { Progress::Said } else { Progress::Going })
}

/// An answer with a code tells of an error, in a stream with the status 200.
fn failure<'a>(_: Option<&str>, json: &'a Json) -> Option<&'a Json> {
    json.get("request_id")?;
    let code = json.get("code").filter(|code| code.as_str().is_some_and(|code| !code.is_empty()))?;
    (code.as_str() != Some("Success") && json.get("message").is_some_and(says_something) && !has_output(json))
        .then_some(json)
}

fn has_output(json: &Json) -> bool {
    json.get("output").is_some_and(says_something)
}

/// Text goes on in each event where that was asked for; otherwise each says all of it again, which is no piece.
fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    if event.get("request_id").is_none() {
        return;
    }
    let mut take = |choice: usize, name: &str, kind, way: &[&str]| {
        let Some(text) = event.at(way).and_then(Json::as_str).filter(|text| !text.is_empty()) else { return };
        let part = assembly.part(choice, kind, name);
        let before = assembly.parts()[part].content.as_str();
        if before.is_empty() || !text.starts_with(before) {
            assembly.text(event, &path(way), (part, Field::Content, Extent::Piece), claims);
        }
    };
    take(0, "text", PartKind::Text, &["output", "text"]);
    let choices = event.at(&["output", "choices"]).and_then(Json::as_array).map_or(0, <[_]>::len);
    for index in 0..choices {
        let at = index.to_string();
        for (name, kind) in [("content", PartKind::Text), ("reasoning_content", PartKind::Reasoning)] {
            take(index, name, kind, &["output", "choices", &at, "message", name]);
        }
    }
}

/// The last event of a stream whose events say all of the text again. A piece is shorter than the tokens of the whole.
fn summary(event: &Json, parts: Parts) -> Option<Vec<Answer>> {
    if progress(None, event) != Some(Progress::Said) {
        return None;
    }
    let answers = answers(event, parts)?;
    let tokens = number(event, &["usage", "output_tokens"])?;
    let letters: usize = answers.iter().flat_map(|answer| &answer.parts).map(length).sum();
    (letters as u64 >= tokens).then_some(answers)
}

fn length(part: &Part) -> usize {
    match part {
        Part::Text(text) | Part::Reasoning(text) => text.chars().count(),
        _ => 0,
    }
}

fn said(input: &Json, parts: Parts) -> Option<Vec<Message>> {
    if let Some(list) = input.get("messages") {
        return messages(list, parts);
    }
    let texts = ["prompt", "query", "text", "texts", "contents", "documents"];
    let said: Vec<Part> = texts.iter().filter_map(|name| input.get(name)).flat_map(parts).collect();
    (!said.is_empty()).then(|| vec![Message { role: Role::User, parts: said }])
}

fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    whole.get("request_id")?;
    let output = whole.get("output").filter(|output| output.as_object().is_some())?;
    if let Some(choices) = output.get("choices").and_then(Json::as_array) {
        let answer = |choice: &Json| Answer {
            parts: choice.get("message").map(|message| spoken(message, parts)).unwrap_or_default(),
            finish_reason: string(choice.get("finish_reason")),
        };
        return Some(choices.iter().map(answer).collect());
    }
    if let Some(list) = output.get("embeddings").and_then(Json::as_array) {
        return Some(vec![Answer::plain(vectors(list.iter().map(|one| one.get("embedding")))?)]);
    }
    let said = parts(output.get("text")?);
    Some(vec![Answer { parts: said, finish_reason: string(output.get("finish_reason")) }])
}
