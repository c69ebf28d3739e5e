//! The environment variables that a cassette heeds when it is opened. All are read here; what each may say is known where its
//! meaning is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::error::{Error, ErrorKind};
use crate::model::mode::MODE_VARIABLE;
use crate::model::ttl::{self, Ttl};
use crate::providers::price::{self, Prices};
use crate::session::budget::{self, Budget};
use crate::session::selector::{self, Selection};
use crate::session::telling;

/// Turns the ledger off for a whole run.
const LEDGER_VARIABLE: &str = "LLM_CASSETTE_LEDGER";

/// A variable that is set. An empty one is not: it is what CI makes of a value that nobody filled in.
fn set(variable: &str) -> Option<OsString> {
    std::env::var_os(variable).filter(|value| !value.is_empty())
}

/// All variables, for their secrets. What is not Unicode cannot be sent as a key.
pub(super) fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Has the key for servers that are no provider's own, behind the server of ours.
#[cfg(feature = "server")]
pub(crate) const UPSTREAM_KEY: &str = "LLM_CASSETTE_UPSTREAM_KEY";

/// The key in a variable.
#[cfg(feature = "server")]
pub(crate) fn key(variable: &str) -> Option<String> {
    let key = set(variable)?.into_string().ok()?;
    Some(key.trim().to_owned()).filter(|key| !key.is_empty())
}

/// `LLM_CASSETTE_MODE`.
pub(super) fn mode() -> Option<OsString> {
    set(MODE_VARIABLE)
}

/// The package whose tests run, as Cargo and nextest say.
pub(super) fn package() -> Option<OsString> {
    std::env::var_os("CARGO_MANIFEST_DIR")
}

/// The name of that package.
pub(super) fn package_name() -> Option<String> {
    set("CARGO_PKG_NAME")?.into_string().ok()
}

/// The test that nextest has started this process for. Processes that the test starts inherit the variable, so it is believed
/// only with the arguments that nextest gives.
pub(super) fn nextest_test() -> Option<String> {
    let test = set("NEXTEST_TEST_NAME")?.into_string().ok()?;
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    arguments.windows(2).any(|pair| pair[0] == "--exact" && pair[1] == *test).then_some(test)
}

/// `LLM_CASSETTE_RUN`: the file by which `llm-cassette run` is told what cassettes of its processes did. Absolute, as processes
/// run in different folders.
pub(super) fn run() -> Option<PathBuf> {
    set(telling::VARIABLE).map(PathBuf::from).filter(|file| file.is_absolute())
}

/// `LLM_CASSETTE_ONLY`: what a run in mode `record` or `refresh` may send.
pub(super) fn selection() -> Result<Selection, Error> {
    let Some(text) = set(selector::VARIABLE) else { return Ok(Selection::default()) };
    Selection::parse(&text.to_string_lossy()).map_err(|error| {
        let message = format!("{}: {}", selector::VARIABLE, error.message());
        let wrong = Error::new(ErrorKind::BadSetting, message);
        match error.hint() {
            Some(hint) => wrong.with_hint(hint),
            None => wrong,
        }
    })
}

/// `LLM_CASSETTE_LEDGER`.
pub(super) fn wants_ledger() -> Result<bool, Error> {
    let Some(value) = set(LEDGER_VARIABLE) else { return Ok(true) };
    match value.to_string_lossy().to_ascii_lowercase().as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(Error::new(ErrorKind::BadSetting, format!("{LEDGER_VARIABLE} is {other:?}"))
            .with_hint("set it to `off` or `on`, or leave it out, which means `on`")),
    }
}

/// What signs requests for AWS.
#[cfg(feature = "aws")]
pub(crate) struct AwsCredentials {
    pub(crate) id: String,
    pub(crate) secret: String,
    /// Of credentials that are lent for a while.
    pub(crate) token: Option<String>,
}

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, the names that all SDKs of AWS read.
#[cfg(feature = "aws")]
#[allow(dead_code, reason = "only a server signs, and a library may be built without it")]
pub(crate) fn aws_credentials() -> Result<AwsCredentials, Error> {
    let read = |variable: &str| set(variable).and_then(|value| value.into_string().ok());
    let needed = |variable: &str| {
        read(variable).ok_or_else(|| {
            let message = format!("{variable} is not set, and a request to AWS has to be signed");
            let hint = "set `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for credentials that are lent for a while, \
                        `AWS_SESSION_TOKEN`: `eval \"$(aws configure export-credentials --format env)\"` does";
            Error::new(ErrorKind::MissingKey, message).with_hint(hint)
        })
    };
    Ok(AwsCredentials {
        id: needed("AWS_ACCESS_KEY_ID")?,
        secret: needed("AWS_SECRET_ACCESS_KEY")?,
        token: read("AWS_SESSION_TOKEN"),
    })
}

/// `LLM_CASSETTE_PRICES`: a file in the place of the built-in table.
pub(super) fn prices() -> Result<Option<Arc<Prices>>, Error> {
    set(price::VARIABLE).map(|file| price::load(Path::new(&file))).transpose()
}

/// `LLM_CASSETTE_TTL`, over what the cassette says.
pub(super) fn ttl(own: Ttl) -> Result<Ttl, Error> {
    match set(ttl::VARIABLE) {
        Some(text) => own.with_environment(&text.to_string_lossy()),
        None => Ok(own),
    }
}

/// `LLM_CASSETTE_BUDGET`: what all cassettes of the process may spend together.
pub(super) fn budget() -> Result<Option<Budget>, Error> {
    set(budget::VARIABLE).map(|text| Budget::parse(&text.to_string_lossy())).transpose()
}
