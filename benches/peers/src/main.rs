//! Measures llm-cassette beside rvcr and cassetter, in one run, and prints Markdown tables:
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`.
//!
//! Every measurement runs in a process of its own, so that memory is that of one tool and nothing is warm that should
//! not be. Each is repeated and the best run is told: what else runs on the machine only ever makes things slower.

mod child;
mod served;
mod server;
mod table;
mod tools;
mod workload;

use std::error::Error;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some(child::ARGUMENT) => child::main(&arguments[1..]),
        Some(served::bare::ARGUMENT) => served::bare::main(),
        Some(served::ARGUMENT) => served::print(),
        _ => table::print(),
    }
}
