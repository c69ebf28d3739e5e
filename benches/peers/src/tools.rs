//! The tools that are measured, each driven through its own client or middleware.

mod cassetter;
mod llm_cassette;
mod rvcr;

use std::path::Path;
use std::time::Duration;

pub use cassetter::Cassetter;
pub use llm_cassette::LlmCassette;
pub use rvcr::Rvcr;

use crate::Outcome;
use crate::workload::Size;

/// A client with a recorder in it, or, for comparison, the same client without.
pub trait Tool: Sized {
    /// Writes a cassette of so many interactions.
    fn generate(path: &Path, count: usize, size: Size) -> Outcome<()>;

    fn replaying(path: &Path) -> Outcome<Self>;

    fn recording(path: &Path) -> Outcome<Self>;

    fn without_recorder() -> Self;

    /// Sends a question and reads the answer to its end. The time is that between the finished request and the last
    /// byte of the answer.
    async fn ask(&self, url: &str, question: String) -> Outcome<(Duration, Vec<u8>)>;

    /// Ends a recording.
    fn finish(self) -> Outcome<()>;
}

/// The names by which child processes are told what to do, and their titles in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    LlmCassette,
    Rvcr,
    Cassetter,
}

impl Name {
    pub const ALL: [Name; 3] = [Name::LlmCassette, Name::Rvcr, Name::Cassetter];

    pub fn name(self) -> &'static str {
        match self {
            Name::LlmCassette => "llm-cassette",
            Name::Rvcr => "rvcr 0.2.1",
            Name::Cassetter => "cassetter 0.17.0",
        }
    }

    /// What it takes for two requests to be the same, as it is set up here.
    pub fn matching(self) -> &'static str {
        match self {
            Name::LlmCassette => "method, URL, media type, normalised JSON (the default)",
            Name::Rvcr => "method, URL, all headers, the body's bytes (`SearchAll`: any order)",
            Name::Cassetter => "method, URL, parsed JSON (`json_body`; the default looks at no body)",
        }
    }
}
