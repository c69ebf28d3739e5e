//! Recordings of other tools, read. A file a format; each gives exchanges as far as its file has them, and says what the file
//! has lost. No I/O, and no trust: a file may come from anybody.

mod cuts;
mod exchange;
mod formats;
mod headers;
mod names;
mod node;
mod pairs;
mod registry;
mod settle;
mod source;
#[cfg(test)]
mod tests;
mod times;
mod wanted;

pub(super) use exchange::Loss;
pub(super) use names::cassette as cassette_name;
pub(super) use registry::{Found, read, recognises};
pub(super) use wanted::Wanted;
