//! Server-sent events, as the HTML standard reads them ("Parsing an event stream").

use std::ops::Range;

use memchr::{memchr2, memmem};

/// The byte order mark that may stand before the first event.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// An event, or a piece that a client skips: a comment, or a blank line too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event<'a> {
    /// Every byte up to and with the blank line that ends the event.
    pub(crate) raw: &'a [u8],
    /// The value of `event:`.
    pub(crate) event: Option<String>,
    /// The `data:` lines, joined by line feeds; `None` when there is none. Bytes that are not UTF-8 are replaced here
    /// and kept in `raw`.
    pub(crate) data: Option<String>,
}

/// Cuts a body into events. Put together again, their `raw` bytes are the body.
pub(crate) fn split(body: &[u8]) -> Vec<Event<'_>> {
    ranges(body).map(|range| parse(&body[range])).collect()
}

/// Where the events of a body stand, one behind the other.
pub(crate) fn ranges(body: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = body.get(start..).filter(|rest| !rest.is_empty())?;
        let length = Scan::default().event_end(rest, true).unwrap_or(rest.len());
        start += length;
        Some(start - length..start)
    })
}

/// Reads the fields of one event.
pub(crate) fn parse(raw: &[u8]) -> Event<'_> {
    let mut found = Event { raw, event: None, data: None };
    for field in fields(raw) {
        let value = String::from_utf8_lossy(&raw[field.value]);
        match field.name {
            b"event" => found.event = Some(value.into_owned()),
            b"data" => match &mut found.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(&value);
                }
                None => found.data = Some(value.into_owned()),
            },
            _ => {}
        }
    }
    found
}

/// A line of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// What stands before the colon: nothing in a comment.
    pub(crate) name: &'a [u8],
    /// What stands behind it, and behind the blank that may follow.
    pub(crate) value: Range<usize>,
}

/// The lines of an event, or of several, without what is empty.
pub(crate) fn fields(raw: &[u8]) -> impl Iterator<Item = Field<'_>> {
    let mut at = if raw.starts_with(BOM) { BOM.len() } else { 0 };
    std::iter::from_fn(move || {
        loop {
            let rest = raw.get(at..).filter(|rest| !rest.is_empty())?;
            let length = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            let (line, start) = (&rest[..length], at);
            // CRLF leaves an empty line here where LF and CR leave none. Neither has a meaning within one event.
            at += length + 1;
            if line.is_empty() {
                continue;
            }
            let name = memchr::memchr(b':', line).unwrap_or(length);
            let blank = usize::from(line[name..].starts_with(b": "));
            let value = (name + 1 + blank).min(length);
            return Some(Field { name: &line[..name], value: start + value..start + length });
        }
    })
}

/// Whether an event of a text carries data, whatever the text may be beside.
pub(crate) fn has_data(text: &[u8]) -> bool {
    memmem::find_iter(text, b"data").any(|at| {
        let before = &text[..at];
        let begins_line = before.last().is_none_or(|byte| matches!(byte, b'\n' | b'\r')) || before == BOM;
        begins_line && text.get(at + 4).is_none_or(|byte| matches!(byte, b':' | b'\n' | b'\r'))
    })
}

/// Looks for the end of the first event, and remembers how far it has looked.
#[derive(Debug, Default)]
pub(super) struct Scan {
    line: usize,
    seen: usize,
}

impl Scan {
    /// The length of the first event, once the blank line behind it is there. `whole` says that nothing follows.
    pub(super) fn event_end(&mut self, bytes: &[u8], whole: bool) -> Option<usize> {
        loop {
            let Some(length) = memchr2(b'\n', b'\r', &bytes[self.seen..]) else {
                self.seen = bytes.len();
                return None;
            };
            let at = self.seen + length;
            self.seen = at;
            let end = match (bytes[at], bytes.get(at + 1)) {
                (b'\r', Some(b'\n')) => at + 2,
                // The line feed that belongs to this carriage return may come with the next chunk.
                (b'\r', None) if !whole => return None,
                _ => at + 1,
            };
            if at == self.line {
                return Some(end);
            }
            (self.line, self.seen) = (end, end);
        }
    }
}
