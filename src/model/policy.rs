//! Which calls are recorded, as values that can be put together.

use std::borrow::Cow;
use std::fmt;
use std::ops::Not;
use std::sync::Arc;

use crate::model::json::{self, Json};
use crate::model::view::{RequestView, ResponseView};

type Reason = Cow<'static, str>;
type Judge = dyn Fn(&RequestView<'_>, &ResponseView<'_>) -> Result<(), Reason> + Send + Sync;

/// Which calls are recorded: for [`Builder::record_if`](crate::Builder::record_if). A call that is not recorded goes
/// out all the same, and the report says why it was skipped.
///
/// ```
/// use llm_cassette::{Cassette, Mode, Policy};
///
/// let embeddings = Policy::new(|request, _| request.url().ends_with("/embeddings"));
/// let short = Policy::new(|_, response| response.body().len() < 100_000).because("longer than 100 kB");
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("docs.yaml");
/// let cassette = Cassette::builder(&file)
///     .mode(Mode::Record)
///     .record_if(Policy::deterministic().or(embeddings).and(short))
///     .open()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a policy does nothing until a builder has it"]
pub struct Policy(Arc<Judge>);

impl Policy {
    /// Records what a predicate says yes to.
    pub fn new(
        predicate: impl Fn(&RequestView<'_>, &ResponseView<'_>) -> bool + Send + Sync + 'static,
    ) -> Policy {
        Policy::judging(move |request, response| match predicate(request, response) {
            true => Ok(()),
            false => Err("a policy said no".into()),
        })
    }

    /// Records requests whose answer the caller has pinned: `temperature` is 0, or there is a seed. It reads them where
    /// OpenAI, Anthropic, Mistral, Gemini, Ollama and Bedrock have them. What has neither, embeddings included, is not
    /// recorded.
    pub fn deterministic() -> Policy {
        Policy::judging(|request, _| {
            match request.body().and_then(|body| json::parse(body).ok()).is_some_and(|body| is_pinned(&body))
            {
                true => Ok(()),
                false => Err("not deterministic: no `temperature` 0 and no seed".into()),
            }
        })
    }

    /// Records what both record. The second is not asked if the first said no.
    pub fn and(self, other: Policy) -> Policy {
        Policy::judging(move |request, response| {
            self.judge(request, response)?;
            other.judge(request, response)
        })
    }

    /// Records what either records. The second is not asked if the first said yes.
    pub fn or(self, other: Policy) -> Policy {
        Policy::judging(move |request, response| {
            let Err(first) = self.judge(request, response) else { return Ok(()) };
            other.judge(request, response).map_err(|second| format!("{first}; {second}").into())
        })
    }

    /// Says in the report why a call was skipped.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// let policy = (!Policy::new(|request, _| request.host() == "localhost")).because("a local model");
    /// ```
    pub fn because(self, reason: impl Into<String>) -> Policy {
        let reason = reason.into();
        Policy::judging(move |request, response| {
            self.judge(request, response).map_err(|_| Cow::Owned(reason.clone()))
        })
    }

    fn judging(
        judge: impl Fn(&RequestView<'_>, &ResponseView<'_>) -> Result<(), Reason> + Send + Sync + 'static,
    ) -> Policy {
        Policy(Arc::new(judge))
    }

    /// Whether a call is to be recorded, or why not.
    pub(crate) fn judge(&self, request: &RequestView<'_>, response: &ResponseView<'_>) -> Result<(), Reason> {
        (self.0)(request, response)
    }
}

/// A predicate as a policy. A closure needs the types of its arguments written out here; [`Policy::new`] infers them.
impl<F> From<F> for Policy
where
    F: Fn(&RequestView<'_>, &ResponseView<'_>) -> bool + Send + Sync + 'static,
{
    fn from(predicate: F) -> Policy {
        Policy::new(predicate)
    }
}

/// Records what the policy does not.
impl Not for Policy {
    type Output = Policy;

    fn not(self) -> Policy {
        Policy::judging(move |request, response| match self.judge(request, response) {
            Ok(()) => Err("a policy that was negated said yes".into()),
            Err(_) => Ok(()),
        })
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").finish_non_exhaustive()
    }
}

/// Objects in which providers put what governs sampling; the others have it at the top.
const SETTINGS: [&str; 5] =
    ["generationConfig", "generation_config", "options", "inferenceConfig", "textGenerationConfig"];

fn is_pinned(body: &Json) -> bool {
    let places = std::iter::once(Some(body)).chain(SETTINGS.iter().map(|name| body.get(name))).flatten();
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

    fn judged(policy: &Policy, body: &str) -> Result<(), String> {
        let headers = HeaderMap::new();
        let request = RequestView {
            method: &Method::POST,
            url: "https://a.example/v1",
            headers: &headers,
            body: Some(body.as_bytes()),
        };
        let response = ResponseView { status: StatusCode::OK, headers: &headers, body: b"" };
        policy.judge(&request, &response).map_err(Cow::into_owned)
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
        ] {
            assert_eq!(judged(&Policy::deterministic(), body), Ok(()), "{body}");
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
            assert!(judged(&Policy::deterministic(), body).is_err(), "{body}");
        }
    }

    #[test]
    fn policies_add_up_as_truth_does_and_give_the_reason() {
        let has = |word: &'static str| {
            Policy::new(move |request, _| {
                String::from_utf8_lossy(request.body().unwrap_or_default()).contains(word)
            })
            .because(format!("no {word}"))
        };
        for (body, both, either, not) in [
            ("", Err("no a"), Err("no a; no b"), Ok(())),
            ("a", Err("no b"), Ok(()), Err("a policy that was negated said yes")),
            ("b", Err("no a"), Ok(()), Ok(())),
            ("ab", Ok(()), Ok(()), Err("a policy that was negated said yes")),
        ] {
            let wanted = |result: Result<(), &str>| result.map_err(str::to_owned);
            assert_eq!(judged(&has("a").and(has("b")), body), wanted(both), "{body}: and");
            assert_eq!(judged(&has("a").or(has("b")), body), wanted(either), "{body}: or");
            assert_eq!(judged(&!has("a"), body), wanted(not), "{body}: not");
        }
    }
}
