//! What a model wrote, in its answers and in the turns that a request repeats: texts, and the arguments of calls.

use std::collections::HashSet;

use http::HeaderMap;

use super::conversation::{Conversation, Part, Role};
use super::transcribe;
use crate::model::exchange::Request;
use crate::model::json::{self, Json};

/// The texts that a model wrote.
#[derive(Debug, Default)]
pub(crate) struct OwnWords {
    texts: HashSet<String>,
    /// Arguments of calls by the name that they stand under.
    arguments: HashSet<(String, String)>,
}

impl OwnWords {
    /// What the earlier answers say that a request repeats.
    pub(crate) fn of_request(request: &Request) -> OwnWords {
        let mut words = OwnWords::default();
        for message in Conversation::of_request(request).messages {
            match message.role {
                Role::Assistant => words.parts(&message.parts),
                _ => message
                    .parts
                    .iter()
                    .filter(|part| matches!(part, Part::ToolCall { .. }))
                    .for_each(|part| words.part(part)),
            }
        }
        words
    }

    /// What an answer says, whole or in events; nothing where it is of no protocol that we know.
    pub(crate) fn of_response(headers: &HeaderMap, body: &[u8]) -> OwnWords {
        let mut words = OwnWords::default();
        let (pieces, answers) = transcribe::said(headers, body);
        pieces.iter().for_each(|piece| words.text(piece));
        answers.iter().for_each(|answer| words.parts(&answer.parts));
        words
    }

    /// Whether a model wrote anything at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.arguments.is_empty()
    }

    /// Whether a model wrote this text, or a piece of a stream that is no more than it.
    pub(crate) fn has_text(&self, text: &str) -> bool {
        self.texts.contains(text)
            || (text.trim_start().starts_with(['{', '['])
                && json::parse(text.as_bytes()).is_ok_and(|json| self.texts.contains(&json.compact())))
    }

    /// Whether a model gave a call this argument.
    pub(crate) fn has_argument(&self, name: &str, value: &str) -> bool {
        self.arguments.contains(&(name.to_owned(), value.to_owned()))
    }

    fn parts(&mut self, parts: &[Part]) {
        parts.iter().for_each(|part| self.part(part));
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Text(text) | Part::Reasoning(text) | Part::Refusal(text) => self.text(text),
            Part::ToolCall { arguments, .. } => {
                self.text(&arguments.compact());
                self.arguments("", arguments);
            }
            // Of the calls that a provider makes by itself.
            Part::Other(call)
                if call.get("type").and_then(Json::as_str).is_some_and(|kind| kind.ends_with("_call")) =>
            {
                self.arguments("", call);
            }
            Part::ToolResult { .. } | Part::Media { .. } | Part::Vectors { .. } | Part::Other(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() && !self.texts.contains(text) {
            self.texts.insert(text.to_owned());
        }
    }

    fn arguments(&mut self, name: &str, value: &Json) {
        match value {
            Json::String(text) => {
                self.arguments.insert((name.to_owned(), text.clone()));
                self.text(text);
            }
            Json::Number(number) => {
                self.arguments.insert((name.to_owned(), number.clone()));
            }
            Json::Array(items) => items.iter().for_each(|item| self.arguments(name, item)),
            Json::Object(fields) => fields.iter().for_each(|(name, value)| self.arguments(name, value)),
            Json::Null | Json::Bool(_) => {}
        }
    }
}
