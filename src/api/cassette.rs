//! The handle that a test holds.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use crate::model::error::{Error, ErrorKind};
use crate::model::mode::{MODE_VARIABLE, Mode};
use crate::model::text::shown_path;
use crate::model::warn::warn;
use crate::session::Session;
use crate::session::interactions::Interaction;
use crate::session::prompt_cache::PromptCache;
use crate::session::report::Report;

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
    pub(crate) fn new(session: Session) -> Cassette {
        Cassette { session: Arc::new(session), owner: true, finished: Arc::default() }
    }

    /// The mode in force.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Mode};
    ///
    /// let cassette = Cassette::builder("agents/weather").mode(Mode::Replay).open()?;
    /// assert_eq!(cassette.mode(), Mode::Replay);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.session.mode()
    }

    /// The file of the cassette, whether it exists or not; `(in memory)` if it has none.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// assert!(Cassette::open("agents/weather")?.path().ends_with("cassettes/agents/weather.yaml"));
    /// assert_eq!(Cassette::in_memory().open()?.path().to_str(), Some("(in memory)"));
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
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
                ErrorKind::MissingKey,
                format!("{variable} is not set, and mode `{}` sends calls to the provider", self.mode()),
            )
            .with_hint(format!("set {variable}, or replay what is recorded with `{MODE_VARIABLE}=replay`"))
        })
    }

    /// A value that the test makes up and that ends up in a request: today's date, a UUID, a seed. `make` makes it once,
    /// while recording; it is kept at the top of the cassette, and a replay gives it back. A refresh gives back what is
    /// kept too, so that its requests are the recorded ones; delete the line to have a new value made.
    ///
    /// `make` may ask for other variables. Of threads that ask for the same one at once, each may call its own `make`; all are
    /// given the value that was there first.
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
    /// clock there: the [`variable`](Self::variable) `frozen_now`, in whole seconds. In mode `off` it is the present.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Mode};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let file = folder.path().join("docs.yaml");
    /// let recording = Cassette::builder(&file).mode(Mode::Record).open()?;
    /// let now = recording.frozen_now()?;
    ///
    /// let replay = Cassette::builder(&file).mode(Mode::Replay).open()?;
    /// assert_eq!(replay.frozen_now()?, now); // today, and in a year
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`variable`](Self::variable), and when the text in the file is not a time.
    pub fn frozen_now(&self) -> Result<SystemTime, Error> {
        let now = jiff::Timestamp::now();
        let now = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
        let text = self.variable("frozen_now", || now.to_string())?;
        text.parse::<jiff::Timestamp>().map(SystemTime::from).map_err(|_| {
            Error::new(
                ErrorKind::Malformed,
                format!(
                    "{}: the variable `frozen_now` is {text:?}, which is not a time",
                    shown_path(self.path())
                ),
            )
            .with_hint("write a time such as 2026-11-21T02:10:44Z")
        })
    }

    /// What this run asked so far and what became of it, in the order in which the calls began: for tests that look at prompts,
    /// and at how often a program asks. What [`pass_through`](crate::Builder::pass_through) names is not among it, in mode
    /// `off` nothing is, and a cassette [in memory](Self::in_memory) keeps no list.
    ///
    /// It shows what a cassette would hold: no secrets, and of the headers those that a cassette keeps.
    ///
    /// ```
    /// # use llm_cassette::{Cassette, Mode};
    /// # let folder = tempfile::tempdir()?;
    /// # let cassette = Cassette::builder(folder.path().join("docs.yaml")).mode(Mode::Record).open()?;
    /// // … the agent under test makes its calls …
    /// for interaction in cassette.interactions() {
    ///     let body: serde_json::Value = interaction.request().json()?;
    ///     assert_eq!(body["messages"][0]["role"], "system");
    ///     assert!(interaction.usage().input_tokens.is_none_or(|tokens| tokens < 4_000));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn interactions(&self) -> Vec<Interaction> {
        self.session.interactions()
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
    /// ```
    /// use llm_cassette::{Cassette, Mode};
    ///
    /// let cassette = Cassette::builder("agents/weather").mode(Mode::Replay).open()?;
    /// // … requests, of which each had a recording …
    /// let report = cassette.finish()?;
    /// assert_eq!(report.recorded, 0);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// # Errors
    /// When something could not be written or read; when a request had no recording, unless
    /// [`tolerate_misses`](crate::Builder::tolerate_misses) was set: clients like to swallow that error; and when interactions
    /// were left unused or no request came by at all, if [`fail_on_unused`](crate::Builder::fail_on_unused) was set.
    #[must_use = "misses that the client swallowed, and failures to write, come to light here"]
    pub fn finish(&self) -> Result<Report, Error> {
        self.finished.store(true, Ordering::Relaxed);
        self.session.finish()
    }

    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// Ends a run that nobody may have finished.
    fn end(&self) {
        self.session.wait_for_large();
        // A panic is the one sure sign that a run has failed; what it refreshed must not replace anything.
        if self.finished.load(Ordering::Relaxed) || std::thread::panicking() {
            self.session.take_out_what_came_late();
            // What ended later than that is in no file yet.
            return self.session.tell_of_unfinished();
        }
        self.session.tell_if_nobody_came();
        self.session.tell_of_refusals();
        self.session.tell_if_nothing_is_selected();
        if !self.mode().writes() {
            return;
        }
        if let Err(error) = self.session.finish_unasked() {
            warn(&error.to_string());
        }
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
        if self.owner {
            self.end();
            self.session.tell_end();
        }
    }
}
