//! Whether a request pins its answer. Where providers have what governs sampling is known here, and what a policy is below.

use super::registry::FIELDS;
use crate::model::json::{self, Json};
use crate::model::policy::Policy;

impl Policy {
    /// Records requests whose answer the caller has pinned: `temperature` is 0, or there is a seed. It reads them where
    /// OpenAI, Anthropic, Mistral, Gemini, Ollama and Bedrock have them. What has neither, embeddings included, is not
    /// recorded.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Policy};
    ///
    /// let cache = Cassette::in_memory().record_if(Policy::deterministic()).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn deterministic() -> Policy {
        Policy::judging(|request, _| {
            match request.body().and_then(|body| json::parse(body).ok()).is_some_and(|body| is_pinned(&body))
            {
                true => Ok(()),
                false => Err("not deterministic: no `temperature` 0 and no seed".into()),
            }
        })
    }
}

fn is_pinned(body: &Json) -> bool {
    // Some have an object for it, the others the top.
    let places =
        std::iter::once(Some(body)).chain(FIELDS.settings.iter().map(|name| body.get(name))).flatten();
    places.into_iter().any(|place| {
        let seeded = ["seed", "random_seed"].iter().filter_map(|name| place.get(name)).any(is_number);
        seeded || place.get("temperature").is_some_and(is_zero)
    })
}

fn is_number(value: &Json) -> bool {
    matches!(value, Json::Number(_))
}

/// Zero as it is written, so that `1e-400` is none.
fn is_zero(value: &Json) -> bool {
    let Json::Number(text) = value else { return false };
    !text.split(['e', 'E']).next().unwrap_or_default().contains(|digit| matches!(digit, '1'..='9'))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method, StatusCode};

    use super::*;
    use crate::model::view::{RequestView, ResponseView};

    fn is_recorded(body: &str) -> bool {
        let headers = HeaderMap::new();
        let request = RequestView {
            method: &Method::POST,
            url: "https://a.example/v1",
            headers: &headers,
            body: Some(body.as_bytes()),
        };
        let response = ResponseView { status: StatusCode::OK, headers: &headers, body: b"" };
        Policy::deterministic().judge(&request, &response).is_ok()
    }

    #[test]
    fn a_temperature_of_zero_or_a_seed_is_deterministic_wherever_a_provider_has_it() {
        for body in [
            r#"{"temperature":0}"#,
            r#"{"temperature":0.0}"#,
            r#"{"temperature":0e7}"#,
            r#"{"temperature":1,"seed":0}"#,
            r#"{"random_seed":7}"#,
            r#"{"generationConfig":{"temperature":0}}"#,
            r#"{"generationConfig":{"seed":7}}"#,
            r#"{"options":{"temperature":0}}"#,
            r#"{"options":{"seed":42}}"#,
            r#"{"inferenceConfig":{"temperature":0}}"#,
            r#"{"textGenerationConfig":{"temperature":0}}"#,
            r#"{"generation_config":{"seed":7}}"#,
        ] {
            assert!(is_recorded(body), "{body}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for body in [
            "",
            "no JSON: temperature 0",
            "[]",
            "{}",
            r#"{"temperature":0.1}"#,
            r#"{"temperature":1e-400}"#,
            r#"{"temperature":"0"}"#,
            r#"{"temperature":null,"seed":null}"#,
            r#"{"generationConfig":{"temperature":1}}"#,
            r#"{"metadata":{"temperature":0,"seed":1}}"#,
            r#"{"messages":[{"content":"seed 7","temperature":0}]}"#,
        ] {
            assert!(!is_recorded(body), "{body}");
        }
    }
}
