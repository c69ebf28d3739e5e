//! What a run asked and got, for tests that look at prompts.

use std::sync::Arc;

use super::Session;
use super::history::Entry;
use crate::model::aside::Aside;
use crate::model::error::ErrorKind;
use crate::model::exchange::Request;
use crate::model::interaction;
use crate::model::view::{RequestView, ResponseView};
use crate::model::warn::warn;
use crate::providers::Usage;
use crate::providers::conversation::{Conversation, Part};
use crate::redact::Redacted;
use crate::store::tape::Parsed;

/// A request of this run, what became of it, and the answer that the program got; see
/// [`Cassette::interactions`](crate::Cassette::interactions).
///
/// It has what a cassette would hold: no secrets, and of the headers those that a cassette keeps.
///
/// ```
/// use llm_cassette::{Cassette, Outcome};
/// use serde_json::Value;
///
/// fn asks_in_the_users_language(cassette: &Cassette) -> Result<(), llm_cassette::Error> {
///     for interaction in cassette.interactions() {
///         let body: Value = interaction.request().json()?;
///         assert_eq!(body["messages"][0]["content"], "Answer in French.");
///         assert_eq!(*interaction.outcome(), Outcome::Played);
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Interaction {
    known: Known,
    outcome: Outcome,
}

/// What there is to show of a call, without secrets.
#[derive(Debug, Clone)]
enum Known {
    Recorded {
        /// Where it is not the recorded one.
        request: Option<Box<Request>>,
        parsed: Arc<Parsed>,
    },
    /// Answered, and recorded nowhere.
    Seen(Box<Redacted>),
    Unanswered {
        request: Box<Request>,
        provider: Option<String>,
        model: Option<String>,
    },
}

/// What became of a request.
///
/// ```
/// use llm_cassette::{Cassette, Outcome};
///
/// fn sends_nothing(cassette: &Cassette) -> bool {
///     cassette.interactions().iter().all(|interaction| *interaction.outcome() == Outcome::Played)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Answered from the cassette.
    Played,
    /// Sent and recorded. In a refresh the answer may turn out to say what the recording says already, which then stays.
    Recorded,
    /// Sent and not recorded, as [`Report::skipped`](crate::Report::skipped) has it.
    Skipped {
        /// Why, such as `HTTP 429`.
        reason: String,
    },
    /// Not sent: the client got an error.
    Refused {
        /// What sort of error.
        kind: ErrorKind,
        /// Its message, without the hint.
        message: String,
    },
    /// Sent, and the answer has not ended yet.
    UnderWay,
}

