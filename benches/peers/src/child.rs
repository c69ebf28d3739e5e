//! The measurements. Each runs in a process of its own and prints lines of a name and a number.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::server;
use crate::tools::{Cassetter, LlmCassette, Name, Rvcr, Tool};
use crate::workload::{Size, URL, answer, question, shuffled};

/// The first argument of a process that measures.
pub const ARGUMENT: &str = "measure";

/// What a process measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Nothing: it writes the cassette that the others read.
    Generate,
    Replay,
    Open,
    OpenAndAsk,
    Record,
}

impl What {
    const ALL: [What; 5] = [What::Generate, What::Replay, What::Open, What::OpenAndAsk, What::Record];

    pub fn name(self) -> &'static str {
        match self {
            What::Generate => "generate",
            What::Replay => "replay",
            What::Open => "open",
            What::OpenAndAsk => "open-and-ask",
            What::Record => "record",
        }
    }
}

/// Questions of a replay are sampled: so many, or as many as fit into so long.
const SAMPLES: usize = 2_000;
const PATIENCE: Duration = Duration::from_secs(2);

/// Calls of a recording that are timed at its start, and again behind `BETWEEN`.
const TIMED: usize = 100;
const BETWEEN: usize = 1_000;

/// `measure WHAT TOOL COUNT SIZE PATH`
pub fn main(arguments: &[String]) -> Outcome<()> {
    let [what, tool, count, size, path] = arguments else { return Err("wrong arguments".into()) };
    let what = What::ALL.into_iter().find(|one| one.name() == what).ok_or("what?")?;
    let tool = Name::ALL.into_iter().find(|one| one.name() == tool).ok_or("which tool?")?;
    let size = Size::ALL.into_iter().find(|one| one.name() == size).ok_or("which size?")?;
    let (count, path) = (count.parse()?, PathBuf::from(path));
    match tool {
        Name::LlmCassette => measure::<LlmCassette>(what, count, size, &path),
        Name::Rvcr => measure::<Rvcr>(what, count, size, &path),
        Name::Cassetter => measure::<Cassetter>(what, count, size, &path),
    }
}

fn measure<T: Tool>(what: What, count: usize, size: Size, path: &Path) -> Outcome<()> {
    match what {
        What::Generate => T::generate(path, count, size),
        What::Replay => replay::<T>(count, size, path),
        What::Open => open::<T>(path, None),
        What::OpenAndAsk => open::<T>(path, Some((count / 2, size))),
        What::Record => record::<T>(path),
    }
}

fn replay<T: Tool>(count: usize, size: Size, path: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tool = T::replaying(path)?;
    for round in ["first", "again"] {
        if round == "again" {
            // The first request that comes again makes llm-cassette look whether an edit by hand turned other
            // documents into takes of it, which parses all of them, once.
            runtime.block_on(tool.ask(URL, question(shuffled(count)[0], size)))?;
        }
        let (mut times, begin) = (Vec::new(), Instant::now());
        for number in shuffled(count).into_iter().take(SAMPLES) {
            let (time, answered) = runtime.block_on(tool.ask(URL, question(number, size)))?;
            if answered != answer(number, size).as_bytes() {
                return Err("the answer to another question".into());
            }
            times.push(time);
            if begin.elapsed() > PATIENCE {
                break;
            }
        }
        println!("{round}-median {}", quantile(&mut times, 0.5).as_secs_f64());
        println!("{round}-p99 {}", quantile(&mut times, 0.99).as_secs_f64());
    }
    Ok(())
}

fn open<T: Tool>(path: &Path, ask: Option<(usize, Size)>) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // The client is made beforehand too, so that its memory does not count.
    let client = T::without_recorder();
    let before = memory("VmRSS:")?;
    let start = Instant::now();
    let tool = T::replaying(path)?;
    if let Some((number, size)) = ask {
        black_box(runtime.block_on(tool.ask(URL, question(number, size)))?);
    }
    println!("time {}", start.elapsed().as_secs_f64());
    println!("memory {}", memory("VmHWM:")?.saturating_sub(before));
    drop((client, tool));
    Ok(())
}

/// Every call with the recorder is followed by one without, so that both see the same machine.
fn record<T: Tool>(path: &Path) -> Outcome<()> {
    let url = format!("http://{}/v1/chat/completions", server::start()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (with, without) = (T::recording(path)?, T::without_recorder());
    // Connections, pools and branch predictors; a question that is asked apart from the rest.
    for number in 0..50 {
        runtime.block_on(without.ask(&url, question(number, Size::Small)))?;
    }
    runtime.block_on(with.ask(&url, question(1_000_000, Size::Small)))?;
    let timed = |numbers: std::ops::Range<usize>, name: &str| -> Outcome<()> {
        let (mut recorded, mut bare) = (Vec::new(), Vec::new());
        for number in numbers {
            recorded.push(runtime.block_on(with.ask(&url, question(number, Size::Small)))?.0);
            bare.push(runtime.block_on(without.ask(&url, question(number, Size::Small)))?.0);
        }
        println!("{name} {}", quantile(&mut recorded, 0.5).as_secs_f64());
        println!("{name}-without {}", quantile(&mut bare, 0.5).as_secs_f64());
        Ok(())
    };
    timed(0..TIMED, "first")?;
    for number in TIMED..BETWEEN {
        runtime.block_on(with.ask(&url, question(number, Size::Small)))?;
    }
    timed(BETWEEN..BETWEEN + TIMED, "later")?;
    let start = Instant::now();
    with.finish()?;
    println!("finish {}", start.elapsed().as_secs_f64() / (BETWEEN + TIMED + 1) as f64);
    Ok(())
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
