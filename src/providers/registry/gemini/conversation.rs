//! Gemini, at Google's AI Studio and at Vertex. Client libraries spell the same fields in two ways.

use crate::model::json::Json;
use crate::providers::conversation::content::{Parts, call, numbered, string};
use crate::providers::conversation::{Answer, Message, Part, Role, media};
use crate::providers::protocol::{Readers, Turn};
use crate::providers::registry::openai::other_conversation;

pub(super) const READS: Readers = Readers {
    said: &[
        (Turn::System, "systemInstruction", system),
        (Turn::System, "system_instruction", system),
        (Turn::Messages, "contents", contents),
        (Turn::Messages, "content", contents),
        (Turn::Messages, "requests", requests),
    ],
    answers,
    block,
    // Vertex streams a JSON array to those who don't ask for events.
    in_array: |item| item.get("candidates").is_some(),
    beside,
    usual_ends: &["STOP"],
    ..Readers::BLANK
};

/// The first of several spellings of a field.
fn either<'a>(value: &'a Json, names: [&str; 2]) -> Option<&'a Json> {
    names.iter().find_map(|name| value.get(name))
}

/// `contents`: a list of turns, one turn, or bare text.
fn contents(value: &Json, parts: Parts) -> Option<Vec<Message>> {
    let turns = match value {
        Json::Array(turns) => turns,
        one => std::slice::from_ref(one),
    };
    Some(turns.iter().map(|one| turn(one, parts)).collect())
}

/// The texts to embed in one go.
fn requests(value: &Json, parts: Parts) -> Option<Vec<Message>> {
    value.as_array()?.iter().map(|one| Some(turn(one.get("content")?, parts))).collect()
}

fn turn(value: &Json, parts: Parts) -> Message {
    let role = value.get("role").and_then(Json::as_str).map_or(Role::User, Role::named);
    Message { role, parts: parts(value.get("parts").unwrap_or(value)) }
}

/// `systemInstruction`: a turn, or bare text.
fn system(value: &Json, parts: Parts) -> Option<Vec<Message>> {
    let parts = parts(value.get("parts").unwrap_or(value));
    Some(vec![Message { role: Role::System, parts }])
}

/// The parts of a turn, which have no type: the name of their field says what they are.
fn block(value: &Json, parts: Parts) -> Option<Vec<Part>> {
    if let Some(said) = value.get("text").and_then(Json::as_str).filter(|_| is_bare(value)) {
        let thought = value.get("thought") == Some(&Json::Bool(true));
        return Some(vec![if thought { Part::Reasoning } else { Part::Text }(said.to_owned())]);
    }
    if value.get("type").is_some() {
        return None;
    }
    let text = |inner: &Json, names| either(inner, names).and_then(Json::as_str).map(str::to_owned);
    Some(vec![if let Some(inner) = either(value, ["functionCall", "function_call"]) {
        call(inner.get("id"), inner.get("name")?, inner.get("args"))?
    } else if let Some(inner) = either(value, ["functionResponse", "function_response"]) {
        Part::ToolResult {
            id: string(inner.get("id")),
            name: string(inner.get("name")),
            parts: inner.get("response").map(|said| vec![Part::Other(said.clone())]).unwrap_or_default(),
            is_error: inner.at(&["response", "error"]).is_some(),
        }
    } else if let Some(inner) = either(value, ["inlineData", "inline_data"]) {
        let kind = text(inner, ["mimeType", "mime_type"]).unwrap_or_else(|| "file".to_owned());
        media::inline(&kind, inner.get("data")?.as_str()?)
    } else if let Some(inner) = either(value, ["fileData", "file_data"]) {
        let kind = text(inner, ["mimeType", "mime_type"]).unwrap_or_else(|| "file".to_owned());
        media::elsewhere(&kind, &text(inner, ["fileUri", "file_uri"])?)
    } else if let Some(inner) = either(value, ["executableCode", "executable_code"]) {
        call(None, &Json::from("code_execution"), Some(inner))?
    } else {
        let inner = either(value, ["codeExecutionResult", "code_execution_result"])?;
        Part::ToolResult {
            id: None,
            name: Some("code_execution".to_owned()),
            parts: inner.get("output").map(parts).unwrap_or_default(),
            is_error: inner.get("outcome").and_then(Json::as_str).is_some_and(|told| told != "OUTCOME_OK"),
        }
    }])
}

/// Text with a mark that it is a thought, or with a signature, and nothing else that would be lost.
fn is_bare(value: &Json) -> bool {
    value.get("type").is_none()
        && ["functionCall", "functionResponse", "inlineData", "fileData"]
            .iter()
            .all(|name| value.get(name).is_none())
}

/// Candidates, or embeddings.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    if let Some(candidates) = whole.get("candidates").and_then(Json::as_array) {
        return Some(candidates.iter().map(|one| candidate(one, parts)).collect());
    }
    let answer = |parts, reason| Some(vec![Answer { parts, finish_reason: string(reason) }]);
    if let Some(reason) = whole.at(&["promptFeedback", "blockReason"]) {
        let said = whole.at(&["promptFeedback", "blockReasonMessage"]).or(Some(reason));
        return answer(string(said).map(Part::Refusal).into_iter().collect(), Some(reason));
    }
    if let Some(values) = whole.at(&["embedding", "values"]) {
        return answer(other_conversation::vectors([Some(values)].into_iter())?, None);
    }
    if let Some(list) = whole.get("embeddings").and_then(Json::as_array)
        && let Some(found) = other_conversation::vectors(list.iter().map(|one| one.get("values")))
    {
        return answer(found, None);
    }
    None
}

fn candidate(value: &Json, parts: Parts) -> Answer {
    let said = value.at(&["content", "parts"]).map(parts).unwrap_or_default();
    // Vertex cites, grounds and rates beside the text; only what is said is part of the conversation.
    let reason = match either(value, ["finishReason", "finish_reason"]) {
        // Some clients ask for enums by their numbers.
        Some(Json::Number(number)) => Some(number.clone()),
        reason => string(reason),
    };
    Answer { parts: joined(said), finish_reason: reason }
}

/// Text that comes in several parts is one text, as it is when it is streamed.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for part in parts {
        match (out.last_mut(), part) {
            (Some(Part::Text(last)), Part::Text(next))
            | (Some(Part::Reasoning(last)), Part::Reasoning(next)) => last.push_str(&next),
            (_, Part::Text(text) | Part::Reasoning(text)) if text.is_empty() => {}
            (_, part) => out.push(part),
        }
    }
    out
}

/// What is no text comes in one piece.
fn beside(event: &Json, parts: Parts) -> Vec<(usize, Part)> {
    let whole = |candidate: &Json| -> Vec<Part> {
        let list = candidate.at(&["content", "parts"]).and_then(Json::as_array).unwrap_or_default();
        list.iter().filter(|part| part.get("text").is_none()).flat_map(parts).collect()
    };
    numbered(event, "candidates")
        .flat_map(|(choice, candidate)| whole(candidate).into_iter().map(move |part| (choice, part)))
        .collect()
}
