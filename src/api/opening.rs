//! How a cassette is opened: with the defaults, with settings, without a file.

use std::path::Path;

use super::builder::Builder;
use super::cassette::Cassette;
use super::memory_builder::MemoryBuilder;
use crate::model::error::Error;

impl Cassette {
    /// Opens a cassette by name or path with the defaults; see [`builder`](Cassette::builder).
    ///
    /// A name such as `weather` or `agents/weather` is the file `cassettes/weather.yaml` of the package whose tests
    /// run. What ends in `.yaml` or `.yml` is a path.
    ///
    /// ```
    /// use llm_cassette::{Cassette, ErrorKind};
    ///
    /// let cassette = Cassette::open("agents/weather")?;
    /// assert!(cassette.path().ends_with("cassettes/agents/weather.yaml"));
    ///
    /// assert_eq!(Cassette::open("../weather").unwrap_err().kind(), ErrorKind::BadName);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the mode in `LLM_CASSETTE_MODE` is unknown, the name cannot be a file's, or the file cannot be read, is not a
    /// cassette or was written by a newer version. A file that is missing is not an error before the first request.
    pub fn open(name: impl AsRef<Path>) -> Result<Cassette, Error> {
        Cassette::builder(name).open()
    }

    /// Starts a cassette that differs from the defaults; the name is as for [`open`](Cassette::open).
    ///
    /// ```
    /// use llm_cassette::{Cassette, Mode};
    ///
    /// let cassette = Cassette::builder("agents/weather").default_mode(Mode::Record).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
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
    ///     .ttl(Duration::from_secs(3600))
    ///     .max_size(64 << 20)
    ///     .record_if(Policy::deterministic())
    ///     .open()?;
    /// let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(cache.clone()).build();
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// What is kept is what a file would have: without secrets. So who repeats a request gets `[REDACTED]` where the
    /// answer held one, and the API key is no part of the request: where several of them are in use that must not share
    /// answers, give each a cassette of its own.
    ///
    /// `LLM_CASSETTE_MODE` is for tests and does not reach it; [`off`](MemoryBuilder::off) turns it off. Of what was asked it keeps nothing but this, so
    /// [`prompt_cache`](Self::prompt_cache) and [`interactions`](Self::interactions) have nothing to tell,
    /// and the report lists the last 1,000 calls that were skipped.
    pub fn in_memory() -> MemoryBuilder {
        MemoryBuilder::new()
    }
}
