//! Bodies of hundreds of megabytes, which a client reads chunk by chunk and does not keep.

use std::path::Path;
use std::time::Instant;

use super::{memory, peak_above, runtime, say, say_time};
use crate::Outcome;
use crate::server;
use crate::tools::{Download, Tool};

/// A recording is found by its address, port included: what records says in a file beside it where it was.
const HOST: &str = "http://127.0.0.1";

pub fn record<T: Tool>(path: &Path, length: usize) -> Outcome<()> {
    let address = server::start()?;
    let url = format!("{HOST}:{}{}", address.port(), server::bytes(length));
    std::fs::write(path.with_extension("url"), &url)?;
    let sum = server::sum_of_bytes(length);
    let runtime = runtime()?;
    // A connection, and what the runtime needs.
    let plain = T::without_recorder();
    let bare = runtime.block_on(plain.download(&url))?;
    check(bare, length, sum)?;
    let before = memory("VmRSS:")?;
    let tool = T::recording(path)?;
    let came = runtime.block_on(async {
        let came = tool.download(&url).await?;
        tell(came);
        Outcome::Ok(came)
    })?;
    check(came, length, sum)?;
    let began = Instant::now();
    tool.finish()?;
    say_time("finish", began.elapsed());
    say("memory", peak_above(before)?);
    Ok(())
}

pub fn replay<T: Tool>(path: &Path, length: usize) -> Outcome<()> {
    let url = std::fs::read_to_string(path.with_extension("url"))?;
    let sum = server::sum_of_bytes(length);
    let runtime = runtime()?;
    let before = memory("VmRSS:")?;
    let tool = T::replaying(path)?;
    let came = runtime.block_on(async {
        let came = tool.download(&url).await?;
        tell(came);
        Outcome::Ok(came)
    })?;
    check(came, length, sum)?;
    say("memory", peak_above(before)?);
    tool.finish()
}

fn tell(came: Download) {
    say_time("held-back", came.held_back());
    say_time("first", came.to_first());
    say_time("all", came.to_end());
}

fn check(came: Download, length: usize, sum: u64) -> Outcome<()> {
    match (came.length, came.sum) == (length, sum) {
        true => Ok(()),
        false => Err(format!("{} of {length} bytes came, or others", came.length).into()),
    }
}
