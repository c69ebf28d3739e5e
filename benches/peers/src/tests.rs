//! What the tests of `tests/replaying.rs` do, one tool or the other.

use std::path::PathBuf;

use crate::Outcome;
use crate::tools::Tool;
use crate::workload::{Size, URL, answer, question};

/// The folder with a cassette for each test; the part `nextest` makes it.
pub const FOLDER: &str = "PEERS_CASSETTES";

pub const COUNT: usize = 1_000;

/// Opens the cassette of a test, asks what is in it, and finishes.
///
/// # Errors
/// When the cassette is not there, or has another answer.
pub fn replays<T: Tool>(number: usize) -> Outcome<()> {
    let folder = std::env::var_os(FOLDER).ok_or("the part `nextest` of the bench runs this")?;
    let path = PathBuf::from(folder).join(format!("{number}.yaml"));
    let tool = T::replaying(&path)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (_, answered) = runtime.block_on(tool.ask(URL, question(0, Size::Small)))?;
    if answered != answer(0, Size::Small).as_bytes() {
        return Err("the answer to another question".into());
    }
    tool.finish()
}
