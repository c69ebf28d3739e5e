//! The promises of the README, one file each, in one binary so that it links once.

#[path = "../stand_in/mod.rs"]
mod stand_in;

mod corpus;
mod modes;
mod secrets;
mod streams;
mod support;
