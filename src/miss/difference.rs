//! How two requests differ, in words and in a few lines of diff. Normal forms are compared, so that what does not matter
//! for matching is not talked about either.

use similar::{ChangeTag, TextDiff};

use crate::json::{Json, parse};
use crate::request_key::Normal;

/// Differences named at most; a request that differs in more is simply another one.
const MAX_DIFFERENCES: usize = 8;
/// Lines of diff for one text.
const MAX_LINES: usize = 12;
/// Characters of one line or value.
const MAX_WIDTH: usize = 160;

/// A normal form taken apart: its first line, its headers, its body.
struct Parts<'a> {
    method: &'a str,
    url: &'a str,
    headers: Vec<&'a str>,
    body: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(normal: &'a Normal) -> Parts<'a> {
        let form = normal.form.as_slice();
        let split = memchr::memmem::find(form, b"\n\n").unwrap_or(form.len());
        let head = std::str::from_utf8(&form[..split]).unwrap_or_default();
        let mut lines = head.lines();
        let (method, url) = lines.next().unwrap_or_default().split_once(' ').unwrap_or_default();
        Parts { method, url, headers: lines.collect(), body: form.get(split + 2..).unwrap_or_default() }
    }

    /// The body as a tree. Numbered ids, `id 0` in the form, stand in it as text.
    fn json(&self) -> Option<Json> {
        let text = std::str::from_utf8(self.body.strip_prefix(b"json ")?).ok()?;
        parse(legible(text).as_bytes()).ok()
    }
}

/// Turns what only a normal form has, `id 0` and `text of {…}`, into JSON.
fn legible(form: &str) -> String {
    let bytes = form.as_bytes();
    let mut out = String::with_capacity(form.len());
    let (mut at, mut start) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = crate::json::skip_string(bytes, at).unwrap_or(bytes.len()),
            b'i' if bytes[at..].starts_with(b"id ") => {
                let end = at + 3 + bytes[at + 3..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                out.push_str(&form[start..at]);
                out.push_str(&format!("\"{}\"", &form[at..end]));
                (at, start) = (end, end);
            }
            b't' if bytes[at..].starts_with(b"text of ") => {
                out.push_str(&form[start..at]);
                (at, start) = (at + 8, at + 8);
            }
            _ => at += 1,
        }
    }
    out.push_str(&form[start..]);
    out
}

/// How much two requests have in common; the higher, the nearer.
pub(super) fn nearness(one: &Normal, two: &Normal) -> u64 {
    let (a, b) = (Parts::of(one), Parts::of(two));
    let mut score = 0;
    score += if a.method == b.method { 1 << 20 } else { 0 };
    let path = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
    score += if path(a.url) == path(b.url) { 1 << 22 } else { 0 };
    score += if a.url == b.url { 1 << 21 } else { 0 };
    // The share of the bodies that agrees from both ends: cheap, and what differs is mostly one place in the middle.
    let (x, y) = (a.body, b.body);
    let front = x.iter().zip(y).take_while(|(p, q)| p == q).count();
    let back = x[front..].iter().rev().zip(y[front..].iter().rev()).take_while(|(p, q)| p == q).count();
    let longest = x.len().max(y.len()).max(1);
    score + ((front + back) as u64 * (1 << 19)) / longest as u64
}

/// What has changed from a recorded request to a live one.
pub(super) fn describe(recorded: &Normal, live: &Normal) -> Vec<String> {
    let (a, b) = (Parts::of(recorded), Parts::of(live));
    let mut out = Vec::new();
    if a.method != b.method {
        out.push(format!("method {} → {}", a.method, b.method));
    }
    if a.url != b.url {
        out.push(format!("URL {} → {}", shorten(a.url), shorten(b.url)));
    }
    for header in a.headers.iter().filter(|header| !b.headers.contains(header)) {
        out.push(format!("header `{}` is gone or changed", shorten(header)));
    }
    for header in b.headers.iter().filter(|header| !a.headers.contains(header)) {
        out.push(format!("header `{}` is new", shorten(header)));
    }
    if a.body != b.body {
        match (a.json(), b.json()) {
            (Some(Json::Object(old)), Some(Json::Object(new))) => object("", &old, &new, &mut out),
            (Some(old), Some(new)) => value("body", &old, &new, &mut out),
            _ => match (std::str::from_utf8(a.body), std::str::from_utf8(b.body)) {
                (Ok(old), Ok(new)) => out.push(format!("body changed\n{}", text_diff(old, new))),
                _ => out.push(format!("body changed ({} bytes → {} bytes)", a.body.len(), b.body.len())),
            },
        }
    }
    if out.is_empty() {
        out.push("only in what redaction leaves out".to_owned());
    }
    if out.len() > MAX_DIFFERENCES {
        let more = out.len() - MAX_DIFFERENCES;
        out.truncate(MAX_DIFFERENCES);
        out.push(format!("… and {more} more differences"));
    }
    out
}

fn object(path: &str, old: &[(String, Json)], new: &[(String, Json)], out: &mut Vec<String>) {
    let find = |fields: &[(String, Json)], name: &str| fields.iter().position(|(known, _)| known == name);
    let place = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for (name, before) in old {
        match find(new, name).map(|at| &new[at].1) {
            None => out.push(format!("{} removed (was {})", place(name), brief(before))),
            Some(after) if after != before => field(&place(name), name, before, after, out),
            Some(_) => {}
        }
    }
    for (name, after) in new.iter().filter(|(name, _)| find(old, name).is_none()) {
        out.push(format!("{} added ({})", place(name), brief(after)));
    }
}

