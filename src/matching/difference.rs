//! How two requests differ, in sentences and in a few lines of diff: for a miss, and for who compares cassettes.

mod leaves;
mod moved;
mod parts;
mod spoken;
mod text;
mod tools;
mod words;

use crate::matching::request_key::Normal;
use crate::model::address::without_query;
use crate::model::text::plural;
pub(crate) use leaves::{Leaves, leaves};
use parts::{Body, Parts, names};
pub(crate) use spoken::{spoken, spoken_text};
#[cfg(feature = "cli")]
pub(crate) use text::places;
pub(crate) use text::{Limits, shorten};
pub(crate) use tools::named_tools;
pub(crate) use words::changes;
#[cfg(feature = "cli")]
pub(crate) use words::differences as between;

/// Sentences, each with a diff on lines of its own where it takes one.
#[derive(Debug)]
pub(crate) struct Sentences {
    sentences: Vec<String>,
    limits: Limits,
}

impl Sentences {
    fn new(limits: Limits) -> Sentences {
        Sentences { sentences: Vec::new(), limits }
    }

    /// None yet, within the same limits.
    fn none(&self) -> Sentences {
        Sentences::new(self.limits)
    }

    fn push(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    /// Says that a text changed, and where.
    fn changed(&mut self, what: &str, old: &str, new: &str) {
        self.sentences.push(format!("{what} changed\n{}", text::diff(old, new, self.limits)));
    }
}

/// How much two requests have in common; the higher, the nearer.
pub(crate) fn nearness(one: &Normal, two: &Normal) -> u64 {
    let (a, b) = (Parts::of(one), Parts::of(two));
    let mut score = 0;
    score += if a.method == b.method { 1 << 20 } else { 0 };
    score += if without_query(&a.url) == without_query(&b.url) { 1 << 22 } else { 0 };
    score += if a.url == b.url { 1 << 21 } else { 0 };
    // The share of the bodies that agrees from both ends: cheap, and what differs is mostly one place in the middle.
    let (x, y) = (a.body, b.body);
    let front = common(x, y);
    let back = x[front..].iter().rev().zip(y[front..].iter().rev()).take_while(|(p, q)| p == q).count();
    let longest = x.len().max(y.len()).max(1);
    score + ((front + back) as u64 * (1 << 19)) / longest as u64
}

/// How many bytes two texts have in common from their start.
fn common(one: &[u8], two: &[u8]) -> usize {
    const STEP: usize = 64;
    let steps = one.chunks_exact(STEP).zip(two.chunks_exact(STEP)).take_while(|(p, q)| p == q).count() * STEP;
    steps + one[steps..].iter().zip(&two[steps..]).take_while(|(p, q)| p == q).count()
}

/// What has changed from a recorded request to a live one.
pub(crate) fn describe(recorded: &Normal, live: &Normal, limits: Limits) -> Vec<String> {
    let (a, b) = (Parts::of(recorded), Parts::of(live));
    let mut out = Sentences::new(limits);
    if a.method != b.method {
        out.push(format!("method {} → {}", shorten(&a.method), shorten(&b.method)));
    }
    if a.url != b.url {
        // They may be long and differ in a parameter at their end, so they stand below each other.
        out.changed("URL", &a.url, &b.url);
    }
    headers(&a.headers, &b.headers, &mut out);
    let (recorded_names, live_names) = names(&recorded.ids, &live.ids);
    body(&a.body(&recorded_names), &b.body(&live_names), &mut out);
    let mut out = out.sentences;
    if out.is_empty() {
        out.push(
            "in a way that cannot be described here; compare the recorded request with the one that was sent"
                .to_owned(),
        );
    }
    if out.len() > limits.differences {
        let more = out.len() - limits.differences;
        out.truncate(limits.differences);
        out.push(format!("… and {}", plural(more, "more difference")));
    }
    out
}

fn headers(old: &[(String, String)], new: &[(String, String)], out: &mut Sentences) {
    let find = |headers: &[(String, String)], name: &str| {
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    for (name, before) in old {
        match find(new, name) {
            None => out.push(format!("header `{name}` removed (was {})", shorten(before))),
            Some(after) if after != *before => {
                out.push(format!("header `{name}` {} → {}", shorten(before), shorten(&after)));
            }
            Some(_) => {}
        }
    }
    for (name, after) in new.iter().filter(|(name, _)| find(old, name).is_none()) {
        out.push(format!("header `{name}` added ({})", shorten(after)));
    }
}

fn body(old: &Body<'_>, new: &Body<'_>, out: &mut Sentences) {
    match (old, new) {
        (Body::Empty, Body::Empty) => {}
        (Body::Json(old), Body::Json(new)) => words::describe(old, new, out),
        (Body::Multipart(old), Body::Multipart(new)) => multipart(old, new, out),
        (Body::Bytes(old), Body::Bytes(new)) if old != new => bytes("body", old, new, out),
        (Body::Bytes(_), Body::Bytes(_)) => {}
        _ => out.push(format!("body was {}, is {}", kind(old), kind(new))),
    }
}

fn kind(body: &Body<'_>) -> String {
    match body {
        Body::Empty => "empty".to_owned(),
        Body::Json(_) => "JSON".to_owned(),
        Body::Multipart(parts) => format!("multipart with {}", plural(parts.len(), "part")),
        Body::Bytes(bytes) => plural(bytes.len(), "byte"),
    }
}

fn multipart(old: &[Vec<u8>], new: &[Vec<u8>], out: &mut Sentences) {
    for (index, (before, after)) in old.iter().zip(new).enumerate() {
        if before == after {
            continue;
        }
        let ((head, body), (other_head, other_body)) = (part(before), part(after));
        let name = format!("part {}{}", index + 1, part_name(&other_head));
        if head != other_head {
            out.changed(&format!("{name}: headers"), &head, &other_head);
        }
        if body != other_body {
            bytes(&name, body, other_body, out);
        }
    }
    for (index, gone) in old.iter().enumerate().skip(new.len()) {
        out.push(format!("part {}{} removed", index + 1, part_name(&part(gone).0)));
    }
    for (index, come) in new.iter().enumerate().skip(old.len()) {
        out.push(format!("part {}{} added", index + 1, part_name(&part(come).0)));
    }
}

/// The headers and the body of a part.
fn part(bytes: &[u8]) -> (String, &[u8]) {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]).replace("\r\n", "\n");
    (head, bytes.get(end + 4..).unwrap_or_default())
}

/// The name of a part's field, from `content-disposition: form-data; name="file"`.
fn part_name(head: &str) -> String {
    let name = head.split_once(" name=\"").and_then(|(_, rest)| rest.split('"').next());
    name.map(|name| format!(" (`{}`)", shorten(name))).unwrap_or_default()
}

fn bytes(name: &str, old: &[u8], new: &[u8], out: &mut Sentences) {
    match (std::str::from_utf8(old), std::str::from_utf8(new)) {
        (Ok(old), Ok(new)) => out.changed(name, old, new),
        _ => {
            let at = old.iter().zip(new).take_while(|(a, b)| a == b).count();
            let lengths = match (old.len(), new.len()) {
                (a, b) if a == b => plural(a, "byte"),
                (a, b) => format!("{} → {}", plural(a, "byte"), plural(b, "byte")),
            };
            out.push(format!("{name} changed ({lengths}, different from byte {} on)", at + 1));
        }
    }
}

#[cfg(test)]
mod tests;
