//! Attributes of XML and HTML that name what stands beside them: `<add key="ApiKey" value="…"/>`, `<input name="csrf_token"
//! value="…">`, `<meta name="csrf-token" content="…">`, and elements that an attribute names: `<string name="api_key">…</string>`.

use std::ops::Range;

use super::{LONGEST_NAME, quoted, skip_space};
use crate::redact::looks::Written;
use crate::redact::named::{Named, keep};
use crate::redact::secret_names::{Names, Says};

/// Attributes that say how the element is called, and those that hold what it is.
const NAMES: [&[u8]; 5] = [b"name", b"key", b"id", b"property", b"parameter"];
const VALUES: [&[u8]; 3] = [b"value", b"content", b"val"];

/// Elements whose content is for people, and not what the attribute names.
const SHOWN: [&[u8]; 12] =
    [b"a", b"button", b"div", b"h1", b"h2", b"h3", b"h4", b"label", b"option", b"p", b"section", b"span"];

pub(super) fn named(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    let mut next = 0;
    while let Some(at) = memchr::memchr(b'<', &text[next..]).map(|at| next + at + 1) {
        next = element(text, at, names, found).max(at);
    }
}

/// Reads the element whose name begins at `at`; gives where its head ends.
fn element(text: &[u8], at: usize, names: &Names, found: &mut Vec<Named>) -> usize {
    let tag = at..at + text[at..].iter().take(LONGEST_NAME).take_while(|&&byte| is_part(byte)).count();
    let mut says = Says::Nothing;
    let mut value: Option<Range<usize>> = None;
    let mut next = tag.end;
    if tag.is_empty() {
        return next;
    }
    loop {
        let name = skip_space(text, next);
        let end = name + text[name..].iter().take(LONGEST_NAME).take_while(|&&byte| is_part(byte)).count();
        let equals = skip_space(text, end);
        if end == name || text.get(equals) != Some(&b'=') {
            next = end;
            break;
        }
        let Some((range, behind)) = quoted(text, skip_space(text, equals + 1), 0) else {
            return end;
        };
        next = behind;
        let attribute = text[name..end].to_ascii_lowercase();
        if NAMES.contains(&&attribute[..]) && range.len() <= LONGEST_NAME {
            let named = std::str::from_utf8(&text[range]).map_or(Says::Nothing, |name| names.field(name));
            says = says.max(named);
        } else if VALUES.contains(&&attribute[..]) {
            value = Some(range);
        }
    }
    if matches!(says, Says::Nothing | Says::Address) {
        return next;
    }
    match value {
        Some(range) => keep(text, says, range, Written::Quoted, found),
        None if text.get(next) == Some(&b'>') && !SHOWN.contains(&&text[tag.clone()]) => {
            let length = memchr::memchr2(b'<', b'\n', &text[next + 1..]).unwrap_or(0);
            let range = next + 1..next + 1 + length;
            if !text[range.clone()].iter().any(u8::is_ascii_whitespace) {
                keep(text, says, range, Written::Quoted, found);
            }
        }
        None => {}
    }
    next
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':' | b'.')
}
