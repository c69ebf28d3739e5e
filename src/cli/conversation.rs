//! How a conversation reads.

mod fold;
#[cfg(test)]
mod tests;
mod transcript;
mod tree;
mod words;

pub(crate) use fold::{Repeat, repeats};
pub(crate) use transcript::transcript;
pub(crate) use words::{Detail, Manner, call, line, words};