fn field(path: &str, name: &str, before: &Json, after: &Json, out: &mut Vec<String>) {
    match (name, before, after) {
        ("tools", Json::Array(old), Json::Array(new)) => tools(old, new, out),
        ("messages", Json::Array(old), Json::Array(new)) => items("message", old, new, out),
        ("contents", Json::Array(old), Json::Array(new)) => items("content", old, new, out),
        ("input", Json::Array(old), Json::Array(new)) => items("input item", old, new, out),
        _ => value(path, before, after, out),
    }
}

/// Members of a conversation, counted from 1 as people count.
fn items(noun: &str, old: &[Json], new: &[Json], out: &mut Vec<String>) {
    for (index, (before, after)) in
        old.iter().zip(new).enumerate().filter(|(_, (before, after))| before != after)
    {
        let name = format!("{noun} {} changed", index + 1);
        let (from, to) = (spoken(before), spoken(after));
        match (from, to) {
            (Some(from), Some(to)) if from != to => out.push(format!("{name}\n{}", text_diff(&from, &to))),
            _ => {
                let mut inner = Vec::new();
                value("", before, after, &mut inner);
                out.push(format!("{name}: {}", inner.join("; ")));
            }
        }
    }
    for (index, gone) in old.iter().enumerate().skip(new.len()) {
        out.push(format!("{noun} {} removed (was {})", index + 1, brief(gone)));
    }
    for (index, added) in new.iter().enumerate().skip(old.len()) {
        out.push(format!("{noun} {} added ({})", index + 1, brief(added)));
    }
}

/// What a message says, where that is one text.
fn spoken(message: &Json) -> Option<String> {
    let content = message.get("content").or_else(|| message.get("parts"))?;
    match content {
        Json::String(text) => Some(text.clone()),
        Json::Array(parts) => match parts.as_slice() {
            [one] => one.get("text").and_then(Json::as_str).map(str::to_owned),
            _ => None,
        },
        _ => None,
    }
}

fn tools(old: &[Json], new: &[Json], out: &mut Vec<String>) {
    let name = |tool: &Json| -> String {
        let named = tool.get("name").or_else(|| tool.at(&["function", "name"])).and_then(Json::as_str);
        named.map_or_else(|| brief(tool), str::to_owned)
    };
    for tool in old {
        match new.iter().find(|candidate| name(candidate) == name(tool)) {
            None => out.push(format!("tool `{}` removed", name(tool))),
            Some(now) if now != tool => out.push(format!("tool `{}` changed", name(tool))),
            Some(_) => {}
        }
    }
    for tool in new.iter().filter(|tool| !old.iter().any(|candidate| name(candidate) == name(tool))) {
        out.push(format!("tool `{}` added", name(tool)));
    }
    if old.len() == new.len() && old.iter().all(|tool| new.contains(tool)) {
        out.push("tools in another order".to_owned());
    }
}

fn value(path: &str, before: &Json, after: &Json, out: &mut Vec<String>) {
    let named = |what: String| if path.is_empty() { what } else { format!("{path} {what}") };
    match (before, after) {
        (Json::Object(old), Json::Object(new)) => object(path, old, new, out),
        (Json::Array(old), Json::Array(new)) => {
            for (index, (before, after)) in
                old.iter().zip(new).enumerate().filter(|(_, (before, after))| before != after)
            {
                value(&format!("{path}[{index}]"), before, after, out);
            }
            if old.len() != new.len() {
                out.push(named(format!("has {} items, was {}", new.len(), old.len())));
            }
        }
        (Json::String(old), Json::String(new)) if old.len() + new.len() > 60 => {
            out.push(named(format!("changed\n{}", text_diff(old, new))));
        }
        _ => out.push(named(format!("{} → {}", brief(before), brief(after)))),
    }
}

/// The lines that differ and their neighbours.
fn text_diff(old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(1) {
        for operation in group {
            for change in diff.iter_changes(&operation) {
                let sign = match change.tag() {
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                    ChangeTag::Equal => ' ',
                };
                let line = change.value();
                lines.push(format!(
                    "{sign} {}",
                    around_difference(line.trim_end_matches(['\n', '\r']), old, new)
                ));
            }
        }
    }
    if lines.len() > MAX_LINES {
        let more = lines.len() - MAX_LINES;
        lines.truncate(MAX_LINES);
        lines.push(format!("… {more} more lines"));
    }
    lines.join("\n")
}

/// A long line is cut to the neighbourhood of the first place where the two texts part.
fn around_difference(line: &str, old: &str, new: &str) -> String {
    if line.chars().count() <= MAX_WIDTH {
        return visible(line);
    }
    let common = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    let skip = common.saturating_sub(40);
    let single = !old.contains('\n') && !new.contains('\n');
    let start = if single { skip } else { 0 };
    let shown: String = line.chars().skip(start).take(MAX_WIDTH).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if line.chars().count() > start + MAX_WIDTH { "…" } else { "" };
    format!("{before}{}{after}", visible(&shown))
}

/// A value in a few characters.
fn brief(value: &Json) -> String {
    match value {
        Json::Array(items) if items.len() > 3 => format!("{} items", items.len()),
        other => shorten(&other.compact()),
    }
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    visible(&short)
}

/// A terminal must not obey what a model wrote.
fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|c| if c.is_control() && c != '\t' { c.escape_default().collect() } else { vec![c] })
        .collect()
}
