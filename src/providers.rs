//! What is known of the providers of language models and of their protocols.

pub(crate) mod assembly;
#[cfg(feature = "cli")]
pub(crate) mod conversation;
#[cfg(test)]
mod each;
mod facts;
mod failure;
mod gateways;
mod hosts;
pub(crate) mod price;
mod protocol;
mod reading;
mod recognise;
#[cfg(test)]
mod recorded;
mod registry;
#[cfg(test)]
mod tests;
mod usage;
mod watch;

#[cfg(any(test, feature = "cli"))]
pub(crate) use facts::facts;
pub(crate) use facts::{Facts, facts_behind};
pub(crate) use gateways::{Gateways, is_host, is_provider};
#[cfg(feature = "cli")]
pub(crate) use protocol::Credential;
pub(crate) use protocol::Provider;
pub(crate) use reading::event_payload;
#[cfg(feature = "cli")]
pub(crate) use recognise::at_home;
pub(crate) use recognise::{model_asked_for, recognise};
#[cfg(feature = "cli")]
pub(crate) use registry::credentials;
pub(crate) use usage::Usage;
pub(crate) use watch::StreamWatch;
