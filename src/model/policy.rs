//! Which calls are recorded, as values that can be put together.

use std::borrow::Cow;
use std::fmt;
use std::ops::Not;
use std::sync::Arc;

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
    /// Records what a predicate says yes to. It sees request and response as the client does: nothing is redacted yet.
    ///
    /// ```
    /// use llm_cassette::Policy;
    ///
    /// let policy = Policy::new(|request, response| request.host() == "api.openai.com" && response.status() == 200);
    /// ```
    pub fn new(
        predicate: impl Fn(&RequestView<'_>, &ResponseView<'_>) -> bool + Send + Sync + 'static,
    ) -> Policy {
        Policy::judging(move |request, response| match predicate(request, response) {
            true => Ok(()),
            false => Err("a policy refused it".into()),
        })
    }

    /// Records what both record. The second is not asked if the first said no.
    ///
    /// ```
    /// use llm_cassette::Policy;
    ///
    /// let policy = Policy::deterministic().and(Policy::new(|_, response| response.body().len() < 100_000));
    /// ```
    pub fn and(self, other: Policy) -> Policy {
        Policy::judging(move |request, response| {
            self.judge(request, response)?;
            other.judge(request, response)
        })
    }

    /// Records what either records. The second is not asked if the first said yes.
    ///
    /// ```
    /// use llm_cassette::Policy;
    ///
    /// let policy = Policy::deterministic().or(Policy::new(|request, _| request.url().ends_with("/embeddings")));
    /// ```
    pub fn or(self, other: Policy) -> Policy {
        Policy::judging(move |request, response| {
            let Err(first) = self.judge(request, response) else { return Ok(()) };
            other.judge(request, response).map_err(|second| format!("{first}; {second}").into())
        })
    }

    /// Says in the report why a call was skipped.
    ///
    /// ```
    /// use llm_cassette::Policy;
    ///
    /// let policy = (!Policy::new(|request, _| request.host() == "localhost")).because("a local model");
    /// ```
    pub fn because(self, reason: impl Into<String>) -> Policy {
        let reason = reason.into();
        Policy::judging(move |request, response| {
            self.judge(request, response).map_err(|_| Cow::Owned(reason.clone()))
        })
    }

    /// Records what a judge lets pass; of the others it gives the reason.
    pub(crate) fn judging(
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
            Ok(()) => Err("a negated policy accepted it".into()),
            Err(_) => Ok(()),
        })
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").finish_non_exhaustive()
    }
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
    fn policies_add_up_as_truth_does_and_give_the_reason() {
        let has = |word: &'static str| {
            Policy::new(move |request, _| {
                String::from_utf8_lossy(request.body().unwrap_or_default()).contains(word)
            })
            .because(format!("no {word}"))
        };
        for (body, both, either, not) in [
            ("", Err("no a"), Err("no a; no b"), Ok(())),
            ("a", Err("no b"), Ok(()), Err("a negated policy accepted it")),
            ("b", Err("no a"), Ok(()), Ok(())),
            ("ab", Ok(()), Ok(()), Err("a negated policy accepted it")),
        ] {
            let wanted = |result: Result<(), &str>| result.map_err(str::to_owned);
            assert_eq!(judged(&has("a").and(has("b")), body), wanted(both), "{body}: and");
            assert_eq!(judged(&has("a").or(has("b")), body), wanted(either), "{body}: or");
            assert_eq!(judged(&!has("a"), body), wanted(not), "{body}: not");
        }
    }
}
