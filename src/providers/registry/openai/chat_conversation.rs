//! Chat completions of OpenAI and of all who speak them: Mistral, Groq, `DeepSeek`, gateways, local servers. Messages with a
//! role look alike at Anthropic, Cohere, Ollama and Bedrock too, so they are read here.

use crate::model::json::Json;
use crate::providers::conversation::content::{Parts, call, numbered, reasoning, string};
use crate::providers::conversation::{Answer, Message, Part, Role, media};
use crate::providers::protocol::{Readers, Turn};

pub(in crate::providers::registry) const READS: Readers = Readers {
    said: &[
        (Turn::Messages, "messages", messages),
        // Of assistants.
        (Turn::System, "instructions", system),
        (Turn::Messages, "additional_messages", messages),
        (Turn::Now, "prompt", user),
    ],
    answers,
    block,
    beside,
    sound,
    usual_ends: &["stop", "tool_calls", "function_call"],
    ..Readers::BLANK
};

/// Fields in which a message keeps its thoughts. The first counts: some gateways send several spellings of one.
const THOUGHTS: [&str; 4] = ["reasoning_content", "reasoning", "thinking", "tool_plan"];

/// A list of messages.
pub(in crate::providers::registry) fn messages(list: &Json, parts: Parts) -> Option<Vec<Message>> {
    let list = list.as_array()?;
    Some(list.iter().map(|one| message(one, parts).unwrap_or_else(|| unknown(one, parts))).collect())
}

fn unknown(value: &Json, parts: Parts) -> Message {
    Message { role: Role::Other("message".to_owned()), parts: parts(value) }
}

/// A message with a role.
pub(in crate::providers::registry) fn message(value: &Json, parts: Parts) -> Option<Message> {
    let role = Role::named(value.get("role")?.as_str()?);
    let mut said = spoken(value, parts);
    if role == Role::Tool && !matches!(said.as_slice(), [Part::ToolResult { .. }, ..]) {
        let id = string(value.get("tool_call_id"));
        let name = string(value.get("name").or_else(|| value.get("tool_name")));
        said = vec![Part::ToolResult { id, name, parts: said, is_error: false }];
    }
    Some(Message { role, parts: said })
}

/// What a message says, whoever says it.
pub(in crate::providers::registry) fn spoken(message: &Json, parts: Parts) -> Vec<Part> {
    let field = |name: &str| message.get(name).filter(|value| !value.is_null());
    let mut said: Vec<Part> = THOUGHTS
        .iter()
        .find_map(|name| field(name))
        .map(|thought| reasoning(thought, parts))
        .unwrap_or_default();
    for name in ["content", "parts", "message"] {
        said.extend(field(name).map(parts).unwrap_or_default());
    }
    said.extend(
        field("images").and_then(Json::as_array).unwrap_or_default().iter().flat_map(|one| image(one, parts)),
    );
    said.extend(string(field("refusal")).map(Part::Refusal));
    said.extend(field("audio").map(|sound| audio(sound, parts)).unwrap_or_default());
    for one in field("tool_calls").and_then(Json::as_array).unwrap_or_default() {
        said.push(tool_call(one).unwrap_or_else(|| Part::Other(one.clone())));
    }
    said.extend(field("function_call").and_then(tool_call));
    said
}

/// Ollama takes bare base64, `OpenRouter` gives blocks.
pub(in crate::providers::registry) fn image(value: &Json, parts: Parts) -> Vec<Part> {
    match value.as_str() {
        Some(address) if address.starts_with("http") => vec![media::elsewhere("image", address)],
        Some(data) => vec![media::inline("image", data)],
        None => parts(value),
    }
}

/// A spoken answer: what was said, and its sound.
fn audio(value: &Json, parts: Parts) -> Vec<Part> {
    let transcript = value.get("transcript").map(parts).unwrap_or_default();
    let sound = value.get("data").and_then(Json::as_str).map(|data| media::inline("audio", data));
    let before = value.get("id").and_then(Json::as_str).filter(|_| sound.is_none() && transcript.is_empty());
    transcript.into_iter().chain(sound).chain(before.map(|id| media::elsewhere("audio", id))).collect()
}

