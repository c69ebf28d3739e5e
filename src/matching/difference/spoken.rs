//! What a message says, and any value in a few characters.

use super::text::shorten;
use crate::model::json::Json;
use crate::model::text::plural;

/// What a message says and the field that it says it in, where that is nothing but text.
pub(crate) fn spoken(message: &Json) -> Option<(&'static str, String)> {
    ["content", "parts", "output"]
        .into_iter()
        .find_map(|field| Some((field, spoken_text(message.get(field)?)?)))
}

/// A text, the texts of a list of parts, or those of an object of Gemini's with such a list.
pub(crate) fn spoken_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Object(_) => text_of_parts(value.get("parts")?),
        parts => text_of_parts(parts),
    }
}

/// The text of a list of parts that are all text.
pub(super) fn text_of_parts(parts: &Json) -> Option<String> {
    let texts: Option<Vec<&str>> =
        parts.as_array()?.iter().map(|part| part.get("text").and_then(Json::as_str)).collect();
    texts.filter(|texts| !texts.is_empty()).map(|texts| texts.join("\n"))
}

/// A message in a few words.
pub(super) fn said(message: &Json) -> String {
    match spoken(message) {
        Some((_, text)) => brief(&Json::String(text)),
        None => brief(message),
    }
}

pub(super) fn role(item: &Json) -> String {
    item.get("role").and_then(Json::as_str).map(|role| format!(" ({})", shorten(role))).unwrap_or_default()
}

/// A value in a few characters.
pub(super) fn brief(value: &Json) -> String {
    match value {
        Json::Array(_) | Json::Object(_) if text_of_parts(value).is_some() => {
            shorten(&Json::from(text_of_parts(value).unwrap_or_default()).compact())
        }
        Json::Array(items) if items.len() > 3 => plural(items.len(), "item"),
        other => shorten(&other.compact()),
    }
}
