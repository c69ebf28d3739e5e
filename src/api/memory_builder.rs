//! A cassette without a file. Its builder has what makes sense without one, so that a setting for files does not compile.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::builder::Builder;
use super::cassette::Cassette;
use crate::model::error::Error;
use crate::model::mode::Mode;
use crate::model::policy::Policy;
use crate::model::view::RequestView;
use crate::session::budget::Budget;
use crate::session::memory::Limits;

/// Settings of a cassette without a file; made by [`Cassette::in_memory`], ended by [`open`](MemoryBuilder::open).
///
/// ```
/// use std::time::Duration;
/// use llm_cassette::{Cassette, Policy};
///
/// let cache = Cassette::in_memory()
///     .ttl(Duration::from_secs(3600))
///     .max_size(64 << 20) // bytes
///     .record_if(Policy::deterministic())
///     .open()?;
/// # Ok::<(), llm_cassette::Error>(())
/// ```
#[must_use = "a builder does nothing before `open`"]
#[derive(Debug)]
pub struct MemoryBuilder {
    settings: Builder,
    limits: Limits,
    off: bool,
}

impl MemoryBuilder {
    pub(crate) fn new() -> MemoryBuilder {
        let settings = Builder::blank(Path::new("(in memory)"));
        MemoryBuilder { settings, limits: Limits::default(), off: false }
    }

    /// Opens the cassette. `LLM_CASSETTE_MODE` does not reach it.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Mode};
    ///
    /// let cache = Cassette::in_memory().open()?;
    /// assert_eq!(cache.mode(), Mode::Record); // what is not there yet goes out, and is kept
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a setting is wrong, such as a pattern that does not parse, or a variable of the environment.
    pub fn open(self) -> Result<Cassette, Error> {
        let mode = if self.off { Mode::Off } else { Mode::Record };
        self.settings.open_in_memory(mode, self.limits)
    }

