//! What helps to read what is said in one place: text, or blocks of text, images, calls.

use super::Part;
use crate::model::json::{self, Json};

/// The parts of a text, of a block, or of a list of them, whoever's they are: for readers of what holds others.
pub(crate) type Parts = fn(&Json) -> Vec<Part>;

/// Text, unless there is none.
pub(crate) fn text(said: &str) -> Vec<Part> {
    if said.is_empty() { Vec::new() } else { vec![Part::Text(said.to_owned())] }
}

/// Thoughts, in whichever way content is written.
pub(crate) fn reasoning(content: &Json, parts: Parts) -> Vec<Part> {
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

/// The items of a list with the numbers that they give themselves, else those of their places.
pub(crate) fn numbered<'a>(event: &'a Json, list: &str) -> impl Iterator<Item = (usize, &'a Json)> {
    let items = event.get(list).and_then(Json::as_array).unwrap_or_default();
    items.iter().enumerate().map(|(at, item)| {
        let number = item.get("index").and_then(Json::as_u64).and_then(|number| usize::try_from(number).ok());
        (number.unwrap_or(at), item)
    })
}

/// What an event calls itself.
pub(crate) fn kind(event: &Json) -> &str {
    event.get("type").or_else(|| event.get("event_type")).and_then(Json::as_str).unwrap_or_default()
}
