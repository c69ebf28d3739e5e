//! What `llm-cassette warm` records ahead of time: requests from lines of JSON, where they go, and how long to wait before
//! one is sent again. No I/O.

mod credentials;
mod headers;
mod lines;
mod pairs;
#[cfg(any(test, feature = "reqwest-0-13"))]
pub(super) mod pauses;
mod place;
#[cfg(any(test, feature = "reqwest-0-13"))]
pub(super) mod wait;

pub(super) use credentials::credential;
pub(super) use headers::expand;
pub(super) use lines::{Job, Wanted, log, most_frequent, requests};
pub(super) use pairs::{Shape, answer_headers};
pub(super) use place::url as absolute_url;
