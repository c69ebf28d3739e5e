//! Plain types and text that everything else is made of.

pub(crate) mod address;
pub(crate) mod age;
pub(crate) mod aside;
pub(crate) mod base64;
pub(crate) mod chunk_times;
#[cfg(test)]
pub(crate) mod corpus;
pub(crate) mod dollars;
pub(crate) mod error;
pub(crate) mod exchange;
pub(crate) mod hex;
pub(crate) mod interaction;
pub(crate) mod json;
pub(crate) mod labels;
pub(crate) mod mode;
pub(crate) mod policy;
pub(crate) mod splice;
#[cfg(test)]
pub(crate) mod strategies;
pub(crate) mod text;
pub(crate) mod ttl;
pub(crate) mod unrecorded;
pub(crate) mod view;
pub(crate) mod warn;
pub(crate) mod wire;
