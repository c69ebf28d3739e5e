//! A cassette that differs from the defaults.

// The documentation of the builder has its methods in this order.
mod opening;

mod recording;

mod matching;

mod redaction;

mod keeping;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::configuration::{self, Configurations};
use super::environment;
use crate::model::error::Error;
use crate::model::mode::Mode;
use crate::redact::RedactOptions;
use crate::session::ownership::Claim;
use crate::session::running_test::RunningTest;
use crate::session::settings::{Repeats, Settings};
#[cfg(feature = "server")]
use crate::store::tapes::Tapes;

/// Settings of a cassette; made by [`Cassette::builder`](crate::Cassette::builder), ended by [`open`](Builder::open).
///
/// Settings begin with what `llm-cassette.toml` says, which may stand in the package whose tests run and in the root of its
/// workspace. What is set here wins over it, but for lists, such as [`ignore`](Builder::ignore), to which it adds.
///
/// Every setting can be chained. One that does not hold up, such as a pattern that does not parse, shows when `open` is
/// called: an error of the kind [`ErrorKind::BadSetting`](crate::ErrorKind::BadSetting), for the first of them.
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
    /// What tells the cassettes of one test apart.
    label: Option<String>,
    folder: Option<PathBuf>,
    package: Option<PathBuf>,
    /// Whether `settings` say which test this is, or that nobody can tell.
    knows_test: bool,
    pinned: Option<Mode>,
    default: Mode,
    settings: Settings,
    secrets: RedactOptions,
    /// What the files around the package say, with which the settings began. One that cannot be read is told by `open`.
    configuration: Result<Arc<Configurations>, Error>,
    /// The first setting that does not hold up; told by `open`, so that settings can be chained.
    wrong: Option<Error>,
}

/// What replays of one file share.
#[cfg(feature = "server")]
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared(Arc<Tapes>);

impl Builder {
    /// Settings that begin with what the files of the package say whose tests run.
    pub(crate) fn new(name: &Path) -> Builder {
        Builder::beside(name, &environment::package().map(PathBuf::from).unwrap_or_default())
    }

    /// Settings that begin with what the files say that hold for a folder.
    pub(crate) fn beside(name: &Path, folder: &Path) -> Builder {
        let mut builder = Builder::blank(name);
        builder.configuration = configuration::files::of(folder);
        if let Ok(configuration) = &builder.configuration {
            configuration.apply(&mut builder.settings, &mut builder.secrets);
        }
        builder
    }

    /// Settings that begin with the defaults.
    pub(crate) fn blank(name: &Path) -> Builder {
        Builder {
            name: name.to_owned(),
            label: None,
            folder: None,
            package: None,
            knows_test: false,
            pinned: None,
            default: Mode::default(),
            settings: Settings::default(),
            secrets: RedactOptions::default(),
            configuration: Ok(Arc::default()),
            wrong: None,
        }
    }

    /// What happens when a request comes more often than it was recorded; [`Repeats::Refuse`] unless set here.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Repeats};
    ///
    /// let cassette = Cassette::builder("agents/weather").repeats(Repeats::Reuse).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn repeats(mut self, repeats: Repeats) -> Builder {
        self.settings.repeats = repeats;
        self
    }

    /// Says that the cassette belongs to one test, as those named by [`cassette!`](crate::cassette!) do: what a refresh
    /// of the test does not ask for again is taken out. A shared cassette keeps it, since another test may want it.
    ///
    /// What another test, another handle or another thread has used stays all the same, and so does what nobody is known to have
    /// used, as in a fresh clone: the ledger beside the cassette knows who has used what on this machine.
    /// [`Report::kept`](crate::Report::kept) has what stays, and why, and standard error says so.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather").one_test(true).open()?; // only this test opens it
    /// let shared = Cassette::builder("agents/shared").open()?; // several tests may
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn one_test(mut self, one_test: bool) -> Builder {
        self.settings.claim = match (one_test, self.settings.claim) {
            (false, _) => Claim::Shared,
            (true, Claim::Named) => Claim::Named,
            (true, Claim::Shared | Claim::Stated) => Claim::Stated,
        };
        self
    }

    /// Whether [`Cassette::finish`](crate::Cassette::finish) fails when interactions were left unused, or when no request came
    /// by at all. It does not, unless set here; the [`Report`](crate::Report) lists them in any case, and a run that no request
    /// reached says so on standard error.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather").fail_on_unused(true).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn fail_on_unused(mut self, fail_on_unused: bool) -> Builder {
        self.settings.fail_on_unused = fail_on_unused;
        self
    }

    /// Whether [`Cassette::finish`](crate::Cassette::finish) succeeds although requests had no recording. They still get
    /// an error, and a recording that is there and cannot be read is a failure all the same.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather").tolerate_misses(true).open()?;
    /// // … a test of what the program does when a provider cannot be reached …
    /// cassette.finish()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn tolerate_misses(mut self, tolerate_misses: bool) -> Builder {
        self.settings.tolerate_misses = tolerate_misses;
        self
    }

    /// Whether uses are noted in the ledger beside the cassette, which `llm-cassette stats` reads and git ignores. They
    /// are, unless this or `LLM_CASSETTE_LEDGER=off` says otherwise.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("agents/weather").ledger(false).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
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

    /// The same, if what the files of the package say can be read: a cassette that is off would not ask.
    #[cfg(feature = "cli")]
    pub(crate) fn configured(self) -> Result<Builder, Error> {
        match self.configuration {
            Ok(configuration) => Ok(Builder { configuration: Ok(configuration), ..self }),
            Err(error) => Err(error),
        }
    }

    /// Settings of a cassette whose requests come from clients of a command, which judges by itself what misses mean.
    #[cfg(feature = "server")]
    pub(crate) fn of_command(mut self, command: &str, mode: Option<Mode>) -> Builder {
        self.settings.command = Some(command.to_owned());
        self.settings.tolerate_misses = true;
        // Nobody pinned it: it is the command's own.
        self.pinned = mode;
        self.knows_test = true;
        self
    }

    /// The run that is told what the cassette does, where it is not that of the environment.
    #[cfg(feature = "cli")]
    pub(crate) fn of_run(mut self, file: &Path, rerecords: bool) -> Builder {
        self.settings.run = Some(file.to_owned());
        self.settings.rerecords_refused = rerecords;
        self
    }

    /// Shares the tape with other replays of the file.
    #[cfg(feature = "server")]
    pub(crate) fn sharing(mut self, shared: &Shared) -> Builder {
        self.settings.tapes = Some(Arc::clone(&shared.0));
        self
    }

    /// The builder of a cassette that is named after its test.
    pub(crate) fn of_test(
        name: String,
        label: Option<String>,
        package: &str,
        claim: Claim,
        test: Option<RunningTest>,
    ) -> Builder {
        let mut builder = Builder::new(Path::new(&name)).package(package);
        builder.label = label;
        builder.settings.claim = claim;
        builder.settings.test = test;
        builder.knows_test = true;
        builder
    }

    /// A setting that holds up; the error of one that does not is kept for `open`.
    fn checked<T>(&mut self, setting: Result<T, Error>) -> Option<T> {
        setting.map_err(|error| self.wrong.get_or_insert(error)).ok()
    }
}
