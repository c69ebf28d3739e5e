//! From settings to an open cassette: its mode, its file, and what the environment says.

use std::path::{Path, PathBuf};

use super::Builder;
use crate::api::cassette::Cassette;
use crate::api::name;
use crate::model::error::{Error, Kind};
use crate::model::expiry;
use crate::model::mode::{MODE_VARIABLE, Mode};
use crate::providers::price;
use crate::redact::Redactor;
use crate::session::{Session, budget_of_process, selection_of_environment};

impl Builder {
    /// Opens the cassette.
    ///
    /// # Errors
    /// As [`Cassette::open`], and when a setting does not hold up.
    pub fn open(self) -> Result<Cassette, Error> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let (mode, path) = match self.settings.memory {
            Some(_) => (mode_in_memory(self.pinned)?, self.name),
            None => {
                let mode = Mode::resolve(self.pinned, set(MODE_VARIABLE).as_deref(), self.default)?;
                // Where the test runs counts for more than where it was compiled: nextest can move a build to another
                // machine.
                let package =
                    std::env::var_os("CARGO_MANIFEST_DIR").or(self.package.map(PathBuf::into_os_string));
                (mode, name::locate(&self.name, self.folder.as_deref(), package)?)
            }
        };
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let redactor = Redactor::new(environment, self.secrets).map_err(|error| {
            Error::new(Kind::BadSetting, format!("the names given to `secret_name` are too many: {error}"))
        })?;
        let mut settings = self.settings;
        settings.no_ledger |= !ledger_wanted()?;
        if let (None, Some(file)) = (&settings.prices, set(price::VARIABLE)) {
            settings.prices = Some(price::load(Path::new(&file))?);
        }
        if let Some(text) = std::env::var_os(expiry::VARIABLE) {
            settings.max_age = settings.max_age.with_environment(&text.to_string_lossy())?;
        }
        if settings.memory.is_none() {
            settings.only = selection_of_environment()?;
        }
        budget_of_process()?;
        Session::open(path, mode, settings, redactor).map(Cassette::new)
    }

    /// Pins the mode: neither the environment nor a default changes it.
    pub fn mode(mut self, mode: Mode) -> Builder {
        self.pinned = Some(mode);
        self.settings.pinned = true;
        self
    }

    /// The mode when `LLM_CASSETTE_MODE` is unset; [`Mode::Replay`] unless set here.
    pub fn default_mode(mut self, mode: Mode) -> Builder {
        self.default = mode;
        self
    }

    /// The folder that names are looked up in, instead of `cassettes`; relative to the package.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Builder {
        self.folder = Some(folder.into());
        self
    }

    /// The package that the folder belongs to, where `CARGO_MANIFEST_DIR` is not set as the test runs.
    #[doc(hidden)]
    pub fn package(mut self, package: &str) -> Builder {
        self.package = Some(PathBuf::from(package));
        self
    }
}

fn mode_in_memory(pinned: Option<Mode>) -> Result<Mode, Error> {
    match pinned.unwrap_or(Mode::Record) {
        mode @ (Mode::Record | Mode::Off) => Ok(mode),
        mode @ (Mode::Replay | Mode::Refresh) => {
            Err(Error::new(Kind::BadSetting, format!("a cassette in memory cannot be in mode `{mode}`"))
                .hint("leave the mode out, or turn the cassette off with `.mode(Mode::Off)`"))
        }
    }
}

/// Turns the ledger off for a whole run.
const LEDGER_VARIABLE: &str = "LLM_CASSETTE_LEDGER";

/// A variable that is set. An empty one is not: it is what CI makes of a value that nobody filled in.
fn set(variable: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(variable).filter(|value| !value.is_empty())
}

fn ledger_wanted() -> Result<bool, Error> {
    let Some(value) = set(LEDGER_VARIABLE) else { return Ok(true) };
    match value.to_string_lossy().to_ascii_lowercase().as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(Error::new(Kind::BadSetting, format!("{LEDGER_VARIABLE} is {other:?}"))
            .hint("set it to `off` or `on`, or leave it out, which means `on`")),
    }
}