/// `{id, function: {name, arguments}}`, or the same without the inner object.
pub(in crate::providers::registry) fn tool_call(value: &Json) -> Option<Part> {
    let inner = value.get("function").or_else(|| value.get("custom")).unwrap_or(value);
    let given = ["arguments", "input", "parameters"].iter().find_map(|name| inner.get(name));
    call(value.get("id"), inner.get("name")?, given)
}

/// The blocks of chat: those with an address behind the name of their type.
fn block(value: &Json, parts: Parts) -> Option<Vec<Part>> {
    let kind = value.get("type")?.as_str()?;
    let inner = value.get(kind);
    let address = || inner.and_then(|inner| inner.get("url").unwrap_or(inner).as_str());
    let text = |name: &str| inner.and_then(|inner| inner.get(name)?.as_str());
    Some(vec![match kind {
        // Assistants wrap the text with its annotations.
        "text" => Part::Text(value.at(&["text", "value"]).or(inner)?.as_str()?.to_owned()),
        "refusal" => Part::Refusal(inner?.as_str()?.to_owned()),
        "image_url" => media::elsewhere("image", address()?),
        "video_url" => media::elsewhere("video", address()?),
        "audio_url" => media::elsewhere("audio", address()?),
        "document_url" => media::elsewhere("document", address()?),
        "image_file" => media::elsewhere("image", text("file_id")?),
        "input_audio" => media::inline(&format!("audio/{}", text("format").unwrap_or("wav")), text("data")?),
        "file" => match (text("file_data"), text("file_id").or_else(|| text("filename"))) {
            (Some(data), _) => media::inline(text("filename").unwrap_or("file"), data),
            (None, source) => media::elsewhere("file", source?),
        },
        "function" => tool_call(value)?,
        "thinking" => return Some(reasoning(inner?, parts)),
        _ => return None,
    }])
}

/// The answers of chat and of the older completions, which differ only in where the text is.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let choices = whole.get("choices")?.as_array()?;
    let answer = |choice: &Json| {
        let said = ["message", "delta"].iter().find_map(|name| choice.get(name));
        let said = match (said, choice.get("text")) {
            (Some(message), _) => spoken(message, parts),
            (None, Some(text)) => parts(text),
            (None, None) => vec![Part::Other(choice.clone())],
        };
        Answer { parts: said, finish_reason: string(choice.get("finish_reason")) }
    };
    Some(choices.iter().map(answer).collect())
}

/// Text or a list; an object under the same name is something else, such as a prompt that the provider keeps.
fn is_said(value: &Json) -> bool {
    matches!(value, Json::String(_) | Json::Array(_))
}

/// What the system prompt says, in a field of its own.
pub(in crate::providers::registry) fn system(value: &Json, parts: Parts) -> Option<Vec<Message>> {
    is_said(value).then(|| vec![Message { role: Role::System, parts: parts(value) }])
}

/// What a user says, in a field of its own.
pub(in crate::providers::registry) fn user(value: &Json, parts: Parts) -> Option<Vec<Message>> {
    is_said(value).then(|| vec![Message { role: Role::User, parts: parts(value) }])
}

/// `OpenRouter` sends images in one piece.
fn beside(event: &Json, parts: Parts) -> Vec<(usize, Part)> {
    let images = |said: &Json| said.at(&["delta", "images"]).map(parts).unwrap_or_default();
    numbered(event, "choices")
        .flat_map(|(choice, said)| images(said).into_iter().map(move |part| (choice, part)))
        .collect()
}

fn sound(event: &Json) -> Option<(usize, &str)> {
    numbered(event, "choices")
        .find_map(|(choice, said)| Some((choice, said.at(&["delta", "audio", "data"])?.as_str()?)))
}
