//! An interaction as a person would tell it: who said what, which tools were called, how it ended. The same words for
//! every provider; read from requests and answers, streamed or not. Nothing here is written to a cassette.

mod answer;
pub(super) mod content;
pub(super) mod media;
#[cfg(test)]
mod recorded;
mod request;
mod stream;
#[cfg(test)]
pub(crate) mod tests;
mod tools;

use std::collections::HashMap;

use crate::model::interaction::Interaction;
use crate::model::json::Json;
use crate::model::wire::bodies::json_body;
use crate::providers;

/// What was asked and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Conversation {
    /// What was sent, the system prompt first.
    pub(crate) messages: Vec<Message>,
    pub(crate) tools: Vec<Tool>,
    /// What else the request says, such as `temperature`, in its order; the model is not among it.
    pub(crate) settings: Vec<(String, Json)>,
    /// The model that was asked for.
    pub(crate) model: Option<String>,
    /// One message; several where several were asked for; none for a request that is no conversation and whose answer
    /// we cannot read.
    pub(crate) answers: Vec<Answer>,
    /// OpenAI's `system_fingerprint`, or what else names the build of the model that answered.
    pub(crate) fingerprint: Option<String>,
    /// The error that was answered, in the provider's words, without secrets.
    pub(crate) error: Option<String>,
}

/// An answer and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answer {
    pub(crate) parts: Vec<Part>,
    /// In the provider's own word: `stop`, `end_turn`, `MAX_TOKENS`.
    pub(crate) finish_reason: Option<String>,
}

/// A message of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) parts: Vec<Part>,
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    User,
    Assistant,
    Tool,
    /// What a provider calls a role that is none of these.
    Other(String),
}

/// A piece of what somebody says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Reasoning(String),
    Refusal(String),
    ToolCall {
        id: Option<String>,
        name: String,
        /// Parsed where they are JSON; otherwise a string.
        arguments: Json,
    },
    ToolResult {
        id: Option<String>,
        name: Option<String>,
        parts: Vec<Part>,
        is_error: bool,
    },
    /// An image, a sound, a file: what it is and how much of it, never its bytes.
    Media {
        /// Its type, as exactly as it is known: `image/png`, `image`.
        kind: String,
        /// An address, the name or the id of a file; of what stands in the body itself, `sha256:` and eight digits.
        source: String,
        bytes: Option<usize>,
    },
    /// Vectors: how many, and of how many numbers each.
    Vectors {
        count: usize,
        dimensions: usize,
    },
    /// Something that we have no word for.
    Other(Json),
}

/// A tool that the model may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Everything else that is said of it, such as the schema of its arguments.
    pub(crate) definition: Json,
}

impl Conversation {
    /// The conversation of an interaction; never fails: what cannot be told stays [`Part::Other`] or plain text.
    pub(crate) fn of(interaction: &Interaction) -> Conversation {
        let mut conversation = request::read(&interaction.request);
        (conversation.answers, conversation.fingerprint) = answer::read(&interaction.response);
        conversation.error = error(interaction);
        conversation.name_results();
        conversation
    }

    /// What was said since the model spoke last, without the system prompt.
    pub(crate) fn latest(&self) -> impl Iterator<Item = &Message> {
        let last = self.messages.iter().rposition(|message| message.role == Role::Assistant);
        let start = last.map_or(0, |at| at + 1);
        self.messages[start..].iter().filter(|message| message.role != Role::System)
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

impl Answer {
    /// The reason why the answer ended, when it is another than having said everything.
    pub(crate) fn unusual_end(&self) -> Option<&str> {
        const USUAL: [&str; 12] = [
            "stop",
            "end_turn",
            "STOP",
            "tool_calls",
            "tool_use",
            "completed",
            "COMPLETE",
            "TOOL_CALL",
            "FINISH",
            "FINISHED",
            "function_call",
            "stop_sequence",
        ];
        self.finish_reason.as_deref().filter(|reason| !USUAL.contains(reason))
    }
}

impl Role {
    /// The role that a provider calls by this name.
    pub(super) fn named(name: &str) -> Role {
        match name.to_ascii_lowercase().as_str() {
            "system" | "developer" => Role::System,
            "user" | "human" => Role::User,
            "assistant" | "model" | "chatbot" | "agent" => Role::Assistant,
            "tool" | "function" => Role::Tool,
            _ => Role::Other(name.to_owned()),
        }
    }

    /// What to call whoever speaks.
    pub(crate) fn name(&self) -> &str {
        match self {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
            Role::Other(name) => name,
        }
    }
}

fn error(interaction: &Interaction) -> Option<String> {
    let (request, response) = (&interaction.request, &interaction.response);
    let asked = json_body(request);
    let (url, body) = (&request.url, &response.body.bytes);
    providers::facts(url, &request.headers, asked.as_ref(), response.status, &response.headers, body).error
}
