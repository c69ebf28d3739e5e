//! Replay.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{quantile, runtime, say, say_time};
use crate::Outcome;
use crate::tools::Tool;
use crate::workload::{URL, Work, answer, question, shuffled};

/// Questions of a replay are sampled: so many, or as many as fit into so long.
const SAMPLES: usize = 2_000;
const PATIENCE: Duration = Duration::from_secs(2);

pub fn replay<T: Tool>(path: &Path, work: Work) -> Outcome<()> {
    let runtime = runtime()?;
    let tool = T::replaying(path)?;
    for round in ["first", "again"] {
        if round == "again" {
            // The first request that comes again makes llm-cassette look whether an edit by hand turned other
            // documents into takes of it, which parses all of them, once.
            runtime.block_on(tool.ask(URL, question(shuffled(work.count)[0], work.size)))?;
        }
        let (mut times, begin) = (Vec::new(), Instant::now());
        for number in shuffled(work.count).into_iter().take(SAMPLES) {
            let (time, answered) = runtime.block_on(tool.ask(URL, question(number, work.size)))?;
            if answered != answer(number, work.size).as_bytes() {
                return Err("the answer to another question".into());
            }
            times.push(time);
            if begin.elapsed() > PATIENCE {
                break;
            }
        }
        say_time(&format!("{round}-median"), quantile(&mut times, 0.5));
        say_time(&format!("{round}-p99"), quantile(&mut times, 0.99));
    }
    Ok(())
}

/// How long all are let take. Whoever is not through by then says how far it came.
const PATIENCE_FOR_ALL: Duration = Duration::from_secs(30);

/// The mean of all, not the median: what grows with each play would not be seen in that.
pub fn play_all<T: Tool>(path: &Path, work: Work) -> Outcome<()> {
    let runtime = runtime()?;
    let tool = T::replaying_takes(path)?;
    let (mut total, mut done, begin) = (Duration::ZERO, 0, Instant::now());
    while done < work.count && begin.elapsed() < PATIENCE_FOR_ALL {
        let number = work.number(done);
        let (time, answered) = runtime.block_on(tool.ask(URL, question(number, work.size)))?;
        if answered != answer(number, work.size).as_bytes() {
            return Err("the answer to another question".into());
        }
        total += time;
        done += 1;
    }
    say("each", total.as_secs_f64() / done as f64);
    say("done", done as f64);
    Ok(())
}
