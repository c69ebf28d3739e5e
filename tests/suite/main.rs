//! The promises of the documentation, one file each, in one binary so that it links once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, to fail is to say so")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a test skips, it says")]

#[path = "../stand_in/mod.rs"]
mod stand_in;

mod bedrock;
mod blobs;
mod bytes;
mod child;
mod compressed;
mod configuration;
mod corpus;
mod cut_off;
mod docs;
mod durability;
mod errors;
#[path = "../corpus/mod.rs"]
mod exchanges;
mod expiry;
mod find_error;
mod gateways;
mod hand_edits;
mod handed_on;
mod in_memory;
mod interactions;
mod killed;
mod large;
mod large_bodies;
mod late_secrets;
mod ledger;
mod local_servers;
mod matching;
mod max_size;
mod mcp;
mod merging;
mod misses;
mod modes;
mod nothing_written;
mod only;
mod owners;
mod parallel;
mod policies;
mod prompt_cache;
mod readable;
mod readme;
mod refresh;
#[cfg(feature = "cli")]
mod removing;
mod said;
mod secrets;
mod single_flight;

mod spending;
mod standing;
mod streams;
mod support;
mod tags;
mod takes;
mod times;
mod told_apart;
mod turns;
mod unfinished;
mod unrecorded;
mod variables;
