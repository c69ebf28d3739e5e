//! Measures llm-cassette beside an older commit of itself, rvcr, cassetter and a floor, in one run, and prints Markdown tables:
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`, or with `-- takes growth` only some of them.
//!
//! Every measurement runs in a process of its own, so that memory is that of one tool and nothing is warm that should
//! not be. Each is repeated, the tools by turns, and the best run is told: what else runs on the machine only ever makes
//! things slower. What is not done in time is given up, and told as such.
//!
//! This code is built twice: with the llm-cassette of this tree, which has the tables, and by `before/Cargo.toml` with that of
//! an older commit, which only measures.

#![cfg_attr(not(feature = "driver"), allow(dead_code, reason = "the tables use it"))]

#[cfg(feature = "driver")]
mod bench;
#[cfg(feature = "driver")]
mod builds;
pub mod measure;
#[cfg(feature = "driver")]
mod parts;
#[cfg(feature = "driver")]
mod served;
mod server;
#[cfg(feature = "driver")]
mod table;
pub mod tests;
pub mod tools;
mod workload;

use std::error::Error;

pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// What the binary does.
///
/// # Errors
/// When it is asked for what there is not, or when the llm-cassette of this tree fails in a measurement.
pub fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some(measure::ARGUMENT) => measure::main(&arguments[1..]),
        #[cfg(feature = "driver")]
        Some(served::bare::ARGUMENT) => served::bare::main(),
        #[cfg(feature = "driver")]
        Some(served::ARGUMENT) => served::print(),
        #[cfg(feature = "driver")]
        _ => parts::print(&arguments),
        #[cfg(not(feature = "driver"))]
        _ => Err("this build only measures".into()),
    }
}