    /// Turns the cassette off: every request goes out, and nothing is kept.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Mode};
    ///
    /// let wanted = false; // from the program's own configuration
    /// let cache = Cassette::in_memory().off(!wanted).open()?;
    /// assert_eq!(cache.mode(), Mode::Off);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn off(mut self, off: bool) -> MemoryBuilder {
        self.off = off;
        self
    }

    /// How long an answer is played, from when it was recorded. For ever, unless set here.
    ///
    /// ```
    /// use std::time::Duration;
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().ttl(Duration::from_secs(3600)).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ttl(mut self, ttl: Duration) -> MemoryBuilder {
        self.limits.ttl = Some(ttl);
        self
    }

    /// About how many bytes the answers may have at any time. To make room, what was not used for longest goes. An answer
    /// that would not fit alone is skipped.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().max_size(64 << 20).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn max_size(self, bytes: usize) -> MemoryBuilder {
        self.with(|settings| settings.max_size(bytes))
    }

    /// The clock for [`ttl`](Self::ttl), for tests of what becomes of a program when answers expire.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use std::time::{Duration, Instant};
    /// use llm_cassette::Cassette;
    ///
    /// let now = Arc::new(Mutex::new(Instant::now()));
    /// let clock = Arc::clone(&now);
    /// let cache = Cassette::in_memory()
    ///     .ttl(Duration::from_secs(3600))
    ///     .clock(move || *clock.lock().unwrap())
    ///     .open()?;
    /// // … a request, which goes out …
    /// *now.lock().unwrap() += Duration::from_secs(3601);
    /// // … the same request, which goes out again …
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn clock(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> MemoryBuilder {
        self.limits.clock = Arc::new(now);
        self
    }

    /// As [`Builder::pass_through`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().pass_through(|request| request.host() == "127.0.0.1").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn pass_through(
        self,
        predicate: impl Fn(&RequestView<'_>) -> bool + Send + Sync + 'static,
    ) -> MemoryBuilder {
        self.with(|settings| settings.pass_through(predicate))
    }

    /// As [`Builder::ignore`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().ignore("/metadata/run_id").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ignore(self, pointer: &str) -> MemoryBuilder {
        self.with(|settings| settings.ignore(pointer))
    }

    /// As [`Builder::ignore_order`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().ignore_order("/messages/*/content").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ignore_order(self, pointer: &str) -> MemoryBuilder {
        self.with(|settings| settings.ignore_order(pointer))
    }

    /// As [`Builder::replace`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().replace(r"\d{4}-\d\d-\d\d", "DATE").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn replace(self, pattern: &str, with: &str) -> MemoryBuilder {
        self.with(|settings| settings.replace(pattern, with))
    }

    /// As [`Builder::normalize_whitespace`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().normalize_whitespace(true).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn normalize_whitespace(self, normalize_whitespace: bool) -> MemoryBuilder {
        self.with(|settings| settings.normalize_whitespace(normalize_whitespace))
    }

    /// As [`Builder::ignore_host`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().ignore_host(true).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ignore_host(self, ignore_host: bool) -> MemoryBuilder {
        self.with(|settings| settings.ignore_host(ignore_host))
    }

    /// As [`Builder::match_header`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().match_header("x-tenant").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn match_header(self, name: &str) -> MemoryBuilder {
        self.with(|settings| settings.match_header(name))
    }

    /// As [`Builder::keep_header`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().keep_header("x-request-cost").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn keep_header(self, name: &str) -> MemoryBuilder {
        self.with(|settings| settings.keep_header(name))
    }

    /// As [`Builder::secret_name`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().secret_name("session_ticket").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn secret_name(self, name: &str) -> MemoryBuilder {
        self.with(|settings| settings.secret_name(name))
    }

    /// As [`Builder::secret`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().secret("correct horse battery staple").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn secret(self, value: impl Into<String>) -> MemoryBuilder {
        self.with(|settings| settings.secret(value))
    }

    /// As [`Builder::secret_pattern`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().secret_pattern("acme-[0-9a-f]{32}").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn secret_pattern(self, pattern: &str) -> MemoryBuilder {
        self.with(|settings| settings.secret_pattern(pattern))
    }

    /// As [`Builder::record_if`]: what a policy does not want is not kept.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Policy};
    ///
    /// let cache = Cassette::in_memory().record_if(Policy::deterministic()).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn record_if(self, policy: impl Into<Policy>) -> MemoryBuilder {
        self.with(|settings| settings.record_if(policy))
    }

    /// As [`Builder::record_errors`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().record_errors(true).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn record_errors(self, record_errors: bool) -> MemoryBuilder {
        self.with(|settings| settings.record_errors(record_errors))
    }

    /// As [`Builder::record_status`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().record_status(404).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn record_status(self, status: u16) -> MemoryBuilder {
        self.with(|settings| settings.record_status(status))
    }

    /// As [`Builder::provider`].
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cache = Cassette::in_memory().provider("llm.example.com", "anthropic").open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn provider(self, host: &str, provider: &str) -> MemoryBuilder {
        self.with(|settings| settings.provider(host, provider))
    }

    /// As [`Builder::budget`].
    ///
    /// ```
    /// use llm_cassette::{Budget, Cassette};
    ///
    /// let cache = Cassette::in_memory().budget(Budget::new().calls(10_000)).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn budget(self, budget: Budget) -> MemoryBuilder {
        self.with(|settings| settings.budget(budget))
    }

    /// As [`Builder::prices`].
    ///
    /// ```
    /// use llm_cassette::{Cassette, ErrorKind};
    ///
    /// let error = Cassette::in_memory().prices("no-such-file.json").open().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Io);
    /// ```
    pub fn prices(self, file: impl AsRef<Path>) -> MemoryBuilder {
        self.with(|settings| settings.prices(file))
    }

    fn with(mut self, set: impl FnOnce(Builder) -> Builder) -> MemoryBuilder {
        self.settings = set(self.settings);
        self
    }
}
