//! What is secret, and what is kept although it need not be.

use super::Builder;

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
        match http::HeaderName::try_from(name) {
            Ok(name) => self.secrets.kept_response_headers.push(name.as_str().to_owned()),
            Err(_) => self
                .fail(format!("{name:?} is not the name of a header"), "write a name such as `x-request-id`"),
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
        self.secrets.headers.push(name.to_owned());
        self.secrets.parameters.push(name.to_owned());
        self.secrets.fields.push(name.to_owned());
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
        match regex::bytes::Regex::new(pattern) {
            Ok(pattern) => self.secrets.patterns.push(pattern),
            Err(error) => {
                self.fail(format!("{pattern:?} is not a regular expression: {error}"), "fix the pattern")
            }
        }
        self
    }
}
