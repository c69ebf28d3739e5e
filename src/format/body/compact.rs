//! A stream as its reader wants it: the message once, in full; then the events, of which what they share stands once and
//! each takes a short line that says how much of the message it carries.
//!
//! The message is what events are rebuilt from, so an edit of it reaches the client: pieces keep their lengths as far as
//! they go, and the last piece takes the rest.

mod fields;
mod lead;
mod like;
pub(super) mod read;
mod rows;
mod said;
mod shared;
mod templates;
pub(super) mod write;

pub(super) use lead::{CODED, JSON, Lead};
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

/// Stands in an event where the next piece of a part goes; its value is the number of the part, from 1, or a column of
/// such numbers.
const PIECE: &str = "$piece";
/// In an event that stands alone: how many characters the piece takes.
const TAKE: &str = "take";
/// The piece of a part that the event has, again.
const SAID: &str = "$said";
/// The bytes of a text that stands before it in the same object; its value is the name of that field.
const UTF8: &str = "$utf8";
/// A value of the row again; its value is its place there, from 1.
const AGAIN: &str = "$again";
/// A number as it is spelt, where YAML would spell it otherwise.
const NUMBER: &str = "$number";
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
/// The name of an event, where that stands before its JSON.
pub(super) const EVENT: &str = "$event";
/// Whatever else stands before the JSON of an event.
const LEAD: &str = "$before";
/// Of a frame: that its JSON stands in its payload in base64, or the words that do.
pub(super) const BYTES: &str = "$bytes";
/// How the JSON of an event is laid out, if otherwise than that of the others.
const LAYOUT: &str = "$layout";
/// The template of which an event, or another template, has all but the fields that follow.
pub(super) const LIKE: &str = "$like";
/// How many spaces stand before the last brace of an event, or how long the padding of a frame is; for a template, whether its
/// rows end with that number.
const PAD: &str = "$pad";
/// In a column of texts: what all of them begin and end with.
const BEFORE: &str = "before";
const AFTER: &str = "after";
/// In a column of texts: what all of them are the beginning of, so that their lengths are enough.
const OF: &str = "of";
/// Something that several events hold; its value is its number in `shared`, from 1.
const SHARED: &str = "$shared";
/// Of an object in `shared`: the fields that are others here.
const BUT: &str = "but";
/// Where the fields stand that all events have, if they are not the first.
const COMMON: &str = "$common";
/// Of a stream: the field after which each event is named, if that is so.
const NAMED: &str = "named";
/// The field that events are named after.
const TYPE: &str = "type";

const MARKS: [&str; 13] =
    [PIECE, SAID, UTF8, AGAIN, NUMBER, WHOLE, NAME, ID, ARGUMENTS, COLUMN, COUNT, SHARED, COMMON];

/// What is said of an event beside its JSON, in fields of its own.
const HEADS: [&str; 6] = [EVENT, LEAD, BYTES, LAYOUT, LIKE, PAD];

/// What was said of an event in fields without a `$`, its JSON in one of them, before the first release.
const BEFORE_RELEASE: [&str; 6] = ["json", "event", "before", "bytes", "layout", "pad"];

/// Whether fields of an event, or of a template, are those. Read as its JSON, they would be played without a word, wrapped in
/// something that nobody was sent. So such an event is written as it came.
fn looks_older(fields: &[(String, Json)]) -> bool {
    let is_json = |(name, value): &(String, Json)| {
        matches!(name.as_str(), "json" | "bytes") && value.as_object().is_some()
    };
    let has_json = || fields.iter().any(is_json);
    fields.iter().all(|(name, _)| BEFORE_RELEASE.contains(&name.as_str())) && has_json()
}

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;
