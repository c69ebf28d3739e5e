//! From an interaction to a conversation: requests and answers, streamed or not, in whichever protocol.

mod answer;
#[cfg(test)]
mod recorded;
mod request;
mod stream;
#[cfg(test)]
pub(crate) mod tests;
mod tools;

use std::collections::HashMap;

use http::HeaderMap;

use super::conversation::content::text;
use super::conversation::{Answer, Conversation, Part};
use super::facts::facts;
use super::registry::{FIELDS, PROTOCOLS};
use crate::model::exchange::Request;
use crate::model::interaction::Interaction;
use crate::model::json::Json;
use crate::model::wire::asked::asked_of;

impl Conversation {
    /// The conversation of an interaction; never fails: what cannot be told stays [`Part::Other`] or plain text.
    pub(crate) fn of(interaction: &Interaction) -> Conversation {
        let mut conversation = request::read(&interaction.request);
        (conversation.answers, conversation.fingerprint) = answer::read(&interaction.response);
        conversation.error = error(interaction);
        conversation.name_results();
        conversation
    }

    /// What was sent, where there is no answer, or another one.
    pub(crate) fn of_request(request: &Request) -> Conversation {
        request::read(request)
    }

    /// Results name the call that they answer by its id; people look for its name.
    fn name_results(&mut self) {
        let mut calls: HashMap<String, String> = HashMap::new();
        let answers = self.answers.iter_mut().map(|answer| &mut answer.parts);
        for part in self.messages.iter_mut().map(|message| &mut message.parts).chain(answers).flatten() {
            match part {
                Part::ToolCall { id: Some(id), name, .. } => {
                    calls.insert(id.clone(), name.clone());
                }
                Part::ToolResult { id: Some(id), name: name @ None, .. } => *name = calls.get(id).cloned(),
                _ => {}
            }
        }
    }
}

/// The pieces in which a streamed answer says something, each as it came and all of a part together, and the answers; none
/// for what is no answer of a protocol that we know.
pub(super) fn said(headers: &HeaderMap, body: &[u8]) -> (Vec<String>, Vec<Answer>) {
    answer::said(headers, body)
}

impl Answer {
    /// The reason why the answer ended, when it is another than having said everything.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "the command tells of it"))]
    pub(crate) fn unusual_end(&self) -> Option<&str> {
        self.finish_reason.as_deref().filter(|reason| !FIELDS.usual_ends.contains(reason))
    }
}

/// The parts of a text, of a block, or of a list of them. Blocks are told by their shape, since gateways and local servers
/// mix the protocols of several providers.
fn parts(content: &Json) -> Vec<Part> {
    match content {
        Json::Null => Vec::new(),
        Json::String(said) => text(said),
        Json::Array(items) if items.iter().any(|item| !matches!(item, Json::Number(_))) => {
            items.iter().flat_map(parts).collect()
        }
        Json::Array(items) if items.is_empty() => Vec::new(),
        block => PROTOCOLS
            .iter()
            .find_map(|protocol| (protocol.readers.block)(block, parts))
            .unwrap_or_else(|| vec![Part::Other(block.clone())]),
    }
}

fn error(interaction: &Interaction) -> Option<String> {
    let (request, response) = (&interaction.request, &interaction.response);
    let asked = asked_of(request);
    let (url, body) = (&request.url, &response.body.bytes);
    facts(url, &request.headers, asked.as_deref(), response.status, &response.headers, body).error
}
