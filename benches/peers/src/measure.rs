//! The measurements. Each runs in a process of its own and prints lines of a name and a number.

mod asking;
mod large;
mod opening;
mod recording;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Outcome;
#[cfg(feature = "driver")]
use crate::tools::{Cassetter, Floor, Rvcr};
use crate::tools::{LlmCassette, Name, Tool};
use crate::workload::{Size, Work};

/// The first argument of a process that measures.
pub const ARGUMENT: &str = "measure";

/// What a process measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Nothing: it writes the cassette that the others read.
    Generate,
    /// A file for each of so many tests, in a folder.
    GenerateEach,
    /// Each request once, and then the same again.
    Replay,
    /// All recordings of the file in their order, each once.
    PlayAll,
    Open,
    OpenAndAsk,
    /// Calls of a server, each beside one that no recorder sees.
    Record,
    /// New requests into a file that may have others.
    Add,
    /// All questions of a file again, in place of what was recorded.
    Refresh,
    /// A request and an answer that are large, recorded and replayed.
    Prose,
    RecordLarge,
    ReplayLarge,
    /// A process that opens a small cassette and asks once.
    Start,
    /// The reader of YAML alone, document by document.
    #[cfg(feature = "driver")]
    Parse,
}

impl What {
    const ALL: &'static [What] = &[
        What::Generate,
        What::GenerateEach,
        What::Replay,
        What::PlayAll,
        What::Open,
        What::OpenAndAsk,
        What::Record,
        What::Add,
        What::Refresh,
        What::Prose,
        What::RecordLarge,
        What::ReplayLarge,
        What::Start,
        #[cfg(feature = "driver")]
        What::Parse,
    ];

    pub fn name(self) -> String {
        format!("{self:?}")
    }
}

/// `measure WHAT TOOL COUNT SIZE TAKES PATH`
///
/// # Errors
/// When the tool fails, or answers what was not recorded.
pub fn main(arguments: &[String]) -> Outcome<()> {
    let [what, tool, count, size, takes, path] = arguments else { return Err("wrong arguments".into()) };
    let what = *What::ALL.iter().find(|one| one.name() == *what).ok_or("what?")?;
    let tool = Name::ALL.into_iter().find(|one| one.name() == tool).ok_or("which tool?")?;
    let size = Size::ALL.into_iter().find(|one| one.name() == size).ok_or("which size?")?;
    let work = Work { count: count.parse()?, size, same: takes == "same" };
    let path = PathBuf::from(path);
    match tool {
        Name::Before | Name::LlmCassette => measure::<LlmCassette>(what, work, &path),
        #[cfg(feature = "driver")]
        Name::Rvcr => measure::<Rvcr>(what, work, &path),
        #[cfg(feature = "driver")]
        Name::Cassetter => measure::<Cassetter>(what, work, &path),
        #[cfg(feature = "driver")]
        Name::Floor => measure::<Floor>(what, work, &path),
        #[cfg(not(feature = "driver"))]
        Name::Rvcr | Name::Cassetter | Name::Floor => Err("this build only has llm-cassette".into()),
    }
}

fn measure<T: Tool>(what: What, work: Work, path: &Path) -> Outcome<()> {
    match what {
        What::Generate => T::generate(path, work),
        What::GenerateEach => opening::generate_each::<T>(path, work),
        What::Replay => asking::replay::<T>(path, work),
        What::PlayAll => asking::play_all::<T>(path, work),
        What::Open => opening::open::<T>(path, None),
        What::OpenAndAsk => opening::open::<T>(path, Some((work.count / 2, work.size))),
        What::Record => recording::record::<T>(path),
        What::Add => recording::add::<T>(path, work),
        What::Refresh => recording::refresh::<T>(path, work),
        What::Prose => recording::prose::<T>(path),
        What::RecordLarge => large::record::<T>(path, work.count),
        What::ReplayLarge => large::replay::<T>(path, work.count),
        What::Start => opening::start::<T>(path),
        #[cfg(feature = "driver")]
        What::Parse => opening::parse(path),
    }
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn say(name: &str, value: f64) {
    println!("{name} {value}");
}

fn say_time(name: &str, value: Duration) {
    say(name, value.as_secs_f64());
}

fn quantile(times: &mut [Duration], quantile: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get((last as f64 * quantile).round() as usize).copied().unwrap_or_default()
}

/// A line of `/proc/self/status`, in bytes.
fn memory(line: &str) -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let value = status.lines().find_map(|text| text.strip_prefix(line)).ok_or("no memory is told here")?;
    Ok(value.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1024)
}

/// How far memory went up since there was so much of it.
fn peak_above(before: u64) -> Outcome<f64> {
    Ok(memory("VmHWM:")?.saturating_sub(before) as f64)
}
