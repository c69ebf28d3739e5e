//! What is known of the providers of language models and of their protocols.

pub(crate) mod assembly;
pub(crate) mod bill;
mod charges;
mod choosing_headers;
pub(crate) mod conversation;
#[cfg(test)]
mod each;
mod facts;
mod failure;
mod gateways;
mod owed;
mod own_words;
mod place;
pub(crate) mod price;
mod protocol;
mod reading;
mod recognise;
#[cfg(test)]
mod recorded;
#[cfg(feature = "server")]
pub(crate) mod refusals;
mod registry;
#[cfg(feature = "server")]
pub(crate) mod routes;
mod sampling;
#[cfg(test)]
mod tests;
pub(crate) mod transcribe;
mod usage;
mod watch;

pub(crate) use choosing_headers::{CHOOSING_HEADERS, Compared};
#[cfg(test)]
use facts::facts;
pub(crate) use facts::{Facts, facts_behind, is_endless};
pub(crate) use failure::speaks_mcp;
pub(crate) use gateways::{Gateways, is_host, is_provider};
pub(crate) use own_words::OwnWords;
#[cfg(any(feature = "cli", feature = "server"))]
pub(crate) use protocol::Credential;
pub(crate) use protocol::Provider;
pub(crate) use reading::event_payload;
#[cfg(any(feature = "cli", feature = "server"))]
pub(crate) use recognise::at_home;
#[cfg(any(test, feature = "cli"))]
pub(crate) use recognise::recognise;
pub(crate) use recognise::{caches_only_marked, model_asked_for};
#[cfg(feature = "cli")]
pub(crate) use registry::credentials;
pub(crate) use registry::{FIELDS, Fields, provider, start_assembly};
pub use usage::Usage;
pub(crate) use usage::is_written;
pub(crate) use watch::StreamWatch;
