//! Recording and refreshing.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{quantile, runtime, say, say_time};
use crate::Outcome;
use crate::server;
use crate::tools::Tool;
use crate::workload::{Size, URL, Work, answer, question};

/// Calls of a recording that are timed at its start, and again behind `BETWEEN`.
const TIMED: usize = 100;
const BETWEEN: usize = 1_000;

/// New questions begin here, so that no cassette has them.
const NEW: usize = 10_000_000;

/// Every call with the recorder is followed by one without, so that both see the same machine.
pub fn record<T: Tool>(path: &Path) -> Outcome<()> {
    let url = format!("http://{}/v1/chat/completions", server::start()?);
    let runtime = runtime()?;
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
        say_time(name, quantile(&mut recorded, 0.5));
        say_time(&format!("{name}-without"), quantile(&mut bare, 0.5));
        Ok(())
    };
    timed(0..TIMED, "first")?;
    for number in TIMED..BETWEEN {
        runtime.block_on(with.ask(&url, question(number, Size::Small)))?;
    }
    timed(BETWEEN..BETWEEN + TIMED, "later")?;
    let start = Instant::now();
    with.finish()?;
    say("finish", start.elapsed().as_secs_f64() / (BETWEEN + TIMED + 1) as f64);
    Ok(())
}

/// The mean of a call, and what ending the recording takes, shared out among the calls.
pub fn add<T: Tool>(path: &Path, work: Work) -> Outcome<()> {
    let url = match T::STANDS_IN {
        true => URL.to_owned(),
        false => format!("http://{}/v1/chat/completions", server::start()?),
    };
    let runtime = runtime()?;
    let began = Instant::now();
    let tool = T::recording_answers(path, work.size)?;
    say_time("open", began.elapsed());
    let (mut total, began) = (Duration::ZERO, Instant::now());
    for number in 0..work.count {
        total += runtime.block_on(tool.ask(&url, question(NEW + number, work.size)))?.0;
    }
    let (asked, finishing) = (began.elapsed(), Instant::now());
    tool.finish()?;
    say("each", total.as_secs_f64() / work.count as f64);
    say("finish", finishing.elapsed().as_secs_f64() / work.count as f64);
    say_time("all", asked + finishing.elapsed());
    Ok(())
}

/// The questions that `add` asked, with the same answers.
pub fn refresh<T: Tool>(path: &Path, work: Work) -> Outcome<()> {
    let runtime = runtime()?;
    let tool = T::refreshing(path, work.size)?;
    let began = Instant::now();
    for number in 0..work.count {
        runtime.block_on(tool.ask(URL, question(NEW + number, work.size)))?;
    }
    tool.finish()?;
    say_time("all", began.elapsed());
    Ok(())
}

/// Seconds for a megabyte: once to record, and twice to replay; what was parsed already leaves out the reading of the file.
pub fn prose<T: Tool>(path: &Path) -> Outcome<()> {
    let size = Size::EightMegabytes;
    let (asked, expected) = (question(1, size), answer(1, size));
    let megabytes = (asked.len() + expected.len()) as f64 / 1e6;
    let runtime = runtime()?;
    let tool = T::recording_answers(path, size)?;
    let (time, _) = runtime.block_on(tool.ask(URL, asked.clone()))?;
    say("record", time.as_secs_f64() / megabytes);
    tool.finish()?;
    let tool = T::replaying(path)?;
    for round in ["first", "again"] {
        let (time, answered) = runtime.block_on(tool.ask(URL, asked.clone()))?;
        if answered != expected.as_bytes() {
            return Err("the answer to another question".into());
        }
        say(round, time.as_secs_f64() / megabytes);
    }
    Ok(())
}