impl Interaction {
    /// The request. Where a replay took it for the same as a recorded one that differs, as
    /// [`Builder::ignore`](crate::Builder::ignore) allows, it is that of this run and not the recorded one.
    ///
    /// ```
    /// # use llm_cassette::Interaction;
    /// fn model(interaction: &Interaction) -> Result<String, llm_cassette::Error> {
    ///     let body: serde_json::Value = interaction.request().json()?;
    ///     Ok(body["model"].to_string())
    /// }
    /// ```
    #[must_use]
    pub fn request(&self) -> RequestView<'_> {
        let Request { method, url, headers, body } = self.sent();
        RequestView { method, url, headers, body: Some(body) }
    }

    /// The response; `None` where there is none, or none that has ended, and where a large body can no longer be read from its
    /// blob, which is said on standard error.
    ///
    /// ```
    /// # use llm_cassette::Interaction;
    /// fn succeeded(interaction: &Interaction) -> bool {
    ///     interaction.response().is_some_and(|response| response.status().is_success())
    /// }
    /// ```
    #[must_use]
    pub fn response(&self) -> Option<ResponseView<'_>> {
        let response = &self.answered()?.response;
        let body = match response.body.aside.as_ref().map(Aside::whole) {
            None => &response.body.bytes,
            Some(Ok(whole)) => whole,
            Some(Err(error)) => {
                warn(&error.to_string());
                return None;
            }
        };
        Some(ResponseView { status: response.status, headers: &response.headers, body })
    }

    /// What the model wrote, put together if it was streamed, whichever protocol it speaks; `None` where it wrote no text, and
    /// where no answer of a model can be told. Of several answers to one request it is the first. Reasoning and calls of
    /// tools are not among it.
    ///
    /// ```
    /// # use llm_cassette::Interaction;
    /// fn says_hello(interaction: &Interaction) -> bool {
    ///     interaction.text().is_some_and(|text| text.contains("Hello"))
    /// }
    /// ```
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let answer = Conversation::of(self.answered()?).answers.into_iter().next()?;
        words(&answer.parts)
    }

    /// What was said to the model since it spoke last, whichever protocol it is in: the question of a user, without the system
    /// prompt and what was said before. Results of tools are not among it. `None` where the request is no conversation.
    ///
    /// ```
    /// # use llm_cassette::Interaction;
    /// fn asks_for_rivers(interaction: &Interaction) -> bool {
    ///     interaction.prompt().is_some_and(|prompt| prompt == "Name three rivers.")
    /// }
    /// ```
    #[must_use]
    pub fn prompt(&self) -> Option<String> {
        let conversation = Conversation::of_request(self.sent());
        let texts: Vec<String> = conversation.latest().filter_map(|message| words(&message.parts)).collect();
        (!texts.is_empty()).then(|| texts.join("\n"))
    }

    /// What became of the request.
    ///
    /// ```
    /// # use llm_cassette::{Interaction, Outcome};
    /// fn why_not_recorded(interaction: &Interaction) -> Option<&str> {
    ///     match interaction.outcome() {
    ///         Outcome::Skipped { reason } => Some(reason),
    ///         _ => None,
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Who was asked, by the name that OpenTelemetry has for them, such as `openai`; `None` if it cannot be told.
    ///
    /// ```
    /// # use llm_cassette::Interaction;
    /// fn of_anthropic(interactions: &[Interaction]) -> usize {
    ///     interactions.iter().filter(|interaction| interaction.provider() == Some("anthropic")).count()
    /// }
    /// ```
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        match &self.known {
            Known::Unanswered { provider, .. } => provider.as_deref(),
            _ => self.answered()?.provider.as_deref(),
        }
    }

    /// The model that answered or, where none did, the one that was asked for.
    ///
    /// ```
    /// # use llm_cassette::Interaction;
    /// fn is_small(interaction: &Interaction) -> bool {
    ///     interaction.model().is_some_and(|model| model.contains("mini"))
    /// }
    /// ```
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        match &self.known {
            Known::Unanswered { model, .. } => model.as_deref(),
            _ => self.answered()?.model.as_deref(),
        }
    }

    /// The tokens that the provider reported.
    ///
    /// ```
    /// # use llm_cassette::Interaction;
    /// fn written(interactions: &[Interaction]) -> u64 {
    ///     interactions.iter().filter_map(|interaction| interaction.usage().output_tokens).sum()
    /// }
    /// ```
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.answered().map(|answered| Usage::of(&answered.usage)).unwrap_or_default()
    }

    /// The tags of the recording, as [`Builder::tag`](crate::Builder::tag) and people by hand set them.
    ///
    /// ```
    /// # use llm_cassette::Interaction;
    /// fn is_smoke_test(interaction: &Interaction) -> bool {
    ///     interaction.tags().iter().any(|tag| tag == "smoke")
    /// }
    /// ```
    #[must_use]
    pub fn tags(&self) -> &[String] {
        self.answered().map_or(&[], |answered| &answered.labels.tags)
    }

    fn sent(&self) -> &Request {
        match &self.known {
            Known::Recorded { request: Some(request), .. } | Known::Unanswered { request, .. } => request,
            Known::Recorded { request: None, parsed } => &parsed.interaction.request,
            Known::Seen(seen) => &seen.interaction().request,
        }
    }

    fn answered(&self) -> Option<&interaction::Interaction> {
        match &self.known {
            Known::Recorded { parsed, .. } => Some(&parsed.interaction),
            Known::Seen(seen) => Some(seen.interaction()),
            Known::Unanswered { .. } => None,
        }
    }
}

/// The texts of what somebody says.
fn words(parts: &[Part]) -> Option<String> {
    let text = |part: &Part| match part {
        Part::Text(text) => Some(text.clone()),
        _ => None,
    };
    let texts: Vec<String> = parts.iter().filter_map(text).collect();
    (!texts.is_empty()).then(|| texts.concat())
}

impl Session {
    /// What this run asked and got so far.
    pub(crate) fn interactions(&self) -> Vec<Interaction> {
        self.wait_for_large();
        // To look takes long where something is to be redacted, and calls may be under way.
        let entries: Vec<Entry> = self.state().history.entries().cloned().collect();
        entries.into_iter().map(|entry| self.shown(entry)).collect()
    }

    fn shown(&self, entry: Entry) -> Interaction {
        let (known, outcome) = match entry {
            Entry::UnderWay(request) => (self.unanswered(&request), Outcome::UnderWay),
            Entry::Played { request, parsed } => {
                let request = request.map(|request| Box::new(self.presentable(&request)));
                (Known::Recorded { request, parsed }, Outcome::Played)
            }
            Entry::Recorded(parsed) => (Known::Recorded { request: None, parsed }, Outcome::Recorded),
            Entry::Skipped { request, seen, reason } => {
                let seen = seen.and_then(|seen| self.redactor.redact(seen.as_ref().clone()).ok());
                // Where a secret is left in an answer, nobody gets to see it.
                let known =
                    seen.map_or_else(|| self.unanswered(&request), |seen| Known::Seen(Box::new(seen)));
                (known, Outcome::Skipped { reason })
            }
            Entry::Refused { request, kind, message } => {
                (self.unanswered(&request), Outcome::Refused { kind, message })
            }
        };
        Interaction { known, outcome }
    }

    fn unanswered(&self, request: &Request) -> Known {
        let request = Box::new(self.presentable(request));
        let (provider, model) = self.asks_whom(&request);
        Known::Unanswered { provider: provider.map(str::to_owned), model, request }
    }
}
