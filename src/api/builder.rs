//! A cassette that differs from the defaults.

// The documentation of the builder has its methods in this order.
mod opening;

mod recording;

mod matching;

mod redaction;

mod keeping;

use std::path::{Path, PathBuf};

use crate::model::error::{Error, Kind};
use crate::model::mode::Mode;
use crate::redact::RedactOptions;
use crate::session::memory::Limits;
use crate::session::settings::{Repeats, Settings};

/// Settings of a cassette; made by [`Cassette::builder`](crate::Cassette::builder), ended by [`open`](Builder::open).
///
/// ```
/// use llm_cassette::{Cassette, Mode, Repeats};
///
/// let cassette = Cassette::builder("agents/weather")
///     .default_mode(Mode::Replay)
///     .repeats(Repeats::Reuse)
///     .ignore("/metadata/run_id")
///     .replace(r"\d{4}-\d\d-\d\d", "DATE")
///     .pass_through(|request| request.host() == "telemetry.example.com")
///     .open()?;
/// # Ok::<(), llm_cassette::Error>(())
/// ```
#[must_use = "a builder does nothing before `open`"]
#[derive(Debug)]
pub struct Builder {
    name: PathBuf,
    folder: Option<PathBuf>,
    package: Option<PathBuf>,
    pinned: Option<Mode>,
    default: Mode,
    settings: Settings,
    secrets: RedactOptions,
    /// The first setting that does not hold up; told by `open`, so that settings can be chained.
    wrong: Option<Error>,
}

impl Builder {
    pub(crate) fn new(name: &Path) -> Builder {
        Builder {
            name: name.to_owned(),
            folder: None,
            package: None,
            pinned: None,
            default: Mode::default(),
            settings: Settings::default(),
            secrets: RedactOptions::default(),
            wrong: None,
        }
    }

    pub(crate) fn in_memory() -> Builder {
        let mut builder = Builder::new(Path::new("(in memory)"));
        builder.settings.memory = Some(Limits::default());
        // A program has the report for that, and its standard error is its own.
        builder.settings.quiet = true;
        builder.repeats(Repeats::Reuse)
    }

    /// What happens when a request comes more often than it was recorded.
    pub fn repeats(mut self, repeats: Repeats) -> Builder {
        self.settings.repeats = repeats;
        self
    }

    /// Says that the cassette belongs to one test, as those named by [`cassette!`](crate::cassette!) do: what a refresh
    /// of the test does not ask for again is taken out. A shared cassette keeps it, since another test may want it.
    pub fn one_test(mut self, one_test: bool) -> Builder {
        self.settings.owned = one_test;
        self
    }

    /// Lets [`Cassette::finish`](crate::Cassette::finish) fail when interactions were left unused.
    pub fn fail_on_unused(mut self) -> Builder {
        self.settings.fail_on_unused = true;
        self
    }

    /// Lets [`Cassette::finish`](crate::Cassette::finish) succeed although requests had no recording. They still got
    /// an error.
    pub fn tolerate_misses(mut self) -> Builder {
        self.settings.tolerate_misses = true;
        self
    }

    /// Whether uses are noted in the ledger beside the cassette, which `llm-cassette stats` reads and git ignores. They
    /// are, unless this or `LLM_CASSETTE_LEDGER=off` says otherwise.
    pub fn ledger(mut self, ledger: bool) -> Builder {
        self.settings.no_ledger = !ledger;
        self
    }

    /// Leaves it to the caller to tell of calls that are not recorded.
    #[cfg(feature = "cli")]
    pub(crate) fn quiet(mut self) -> Builder {
        self.settings.quiet = true;
        self
    }

    fn fail(&mut self, message: String, hint: &str) {
        self.wrong.get_or_insert(Error::new(Kind::BadSetting, message).hint(hint));
    }
}
