//! What is said in one place: text, or blocks of text, images, calls. Blocks are told by their shape, since gateways and
//! local servers mix the protocols of several providers.

use super::Part;
use crate::model::json::{self, Json};
use crate::providers::registry::openai::{chat_conversation, responses_conversation};
use crate::providers::registry::{anthropic, bedrock, gemini};

/// Says what a block is; `None` for a block of somebody else.
type Reader = fn(&Json) -> Option<Vec<Part>>;

/// The readers of each family, the most particular first. A new family adds its own here.
const READERS: [Reader; 5] = [
    responses_conversation::block,
    chat_conversation::block,
    anthropic::conversation::block,
    bedrock::conversation::block,
    gemini::conversation::block,
];

/// The parts of a text, of a block, or of a list of them.
pub(crate) fn parts(content: &Json) -> Vec<Part> {
    match content {
        Json::Null => Vec::new(),
        Json::String(said) => text(said),
        Json::Array(items) if items.iter().any(|item| !matches!(item, Json::Number(_))) => {
            items.iter().flat_map(parts).collect()
        }
        Json::Array(items) if items.is_empty() => Vec::new(),
        block => {
            READERS.iter().find_map(|read| read(block)).unwrap_or_else(|| vec![Part::Other(block.clone())])
        }
    }
}

/// Text, unless there is none.
pub(crate) fn text(said: &str) -> Vec<Part> {
    if said.is_empty() { Vec::new() } else { vec![Part::Text(said.to_owned())] }
}

/// Thoughts, in whichever way content is written.
pub(crate) fn reasoning(content: &Json) -> Vec<Part> {
    let thought = |part| match part {
        Part::Text(text) => Part::Reasoning(text),
        other => other,
    };
    parts(content).into_iter().map(thought).collect()
}

/// The arguments of a call: most providers write them as JSON in a string.
pub(crate) fn arguments(value: Option<&Json>) -> Json {
    match value {
        None | Some(Json::Null) => Json::Object(Vec::new()),
        Some(Json::String(text)) if text.trim().is_empty() => Json::Object(Vec::new()),
        Some(Json::String(text)) => json::parse(text.as_bytes())
            .ok()
            .filter(|parsed| matches!(parsed, Json::Object(_) | Json::Array(_)))
            .unwrap_or_else(|| Json::from(text.as_str())),
        Some(value) => value.clone(),
    }
}

/// A call of a tool, from the fields that hold its id, its name and its arguments.
pub(crate) fn call(id: Option<&Json>, name: &Json, given: Option<&Json>) -> Option<Part> {
    let name = name.as_str()?.to_owned();
    Some(Part::ToolCall { id: string(id), name, arguments: arguments(given) })
}

/// A text that says something.
pub(crate) fn string(value: Option<&Json>) -> Option<String> {
    value.and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}
