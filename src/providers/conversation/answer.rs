//! What an answer says, whole or streamed.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::content::{string, text};
use super::stream::Streamed;
use super::{Answer, Part, media};
use crate::model::exchange::Response;
use crate::model::json::{self, Json};
use crate::model::wire::bodies::media_type;
use crate::model::wire::framing;
use crate::providers::registry::openai::responses_conversation;
use crate::providers::registry::openai::{chat_conversation, other_conversation};
use crate::providers::registry::{anthropic, bedrock, cohere, gemini, ollama};

/// Says what the answer of a family holds; `None` for an answer of somebody else.
type Reader = fn(&Json) -> Option<Vec<Answer>>;

/// The readers of each family, the most particular first. A new family adds its own here.
const READERS: [Reader; 8] = [
    chat_conversation::answers,
    responses_conversation::answers,
    anthropic::conversation::answers,
    gemini::conversation::answers,
    bedrock::conversation::answers,
    ollama::conversation::answers,
    cohere::conversation::answers,
    other_conversation::answers,
];

/// What was answered, and the fingerprint of the model.
pub(super) fn read(response: &Response) -> (Vec<Answer>, Option<String>) {
    let body = &response.body.bytes;
    if body.is_empty() {
        return (Vec::new(), None);
    }
    if let Some(framing) = framing(&response.headers, body) {
        return Streamed::of(framing, body).finish();
    }
    match json::parse(body) {
        // Vertex streams a JSON array to those who don't ask for events.
        Ok(Json::Array(items)) if items.iter().any(|item| item.get("candidates").is_some()) => {
            Streamed::of_events(&items).finish()
        }
        Ok(whole) => (whole_answers(&whole), string(whole.get("system_fingerprint"))),
        Err(_) => (vec![plain(raw(&response.headers, body))], None),
    }
}

/// The answers in a JSON value.
pub(super) fn known(whole: &Json) -> Option<Vec<Answer>> {
    READERS.iter().find_map(|read| read(whole))
}

fn whole_answers(whole: &Json) -> Vec<Answer> {
    let empty = matches!(whole, Json::Object(fields) if fields.is_empty());
    known(whole)
        .unwrap_or_else(|| if empty { Vec::new() } else { vec![plain(vec![Part::Other(whole.clone())])] })
}

pub(super) fn plain(parts: Vec<Part>) -> Answer {
    Answer { parts, finish_reason: None }
}

/// Text, or a sound, an image, a file.
fn raw(headers: &HeaderMap, body: &[u8]) -> Vec<Part> {
    let kind = headers.get(CONTENT_TYPE).map(|value| media_type(value.as_bytes())).unwrap_or_default();
    let is_media = ["image/", "audio/", "video/"].iter().any(|start| kind.starts_with(start));
    match std::str::from_utf8(body) {
        Ok(written) if !is_media => text(written),
        _ => vec![media::attached(if kind.is_empty() { "bytes" } else { &kind }, None, body)],
    }
}
