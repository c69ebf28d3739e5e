//! Measures `llm-cassette serve` beside a bare hyper server that answers the same bytes, aimock and mitmdump:
//! `cargo run --release --manifest-path benches/peers/Cargo.toml -- served`.
//!
//! Each server is a process of its own, and the clients are this one: they share the machine's cores alike. `AIMOCK` and
//! `MITMDUMP` name the two others; what is not there is left out, and said.

pub mod bare;
mod load;
mod servers;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::workload::Size;
use load::{Load, median};
use servers::{Server, Tool};

pub const ARGUMENT: &str = "served";

/// Recordings of a cassette.
const COUNTS: [usize; 3] = [10, 1_000, 10_000];

/// Connections that ask at once.
const CONNECTIONS: usize = 16;

/// Calls whose first chunk is timed.
const FIRST_CHUNKS: usize = 200;

pub fn print() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        replay(folder.path()).await?;
        first_chunk(folder.path()).await?;
        start(folder.path()).await
    })
}

/// Requests a second, by how many recordings there are.
async fn replay(folder: &Path) -> Outcome<()> {
    let bare = Server::start(Tool::Bare, folder, 0).await?;
    let mut tools = vec![Tool::Bare, Tool::Ours];
    for other in [Tool::Aimock, Tool::Mitmdump] {
        match other.program() {
            Some(_) => tools.push(other),
            None => println!("{} is not installed, and left out\n", other.name()),
        }
    }
    println!("| requests a second, {CONNECTIONS} connections | 10 recordings | 1,000 | 10,000 |\n|---|---|---|---|");
    for tool in tools {
        let mut row = format!("| {} |", tool.name());
        for count in COUNTS {
            let server = Server::prepared(tool, folder, count, Size::Small, bare.url()).await?;
            // Slow ones need not be asked as often.
            let total = if matches!(tool, Tool::Bare | Tool::Ours) { 40_000 } else { 2_000 };
            let mut best = 0.0_f64;
            for _ in 0..3 {
                let load = Load { url: server.url(), count, total, connections: CONNECTIONS, size: Size::Small };
                let (took, answered) = load.run().await?;
                if answered < total {
                    row.push_str(&format!(" ({} of {total} answered)", answered));
                }
                best = best.max(total as f64 / took.as_secs_f64());
            }
            row.push_str(&format!(" {best:.0} |"));
        }
        println!("{row}");
    }
    println!();
    Ok(())
}

/// How long the first chunk of a stream takes, straight from a provider and through a proxy that records.
async fn first_chunk(folder: &Path) -> Outcome<()> {
    let bare = Server::start(Tool::Bare, folder, 0).await?;
    let ours = Server::recording(folder, bare.url()).await?;
    let (mut direct, mut proxied) = (Vec::new(), Vec::new());
    // By turns, so that what else the machine does meets both.
    for number in 0..FIRST_CHUNKS {
        direct.push(load::first_chunk(bare.url(), "/stream", number).await?);
        proxied.push(load::first_chunk(ours.url(), "/stream", number).await?);
    }
    let (direct, proxied) = (median(direct), median(proxied));
    println!("| first chunk of a stream, median of {FIRST_CHUNKS} | |\n|---|---|");
    println!("| from the provider | {} µs |", direct.as_micros());
    println!("| through `serve --mode record` | {} µs |\n", proxied.as_micros());
    Ok(())
}

/// From the start of the process to the first answer.
async fn start(folder: &Path) -> Outcome<()> {
    let bare = Server::start(Tool::Bare, folder, 0).await?;
    drop(Server::prepared(Tool::Ours, folder, 10_000, Size::EightKilobytes, bare.url()).await?);
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        let server = Server::replaying(folder, 10_000, Size::EightKilobytes).await?;
        load::one(server.url(), 5_000, Size::EightKilobytes).await?;
        best = best.min(began.elapsed());
    }
    println!("10,000 recordings of 8 KB: first answer {} ms after the start of the process", best.as_millis());
    Ok(())
}
