//! An HTTP server in front of cassettes, for clients that take a base URL and no middleware, in whichever language.

#![cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "the command opens several cassettes, and other programs one")
)]

mod answer;
mod asking;
mod control;
mod guard;
mod incoming;
mod listen;
mod metrics;
mod refused;
mod runs;
mod shared;
mod signed;
mod started;
mod target;
mod upstream;
mod upstreams;

#[cfg(feature = "cli")]
pub(crate) use crate::adapters::body::{cut::Cutting, paced::Pace};
#[cfg(feature = "cli")]
pub(crate) use shared::Playing;
pub use started::Server;

#[cfg(feature = "cli")]
pub(crate) use listen::{Listening, Options};
#[cfg(feature = "cli")]
pub(crate) use runs::{Ended, Runs, Where, as_json};
#[cfg(feature = "cli")]
pub(crate) use upstreams::Upstreams;
