//! `llm-cassette report`: the page that it writes, in a real browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and one that is skipped says so"
)]

mod browser;
mod cassettes;
mod changes;
mod charts;
mod choosing;
mod command;
mod cost;
mod edges;
mod hostile;
mod laid_out;
mod large;
mod reading;
mod unused;
