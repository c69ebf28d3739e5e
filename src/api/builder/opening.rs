//! From settings to an open cassette: its mode, its file, and what the environment says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Builder;
use crate::api::cassette::Cassette;
use crate::api::configuration::{self, Configurations};
use crate::api::which_test::{Signs, is_inside};
use crate::api::{environment, label, name};
use crate::model::error::Error;
use crate::model::mode::Mode;
use crate::model::ttl::Expiry;
use crate::redact::{RedactOptions, Redactor};
use crate::session::memory::Limits;
use crate::session::ownership::Claim;
use crate::session::settings::{Repeats, Settings};
use crate::session::{Session, cap_process};

impl Builder {
    /// Opens the cassette. No network is touched, and a file that is missing is not an error before the first request.
    ///
    /// ```
    /// use llm_cassette::{Cassette, ErrorKind};
    ///
    /// let cassette = Cassette::builder("agents/weather").open()?;
    /// assert!(cassette.path().ends_with("cassettes/agents/weather.yaml"));
    ///
    /// let error = Cassette::builder("agents/weather").replace("(", "").open().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::BadSetting);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Cassette::open`], and when a setting does not hold up, whether it was made here or stands in the environment.
    pub fn open(self) -> Result<Cassette, Error> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let mode = Mode::resolve(self.pinned, environment::mode().as_deref(), self.default)?;
        let configuration = match self.configuration {
            Ok(configuration) => configuration,
            // A cassette that is off stands in nobody's way.
            Err(_) if mode == Mode::Off => Arc::default(),
            Err(error) => return Err(error),
        };
        // Where the test runs counts for more than where it was compiled: nextest can move a build to another
        // machine.
        let package = environment::package().or(self.package.map(PathBuf::into_os_string));
        let folder = self.folder.as_deref().or_else(|| configuration.folder());
        let path = name::locate(&self.name, folder, package.clone())?;
        let path = match &self.label {
            Some(label) => label::apart(path, label, mode)?,
            None => path,
        };
        let mut settings = self.settings;
        if !self.knows_test {
            settings.test = Signs::here().test(None);
        }
        // Tests of two packages may have one name, and meet where these do not keep their cassettes to themselves.
        let inside = package.is_some_and(|package| is_inside(&path, Path::new(&package)));
        if settings.claim == Claim::Named && !inside {
            settings.claim = Claim::Stated;
        }
        settings.only = environment::selection()?;
        settings.no_ledger |= !environment::wants_ledger()?;
        open(path, mode, settings, self.secrets, &configuration)
    }

    /// The mode that the cassette would be in.
    #[cfg(feature = "server")]
    pub(crate) fn mode_in_force(&self) -> Result<Mode, Error> {
        if let Some(wrong) = self.wrong.as_ref().or(self.configuration.as_ref().err()) {
            return Err(wrong.again());
        }
        Mode::resolve(self.pinned, environment::mode().as_deref(), self.default)
    }

    /// Opens a cassette that has no file.
    pub(crate) fn open_in_memory(self, mode: Mode, limits: Limits) -> Result<Cassette, Error> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let mut settings = self.settings;
        settings.memory = Some(limits);
        // A program has the report for that, and its standard error is its own.
        settings.quiet = true;
        settings.repeats = Repeats::Reuse;
        open(self.name, mode, settings, self.secrets, &Configurations::default())
    }

    /// Pins the mode: neither the environment nor a default changes it. So `LLM_CASSETTE_MODE=record` records nothing for
    /// this test; [`default_mode`](Self::default_mode) is what most tests want.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Mode};
    ///
    /// let cassette = Cassette::builder("agents/weather").mode(Mode::Replay).open()?;
    /// assert_eq!(cassette.mode(), Mode::Replay); // whatever `LLM_CASSETTE_MODE` says
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn mode(mut self, mode: Mode) -> Builder {
        self.pinned = Some(mode);
        self.settings.pinned = true;
        self
    }

    /// The mode when `LLM_CASSETTE_MODE` is unset; [`Mode::Replay`] unless set here.
    ///
    /// ```
    /// use llm_cassette::{Cassette, Mode};
    ///
    /// let cassette = Cassette::builder("agents/weather").default_mode(Mode::Record).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn default_mode(mut self, mode: Mode) -> Builder {
        self.default = mode;
        self
    }

    /// The folder that names are looked up in, instead of `cassettes`; relative to the package whose tests run. It is not
    /// used for what is given as a path, which ends in `.yaml` or `.yml`.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("weather").folder("tests/recorded").open()?;
    /// assert!(cassette.path().ends_with("tests/recorded/weather.yaml"));
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Builder {
        self.folder = Some(folder.into());
        self
    }

    /// The package that the folder belongs to, where `CARGO_MANIFEST_DIR` is not set as the test runs.
    #[doc(hidden)]
    pub fn package(self, package: &str) -> Builder {
        let package = PathBuf::from(package);
        // It is said before anything else, by the macro, so that no setting is lost.
        let settings = match environment::package() {
            Some(_) => self,
            None => Builder::beside(&self.name, &package),
        };
        Builder { package: Some(package), ..settings }
    }
}

/// Opens a cassette with what the environment says of every kind of cassette.
fn open(
    path: PathBuf,
    mode: Mode,
    mut settings: Settings,
    secrets: RedactOptions,
    configuration: &Configurations,
) -> Result<Cassette, Error> {
    let redactor = Redactor::new(environment::variables(), secrets);
    if settings.prices.is_none() {
        settings.prices = environment::prices()?;
    }
    if settings.prices.is_none() {
        settings.prices = configuration::files::prices(configuration)?;
    }
    settings.ttl = environment::ttl(settings.ttl)?;
    if settings.rerecords_refused && settings.ttl.policy == Expiry::Fail {
        settings.ttl.policy = Expiry::Record;
    }
    settings.run = settings.run.or_else(environment::run);
    cap_process(match environment::budget()? {
        Some(budget) => budget,
        None => configuration.budget().cloned().unwrap_or_default(),
    });
    Session::open(path, mode, settings, redactor).map(Cassette::new)
}
