//! How each provider says that it will not answer, so that its SDKs find the words in the error that they raise.

use http::HeaderMap;

use super::recognise::recognise;
use crate::model::address::Address;
use crate::model::json::{Json, object};

/// An error as a provider would send it.
pub(crate) struct Refusal {
    pub(crate) body: Json,
    /// A header that names the error, where SDKs go by that.
    pub(crate) header: Option<(&'static str, &'static str)>,
}

/// Whose errors an SDK expects.
enum Speech {
    OpenAi,
    Anthropic,
    Google,
    Amazon,
    Cohere,
    Ollama,
}

/// An error for whoever asked this. `code` is a word for programs, such as `no_match`.
pub(crate) fn refusal(
    url: &str,
    headers: &HeaderMap,
    body: Option<&Json>,
    (status, code, message): (u16, &str, &str),
) -> Refusal {
    let text = |text: &str| Json::String(text.to_owned());
    let number = || Json::Number(status.to_string());
    let (body, header) = match speech(url, headers, body) {
        Speech::OpenAi => {
            let error = [
                ("message", text(message)),
                ("type", text("llm_cassette_error")),
                ("param", Json::Null),
                ("code", text(code)),
            ];
            (object([("error", object(error))]), None)
        }
        Speech::Anthropic => {
            let kind = if status == 401 { "authentication_error" } else { "not_found_error" };
            let error = object([("type", text(kind)), ("message", text(message))]);
            (object([("type", text("error")), ("error", error)]), None)
        }
        Speech::Google => {
            let status_word = if status == 401 { "UNAUTHENTICATED" } else { "NOT_FOUND" };
            let error = [("code", number()), ("message", text(message)), ("status", text(status_word))];
            (object([("error", object(error))]), None)
        }
        Speech::Amazon => {
            let kind = if status == 401 { "AccessDeniedException" } else { "ResourceNotFoundException" };
            (object([("message", text(message))]), Some(("x-amzn-errortype", kind)))
        }
        Speech::Cohere => (object([("message", text(message))]), None),
        Speech::Ollama => (object([("error", text(message))]), None),
    };
    Refusal { body, header }
}

/// A provider's own paths have its own errors. Those that it has for other SDKs have theirs.
fn speech(url: &str, headers: &HeaderMap, body: Option<&Json>) -> Speech {
    let path = Address::of(url).path;
    if path.ends_with("/chat/completions") || path.contains("/openai/") {
        return Speech::OpenAi;
    }
    if path.contains("/publishers/anthropic/") {
        return Speech::Anthropic;
    }
    match recognise(url, headers, body).map(|provider| provider.name) {
        Some("anthropic") => Speech::Anthropic,
        Some("gcp.gemini" | "gcp.vertex_ai") => Speech::Google,
        Some("aws.bedrock") => Speech::Amazon,
        Some("cohere") => Speech::Cohere,
        Some("ollama") if path.contains("/api/") => Speech::Ollama,
        _ => Speech::OpenAi,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sdk_finds_the_words_where_its_provider_puts_them() {
        for (url, wanted) in [
            (
                "https://api.openai.com/v1/responses",
                r#"{"error":{"message":"why","type":"llm_cassette_error","param":null,"code":"no_match"}}"#,
            ),
            (
                "https://api.anthropic.com/v1/messages",
                r#"{"type":"error","error":{"type":"not_found_error","message":"why"}}"#,
            ),
            (
                "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent",
                r#"{"error":{"code":404,"message":"why","status":"NOT_FOUND"}}"#,
            ),
            (
                "https://generativelanguage.googleapis.com/v1beta/openai/embeddings",
                r#"{"error":{"message":"why","type":"llm_cassette_error","param":null,"code":"no_match"}}"#,
            ),
            ("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse", r#"{"message":"why"}"#),
            ("https://api.cohere.com/v2/chat", r#"{"message":"why"}"#),
            ("http://localhost:11434/api/chat", r#"{"error":"why"}"#),
            (
                "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict",
                r#"{"type":"error","error":{"type":"not_found_error","message":"why"}}"#,
            ),
        ] {
            let told = refusal(url, &HeaderMap::new(), None, (404, "no_match", "why"));
            assert_eq!(told.body.compact(), wanted, "{url}");
            assert_eq!(told.header.is_some(), url.contains("amazonaws"), "{url}");
        }
    }
}
