//! The command `llm-cassette`, run as people run it. A module a command.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests speak by panicking")]

mod color;
mod committed;
mod completions;
mod configuration;
mod diff;
mod documented;
mod export;
mod format;
mod formatters;
mod git_setup;
mod hostile;
mod import;
mod list;
mod man;
mod not_wanted;
mod prompt_cache;
mod prune;
#[cfg(unix)]
mod review;
mod rm;
mod run;
mod schema;
mod show;
#[path = "../stand_in/mod.rs"]
mod stand_in;
mod stats;
mod strangers;
#[cfg(unix)]
mod terminal;
mod textconv;
mod times;
mod verify;
mod warm;
