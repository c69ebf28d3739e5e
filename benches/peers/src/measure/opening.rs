//! Opening, and what a process pays before anything is asked.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::{memory, peak_above, runtime, say, say_time};
use crate::Outcome;
use crate::tools::Tool;
use crate::workload::{Size, URL, Work, answer, question};

pub fn open<T: Tool>(path: &Path, ask: Option<(usize, Size)>) -> Outcome<()> {
    let runtime = runtime()?;
    // The client is made beforehand too, so that its memory does not count.
    let client = T::without_recorder();
    let before = memory("VmRSS:")?;
    let start = Instant::now();
    let tool = T::replaying(path)?;
    if let Some((number, size)) = ask {
        black_box(runtime.block_on(tool.ask(URL, question(number, size)))?);
    }
    say_time("time", start.elapsed());
    say("memory", peak_above(before)?);
    drop((client, tool));
    Ok(())
}

/// The first question of a cassette; the time is that of the processor for the whole process, from its start.
pub fn start<T: Tool>(path: &Path) -> Outcome<()> {
    let runtime = runtime()?;
    let tool = T::replaying(path)?;
    let (_, answered) = runtime.block_on(tool.ask(URL, question(0, Size::Small)))?;
    if answered != answer(0, Size::Small).as_bytes() {
        return Err("the answer to another question".into());
    }
    tool.finish()?;
    let worked = clock_gettime(ClockId::ProcessCPUTime);
    say_time("time", Duration::new(worked.tv_sec.try_into()?, worked.tv_nsec.try_into()?));
    say("memory", memory("VmHWM:")? as f64);
    Ok(())
}

/// A cassette for each test, with one interaction.
pub fn generate_each<T: Tool>(folder: &Path, work: Work) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    for number in 0..work.count {
        T::generate(&folder.join(format!("{number}.yaml")), Work::of(1, work.size))?;
    }
    Ok(())
}

/// Reads the file and parses each document once, with the reader of YAML that llm-cassette uses and nothing else.
#[cfg(feature = "driver")]
pub fn parse(path: &Path) -> Outcome<()> {
    let start = Instant::now();
    let text = fs::read_to_string(path)?;
    let mut count = 0;
    for document in text.split("\n---").skip(1) {
        black_box(yaml_serde::from_str::<yaml_serde::Value>(document)?);
        count += 1;
    }
    say_time("time", start.elapsed());
    say("documents", f64::from(count));
    Ok(())
}
