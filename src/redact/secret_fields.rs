//! Fields whose name says that their value is a secret, in JSON at any depth of quoting.

use std::ops::Range;

use super::encodings::Layer;
use super::secret_names::{self, Names};
use super::stand_ins::{is_mixed, is_random, is_stand_in};

/// The content of a string that has a secret's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) range: Range<usize>,
    /// Backslashes before each of its quotes: 0 in JSON, 1 in JSON inside a JSON string, then 3, 7, …
    slashes: usize,
}

impl Field {
    /// What the string says.
    pub(super) fn value(&self, text: &[u8]) -> Vec<u8> {
        let mut value = text[self.range.clone()].to_vec();
        for _ in 0..=self.slashes.count_ones() {
            value = Layer::unescape(&value).text;
        }
        value
    }
}

/// The secrets that follow a key of a JSON object. `at` is behind a name of ours, where the key has to end.
///
/// This reads the text around one place instead of parsing a document, so that it works in events of a stream, torn
/// bodies and stringified tool arguments alike, and costs nothing where no such name stands.
pub(super) fn fields(text: &[u8], at: usize, names: &Names, found: &mut Vec<Field>) {
    let slashes = slashes_at(text, at);
    // One more than a power of two at each depth; anything else quotes nothing.
    if text.get(at + slashes) != Some(&b'"') || !(slashes + 1).is_power_of_two() {
        return;
    }
    let is_name =
        |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ' | 0x80..);
    let start = at - text[..at].iter().rev().take(64).take_while(is_name).count();
    let Ok(name) = std::str::from_utf8(&text[start..at]) else { return };
    if start == 0 || text[start - 1] != b'"' {
        return;
    }
    let weak = secret_names::plain(name) == "secret";
    if !weak && !names.is_secret_field(name) {
        return;
    }
    let colon = skip_space(text, at + slashes + 1, slashes);
    if text.get(colon) != Some(&b':') {
        return;
    }
    let value = skip_space(text, colon + 1, slashes);
    match text.get(value) {
        Some(b'{') if secret_names::plain(name).ends_with("clientsecret") => {
            inner_value(text, value, slashes, found)
        }
        Some(b'[') => {
            items(text, value + 1, slashes, secret_names::plain(name).ends_with("authorization"), found)
        }
        _ => {
            let Some(range) = string(text, value, slashes) else { return };
            let content = &text[range.clone()];
            // Deeper down may be source code or advice, which shows where a key goes.
            let shows = (slashes > 0 && is_stand_in(content))
                || (weak && !(is_mixed(content) && is_random(content, true)));
            if !shows {
                keep(range, slashes, found);
            }
        }
    }
}

fn keep(range: Range<usize>, slashes: usize, found: &mut Vec<Field>) {
    if !range.is_empty() {
        found.push(Field { range, slashes });
    }
}

/// How far behind the brace of an object the field is looked for that has its secret: such objects are small, and many may open
/// in one that does not end.
const NEAR: usize = 512;

/// `{"value": "ek_…", "expires_at": 1}`: how a realtime session gives its secret.
fn inner_value(text: &[u8], open: usize, slashes: usize, found: &mut Vec<Field>) {
    let near = &text[open..text.len().min(open + NEAR)];
    let near = &near[..memchr::memchr(b'}', near).unwrap_or(near.len())];
    let Some(at) = memchr::memmem::find(near, b"\"value") else { return };
    let colon = skip_space(text, open + at + "\"value".len() + slashes + 1, slashes);
    if text.get(colon) == Some(&b':') {
        let value = skip_space(text, colon + 1, slashes);
        found.extend(
            string(text, value, slashes)
                .filter(|range| !range.is_empty())
                .map(|range| Field { range, slashes }),
        );
    }
}

/// Header values are often lists. Otherwise only items that look like keys count: a list may be a JSON Schema's.
fn items(text: &[u8], mut at: usize, slashes: usize, all: bool, found: &mut Vec<Field>) {
    loop {
        at = skip_space(text, at, slashes);
        let Some(range) = string(text, at, slashes) else { return };
        at = skip_space(text, range.end + slashes + 1, slashes);
        let content = &text[range.clone()];
        if all || (is_mixed(content) && is_random(content, false)) {
            keep(range, slashes, found);
        }
        if text.get(at) != Some(&b',') {
            return;
        }
        at += 1;
    }
}

/// The content of the string that opens at `at`. One that is torn off goes to the end of its line.
fn string(text: &[u8], at: usize, slashes: usize) -> Option<Range<usize>> {
    if slashes_at(text, at) != slashes || text.get(at + slashes) != Some(&b'"') {
        return None;
    }
    let start = at + slashes + 1;
    let (mut end, mut run) = (start, 0);
    while let Some(&byte) = text.get(end) {
        match byte {
            b'\\' => run += 1,
            // At each depth the backslashes of an escaped quote are doubled, and one is added.
            b'"' if run % (2 * (slashes + 1)) == slashes || run < slashes => {
                return Some(start..end - run.min(slashes));
            }
            b'\n' | b'\r' => break,
            _ => run = 0,
        }
        end += 1;
    }
    Some(start..end)
}

fn slashes_at(text: &[u8], at: usize) -> usize {
    text.get(at..).unwrap_or_default().iter().take_while(|&&byte| byte == b'\\').count()
}

/// Skips white space; within a string that is escaped.
fn skip_space(text: &[u8], mut at: usize, slashes: usize) -> usize {
    loop {
        match text.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            Some(b'\\') if slashes > 0 => {
                let run = slashes_at(text, at);
                if !matches!(text.get(at + run), Some(b'n' | b'r' | b't')) {
                    return at;
                }
                at += run + 1;
            }
            _ => return at,
        }
    }
}
