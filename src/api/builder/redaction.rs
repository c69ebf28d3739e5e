//! What is secret, and what is kept although it need not be.

use super::Builder;
use crate::api::setting;

impl Builder {
    /// Keeps a response header that is not kept by default, for programs that read it.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather").keep_header("x-ratelimit-remaining-tokens").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn keep_header(mut self, name: &str) -> Builder {
        if let Some(name) = self.checked(setting::header(name, "x-request-id")) {
            self.secrets.kept_response_headers.push(name);
        }
        self
    }

    /// Treats the value of a header, a query parameter and a JSON field of this name as a secret, wherever it turns up.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather").secret_name("session_ticket").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn secret_name(mut self, name: &str) -> Builder {
        self.secrets.add_name(name);
        self
    }

    /// Treats a value as a secret, wherever it turns up. Values of variables such as `OPENAI_API_KEY` and of headers such as
    /// `authorization` are secrets without it.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// # let password = "correct horse battery staple".to_owned();
    /// let cassette = Cassette::builder("agents/weather").secret(password).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn secret(mut self, value: impl Into<String>) -> Builder {
        self.secrets.values.push(value.into());
        self
    }

    /// Treats what a [regular expression](https://docs.rs/regex/latest/regex/#syntax) matches as a secret, in requests and answers. What it may say of Unicode stands with [`replace`](Self::replace).
    ///
    /// ```
    /// use llm_cassette::{Cassette, ErrorKind};
    ///
    /// let cassette = Cassette::builder("agents/weather").secret_pattern(r"(?i)acme-[0-9a-f]{32}").open()?;
    ///
    /// let error = Cassette::builder("agents/weather").secret_pattern("[a-").open().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::BadSetting);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn secret_pattern(mut self, pattern: &str) -> Builder {
        if let Some(pattern) = self.checked(setting::secret_pattern(pattern)) {
            self.secrets.patterns.push(pattern);
        }
        self
    }
}
