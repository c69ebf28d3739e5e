//! The tools that are measured, each driven through its own client or middleware.

#[cfg(feature = "driver")]
mod cassetter;
#[cfg(feature = "driver")]
mod floor;
mod llm_cassette;
#[cfg(feature = "driver")]
mod rvcr;

use std::path::Path;
use std::time::{Duration, Instant};

#[cfg(feature = "driver")]
pub use cassetter::Cassetter;
#[cfg(feature = "driver")]
pub use floor::Floor;
pub use llm_cassette::LlmCassette;
#[cfg(feature = "driver")]
pub use rvcr::Rvcr;

use crate::Outcome;
use crate::workload::{Size, Work};

/// A client with a recorder in it, or, for comparison, the same client without.
pub trait Tool: Sized {
    /// Whether what answers in the place of a network can stand behind the recorder; otherwise it needs a server.
    const STANDS_IN: bool = true;

    /// Writes a cassette of so much work.
    fn generate(path: &Path, work: Work) -> Outcome<()>;

    /// Requests may come again.
    fn replaying(path: &Path) -> Outcome<Self>;

    /// Each recording is played once, and what is the same in the order of the file.
    fn replaying_takes(path: &Path) -> Outcome<Self>;

    fn recording(path: &Path) -> Outcome<Self>;

    /// Records what answers at once, in the place of a network.
    fn recording_answers(path: &Path, size: Size) -> Outcome<Self>;

    /// Asks all again and replaces what was recorded.
    fn refreshing(_: &Path, _: Size) -> Outcome<Self> {
        Err("has no refresh".into())
    }

    fn without_recorder() -> Self;

    /// Sends a question and reads the answer to its end. The time is that between the finished request and the last
    /// byte of the answer.
    #[allow(async_fn_in_trait, reason = "no caller asks for more than a future")]
    async fn ask(&self, url: &str, question: String) -> Outcome<(Duration, Vec<u8>)>;

    /// Reads a large answer, chunk by chunk, and keeps none.
    #[allow(async_fn_in_trait, reason = "no caller asks for more than a future")]
    async fn download(&self, url: &str) -> Outcome<Download>;

    /// Ends a recording.
    fn finish(self) -> Outcome<()>;
}

/// When the parts of a large answer came.
#[derive(Debug, Clone, Copy)]
pub struct Download {
    pub length: usize,
    /// The bytes, added up as numbers: no answer but the right one has this sum.
    pub sum: u64,
    began: Instant,
    first: Option<Instant>,
    /// When the last chunk but one came: the last may be the one that is held back.
    before_last: Option<Instant>,
    last: Option<Instant>,
}

impl Download {
    pub fn begin() -> Download {
        Download { length: 0, sum: 0, began: Instant::now(), first: None, before_last: None, last: None }
    }

    pub fn came(&mut self, chunk: &[u8]) {
        let now = Instant::now();
        self.first.get_or_insert(now);
        self.before_last = self.last.replace(now);
        self.length += chunk.len();
        self.sum = chunk.iter().fold(self.sum, |sum, &byte| sum.wrapping_add(u64::from(byte)));
    }

    pub fn to_first(&self) -> Duration {
        self.first.map_or(Duration::ZERO, |first| first - self.began)
    }

    pub fn to_end(&self) -> Duration {
        self.began.elapsed()
    }

    /// From the last chunk but one to now, which is when the client knows that there is no more.
    pub fn held_back(&self) -> Duration {
        self.before_last.map_or(Duration::ZERO, |at| at.elapsed())
    }
}

/// The names by which child processes are told what to do, and their titles in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// llm-cassette as it was, in a build of its own.
    Before,
    LlmCassette,
    Rvcr,
    Cassetter,
    /// A middleware that gives back a ready answer: less than this nobody can take.
    Floor,
}

impl Name {
    pub const ALL: [Name; 5] = [Name::Before, Name::LlmCassette, Name::Rvcr, Name::Cassetter, Name::Floor];

    pub fn name(self) -> &'static str {
        match self {
            Name::Before => "llm-cassette 5959a4d",
            Name::LlmCassette => "llm-cassette",
            Name::Rvcr => "rvcr 0.2.1",
            Name::Cassetter => "cassetter 0.17.0",
            Name::Floor => "floor",
        }
    }

    /// What it takes for two requests to be the same, as it is set up here.
    pub fn matching(self) -> &'static str {
        match self {
            Name::Before | Name::LlmCassette => "method, URL, media type, normalised JSON (the default)",
            Name::Rvcr => "method, URL, all headers, the body's bytes (`SearchAll`: any order)",
            Name::Cassetter => "method, URL, parsed JSON (`json_body`; the default looks at no body)",
            Name::Floor => "none: a middleware that gives back a ready answer",
        }
    }
}
