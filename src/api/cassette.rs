//! The handle that a test holds.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use crate::api::builder::Builder;
use crate::model::error::{Error, Kind};
use crate::model::mode::{MODE_VARIABLE, Mode};
use crate::session::Session;
use crate::session::prompt_cache::PromptCache;
use crate::session::report::{Report, warn};

/// A cassette: put it into an HTTP client as its last middleware, and call [`finish`](Cassette::finish) at the end.
///
/// Clones are the same cassette: give one to the client and keep the first to finish it. What a recording run
/// recorded is on disk as each response ends, whether or not `finish` is ever reached. A refresh replaces the file when
/// `finish` is called, or when the handle is dropped without a panic after a run in which every request was recorded; in
/// that case it takes nothing out, as a test that returns an error looks the same from here.
///
/// ```
/// use llm_cassette::{Cassette, Mode};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let cassette = Cassette::open("weather")?; // cassettes/weather.yaml
/// let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
/// // … requests through `client` …
/// let report = cassette.finish()?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
#[must_use = "a cassette does nothing until a client has it"]
pub struct Cassette {
    session: Arc<Session>,
    /// Whether this is the handle whose drop ends the run. Clones, which live in clients, may be dropped on any thread
    /// and at any time.
    owner: bool,
    finished: Arc<AtomicBool>,
}

impl Cassette {
    /// Opens a cassette by name or path with the defaults; see [`builder`](Cassette::builder).
    ///
    /// A name such as `weather` or `agents/weather` is the file `cassettes/weather.yaml` of the package whose tests
    /// run. What ends in `.yaml` or `.yml` is a path.
    ///
    /// # Errors
    /// When the mode in `LLM_CASSETTE_MODE` is unknown, the name cannot be a file's, or the file cannot be read, is no
    /// cassette or was written by a newer version. A file that is missing is no error before the first request.
    pub fn open(name: impl AsRef<Path>) -> Result<Cassette, Error> {
        Cassette::builder(name).open()
    }

    /// Starts a cassette that differs from the defaults.
    pub fn builder(name: impl AsRef<Path>) -> Builder {
        Builder::new(name.as_ref())
    }

    /// Starts a cassette without a file, for programs that want a cache: a request goes out the first time, and is answered
    /// from memory from then on. Nothing is ever written. Identical requests under way at once go out once
    /// ([`Repeats::Reuse`](crate::Repeats)), and errors are not kept.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use llm_cassette::{Cassette, Policy};
    /// let cache = Cassette::in_memory()
    ///     .time_to_live(Duration::from_secs(3600))
    ///     .max_size(64 << 20)
    ///     .record_only(Policy::deterministic())
    ///     .open()?;
    /// let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(cache.clone()).build();
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// What is kept is what a file would have: without secrets. So who repeats a request gets `[REDACTED]` where the
    /// answer held one, and the API key is no part of the request: where several of them are in use that must not share
    /// answers, give each a cassette of its own.
    ///
    /// `LLM_CASSETTE_MODE` is for tests and does not reach it; [`Mode::Off`] turns it off, and `Replay` and `Refresh` are
    /// for files. Of what was asked it keeps nothing but this, so [`prompt_cache`](Self::prompt_cache) has nothing to tell,
    /// and the report lists the last 1,000 calls that were skipped.
    pub fn in_memory() -> Builder {
        Builder::in_memory()
    }

    pub(crate) fn new(session: Session) -> Cassette {
        Cassette { session: Arc::new(session), owner: true, finished: Arc::default() }
    }

