//! A stream as its reader wants it: the message once, in full; then the events, of which what they share stands once and
//! each takes a short line that says how much of the message it carries.
//!
//! The message is what events are rebuilt from, so an edit of it reaches the client: pieces keep their lengths as far as
//! they go, and the last piece takes the rest.

mod fields;
mod lead;
mod read;
mod shapes;
mod write;

pub(super) use lead::{BYTES, JSON, Lead};
pub(super) use read::read;
pub(super) use write::write;

/// Stands in an event where the next piece of a part goes; its value is the number of the part, from 1.
const PIECE: &str = "$piece";
/// In an event that stands alone: how many characters the piece takes.
const TAKE: &str = "take";
/// All of a part again.
const WHOLE: &str = "$whole";
/// The name and the id of the tool call that a part is.
const NAME: &str = "$name";
const ID: &str = "$id";
/// A value that differs from event to event; its value is its place in the row, from 1.
const COLUMN: &str = "$column";
/// The number of the event among all, plus the mark's value.
const COUNT: &str = "$count";
/// How many spaces stand before the last brace of an event, or how long the padding of a frame is; for a shape, whether its
/// rows end with that number.
const PAD: &str = "pad";
/// Something that several events hold; its value is its number in `shared`, from 1.
const SHARED: &str = "$shared";

const MARKS: [&str; 7] = [PIECE, WHOLE, NAME, ID, COLUMN, COUNT, SHARED];

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;
