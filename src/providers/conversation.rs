//! An interaction as a person would tell it: who said what, which tools were called, how it ended. The same words for
//! every provider. Nothing here is written to a cassette.

pub(super) mod content;
pub(super) mod media;

use crate::model::json::Json;

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
    /// What was said since the model spoke last, without the system prompt.
    pub(crate) fn latest(&self) -> impl Iterator<Item = &Message> {
        let last = self.messages.iter().rposition(|message| message.role == Role::Assistant);
        let start = last.map_or(0, |at| at + 1);
        self.messages[start..].iter().filter(|message| message.role != Role::System)
    }
}

impl Answer {
    /// One that does not say why it ended.
    pub(super) fn plain(parts: Vec<Part>) -> Answer {
        Answer { parts, finish_reason: None }
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
    #[cfg(any(test, feature = "cli"))]
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
