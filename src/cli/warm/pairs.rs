//! A question and an answer that somebody wrote, as an exchange with a provider. What only a provider could know, such as
//! how many tokens it took, is left out rather than invented.

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use crate::model::json::{Json, object};

/// Whose request and answer a pair becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(in crate::cli) enum Shape {
    /// Chat completions.
    #[default]
    Openai,
    Anthropic,
    Gemini,
    Ollama,
}

/// A pair as it stands in a line, with what the line leaves to the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) question: String,
    pub(super) system: Option<String>,
    pub(super) shape: Shape,
    pub(super) model: String,
    /// Further fields of the request, such as `max_tokens`.
    pub(super) params: Vec<(String, Json)>,
    pub(super) answer: String,
}

/// An answer that a provider did not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Answer {
    shape: Shape,
    model: String,
    text: String,
}

impl Shape {
    pub(super) fn parse(name: &str) -> Option<Shape> {
        match name {
            "openai" => Some(Shape::Openai),
            "anthropic" => Some(Shape::Anthropic),
            "gemini" | "gcp.gemini" => Some(Shape::Gemini),
            "ollama" => Some(Shape::Ollama),
            _ => None,
        }
    }
}

impl Pair {
    /// The path that the question goes to.
    pub(super) fn path(&self) -> String {
        match self.shape {
            Shape::Openai => "/v1/chat/completions".to_owned(),
            Shape::Anthropic => "/v1/messages".to_owned(),
            Shape::Gemini => format!("/v1beta/models/{}:generateContent", self.model),
            Shape::Ollama => "/api/chat".to_owned(),
        }
    }

    /// The request that asks the question.
    pub(super) fn body(&self) -> Json {
        let mut fields = match self.shape {
            Shape::Openai => vec![model(&self.model), ("messages", self.messages())],
            // Its streams are the default, and an answer of one piece is no stream.
            Shape::Ollama => {
                vec![model(&self.model), ("messages", self.messages()), ("stream", Json::Bool(false))]
            }
            Shape::Anthropic => {
                let system = self.system.as_deref().map(|text| ("system", Json::from(text)));
                let messages = Json::Array(vec![message("user", &self.question)]);
                [model(&self.model)].into_iter().chain(system).chain([("messages", messages)]).collect()
            }
            Shape::Gemini => {
                let parts = |text: &str| ("parts", Json::Array(vec![object([("text", Json::from(text))])]));
                let system = self.system.as_deref().map(|text| ("systemInstruction", object([parts(text)])));
                let asked = object([("role", Json::from("user")), parts(&self.question)]);
                system.into_iter().chain([("contents", Json::Array(vec![asked]))]).collect()
            }
        };
        fields.retain(|(name, _)| self.params.iter().all(|(given, _)| given != name));
        let Json::Object(mut fields) = object(fields) else { return Json::Null };
        fields.extend(self.params.iter().cloned());
        Json::Object(fields)
    }

    /// Roles and texts, where the system speaks like the others.
    fn messages(&self) -> Json {
        let system = self.system.as_deref().map(|text| message("system", text));
        Json::Array(system.into_iter().chain([message("user", &self.question)]).collect())
    }

    pub(super) fn answer(&self) -> Answer {
        Answer { shape: self.shape, model: self.model.clone(), text: self.answer.clone() }
    }
}

