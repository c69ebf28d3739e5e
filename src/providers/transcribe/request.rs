//! What a request says: its fields are read by those who know them, and what nobody knows is a setting.

use http::header::CONTENT_TYPE;

use super::{parts, tools};
use crate::model::exchange::Request;
use crate::model::json::Json;
use crate::model::wire::bodies::{boundary, media_type, shared_json_body};
use crate::model::wire::multipart;
use crate::providers::conversation::content::text;
use crate::providers::conversation::{Conversation, Message, Part, Role, media};
use crate::providers::protocol::{Said, Turn};
use crate::providers::recognise::model_asked_for;
use crate::providers::registry::{FIELDS, PROTOCOLS};

/// What is asked: everything of a conversation that the request tells.
pub(super) fn read(request: &Request) -> Conversation {
    let body = shared_json_body(request);
    let mut conversation = match body.as_deref() {
        Some(Json::Object(fields)) => of_fields(fields.clone()),
        Some(other) => said(vec![Part::Other(other.clone())]),
        None => form(request).unwrap_or_else(|| raw(request)),
    };
    conversation.model = conversation.model.or_else(|| model_asked_for(&request.url, body.as_deref()));
    conversation.messages.iter_mut().for_each(name_speaker);
    conversation
}

fn of_fields(mut fields: Vec<(String, Json)>) -> Conversation {
    let mut conversation = Conversation::default();
    for (turn, name, read) in Turn::ALL.iter().flat_map(said_in) {
        let Some(at) = fields.iter().position(|(field, _)| field == name) else { continue };
        let Some(messages) = read(&fields[at].1, parts) else { continue };
        fields.remove(at);
        let said = messages.into_iter().filter(|message| !message.parts.is_empty());
        match (turn, conversation.messages.last_mut()) {
            (Turn::Beside, Some(last)) if last.role == Role::User => {
                last.parts.extend(said.flat_map(|message| message.parts));
            }
            _ => conversation.messages.extend(said),
        }
    }
    for name in FIELDS.tools.iter().filter_map(|path| path.first()) {
        let Some(at) = fields.iter().position(|(field, _)| field == name) else { continue };
        let Some(tools) = tools::tools(&fields[at].1) else { continue };
        conversation.tools.extend(tools);
        // What stands beside the list, such as the choice among the tools.
        if let Json::Object(beside) = fields.remove(at).1 {
            fields.extend(beside.into_iter().filter(|(field, _)| field != "tools"));
        }
    }
    let names_model = |field: &str| FIELDS.asked_models.contains(&field);
    if let Some(at) = fields.iter().position(|(field, value)| names_model(field) && value.as_str().is_some())
    {
        conversation.model = fields.remove(at).1.as_str().map(str::to_owned);
    }
    conversation.settings = fields.into_iter().flat_map(settings).collect();
    conversation
}

fn settings((name, value): (String, Json)) -> Vec<(String, Json)> {
    match value {
        Json::Object(fields) if FIELDS.settings.contains(&name.as_str()) => {
            fields.into_iter().map(|(field, value)| (format!("{name}.{field}"), value)).collect()
        }
        value => vec![(name, value)],
    }
}

/// The fields that are read in one go, in the order of the protocols.
fn said_in(turn: &Turn) -> impl Iterator<Item = &'static Said> {
    PROTOCOLS.iter().flat_map(|protocol| protocol.readers.said).filter(move |(other, ..)| other == turn)
}

/// A multipart form: its fields, and its files as attachments of what the user says.
fn form(request: &Request) -> Option<Conversation> {
    let boundary = boundary(request.headers.get(CONTENT_TYPE)?.as_bytes())?;
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    let multipart = multipart::read(&request.body, &boundary);
    if !multipart.is_closed {
        return None;
    }
    for part in multipart.parts {
        let content = &request.body[part.content.clone()];
        let name = part.names(&request.body).into_iter().next().unwrap_or_default();
        let file = part.file(&request.body);
        match std::str::from_utf8(content) {
            Ok(value) if file.is_none() => fields.push((name, Json::from(value))),
            _ => {
                let kind = part.media_type(&request.body).unwrap_or(name);
                files.push(media::attached(&kind, file.as_deref(), content));
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
