//! What a request says: its fields are read by those who know them, and what nobody knows is a setting.

use http::header::CONTENT_TYPE;
use memchr::memmem::find;

use super::content::{parts, text};
use super::{Conversation, Message, Part, Role, media, tools};
use crate::model::exchange::Request;
use crate::model::json::Json;
use crate::model::wire::bodies::{boundary, json_body, media_type, parts as multipart};
use crate::providers::model_asked_for;
use crate::providers::registry::openai::{chat_conversation, responses_conversation};
use crate::providers::registry::{cohere, gemini};

/// Reads what a field says; `None` leaves it among the settings.
type Reader = fn(&Json) -> Option<Vec<Message>>;

/// The fields in which something is said, in the order in which it is meant to be read.
const SPOKEN: [(&str, Reader); 20] = [
    ("system", system),
    ("systemInstruction", gemini::conversation::system),
    ("system_instruction", gemini::conversation::system),
    ("instructions", system),
    ("preamble", system),
    ("chat_history", chat_conversation::messages),
    ("messages", chat_conversation::messages),
    ("additional_messages", chat_conversation::messages),
    ("items", responses_conversation::input),
    ("input", responses_conversation::input),
    ("contents", gemini::conversation::contents),
    ("content", gemini::conversation::contents),
    ("requests", gemini::conversation::requests),
    ("prompt", user),
    ("inputText", user),
    ("message", cohere::conversation::message),
    ("query", user),
    ("texts", user),
    ("inputs", user),
    ("images", images),
];

/// Fields that gather settings under one name.
const GROUPS: [&str; 5] =
    ["generationConfig", "generation_config", "inferenceConfig", "textGenerationConfig", "options"];

/// Fields that declare tools.
const TOOLS: [&str; 3] = ["tools", "functions", "toolConfig"];

/// What is asked: everything of a conversation that the request tells.
pub(super) fn read(request: &Request) -> Conversation {
    let body = json_body(request);
    let mut conversation = match &body {
        Some(Json::Object(fields)) => of_fields(fields.clone()),
        Some(other) => said(vec![Part::Other(other.clone())]),
        None => form(request).unwrap_or_else(|| raw(request)),
    };
    conversation.model = conversation.model.or_else(|| model_asked_for(&request.url, body.as_ref()));
    conversation.messages.iter_mut().for_each(name_speaker);
    conversation
}

fn of_fields(mut fields: Vec<(String, Json)>) -> Conversation {
    let mut conversation = Conversation::default();
    for (name, reader) in SPOKEN {
        let Some(at) = fields.iter().position(|(field, _)| field == name) else { continue };
        let Some(messages) = reader(&fields[at].1) else { continue };
        fields.remove(at);
        let said = messages.into_iter().filter(|message| !message.parts.is_empty());
        match (name, conversation.messages.last_mut()) {
            ("images", Some(last)) if last.role == Role::User => {
                last.parts.extend(said.flat_map(|message| message.parts));
            }
            _ => conversation.messages.extend(said),
        }
    }
    for name in TOOLS {
        let Some(at) = fields.iter().position(|(field, _)| field == name) else { continue };
        let Some(tools) = tools::tools(&fields[at].1) else { continue };
        conversation.tools.extend(tools);
        // What stands beside the list, such as the choice among the tools.
        if let Json::Object(beside) = fields.remove(at).1 {
            fields.extend(beside.into_iter().filter(|(field, _)| field != "tools"));
        }
    }
    if let Some(at) = fields.iter().position(|(field, value)| field == "model" && value.as_str().is_some()) {
        conversation.model = fields.remove(at).1.as_str().map(str::to_owned);
    }
    conversation.settings = fields.into_iter().flat_map(settings).collect();
    conversation
}

fn settings((name, value): (String, Json)) -> Vec<(String, Json)> {
    match value {
        Json::Object(fields) if GROUPS.contains(&name.as_str()) => {
            fields.into_iter().map(|(field, value)| (format!("{name}.{field}"), value)).collect()
        }
        value => vec![(name, value)],
    }
}

fn system(value: &Json) -> Option<Vec<Message>> {
    is_said(value).then(|| vec![Message { role: Role::System, parts: parts(value) }])
}

fn user(value: &Json) -> Option<Vec<Message>> {
    is_said(value).then(|| vec![Message { role: Role::User, parts: parts(value) }])
}

fn images(value: &Json) -> Option<Vec<Message>> {
    let parts = value.as_array()?.iter().flat_map(chat_conversation::image).collect();
    Some(vec![Message { role: Role::User, parts }])
}

/// Text or a list; an object under the same name is something else, such as a prompt that the provider keeps.
fn is_said(value: &Json) -> bool {
    matches!(value, Json::String(_) | Json::Array(_))
}

/// A multipart form: its fields, and its files as attachments of what the user says.
fn form(request: &Request) -> Option<Conversation> {
    let boundary = boundary(request.headers.get(CONTENT_TYPE)?.as_bytes())?;
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    for part in multipart(&request.body, &boundary)? {
        let at = find(part, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&part[..at]);
        let content = &part[at + 4..];
        let name = parameter(&head, "name").unwrap_or_default();
        let file = parameter(&head, "filename");
        match std::str::from_utf8(content) {
            Ok(value) if file.is_none() => fields.push((name, Json::from(value))),
            _ => {
                let declared = head.lines().find_map(|line| {
                    let (header, value) = line.split_once(':')?;
                    header.eq_ignore_ascii_case("content-type").then(|| media_type(value.as_bytes()))
                });
                files.push(media::attached(&declared.unwrap_or(name), file.as_deref(), content));
            }
        }
    }
    let mut conversation = of_fields(fields);
    match conversation.messages.last_mut() {
        _ if files.is_empty() => {}
        Some(last) if last.role == Role::User => last.parts.extend(files),
        _ => conversation.messages.push(Message { role: Role::User, parts: files }),
    }
    Some(conversation)
}

/// `name="value"` in the headers of a part. A file's name may stand there with its folder.
fn parameter(head: &str, name: &str) -> Option<String> {
    let value = head.match_indices(&format!("{name}=")).find_map(|(at, found)| {
        let alone = head[..at].ends_with([' ', ';', '\t']);
        alone.then(|| &head[at + found.len()..])
    })?;
    Some(match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default().to_owned(),
        None => value.split([';', '\r', '\n']).next().unwrap_or_default().trim().to_owned(),
    })
}

/// A body of no kind that we know, if there is one.
fn raw(request: &Request) -> Conversation {
    if request.body.is_empty() {
        return Conversation::default();
    }
    said(match std::str::from_utf8(&request.body) {
        Ok(written) => text(written),
        Err(_) => {
            let kind = request.headers.get(CONTENT_TYPE).map(|value| media_type(value.as_bytes()));
            vec![media::attached(&kind.unwrap_or_else(|| "bytes".to_owned()), None, &request.body)]
        }
    })
}

fn said(parts: Vec<Part>) -> Conversation {
    let message = Message { role: Role::Other("request".to_owned()), parts };
    Conversation { messages: vec![message], ..Conversation::default() }
}

/// Some protocols let the user speak for the tools.
fn name_speaker(message: &mut Message) {
    let is_result = |part: &Part| matches!(part, Part::ToolResult { .. });
    if message.role == Role::User && !message.parts.is_empty() && message.parts.iter().all(is_result) {
        message.role = Role::Tool;
    }
}
