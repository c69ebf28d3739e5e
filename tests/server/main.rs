//! The server, spoken to over real sockets: by HTTP clients, and by what is hardly a client.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests speak by panicking")]

mod answers;
mod asking;
mod bad_clients;
mod corpus;
mod ending;
#[path = "../corpus/mod.rs"]
mod exchanges;
mod http2;
mod in_process;
mod keys;
mod misses;
mod run;
mod serving;
#[path = "../stand_in/mod.rs"]
mod stand_in;
