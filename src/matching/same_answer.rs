//! Whether a recording made anew says what the old one says, so that the old one can stay as it is.

mod ignored_fields;
pub(super) mod stream;

use crate::model::exchange::Response;
use crate::model::json;
use crate::model::wire::{Framing, framing};
use http::header;
use ignored_fields::Renaming;
#[cfg(feature = "cli")]
pub(crate) use ignored_fields::without_volatile;
pub(super) use ignored_fields::{Field, describes_a_model, field};
pub(crate) use stream::events;

/// True when two answers differ in nothing but what differs each time: ids, times, fingerprints, how the text was cut
/// into events and the events into chunks.
///
/// Of the headers only the content type counts. Token counts count: they cost money, and a change is worth a look.
/// So do signatures and encrypted reasoning, which the next request has to repeat as they are.
pub(crate) fn same_answer(a: &Response, b: &Response) -> bool {
    let kind = |response: &Response| response.headers.get(header::CONTENT_TYPE).cloned();
    let alike = a.status == b.status && a.body.cut == b.body.cut && kind(a) == kind(b);
    alike && (a.body.bytes == b.body.bytes || same_body(a, b))
}

fn same_body(a: &Response, b: &Response) -> bool {
    let (bytes_a, bytes_b) = (&a.body.bytes, &b.body.bytes);
    match (framing(&a.headers, bytes_a), framing(&b.headers, bytes_b)) {
        (None, None) => match (json::parse(bytes_a), json::parse(bytes_b)) {
            (Ok(a), Ok(b)) => Renaming::default().same(&a, &b),
            // Files of results come as lines of JSON, whatever their type says.
            _ => same_events(Framing::Ndjson, bytes_a, bytes_b),
        },
        (Some(a), Some(b)) if a == b => same_events(a, bytes_a, bytes_b),
        _ => false,
    }
}

fn same_events(framing: Framing, a: &[u8], b: &[u8]) -> bool {
    match (stream::content(framing, a), stream::content(framing, b)) {
        (Some(a), Some(b)) => a.same(&b),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
