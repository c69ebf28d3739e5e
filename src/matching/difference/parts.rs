//! A normal form taken apart. Normal forms are what is compared, so that what does not matter for matching is not talked
//! about either; but their own marks, such as `id 0`, mean nothing to a reader and are taken out here.

use std::borrow::Cow;

use crate::matching::request_key::Normal;
use crate::model::json::{Escapes, Json, parse, skip_string, write_string};

/// What stands before JSON that was a text.
const TEXT_OF: &[u8] = b"text of ";
/// What stands before what a rule of the user has made of a number.
const NUMBER: &[u8] = b"number ";

/// First line, headers and body of a normal form.
pub(super) struct Parts<'a> {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: &'a [u8],
}

/// The body of a normal form by its kind.
pub(super) enum Body<'a> {
    Empty,
    Json(Json),
    Multipart(Vec<Vec<u8>>),
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Parts<'a> {
    pub(super) fn of(normal: &'a Normal) -> Parts<'a> {
        let form = normal.form.as_slice();
        let split = memchr::memmem::find(form, b"\n\n").unwrap_or(form.len());
        let head = String::from_utf8_lossy(&form[..split]);
        let pair = |line: &str, between: &str| {
            let (name, value) = line.split_once(between).unwrap_or((line, ""));
            (name.to_owned(), value.to_owned())
        };
        let mut lines = head.lines();
        let (method, url) = pair(lines.next().unwrap_or_default(), " ");
        let headers = lines.map(|line| pair(line, ": ")).collect();
        Parts { method, url, headers, body: form.get(split + 2..).unwrap_or_default() }
    }

    /// The body, in which `names` says what to call the ids that are numbered in the form.
    pub(super) fn body(&self, names: &[&str]) -> Body<'a> {
        let body = self.body;
        if body.is_empty() {
            return Body::Empty;
        }
        if let Some(form) = body.strip_prefix(b"json ") {
            let legible = legible(&String::from_utf8_lossy(form), names);
            return match parse(legible.as_bytes()) {
                Ok(tree) => Body::Json(tree),
                Err(_) => Body::Bytes(Cow::Owned(legible.into_bytes())),
            };
        }
        match body.strip_prefix(b"bytes ") {
            Some(bytes) => Body::Bytes(Cow::Borrowed(bytes)),
            None => Body::Multipart(parts(body)),
        }
    }
}

/// What to call the numbered ids of a recorded and a live form. A reader knows the ids of the live request and can look
/// up those of the recording. Where both have the very same id, it is that; else those of the same number correspond,
/// and an id that was merely made up anew is no difference.
pub(super) fn names<'a>(recorded: &'a [String], live: &'a [String]) -> (Vec<&'a str>, Vec<&'a str>) {
    let of_recorded = recorded.iter().enumerate().map(|(number, id)| match live.get(number) {
        Some(other) if !live.contains(id) && !recorded.contains(other) => other.as_str(),
        _ => id.as_str(),
    });
    (of_recorded.collect(), live.iter().map(String::as_str).collect())
}

/// Turns what only a normal form has, `id 0`, `text of {…}` and `number "…"`, into JSON.
fn legible(form: &str, names: &[&str]) -> String {
    let bytes = form.as_bytes();
    let mut out = String::with_capacity(form.len());
    let (mut at, mut start) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = skip_string(bytes, at).unwrap_or(bytes.len()),
            b'i' if bytes[at..].starts_with(b"id ") => {
                let end = at + 3 + bytes[at + 3..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                out.push_str(&form[start..at]);
                let number = form[at + 3..end].parse::<usize>().unwrap_or(usize::MAX);
                write_string(names.get(number).unwrap_or(&"an id"), Escapes::Few, &mut out);
                (at, start) = (end, end);
            }
            b't' if bytes[at..].starts_with(TEXT_OF) => {
                out.push_str(&form[start..at]);
                (at, start) = (at + TEXT_OF.len(), at + TEXT_OF.len());
            }
            b'n' if bytes[at..].starts_with(NUMBER) => {
                out.push_str(&form[start..at]);
                (at, start) = (at + NUMBER.len(), at + NUMBER.len());
            }
            _ => at += 1,
        }
    }
    out.push_str(&form[start..]);
    out
}

/// The parts of a multipart body: each behind a separator that starts with NUL, its own NULs doubled.
fn parts(form: &[u8]) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let mut rest = form;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if let Some(behind) = after.strip_prefix(b"part\n").filter(|_| byte == 0) {
            parts.push(Vec::new());
            rest = behind;
        } else if let Some(part) = parts.last_mut() {
            part.push(byte);
            rest = after.strip_prefix(b"\0").filter(|_| byte == 0).unwrap_or(after);
        }
    }
    parts
}
