//! A conversation as JSON, with names that scripts may rely on.

use crate::model::json::{Json, object};
use crate::providers::conversation::{Answer, Conversation, Message, Part, Tool};

impl Conversation {
    /// The conversation for `--json`.
    pub(in crate::cli) fn tree(&self) -> Json {
        object([
            ("model", optional(self.model.as_deref())),
            ("settings", Json::Object(self.settings.clone())),
            ("tools", Json::Array(self.tools.iter().map(tool).collect())),
            ("messages", Json::Array(self.messages.iter().map(message).collect())),
            ("answers", Json::Array(self.answers.iter().map(answer).collect())),
            ("fingerprint", optional(self.fingerprint.as_deref())),
            ("error", optional(self.error.as_deref())),
        ])
    }
}

fn optional(text: Option<&str>) -> Json {
    text.map_or(Json::Null, Json::from)
}

fn tool(tool: &Tool) -> Json {
    object([
        ("name", Json::from(tool.name.as_str())),
        ("description", optional(tool.description.as_deref())),
        ("definition", tool.definition.clone()),
    ])
}

fn message(message: &Message) -> Json {
    object([("role", Json::from(message.role.name())), ("parts", parts(&message.parts))])
}

fn answer(answer: &Answer) -> Json {
    object([("parts", parts(&answer.parts)), ("finish_reason", optional(answer.finish_reason.as_deref()))])
}

fn parts(parts: &[Part]) -> Json {
    Json::Array(parts.iter().map(part).collect())
}

fn part(part: &Part) -> Json {
    let kind = |kind: &str| ("type", Json::from(kind));
    let number = |number: usize| Json::from(number as u64);
    match part {
        Part::Text(text) => object([kind("text"), ("text", Json::from(text.as_str()))]),
        Part::Reasoning(text) => object([kind("reasoning"), ("text", Json::from(text.as_str()))]),
        Part::Refusal(text) => object([kind("refusal"), ("text", Json::from(text.as_str()))]),
        Part::ToolCall { id, name, arguments } => object([
            kind("tool_call"),
            ("id", optional(id.as_deref())),
            ("name", Json::from(name.as_str())),
            ("arguments", arguments.clone()),
        ]),
        Part::ToolResult { id, name, parts: said, is_error } => object([
            kind("tool_result"),
            ("id", optional(id.as_deref())),
            ("name", optional(name.as_deref())),
            ("parts", parts(said)),
            ("is_error", Json::Bool(*is_error)),
        ]),
        Part::Media { kind: media, source, bytes } => object([
            kind("media"),
            ("kind", Json::from(media.as_str())),
            ("source", optional(Some(source.as_str()).filter(|source| !source.is_empty()))),
            ("bytes", bytes.map_or(Json::Null, number)),
        ]),
        Part::Vectors { count, dimensions } => {
            object([kind("vectors"), ("count", number(*count)), ("dimensions", number(*dimensions))])
        }
        Part::Other(value) => object([kind("other"), ("value", value.clone())]),
    }
}
