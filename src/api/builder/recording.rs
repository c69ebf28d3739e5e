//! What is recorded, what is said of it, and what it may cost.

use std::path::Path;

use super::Builder;
use crate::api::setting;
use crate::model::policy::Policy;
use crate::providers::price;
use crate::session::budget::Budget;

impl Builder {
    /// Records errors as well, for tests of how a program copes with them: any status, error events in streams, a stream
    /// that ends before its protocol's end, and a transfer that breaks, up to its break. What was cut off is marked in the
    /// file, and cut off in the same way when it is played. Failures of credentials, quota and rate limits have to be asked
    /// for by their status: [`record_status`](Self::record_status).
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/a_context_too_long").record_errors(true).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn record_errors(mut self, record_errors: bool) -> Builder {
        self.settings.record_errors = record_errors;
        self
    }

    /// Records answers with this status, whatever error they tell of: failures of credentials, quota and rate limits too, which
    /// [`record_errors`](Self::record_errors) leaves out. Providers repeat the key that they refuse, or its ends; that does not
    /// reach the file.
    ///
    /// Some say it with a status of their own: Gemini refuses a wrong key with 400, AWS with 403, and some gateways tell of an
    /// error in a 200. Without `record_errors`, other errors are not recorded. May be called several times.
    ///
    /// ```
    /// use llm_cassette::{Cassette, ErrorKind};
    ///
    /// let cassette = Cassette::builder("agents/refuses_a_wrong_key").record_status(401).open()?;
    ///
    /// let error = Cassette::builder("agents/refuses_a_wrong_key").record_status(4010).open().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::BadSetting);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn record_status(mut self, status: u16) -> Builder {
        if let Some(status) = self.checked(setting::status(status)) {
            self.settings.record_statuses.push(status);
        }
        self
    }

    /// Records only the calls that a [`Policy`] wants, such as `Policy::deterministic()` or
    /// `Policy::new(|request, response| …)`. Of several policies all have to agree. The caller gets the response in any
    /// case, and the report counts what was skipped, with the reason.
    ///
    /// A policy is asked when the response has ended, and sees the call as the client does: nothing is redacted yet.
    /// What it lets through is redacted before it is written. It is not asked about what is never recorded anyway.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Policy};
    ///
    /// let cassette = Cassette::builder("faq")
    ///     .record_if(Policy::new(|request, _| request.host() == "api.openai.com").because("a local model"))
    ///     .open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn record_if(mut self, policy: impl Into<Policy>) -> Builder {
        self.settings.policies.push(policy.into());
        self
    }

    /// Says who answers behind a gateway or a proxy, whose host and paths do not tell. The host stands for those below it
    /// too; the provider is the [`gen_ai.provider.name`](https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/)
    /// of OpenTelemetry. Provider, model and cost of what is recorded go by it. A host with a port is that port alone:
    /// `.provider("127.0.0.1:8000", "vllm")`.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("faq").provider("llm.example.com", "anthropic").open()?;
    ///
    /// let error = Cassette::builder("faq").provider("https://llm.example.com/v1", "anthropic").open().unwrap_err();
    /// assert_eq!(error.hint(), Some("give a host without scheme and path: `llm.example.com`, `127.0.0.1:8000`"));
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn provider(mut self, host: &str, provider: &str) -> Builder {
        if self.checked(setting::gateway(host, provider)).is_some() {
            self.settings.gateways.add(host, provider);
        }
        self
    }

    /// Tags every interaction that this cassette records, to select and to expire by. The tag stands with each interaction,
    /// so that cassettes can be merged; by hand you can write further ones: `tags: [faq, smoke]`. A tag is made of letters,
    /// digits, `-`, `_`, `.` and `/`.
    ///
    /// Selections such as `LLM_CASSETTE_ONLY=tag=faq` read it, and [`ttl_of_tag`](Self::ttl_of_tag).
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("faq").tag("faq").tag("team/search").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn tag(mut self, tag: &str) -> Builder {
        if let Some(tag) = self.checked(setting::tag(tag)) {
            self.settings.labels.tag(tag);
        }
        self
    }

    /// Notes something in every interaction that this cassette records, such as a ticket or who asked for it. The name is
    /// made of letters, digits, `-`, `_`, `.` and `/`; the value is any text.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("faq").metadata("ticket", "QA-12").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn metadata(mut self, name: &str, value: &str) -> Builder {
        if self.checked(setting::metadata_name(name)).is_some() {
            self.settings.labels.describe(name, value);
        }
        self
    }

    /// Caps what a recording run may spend: [`Budget`] says how. `LLM_CASSETTE_BUDGET=calls=100,usd=0.50` caps it too, for
    /// all cassettes of a process together.
    ///
    /// ```
    /// use llm_cassette::{Budget, Cassette};
    ///
    /// let cassette = Cassette::builder("faq").budget(Budget::new().calls(20).usd("0.10")?).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn budget(mut self, budget: Budget) -> Builder {
        self.settings.budget = budget;
        self
    }

    /// Reads prices from a file in the form of the community's
    /// [`model_prices_and_context_window.json`](https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json),
    /// so that costs are those of your models. `LLM_CASSETTE_PRICES` names such a file for all cassettes. Without one there is
    /// the built-in list. A relative path counts from the folder that the program runs in. A file that is missing
    /// or has another form is told by [`open`](Self::open).
    ///
    /// ```
    /// use llm_cassette::{Cassette, ErrorKind};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("prices.json");
    /// std::fs::write(
    ///     &file,
    ///     r#"{"my-model": {"input_cost_per_token": 1e-7, "output_cost_per_token": 4e-7}}"#,
    /// )?;
    /// let cassette = Cassette::builder("faq").prices(&file).open()?;
    ///
    /// let error = Cassette::builder("faq").prices("no-such-file.json").open().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Io);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn prices(mut self, file: impl AsRef<Path>) -> Builder {
        if let Some(prices) = self.checked(price::load(file.as_ref())) {
            self.settings.prices = Some(prices);
        }
        self
    }
}
