//! What requests and answers of each protocol say. Bodies are written by hand, as providers and clients write them.

mod answers;
pub(crate) mod hostile;
mod requests;
mod streams;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version};

use crate::model::exchange::{Request, Response, ResponseBody};
use crate::model::interaction::Interaction;
use crate::model::json::{Json, Layout};
use crate::providers::conversation::{Conversation, Part};

fn headers(kind: &str) -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_str(kind).unwrap())])
}

/// An interaction with these bodies and what they call themselves.
pub(crate) fn interaction(request: (&str, &[u8]), answer: (&str, &[u8])) -> Interaction {
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
        body: ResponseBody { bytes, ..ResponseBody::default() },
    };
    Interaction::bare(request, response)
}

fn conversation(request: (&str, &[u8]), answer: (&str, &[u8])) -> Conversation {
    Conversation::of(&interaction(request, answer))
}

/// `role: what is said | what else is said`.
fn line(name: &str, parts: &[Part]) -> String {
    let told = |part: &Part| match part {
        Part::Other(value) => format!("JSON {}", value.compact()),
        part => said(part),
    };
    format!("{name}: {}", parts.iter().map(told).collect::<Vec<_>>().join(" | "))
}

/// All that a part holds, in the notation of these tests.
fn said(part: &Part) -> String {
    let json = |value: &Json| {
        Layout { space_after_comma: true, space_after_colon: true, ..Layout::default() }.write(value)
    };
    match part {
        Part::Text(text) => text.clone(),
        Part::Reasoning(text) => format!("({text})"),
        Part::Refusal(text) => format!("refusal: {text}"),
        Part::ToolCall { name, arguments: Json::Object(fields), .. } => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", json(value))).collect();
            format!("{name}({})", fields.join(", "))
        }
        Part::ToolCall { name, arguments, .. } => format!("{name}({})", json(arguments)),
        Part::ToolResult { name, parts, is_error, .. } => {
            let parts: Vec<String> = parts.iter().map(said).collect();
            let mark = if *is_error { "error: " } else { "" };
            format!("{} → {mark}{}", name.as_deref().unwrap_or("result"), parts.join("\n"))
        }
        Part::Media { kind, source, bytes } => {
            let source = if source.is_empty() { String::new() } else { format!(" {source}") };
            let bytes = bytes.map(|bytes| format!(", {bytes} bytes")).unwrap_or_default();
            format!("[{kind}{source}{bytes}]")
        }
        Part::Vectors { count, dimensions } => format!("[{count} × {dimensions} numbers]"),
        Part::Other(value) => json(value),
    }
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
