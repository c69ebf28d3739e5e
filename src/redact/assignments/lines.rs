//! Lines of a text, and what stands where in them.

use std::ops::Range;

use crate::model::base64::is_character;
use crate::redact::encodings::behind_break;

/// What may stand before a name at the start of its line.
const LEADS: [&[u8]; 12] = [
    b"export",
    b"set",
    b"setx",
    b"SET",
    b"ENV",
    b"ARG",
    b"env",
    b"declare",
    b"local",
    b"readonly",
    b"$env:",
    b"-e",
];

/// So far a line is looked back at.
const LEAD: usize = 48;

/// So much of a line is read to tell what a value in it is.
pub(super) const NEAR: usize = 512;

/// The place of the line break that ends the line of `at`, or the end of the text.
pub(super) fn line_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let end = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    if end > at && text[end - 1] == b'\r' { end - 1 } else { end }
}

/// The end of the line of `at`, or of what of it is near. Many names may stand in one long line.
pub(super) fn near_line_end(text: &[u8], at: usize) -> usize {
    line_end(&text[..text.len().min(at + NEAR)], at)
}

pub(super) fn skip_blanks(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Whether nothing stands before `at` in its line but what introduces a setting.
pub(super) fn begins_line(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(LEAD);
    let start = memchr::memrchr(b'\n', &text[from..at]).map(|end| from + end + 1);
    let Some(start) = start.or((from == 0).then_some(0)) else {
        return false;
    };
    let mut lead = text[start..at].trim_ascii();
    while let [b'-' | b'+' | b'>' | b'|' | b'*' | b'#' | b'/' | b';' | b'$' | b' ' | b'\t', rest @ ..] = lead
    {
        if lead.starts_with(b"$env:") || lead.starts_with(b"-e") {
            break;
        }
        lead = rest;
    }
    let lead = lead.trim_ascii();
    lead.is_empty() || LEADS.contains(&lead)
}

/// Base64 is wrapped into lines of no fewer characters.
const SHORTEST_LINE: usize = 48;

/// Where a run of base64 ends that goes on in the next lines, each as long as the first but for the last, and what it is without
/// the line breaks, if it has any.
pub(super) fn wrapped(text: &[u8], first: Range<usize>) -> (usize, Option<Vec<u8>>) {
    let width = first.len();
    let mut end = first.end;
    let mut joined: Option<Vec<u8>> = None;
    if width < SHORTEST_LINE {
        return (end, None);
    }
    loop {
        let start = behind_break(text, end);
        if start == end {
            return (end, joined);
        }
        let length = text[start..].iter().take(width + 1).take_while(|&&byte| is_character(byte)).count();
        if length == 0 || length > width {
            return (end, joined);
        }
        joined
            .get_or_insert_with(|| text[first.clone()].to_vec())
            .extend_from_slice(&text[start..start + length]);
        end = start + length;
        if length < width {
            return (end, joined);
        }
    }
}

/// How far the line is indented in which `at` stands.
pub(super) fn indent_of(text: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(LEAD);
    let start = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |end| from + end + 1);
    text[start..].iter().take_while(|&&byte| byte == b' ').count()
}

/// The lines behind the one that ends at `end`, as long as they are indented further than `indent`, or are items of a list
/// as far; without indentation.
pub(super) fn below(text: &[u8], end: usize, indent: usize) -> impl Iterator<Item = Range<usize>> {
    let mut at = end;
    std::iter::from_fn(move || {
        at += text[at.min(text.len())..]
            .iter()
            .take(2)
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let end = line_end(text, at);
        let start = skip_blanks(text, at);
        let is_item = text[start.min(end)..end].starts_with(b"- ");
        let fits = start < end && (start - at > indent || (is_item && start - at >= indent));
        at = end;
        fits.then_some(start..end)
    })
}
