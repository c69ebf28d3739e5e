//! A stream as its reader wants it: the message once, in full; then the events, of which what they share stands once and
//! each takes a short line that says how much of the message it carries.
//!
//! The message is what events are rebuilt from, so an edit of it reaches the client: pieces keep their lengths as far as
//! they go, and the last piece takes the rest.

mod fields;
mod lead;
pub(super) mod read;
mod templates;
pub(super) mod write;

pub(super) use lead::{BYTES, JSON, Lead};
pub(super) use read::read;
pub(super) use write::write;

use std::borrow::Cow;

use super::{Found, externalise, marks};
use crate::format::blobs::Blobs;
use crate::model::json::Json;

/// A form of which what nobody reads stands aside, such as pictures.
pub(super) fn put_aside(mut form: Json, blobs: &mut Blobs) -> Json {
    marks::escape(&mut form);
    externalise::externalise(&mut form, blobs);
    form
}

/// The form that [`put_aside`] was given.
pub(super) fn inline<'a>(form: &'a Json, found: &Found<'_>) -> Result<Cow<'a, Json>, String> {
    if !marks::has_marks(form) {
        return Ok(Cow::Borrowed(form));
    }
    let mut form = form.clone();
    externalise::inline(&mut form, found)?;
    marks::unescape(&mut form);
    Ok(Cow::Owned(form))
}

/// Stands in an event where the next piece of a part goes; its value is the number of the part, from 1.
const PIECE: &str = "$piece";
/// In an event that stands alone: how many characters the piece takes.
const TAKE: &str = "take";
/// All of a part again.
const WHOLE: &str = "$whole";
/// The name and the id of the tool call that a part is.
const NAME: &str = "$name";
const ID: &str = "$id";
/// The arguments of the tool call that a part is, as the object that they are.
const ARGUMENTS: &str = "$arguments";
/// A value that differs from event to event; its value is its place in the row, from 1.
const COLUMN: &str = "$column";
/// The number of the event among all, plus the mark's value.
const COUNT: &str = "$count";
/// How many spaces stand before the last brace of an event, or how long the padding of a frame is; for a template, whether its
/// rows end with that number.
const PAD: &str = "pad";
/// Something that several events hold; its value is its number in `shared`, from 1.
const SHARED: &str = "$shared";

const MARKS: [&str; 8] = [PIECE, WHOLE, NAME, ID, ARGUMENTS, COLUMN, COUNT, SHARED];

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;
