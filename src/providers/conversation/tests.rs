//! What requests and answers of each protocol say. Bodies are written by hand, as providers and clients write them.

mod answers;
mod hostile;
mod requests;
mod streams;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version};

use super::{Conversation, Part};
use crate::cli::conversation::{Detail, words};
use crate::model::exchange::{Request, Response, ResponseBody};
use crate::model::interaction::Interaction;

fn headers(kind: &str) -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_str(kind).unwrap())])
}

/// An interaction with these bodies and what they call themselves.
fn interaction(request: (&str, &[u8]), answer: (&str, &[u8])) -> Interaction {
    let request = Request {
        method: Method::POST,
        url: "https://gateway.example.com/llm".to_owned(),
        headers: headers(request.0),
        body: Bytes::copy_from_slice(request.1),
    };
    let bytes = Bytes::copy_from_slice(answer.1);
    let response = Response {
        status: StatusCode::OK,
        version: Version::HTTP_11,
        url: None,
        headers: headers(answer.0),
        body: ResponseBody { bytes, chunks: Vec::new(), hung_up: false },
    };
    Interaction::bare(request, response)
}

fn conversation(request: (&str, &[u8]), answer: (&str, &[u8])) -> Conversation {
    Conversation::of(&interaction(request, answer))
}

/// `role: what is said | what else is said`.
fn line(name: &str, parts: &[Part]) -> String {
    let said: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Part::Reasoning(text) => format!("({text})"),
            Part::Other(value) => format!("JSON {}", value.compact()),
            part => words(part, Detail::Exact).1,
        })
        .collect();
    format!("{name}: {}", said.join(" | "))
}

/// The messages of a request.
fn asked(body: &str) -> Vec<String> {
    let conversation = conversation(("application/json", body.as_bytes()), ("application/json", b""));
    conversation.messages.iter().map(|message| line(message.role.name(), &message.parts)).collect()
}

/// The answers in a body: how each ended, and what it says.
fn answered(kind: &str, body: &[u8]) -> Vec<String> {
    let conversation = conversation(("application/json", b"{}"), (kind, body));
    let told = |answer: &super::Answer| line(answer.finish_reason.as_deref().unwrap_or("-"), &answer.parts);
    conversation.answers.iter().map(told).collect()
}
