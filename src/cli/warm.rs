//! What `llm-cassette warm` records ahead of time: requests from lines of JSON, where they go, and how long to wait before
//! one is sent again. No I/O.

mod credentials;
mod headers;
mod lines;
mod pairs;
#[cfg(any(test, feature = "reqwest-0-13"))]
pub(crate) mod pauses;
mod place;
#[cfg(any(test, feature = "reqwest-0-13"))]
pub(crate) mod wait;

pub(crate) use credentials::credential;
pub(crate) use headers::expand;
pub(crate) use lines::{Job, Wanted, log, most_frequent, requests};
pub(crate) use pairs::{Shape, answer_headers};
