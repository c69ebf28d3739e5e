//! What a test touches: the cassette, its settings, its name and the macro.

pub(crate) mod builder;
pub(crate) mod cassette;
pub(crate) mod configuration;
pub(crate) mod environment;
pub(crate) mod label;
pub(crate) mod macros;
pub(crate) mod memory_builder;
pub(crate) mod name;
mod opening;
pub(crate) mod setting;
mod which_test;
