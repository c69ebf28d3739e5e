//! A cassette that differs from the defaults.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use regex::Regex;

use crate::budget::Budget;
use crate::cassette::Cassette;
use crate::error::{Error, Kind};
use crate::expiry::{self, Expiry};
use crate::labels;
use crate::memory::Limits;
use crate::mode::{MODE_VARIABLE, Mode};
use crate::name;
use crate::policy::Policy;
use crate::price;
use crate::provider;
use crate::redact::{RedactOptions, Redactor};
use crate::rules::Pointer;
use crate::session::{Session, budget_of_process, selection_of_environment};
use crate::settings::{Repeats, Settings};
use crate::view::{RequestView, ResponseView};

/// Settings of a cassette; made by [`Cassette::builder`], ended by [`open`](Builder::open).
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

    /// Records errors as well, for tests of how a program copes with them: any status, error events in streams. Failures
    /// of credentials, quota and rate limits are never recorded.
    pub fn record_errors(mut self, record_errors: bool) -> Builder {
        self.settings.record_errors = record_errors;
        self
    }

    /// Lets a predicate decide whether a call is recorded. Several of them all have to agree. The caller gets the
    /// response in any case.
    pub fn should_record(
        self,
        predicate: impl Fn(&RequestView<'_>, &ResponseView<'_>) -> bool + Send + Sync + 'static,
    ) -> Builder {
        self.record_only(Policy::new(predicate).because("`should_record` said no"))
    }

    /// Records only what a [`Policy`] records, such as `Policy::deterministic()`. Several of them, and predicates, all have
    /// to agree. The caller gets the response in any case.
    pub fn record_only(mut self, policy: Policy) -> Builder {
        self.settings.policies.push(policy);
        self
    }

    /// Keeps the cassette away from requests that a predicate names: telemetry, sign-in, a local service. They go out in
    /// every mode, replay included.
    pub fn pass_through(
        mut self,
        predicate: impl Fn(&RequestView<'_>) -> bool + Send + Sync + 'static,
    ) -> Builder {
        self.settings.pass_through.push(Arc::new(predicate));
        self
    }

    /// Ignores what a JSON pointer (RFC 6901, such as `/metadata/run_id`) points at in request bodies.
    pub fn ignore(mut self, pointer: &str) -> Builder {
        match Pointer::parse(pointer) {
            Some(pointer) => self.settings.rules.ignored.push(pointer),
            None => self.fail(
                format!("{pointer:?} is not a JSON pointer"),
                "a pointer starts with `/`, as in `/metadata/run_id`",
            ),
        }
        self
    }

    /// Replaces what a regular expression matches, in the URL and in every text of the body, before requests are
    /// compared. For dates, paths of temporary files, and such. `$1` in the replacement is a group of the pattern.
    pub fn replace(mut self, pattern: &str, with: &str) -> Builder {
        match Regex::new(pattern) {
            Ok(pattern) => self.settings.rules.replaced.push((pattern, with.to_owned())),
            Err(error) => {
                self.fail(format!("{pattern:?} is not a regular expression: {error}"), "mend the pattern")
            }
        }
        self
    }

    /// Takes runs of white space in prompts for one space, and leaves it out where a text begins and ends: for prompts that
    /// are laid out in code, where an indentation changes nothing. These are the texts of messages, tool results included,
    /// of the system prompt and of inputs. Arguments of tool calls, schemas and everything else stay as they are. The
    /// cassette has each text as it was sent. [`replace`](Self::replace) sees what this has left.
    pub fn normalize_whitespace(mut self) -> Builder {
        self.settings.rules.one_space = true;
        self
    }

    /// Ignores scheme, host and port, for tests against servers on changing ports and for gateways.
    pub fn ignore_host(mut self) -> Builder {
        self.settings.rules.ignore_host = true;
        self
    }

    /// Demands that a request header is equal too. It is then kept in the cassette.
    pub fn match_header(mut self, name: &str) -> Builder {
        match http::HeaderName::try_from(name) {
            Ok(name) => {
                self.settings.rules.headers.push(name.as_str().to_owned());
                self.secrets.kept_request_headers.push(name.as_str().to_owned());
            }
            Err(_) => self.fail(format!("{name:?} is not the name of a header"), "a name is like `x-tenant`"),
        }
        self
    }

    /// Keeps a response header that is not kept by default.
    pub fn keep_header(mut self, name: &str) -> Builder {
        match http::HeaderName::try_from(name) {
            Ok(name) => self.secrets.kept_response_headers.push(name.as_str().to_owned()),
            Err(_) => {
                self.fail(format!("{name:?} is not the name of a header"), "a name is like `x-request-id`")
            }
        }
        self
    }

    /// Treats the value of a header, a query parameter and a JSON field of this name as a secret, wherever it turns up.
    pub fn secret_name(mut self, name: &str) -> Builder {
        self.secrets.headers.push(name.to_owned());
        self.secrets.parameters.push(name.to_owned());
        self.secrets.fields.push(name.to_owned());
        self
    }

    /// Treats a value as a secret, wherever it turns up.
    pub fn secret(mut self, value: impl Into<String>) -> Builder {
        self.secrets.values.push(value.into());
        self
    }

    /// Treats what a regular expression matches as a secret.
    pub fn secret_pattern(mut self, pattern: &str) -> Builder {
        match regex::bytes::Regex::new(pattern) {
            Ok(pattern) => self.secrets.patterns.push(pattern),
            Err(error) => {
                self.fail(format!("{pattern:?} is not a regular expression: {error}"), "mend the pattern")
            }
        }
        self
    }

    /// Says who answers behind a gateway or a proxy, whose host and paths do not tell: the host, which stands for those below
    /// it too, and the `gen_ai.provider.name` of OpenTelemetry. Provider, model and cost of what is recorded go by it.
    ///
    /// ```
    /// # use llm_cassette::Cassette;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("faq.yaml");
    /// let cassette = Cassette::builder(path).provider("llm.example.com", "anthropic").open()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn provider(mut self, host: &str, provider: &str) -> Builder {
        match (provider::is_host(host), provider::is_provider(provider)) {
            (true, true) => self.settings.gateways.add(host, provider),
            (false, _) => {
                self.fail(
                    format!("{host:?} is no host"),
                    "give a host without scheme and path: `llm.example.com`",
                );
            }
            (_, false) => self.fail(
                format!("{provider:?} cannot be the name of a provider"),
                "use OpenTelemetry's names, such as `openai`, `anthropic`, `gcp.gemini`, `aws.bedrock`",
            ),
        }
        self
    }

    /// Tags every interaction that this cassette records, to select and to expire by. The tag stands
    /// with each interaction, so that cassettes can be merged; by hand you can write further ones: `tags: [faq, smoke]`.
    pub fn tag(mut self, tag: &str) -> Builder {
        match labels::is_name(tag) {
            true => self.settings.labels.tag(tag),
            false => self.fail(format!("{tag:?} cannot be a tag"), &format!("use {}", labels::NAME)),
        }
        self
    }

    /// Notes something in every interaction that this cassette records, such as a ticket or who asked for it.
    pub fn metadata(mut self, name: &str, value: &str) -> Builder {
        match labels::is_name(name) {
            true => self.settings.labels.describe(name, value),
            false => {
                self.fail(
                    format!("{name:?} cannot be a name in the metadata"),
                    &format!("use {}", labels::NAME),
                );
            }
        }
        self
    }

    /// How old recordings may be; [`expiry`](Self::expiry) says what happens to older ones. `LLM_CASSETTE_MAX_AGE=30d`, or
    /// `30d,fail`, sets it for all cassettes of a run, and `off` lifts it. What is pinned is never too old.
    pub fn max_age(mut self, age: Duration) -> Builder {
        self.settings.max_age.all = Some(age.into());
        self
    }

    /// How old recordings with a tag may be. Of several tags the strictest counts.
    pub fn max_age_of_tag(mut self, tag: &str, age: Duration) -> Builder {
        match labels::is_name(tag) {
            true => self.settings.max_age.of_tags.push((tag.to_owned(), age.into())),
            false => self.fail(format!("{tag:?} cannot be a tag"), &format!("use {}", labels::NAME)),
        }
        self
    }

    /// Lets a function choose how old the recorded answer to a request may be. Where it says `None`, tags and cassette
    /// decide.
    pub fn max_age_by(
        mut self,
        choose: impl Fn(&RequestView<'_>) -> Option<Duration> + Send + Sync + 'static,
    ) -> Builder {
        self.settings.max_age.by_request = Some(Arc::new(choose));
        self
    }

    /// What happens when a recording is older than it may be; [`Expiry::Warn`] unless set here.
    pub fn expiry(mut self, expiry: Expiry) -> Builder {
        self.settings.max_age.policy = expiry;
        self
    }

    /// How long a cassette [in memory](Cassette::in_memory) plays an answer, from when it was recorded.
    pub fn time_to_live(mut self, time_to_live: Duration) -> Builder {
        self.limit("time_to_live", |limits| limits.time_to_live = Some(time_to_live));
        self
    }

    /// How many bytes the cassette may have. To make room it lets go of what was not used for longest.
    ///
    /// A file is looked at when a run that recorded something ends, without the blobs beside it. What that run used stays,
    /// and so does what is pinned, with a warning if it is too much; all takes of a request stay or go together. When
    /// something was last used, the ledger knows; of what it does not know, the time of recording counts.
    ///
    /// [In memory](Cassette::in_memory) it is about that many bytes at any time, and an answer that would not fit alone is
    /// skipped.
    pub fn max_size(mut self, bytes: usize) -> Builder {
        self.settings.max_size = Some(bytes);
        self
    }

    /// The clock for [`time_to_live`](Self::time_to_live), for tests of what becomes of a program when answers expire.
    pub fn clock(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> Builder {
        self.limit("clock", |limits| limits.clock = Arc::new(now));
        self
    }

    /// Lets [`Cassette::finish`] fail when interactions were left unused.
    pub fn fail_on_unused(mut self) -> Builder {
        self.settings.fail_on_unused = true;
        self
    }

    /// Lets [`Cassette::finish`] succeed although requests had no recording. They still got an error.
    pub fn tolerate_misses(mut self) -> Builder {
        self.settings.tolerate_misses = true;
        self
    }

    /// Caps what a recording run may spend: [`Budget`] says how. `LLM_CASSETTE_BUDGET=calls=100,usd=0.50` caps it too, for
    /// all cassettes of a process together.
    pub fn budget(mut self, budget: Budget) -> Builder {
        self.settings.budget = budget;
        self
    }

    /// Reads prices from a file in the form of the community's `model_prices_and_context_window.json`, so that costs are
    /// those of your models. `LLM_CASSETTE_PRICES` names such a file for all cassettes. Without one there is a small table
    /// of list prices.
    pub fn prices(mut self, file: impl AsRef<Path>) -> Builder {
        match price::load(file.as_ref()) {
            Ok(prices) => self.settings.prices = Some(prices),
            Err(error) => {
                self.wrong.get_or_insert(error);
            }
        }
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

    fn limit(&mut self, what: &str, set: impl FnOnce(&mut Limits)) {
        match &mut self.settings.memory {
            Some(limits) => set(limits),
            None => self.fail(
                format!("`{what}` is for cassettes in memory, and this one has a file"),
                "start with `Cassette::in_memory()`, or leave it out",
            ),
        }
    }

    fn fail(&mut self, message: String, hint: &str) {
        self.wrong.get_or_insert(Error::new(Kind::BadSetting, message).hint(hint));
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
