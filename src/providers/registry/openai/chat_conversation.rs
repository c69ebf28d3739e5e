//! Chat completions of OpenAI and of all who speak them: Mistral, Groq, `DeepSeek`, gateways, local servers. Messages with a
//! role look alike at Anthropic, Cohere, Ollama and Bedrock too, so they are read here.

use crate::model::json::Json;
use crate::providers::conversation::content::{call, parts, reasoning, string};
use crate::providers::conversation::{Answer, Message, Part, Role, media};

/// Fields in which a message keeps its thoughts. The first counts: some gateways send several spellings of one.
const THOUGHTS: [&str; 4] = ["reasoning_content", "reasoning", "thinking", "tool_plan"];

/// A list of messages.
pub(crate) fn messages(list: &Json) -> Option<Vec<Message>> {
    let list = list.as_array()?;
    Some(list.iter().map(|one| message(one).unwrap_or_else(|| unknown(one))).collect())
}

fn unknown(value: &Json) -> Message {
    Message { role: Role::Other("message".to_owned()), parts: parts(value) }
}

/// A message with a role.
pub(crate) fn message(value: &Json) -> Option<Message> {
    let role = Role::named(value.get("role")?.as_str()?);
    let mut parts = spoken(value);
    if role == Role::Tool && !matches!(parts.as_slice(), [Part::ToolResult { .. }, ..]) {
        let id = string(value.get("tool_call_id"));
        let name = string(value.get("name").or_else(|| value.get("tool_name")));
        parts = vec![Part::ToolResult { id, name, parts, is_error: false }];
    }
    Some(Message { role, parts })
}

/// What a message says, whoever says it.
pub(crate) fn spoken(message: &Json) -> Vec<Part> {
    let field = |name: &str| message.get(name).filter(|value| !value.is_null());
    let mut said: Vec<Part> = THOUGHTS.iter().find_map(|name| field(name)).map(reasoning).unwrap_or_default();
    for name in ["content", "parts", "message"] {
        said.extend(field(name).map(parts).unwrap_or_default());
    }
    said.extend(field("images").and_then(Json::as_array).unwrap_or_default().iter().flat_map(image));
    said.extend(string(field("refusal")).map(Part::Refusal));
    said.extend(field("audio").map(audio).unwrap_or_default());
    for one in field("tool_calls").and_then(Json::as_array).unwrap_or_default() {
        said.push(tool_call(one).unwrap_or_else(|| Part::Other(one.clone())));
    }
    said.extend(field("function_call").and_then(tool_call));
    said
}

/// Ollama takes bare base64, `OpenRouter` gives blocks.
pub(crate) fn image(value: &Json) -> Vec<Part> {
    match value.as_str() {
        Some(address) if address.starts_with("http") => vec![media::elsewhere("image", address)],
        Some(data) => vec![media::inline("image", data)],
        None => parts(value),
    }
}

/// A spoken answer: what was said, and its sound.
fn audio(value: &Json) -> Vec<Part> {
    let transcript = value.get("transcript").map(parts).unwrap_or_default();
    let sound = value.get("data").and_then(Json::as_str).map(|data| media::inline("audio", data));
    let before = value.get("id").and_then(Json::as_str).filter(|_| sound.is_none() && transcript.is_empty());
    transcript.into_iter().chain(sound).chain(before.map(|id| media::elsewhere("audio", id))).collect()
}

/// `{id, function: {name, arguments}}`, or the same without the inner object.
pub(crate) fn tool_call(value: &Json) -> Option<Part> {
    let inner = value.get("function").or_else(|| value.get("custom")).unwrap_or(value);
    let given = ["arguments", "input", "parameters"].iter().find_map(|name| inner.get(name));
    call(value.get("id"), inner.get("name")?, given)
}

/// The blocks of chat: those with an address behind the name of their type.
pub(crate) fn block(value: &Json) -> Option<Vec<Part>> {
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
        "thinking" => return Some(reasoning(inner?)),
        _ => return None,
    }])
}

/// The answers of chat and of the older completions, which differ only in where the text is.
pub(crate) fn answers(whole: &Json) -> Option<Vec<Answer>> {
    let choices = whole.get("choices")?.as_array()?;
    let answer = |choice: &Json| {
        let said = ["message", "delta"].iter().find_map(|name| choice.get(name));
        let parts = match (said, choice.get("text")) {
            (Some(message), _) => spoken(message),
            (None, Some(text)) => parts(text),
            (None, None) => vec![Part::Other(choice.clone())],
        };
        Answer { parts, finish_reason: string(choice.get("finish_reason")) }
    };
    Some(choices.iter().map(answer).collect())
}
