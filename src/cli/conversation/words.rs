//! How the parts of a conversation read as text: calls as calls, media as what they are.

use crate::model::json::{Json, Layout};
use crate::model::text::{grouped, plural};
use crate::providers::conversation::Part;
use sha2::{Digest as _, Sha256};

/// In which manner something is said, for whoever sets it apart by more than words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Manner {
    AnswerChange,
    /// A thought, which is no part of the answer.
    Thought,
    /// A call of a tool, or what came of one.
    Called,
    /// What stands for something that is no text.
    Thing,
}

/// How exactly to name what is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Detail {
    /// As a person needs it.
    Calm,
    /// So that two things which differ read differently.
    Exact,
}

/// A part as text, which may have several lines.
pub(in crate::cli) fn words(part: &Part, detail: Detail) -> (Manner, String) {
    match part {
        Part::Text(text) => (Manner::AnswerChange, text.clone()),
        Part::Reasoning(text) => (Manner::Thought, text.clone()),
        Part::Refusal(text) => (Manner::AnswerChange, format!("refusal: {text}")),
        Part::ToolCall { name, arguments, .. } => (Manner::Called, call(name, arguments)),
        Part::ToolResult { name, parts, is_error, .. } => {
            let name = name.as_deref().unwrap_or("result");
            let said: Vec<String> = parts.iter().map(|part| words(part, detail).1).collect();
            let mark = if *is_error { "error: " } else { "" };
            (Manner::Called, format!("{name} → {mark}{}", said.join("\n")))
        }
        Part::Media { kind, source, bytes } => (Manner::Thing, media(kind, source, *bytes, detail)),
        Part::Vectors { count, dimensions } => {
            (Manner::Thing, format!("[{} of {dimensions} numbers]", plural(*count, "vector")))
        }
        Part::Other(value) => (Manner::Thing, line(value)),
    }
}

/// A call as a programmer would write it: `get_weather(city: "Oslo")`.
pub(in crate::cli) fn call(name: &str, arguments: &Json) -> String {
    match arguments {
        Json::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", line(value))).collect();
            format!("{name}({})", fields.join(", "))
        }
        other => format!("{name}({})", line(other)),
    }
}

/// JSON on one line, with room between, without what no person can read.
pub(in crate::cli) fn line(value: &Json) -> String {
    Layout { space_after_comma: true, space_after_colon: true, ..Layout::default() }.write(&folded(value))
}

/// A value in which a name stands for each text that only programs read, such as reasoning that a provider encrypted.
pub(in crate::cli) fn folded(value: &Json) -> Json {
    match value {
        Json::String(text) if is_opaque(text) => Json::String(opaque(text)),
        Json::Array(items) => Json::Array(items.iter().map(folded).collect()),
        Json::Object(fields) => {
            Json::Object(fields.iter().map(|(name, value)| (name.clone(), folded(value))).collect())
        }
        other => other.clone(),
    }
}

/// Letters of some encoding without a gap, and more of them than a name, an id or an address has.
fn is_opaque(text: &str) -> bool {
    const LONGEST_ID: usize = 160;
    let encodes = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_.:~".contains(&byte);
    let is_address = text.starts_with("http://") || text.starts_with("https://");
    text.len() > LONGEST_ID && !is_address && text.bytes().all(encodes)
}

/// What stands for such a text: two that differ are named differently.
fn opaque(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let start: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("[{} characters, sha256:{start}]", grouped(text.len() as u64))
}

fn media(kind: &str, source: &str, bytes: Option<usize>, detail: Detail) -> String {
    let is_shown = !source.is_empty() && (detail == Detail::Exact || !source.starts_with("sha256:"));
    let source = if is_shown { format!(" {source}") } else { String::new() };
    let bytes = match (bytes, detail) {
        (Some(bytes), Detail::Calm) => format!(", {}", size(bytes)),
        (Some(bytes), Detail::Exact) => format!(", {bytes} bytes"),
        (None, _) => String::new(),
    };
    format!("[{kind}{source}{bytes}]")
}

/// `512 bytes`, `12 KB`, `3.4 MB`.
fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => plural(bytes, "byte"),
        1_000..1_000_000 => format!("{} KB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