    /// The mode in force.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.session.mode()
    }

    /// The file of the cassette, whether it exists or not; `(in memory)` if it has none.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.session.path()
    }

    /// The API key that a client wants when it is made: the value of an environment variable when calls may go out, and
    /// a dummy in replay, where none is needed.
    ///
    /// ```
    /// # use llm_cassette::{Cassette, Mode};
    /// let cassette = Cassette::builder("docs").mode(Mode::Replay).open()?;
    /// assert_eq!(cassette.api_key("OPENAI_API_KEY")?, "dummy-key");
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// # Errors
    /// When calls may go out and the variable is unset or empty.
    pub fn api_key(&self, variable: &str) -> Result<String, Error> {
        if !self.mode().may_call_out() {
            return Ok("dummy-key".to_owned());
        }
        std::env::var(variable).ok().filter(|key| !key.is_empty()).ok_or_else(|| {
            Error::new(
                Kind::MissingKey,
                format!("{variable} is not set, and in mode `{}` calls go out", self.mode()),
            )
            .hint(format!("set {variable}, or replay what is recorded with `{MODE_VARIABLE}=replay`"))
        })
    }

    /// A value that the test makes up and that ends up in a request: today's date, a UUID, a seed. `make` makes it once,
    /// while recording; it is kept at the top of the cassette, and a replay gives it back. A refresh gives back what is
    /// kept too, so that its requests are the recorded ones; delete the line to have a new value made.
    ///
    /// ```
    /// # use llm_cassette::{Cassette, Mode};
    /// # let folder = tempfile::tempdir()?;
    /// # let file = folder.path().join("docs.yaml");
    /// let cassette = Cassette::builder(&file).mode(Mode::Record).open()?;
    /// let today = cassette.variable("today", || "2026-11-21".to_owned())?;
    ///
    /// let replay = Cassette::builder(&file).mode(Mode::Replay).open()?;
    /// assert_eq!(replay.variable("today", || unreachable!())?, today);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the name is no name; in replay, when the cassette has no such variable; when the value holds a secret; when
    /// the file cannot be read or written.
    pub fn variable(&self, name: &str, make: impl FnOnce() -> String) -> Result<String, Error> {
        self.session.variable(name, make)
    }

    /// The time at which the cassette was first recorded with a test that asks for it, so that a test can freeze its
    /// clock there: the [`variable`](Self::variable) `recorded_at`. With mode `off` it is now.
    ///
    /// # Errors
    /// As [`variable`](Self::variable), and when the time in the file is none.
    pub fn recorded_at(&self) -> Result<SystemTime, Error> {
        let now = jiff::Timestamp::now();
        let now = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
        let text = self.variable("recorded_at", || now.to_string())?;
        text.parse::<jiff::Timestamp>().map(SystemTime::from).map_err(|_| {
            Error::new(
                Kind::Malformed,
                format!(
                    "{}: the variable `recorded_at` is {text:?}, which is no time",
                    self.path().display()
                ),
            )
            .hint("write a time such as 2026-11-21T02:10:44Z")
        })
    }

    /// Whether each turn of the conversations that this run played or recorded so far begins as the turn before it did:
    /// a provider's prompt cache is lost from the first thing on that moved. It is the requests of this run that are looked
    /// at, so a change of the code shows in a replay too, where matching forgives it, as it does another order of keys.
    ///
    /// ```
    /// # use llm_cassette::{Cassette, Mode};
    /// # let folder = tempfile::tempdir()?;
    /// # let cassette = Cassette::builder(folder.path().join("docs.yaml")).mode(Mode::Record).open()?;
    /// // … the agent under test makes its calls …
    /// let prompt_cache = cassette.prompt_cache();
    /// prompt_cache.kept()?; // an error that says which turn, and what moved
    /// if let Some(share) = prompt_cache.cached_share() {
    ///     assert!(share > 0.5, "{prompt_cache}");
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn prompt_cache(&self) -> PromptCache {
        self.session.prompt_cache()
    }

    /// Ends the run: writes what is left to write, and reports what was played, recorded, skipped and left unused.
    ///
    /// # Errors
    /// When something could not be written; when a request had no recording, unless
    /// [`tolerate_misses`](Builder::tolerate_misses) was set: clients like to swallow that error; and when interactions
    /// were left unused, if [`fail_on_unused`](Builder::fail_on_unused) was set.
    #[must_use = "misses that the client swallowed, and failures to write, come to light here"]
    pub fn finish(&self) -> Result<Report, Error> {
        self.finished.store(true, Ordering::Relaxed);
        self.session.finish()
    }

    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }
}

impl Clone for Cassette {
    fn clone(&self) -> Cassette {
        Cassette { session: Arc::clone(&self.session), owner: false, finished: Arc::clone(&self.finished) }
    }
}

impl fmt::Debug for Cassette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cassette")
            .field("path", &self.path())
            .field("mode", &self.mode())
            .finish_non_exhaustive()
    }
}

impl Drop for Cassette {
    fn drop(&mut self) {
        // A panic is the one sure sign that a run has failed; what it refreshed must not replace anything.
        if !self.owner
            || self.finished.load(Ordering::Relaxed)
            || std::thread::panicking()
            || !self.mode().writes()
        {
            return;
        }
        if let Err(error) = self.session.finish_unasked() {
            warn(&error.to_string());
        }
    }
}
