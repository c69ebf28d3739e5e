//! How a conversation reads.

mod fold;
#[cfg(test)]
mod tests;
mod transcript;
mod tree;
mod words;

pub(super) use fold::{Repeat, repeats};
pub(super) use transcript::transcript;
pub(super) use words::{Detail, Manner, call, line, words};