/// The headers of such an answer.
pub(in crate::cli) fn answer_headers() -> HeaderMap {
    [(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"))].into_iter().collect()
}

impl Answer {
    /// The body, as the provider words what it says. Ids tell that a person wrote it.
    pub(in crate::cli) fn body(&self, now: Timestamp) -> Bytes {
        let text = Json::from(self.text.as_str());
        let body = match self.shape {
            Shape::Openai => {
                let message = [("role", Json::from("assistant")), ("content", text), ("refusal", Json::Null)];
                let choice = [
                    ("index", Json::from(0)),
                    ("message", object(message)),
                    ("logprobs", Json::Null),
                    ("finish_reason", Json::from("stop")),
                ];
                object([
                    ("id", Json::from("chatcmpl-by-hand")),
                    ("object", Json::from("chat.completion")),
                    ("created", Json::Number(now.as_second().to_string())),
                    model(&self.model),
                    ("choices", Json::Array(vec![object(choice)])),
                ])
            }
            Shape::Anthropic => object([
                ("id", Json::from("msg_by_hand")),
                ("type", Json::from("message")),
                ("role", Json::from("assistant")),
                model(&self.model),
                ("content", Json::Array(vec![object([("type", Json::from("text")), ("text", text)])])),
                ("stop_reason", Json::from("end_turn")),
                ("stop_sequence", Json::Null),
            ]),
            Shape::Gemini => {
                let content =
                    [("parts", Json::Array(vec![object([("text", text)])])), ("role", Json::from("model"))];
                let candidate = [
                    ("content", object(content)),
                    ("finishReason", Json::from("STOP")),
                    ("index", Json::from(0)),
                ];
                object([
                    ("candidates", Json::Array(vec![object(candidate)])),
                    ("modelVersion", Json::from(self.model.as_str())),
                    ("responseId", Json::from("by-hand")),
                ])
            }
            Shape::Ollama => object([
                model(&self.model),
                ("created_at", Json::String(now.to_string())),
                ("message", object([("role", Json::from("assistant")), ("content", text)])),
                ("done_reason", Json::from("stop")),
                ("done", Json::Bool(true)),
            ]),
        };
        Bytes::from(body.compact())
    }
}

fn model(name: &str) -> (&'static str, Json) {
    ("model", Json::from(name))
}

fn message(role: &str, text: &str) -> Json {
    object([("role", Json::from(role)), ("content", Json::from(text))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(shape: Shape) -> String {
        let pair = Pair {
            question: "Q?".to_owned(),
            system: Some("S".to_owned()),
            shape,
            model: "m".to_owned(),
            params: vec![("temperature".to_owned(), Json::Number("0.0".to_owned()))],
            answer: "A \"é\"".to_owned(),
        };
        let body = pair.answer().body(Timestamp::UNIX_EPOCH);
        format!("{}\n{}\n{}", pair.path(), pair.body().compact(), String::from_utf8_lossy(&body))
    }

    #[test]
    fn a_pair_is_what_the_provider_would_have_been_asked_and_have_said() {
        insta::assert_snapshot!(exchange(Shape::Openai), @r#"
        /v1/chat/completions
        {"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"Q?"}],"temperature":0.0}
        {"id":"chatcmpl-by-hand","object":"chat.completion","created":0,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"A \"é\"","refusal":null},"logprobs":null,"finish_reason":"stop"}]}
        "#);
        insta::assert_snapshot!(exchange(Shape::Anthropic), @r#"
        /v1/messages
        {"model":"m","system":"S","messages":[{"role":"user","content":"Q?"}],"temperature":0.0}
        {"id":"msg_by_hand","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"A \"é\""}],"stop_reason":"end_turn","stop_sequence":null}
        "#);
        insta::assert_snapshot!(exchange(Shape::Gemini), @r#"
        /v1beta/models/m:generateContent
        {"systemInstruction":{"parts":[{"text":"S"}]},"contents":[{"role":"user","parts":[{"text":"Q?"}]}],"temperature":0.0}
        {"candidates":[{"content":{"parts":[{"text":"A \"é\""}],"role":"model"},"finishReason":"STOP","index":0}],"modelVersion":"m","responseId":"by-hand"}
        "#);
        insta::assert_snapshot!(exchange(Shape::Ollama), @r#"
        /api/chat
        {"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"Q?"}],"stream":false,"temperature":0.0}
        {"model":"m","created_at":"1970-01-01T00:00:00Z","message":{"role":"assistant","content":"A \"é\""},"done_reason":"stop","done":true}
        "#);
    }

    #[test]
    fn a_parameter_takes_the_place_of_the_field_of_its_name() {
        let pair = Pair {
            question: "Q?".to_owned(),
            system: None,
            shape: Shape::Ollama,
            model: "m".to_owned(),
            params: vec![("model".to_owned(), Json::from("n"))],
            answer: String::new(),
        };
        let body = pair.body();
        assert!(!body.repeats_a_key());
        assert_eq!(body.get("model"), Some(&Json::from("n")));
    }
}
