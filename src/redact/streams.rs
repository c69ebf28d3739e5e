//! A model that repeats a key says it in pieces, one event at a time. This joins the pieces that a client would join.

use std::collections::BTreeMap;
use std::ops::Range;

use super::finder::{Finder, Look};
use super::layers::Layer;
use super::spans::{self, Node};
use super::splice::Hit;

/// Fields that tell apart what arrives interleaved. Not `item_id`: some gateways give each event another one.
const APART: &[&[u8]] =
    &[b"index", b"output_index", b"content_index", b"summary_index", b"contentBlockIndex", b"type"];

/// A string of one event, to which strings at the same path in later events belong.
struct Piece {
    event: usize,
    /// Within the payload of the event.
    range: Range<usize>,
    /// Not within quotes: the payload is no JSON.
    bare: bool,
}

/// The secrets in what the pieces of all events say together, as the number of the event and a hit in its payload.
pub(super) fn across(finder: &Finder, events: &[&[u8]], look: Look<'_>) -> Vec<(usize, Hit)> {
    let mut paths: BTreeMap<Vec<u8>, Vec<Piece>> = BTreeMap::new();
    for (event, &payload) in events.iter().enumerate() {
        match spans::parse(payload) {
            Some(node) => walk(payload, event, &node, Vec::new(), &mut paths),
            None if payload == b"[DONE]" => {}
            None => {
                let piece = Piece { event, range: 0..payload.len(), bare: true };
                paths.entry(Vec::new()).or_default().push(piece);
            }
        }
    }
    paths
        .values()
        .filter(|pieces| pieces.len() > 1)
        .flat_map(|pieces| joined(finder, events, pieces, look))
        .collect()
}

fn walk(payload: &[u8], event: usize, node: &Node, path: Vec<u8>, paths: &mut BTreeMap<Vec<u8>, Vec<Piece>>) {
    match node {
        Node::Plain(_) => {}
        Node::Text(range) => {
            paths.entry(path).or_default().push(Piece { event, range: range.clone(), bare: false });
        }
        Node::Array(items) => {
            let path = [&path[..], b"[]"].concat();
            items.iter().for_each(|item| walk(payload, event, item, path.clone(), paths));
        }
        Node::Object(fields) => {
            let mut path = path;
            for (name, value) in fields {
                if let Node::Plain(value) | Node::Text(value) = value
                    && APART.contains(&&payload[name.clone()])
                {
                    path.push(b'#');
                    path.extend_from_slice(&payload[value.clone()]);
                }
            }
            for (name, value) in fields {
                let path = [&path[..], b".", &payload[name.clone()]].concat();
                walk(payload, event, value, path, paths);
            }
        }
    }
}

fn joined(finder: &Finder, events: &[&[u8]], pieces: &[Piece], look: Look<'_>) -> Vec<(usize, Hit)> {
    let mut text = Vec::new();
    let mut parts: Vec<(Range<usize>, &Piece, Layer)> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let raw = &events[piece.event][piece.range.clone()];
        let mut layer = Layer::default();
        if piece.bare {
            layer.push(raw, 0);
        } else {
            layer = Layer::unescape(raw);
        }
        let start = text.len();
        text.append(&mut layer.text);
        parts.push((start..text.len(), piece, layer));
    }
    let mut hits = Vec::new();
    for found in finder.find(&text, look) {
        let first = parts.partition_point(|(range, ..)| range.end <= found.start);
        let within = parts[first..].iter().take_while(|(range, ..)| range.start < found.end);
        for (number, (range, piece, layer)) in within.filter(|(range, ..)| !range.is_empty()).enumerate() {
            let part = found.start.max(range.start) - range.start..found.end.min(range.end) - range.start;
            let raw = layer.back(&part);
            let range = piece.range.start + raw.start..piece.range.start + raw.end;
            hits.push((piece.event, Hit { range, continues: number > 0 }));
        }
    }
    hits
}

/// The payloads of a body that comes in events: SSE, lines of JSON, a JSON array. Any other body is one event.
pub(super) fn events(body: &[u8]) -> Vec<Layer> {
    let first = body.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let rest = &body[first..];
    if [&b"data:"[..], b"event:", b"id:", b"retry:", b":"].iter().any(|field| rest.starts_with(field)) {
        return server_sent(body);
    }
    let mut whole = Layer::default();
    whole.push(body, 0);
    let ranges: Vec<Range<usize>> = match rest.first() {
        Some(b'[') => spans::items(body),
        Some(b'{') => {
            let lines = lines(body).filter(|line| !body[line.clone()].trim_ascii().is_empty());
            lines.collect()
        }
        _ => return vec![whole],
    };
    // Pretty JSON has many lines as well, of which the first is no value.
    let in_lines = ranges.first().is_some_and(|range| spans::parse(&body[range.clone()]).is_some());
    if ranges.len() < 2 || !in_lines {
        return vec![whole];
    }
    let event = |range: Range<usize>| {
        let mut layer = Layer::default();
        layer.push(&body[range.clone()], range.start);
        layer
    };
    ranges.into_iter().map(event).collect()
}

/// The data of each event. Data of several lines is joined by a line break, as clients do.
fn server_sent(body: &[u8]) -> Vec<Layer> {
    let mut events = Vec::new();
    let mut event = Layer::default();
    for line in lines(body) {
        let text = &body[line.clone()];
        if text.is_empty() {
            if !event.text.is_empty() {
                events.push(std::mem::take(&mut event));
            }
        } else if let Some(data) = text.strip_prefix(b"data:") {
            let data = data.strip_prefix(b" ").unwrap_or(data);
            if !event.text.is_empty() {
                event.push(b"\n", line.start - 1);
            }
            event.push(data, line.end - data.len());
        }
    }
    if !event.text.is_empty() {
        events.push(event);
    }
    events
}

/// The lines of a text without what ends them: CRLF, LF or CR.
fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let line = at..at + length;
        at = line.end + if rest[length..].starts_with(b"\r\n") { 2 } else { 1 };
        Some(line)
    })
}
