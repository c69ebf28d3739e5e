//! What makes two requests the same, and which of them are none of the cassette's business.

use std::sync::Arc;

use super::Builder;
use crate::api::setting;
use crate::model::view::RequestView;

impl Builder {
    /// Keeps the cassette away from requests that a predicate names: telemetry, sign-in, a local service. They go out in
    /// every mode, replay included. Of several predicates one is enough.
    ///
    /// The predicate sees the request as the client made it, secrets included, and before a streamed body is collected.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather")
    ///     .pass_through(|request| request.host() == "127.0.0.1" || request.url().contains("/telemetry/"))
    ///     .open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn pass_through(
        mut self,
        predicate: impl Fn(&RequestView<'_>) -> bool + Send + Sync + 'static,
    ) -> Builder {
        self.settings.pass_through.push(Arc::new(predicate));
        self
    }

    /// Ignores what a [JSON pointer](https://www.rfc-editor.org/rfc/rfc6901) points at in request bodies that are JSON. A number in it is the place of an item in an array, from 0,
    /// and `*` stands for every item and every field; `~1` stands for `/` in a name, and `~0` for `~`.
    ///
    /// ```
    /// use llm_cassette::{Cassette, ErrorKind};
    ///
    /// let cassette = Cassette::builder("agents/weather").ignore("/metadata/run_id").ignore("/messages/0").open()?;
    ///
    /// let error = Cassette::builder("agents/weather").ignore("metadata.run_id").open().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::BadSetting);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ignore(mut self, pointer: &str) -> Builder {
        if let Some(pointer) = self.checked(setting::pointer(pointer)) {
            self.settings.rules.ignored.push(pointer);
        }
        self
    }

    /// Ignores the order of the lists that a [JSON pointer](https://www.rfc-editor.org/rfc/rfc6901) points at in request bodies that are JSON, as of the results of tools that run at
    /// once. `*` stands for every item and every field.
    ///
    /// The order of declarations of tools never counts, nor that of `required` in their schemas.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather")
    ///     .ignore_order("/messages") // of OpenAI: each result is a message
    ///     .ignore_order("/messages/*/content") // of Anthropic: they are the content of one
    ///     .open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ignore_order(mut self, pointer: &str) -> Builder {
        if let Some(pointer) = self.checked(setting::pointer(pointer)) {
            self.settings.rules.unordered.push(pointer);
        }
        self
    }

    /// Replaces what a [regular expression](https://docs.rs/regex/latest/regex/#syntax) matches, in the URL, in every text and every number of the body, and in the names and texts of files that a form sends, before
    /// requests are compared: for dates, paths of temporary files, and such. `$1` in the replacement is a group of the pattern.
    /// The cassette keeps what was sent.
    ///
    /// Patterns know Unicode, and mean the same in every build, whatever other crates ask of `regex`.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather")
    ///     .replace(r"\d{4}-\d\d-\d\d", "DATE")
    ///     .replace(r"/tmp/[^/]+/(\w+)", "TMP/$1")
    ///     .open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn replace(mut self, pattern: &str, with: &str) -> Builder {
        if let Some(pattern) = self.checked(setting::pattern(pattern)) {
            self.settings.rules.replaced.push((pattern, with.to_owned()));
        }
        self
    }

    /// Whether runs of white space in prompts count as one space, and as none where a text begins and ends: for prompts that
    /// are laid out in code, where an indentation changes nothing.
    ///
    /// Prompts are the texts of messages, tool results included, of the system prompt and of inputs. Arguments of tool calls,
    /// schemas and everything else stay as they are. The cassette has each text as it was sent. [`replace`](Self::replace)
    /// sees what this has left.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather").normalize_whitespace(true).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn normalize_whitespace(mut self, normalize_whitespace: bool) -> Builder {
        self.settings.rules.normalize_whitespace = normalize_whitespace;
        self
    }

    /// Whether scheme, host and port are ignored, for tests against servers on changing ports and for gateways.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather").ignore_host(true).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ignore_host(mut self, ignore_host: bool) -> Builder {
        self.settings.rules.ignore_host = ignore_host;
        self
    }

    /// Demands that a request header is equal too. It is then kept in the cassette. Small and capital letters are the same in
    /// its name.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather").match_header("x-tenant").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn match_header(mut self, name: &str) -> Builder {
        if let Some(name) = self.checked(setting::header(name, "x-tenant")) {
            self.settings.rules.headers.push(name.clone());
            self.secrets.kept_request_headers.push(name);
        }
        self
    }
}
