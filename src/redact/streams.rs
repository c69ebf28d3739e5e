//! A model that repeats a key says it in pieces, one event at a time. This joins the pieces that a client would join.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _};
use std::ops::Range;

use http::HeaderMap;

use super::encodings::Layer;
use super::finder::{Finder, Look};
use super::hits::Hit;
use super::json_spans::{self, Node};
use super::named::Named;
use super::quick_hash::Quick;
use super::secret_fields::{self, Side};
use super::secret_names::Names;
use crate::model::wire::{Framing, framing, sse, start_of_text};

/// Fields that tell apart what arrives interleaved. Not `item_id`: some gateways give each event another one.
const APART: &[&[u8]] =
    &[b"index", b"output_index", b"content_index", b"summary_index", b"contentBlockIndex", b"thought", TYPE];

/// What an event is, which is another thing where a text begins than where it goes on.
const TYPE: &[u8] = b"type";

/// An event of a stream.
#[derive(Debug)]
pub(super) struct Event {
    /// What it carries, and where that stands in the body.
    pub(super) layer: Layer,
    /// Its JSON, as far as it goes.
    node: Option<Node>,
    /// The JSON was cut off.
    is_torn: bool,
    /// It is text as it stands: no JSON, or a word or a number, which a stream of plain text may well send alone.
    is_bare: bool,
}

impl Event {
    /// The last event of a stream may be cut off in the midst of its JSON.
    pub(super) fn new(layer: Layer, is_last: bool) -> Event {
        let node = json_spans::parse(&layer.text);
        let is_whole = node.is_some();
        let node = node.or_else(|| json_spans::parse_torn(&layer.text).filter(|_| is_last));
        let is_word = matches!(node, Some(Node::Plain(_)));
        let is_bare = (!is_whole || is_word) && layer.text != b"[DONE]";
        Event { is_torn: !is_whole && node.is_some(), node, is_bare, layer }
    }
}

/// A string of one event, to which strings at the same path in later events belong.
#[derive(Clone)]
struct Piece {
    event: usize,
    /// Within the payload of the event.
    range: Range<usize>,
    /// Not within quotes: the payload is no JSON.
    bare: bool,
}

/// Strings of all events that may be pieces of one text.
#[derive(Default)]
struct Pieces {
    /// By the path at which they stand.
    paths: BTreeMap<Path, Vec<Piece>>,
    /// By the name of their field and the part of the message alone: a text begins in another kind of event than it goes
    /// on in. Nothing in a body of one event.
    parts: BTreeMap<u64, Part>,
}

struct Part {
    pieces: Vec<Piece>,
    /// The path of the first of them, and whether others have another one.
    path: Path,
    is_mixed: bool,
}

/// A path of a JSON tree, as the hash of all names on the way: names may be long, and many values stand under one.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Path {
    all: u64,
    /// The last name alone.
    name: u64,
    /// How many arrays it leads through.
    arrays: usize,
}

/// Where a value stands: all the way, and only what tells parts of a message apart.
#[derive(Clone, Copy, Default)]
struct Place {
    path: Path,
    /// `None` where parts are not looked for.
    part: Option<u64>,
}

/// A step further from a place.
fn step(from: u64, sign: u8, to: &[u8]) -> u64 {
    let mut hasher = Quick.build_hasher();
    hasher.write_u64(from);
    hasher.write_u8(sign);
    hasher.write(to);
    hasher.finish()
}

impl Path {
    fn field(self, name: &[u8]) -> Path {
        Path { all: step(self.all, b'.', name), name: step(0, b'.', name), ..self }
    }

    fn item(self) -> Path {
        Path { all: step(self.all, b'[', b""), arrays: self.arrays + 1, ..self }
    }

    /// Through an object that a field of it tells apart from others.
    fn apart(self, value: &[u8]) -> Path {
        Path { all: step(self.all, b'#', value), ..self }
    }
}

/// Of what a stream was saying when it was cut off, so much is looked at behind each text that it may go on with; all of it is
/// looked at by itself.
const TORN_START: usize = 1024;

/// The secrets in what the pieces of all events say together, as the number of the event and a hit in its payload.
pub(super) fn across(finder: &Finder, events: &[Event], look: Look<'_>) -> Vec<(usize, Hit)> {
    let pieces = Pieces::of(events);
    let torn = match events.last() {
        Some(event) if event.is_torn => pieces.torn(events.len() - 1),
        _ => Vec::new(),
    };
    pieces.joint().chain(&torn).flat_map(|pieces| joined(finder, events, pieces, look)).collect()
}

/// What stands under names of secrets in each event, and in what the pieces of all events say together: a hit for each event
/// that has a part of it.
pub(super) fn named(names: &Names, events: &[Event], side: Side<'_>) -> Vec<(Vec<(usize, Hit)>, Named)> {
    let mut found = Vec::new();
    for (number, event) in events.iter().enumerate() {
        let text = &event.layer.text;
        let within = match &event.node {
            Some(node) => secret_fields::named_in(text, node, names, side),
            None if event.is_bare => secret_fields::named(text, names, side),
            None => Vec::new(),
        };
        // Nobody can tell whose words an event is about that was cut off. In an answer of a model they are the model's.
        let within = within.into_iter().filter(|_| !event.is_torn || !side.has_own_words());
        found.extend(within.map(|named| (vec![(number, Hit::whole(named.range.clone()))], named)));
    }
    for pieces in Pieces::of(events).joint() {
        let joined = Joined::of(events, pieces);
        let within = secret_fields::named(&joined.text, names, Side { own_words: None, ..side });
        if !within.is_empty()
            && !joined.parts.iter().all(|(range, ..)| side.is_own_text(&joined.text[range.clone()]))
        {
            let ranges = apart(within.iter().map(|named| named.range.clone()).collect());
            let mut hits = Some(ranges.iter().flat_map(|range| joined.hits(range)).collect());
            found.extend(within.into_iter().map(|named| (hits.take().unwrap_or_default(), named)));
        }
    }
    found
}

impl Piece {
    fn layer(&self, events: &[Event]) -> Layer {
        let raw = &events[self.event].layer.text[self.range.clone()];
        if self.bare { Layer::from(raw) } else { Layer::unescape(raw) }
    }
}

impl Pieces {
    fn of(events: &[Event]) -> Pieces {
        let mut pieces = Pieces::default();
        let is_stream = events.len() > 1;
        for (number, event) in events.iter().enumerate() {
            if let Some(node) = &event.node {
                let start = Place { part: is_stream.then_some(0), ..Place::default() };
                pieces.walk(&event.layer.text, number, node, start, b"");
            }
            if event.is_bare {
                let piece = Piece { event: number, range: 0..event.layer.text.len(), bare: true };
                pieces.paths.entry(Path::default()).or_default().push(piece);
            }
        }
        pieces
    }

    /// The pieces that go together.
    fn joint(&self) -> impl Iterator<Item = &Vec<Piece>> {
        let parts = self.parts.values().filter(|part| part.is_mixed).map(|part| &part.pieces);
        self.paths.values().chain(parts).filter(|pieces| pieces.len() > 1)
    }

    /// What the last event was saying when it was cut off, behind each text that it may go on with: what tells such texts
    /// apart may not have arrived. Of several strings of one name, the last one was being said.
    fn torn(&self, last: usize) -> Vec<Vec<Piece>> {
        let mut said: BTreeMap<u64, &Piece> = BTreeMap::new();
        for (path, pieces) in &self.paths {
            let Some(piece) = pieces.last().filter(|piece| piece.event == last && path.name != 0) else {
                continue;
            };
            let known = said.entry(path.name).or_insert(piece);
            if known.range.start < piece.range.start {
                *known = piece;
            }
        }
        let with = |(path, pieces): (&Path, &Vec<Piece>)| {
            let mut piece = (*said.get(&path.name).filter(|_| path.name != 0)?).clone();
            piece.range.end = piece.range.end.min(piece.range.start + TORN_START);
            Some(pieces.iter().filter(|piece| piece.event < last).cloned().chain([piece]).collect())
        };
        self.paths.iter().filter_map(with).collect()
    }

    fn walk(&mut self, payload: &[u8], event: usize, node: &Node, place: Place, name: &[u8]) {
        match node {
            Node::Plain(_) => {}
            Node::Text(range) => {
                if range.is_empty() {
                    return;
                }
                let piece = Piece { event, range: range.clone(), bare: false };
                if let Some(part) = place.part.filter(|_| name != TYPE) {
                    let part = step(part, b'.', name);
                    let new = || Part { pieces: Vec::new(), path: place.path, is_mixed: false };
                    let part = self.parts.entry(part).or_insert_with(new);
                    part.is_mixed |= part.path != place.path;
                    part.pieces.push(piece.clone());
                }
                self.paths.entry(place.path).or_default().push(piece);
            }
            Node::Array(items, _) => {
                let place = Place { path: place.path.item(), ..place };
                items.iter().for_each(|item| self.walk(payload, event, item, place, name));
            }
            Node::Object(fields) => {
                let mut place = place;
                // In whatever order they are written.
                for apart in APART {
                    for (name, value) in fields {
                        if let Node::Plain(value) | Node::Text(value) = value
                            && &payload[name.clone()] == *apart
                        {
                            let value = &payload[value.clone()];
                            place.path = place.path.apart(value);
                            // Some servers leave out what is 0 or false, and not in every event.
                            let is_usual = matches!(value, b"0" | b"false");
                            // Which of several: of the choices, or of the tool calls of one of them.
                            let arrays = place.path.arrays.to_string();
                            if let Some(part) = place.part.as_mut().filter(|_| *apart != TYPE && !is_usual) {
                                *part = step(step(*part, b'#', arrays.as_bytes()), b'#', apart);
                                *part = step(*part, b'=', value);
                            }
                        }
                    }
                }
                for (name, value) in fields {
                    let name = &payload[name.clone()];
                    self.walk(payload, event, value, Place { path: place.path.field(name), ..place }, name);
                }
            }
        }
    }
}

/// What several pieces say, one behind the other.
struct Joined<'a> {
    text: Vec<u8>,
    parts: Vec<(Range<usize>, &'a Piece, Layer)>,
}

impl<'a> Joined<'a> {
    fn of(events: &[Event], pieces: &'a [Piece]) -> Joined<'a> {
        let mut text = Vec::new();
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let mut layer = piece.layer(events);
            let start = text.len();
            text.append(&mut layer.text);
            parts.push((start..text.len(), piece, layer));
        }
        Joined { text, parts }
    }

    /// A range of the text in each of the events that have a part of it.
    fn hits(&self, found: &Range<usize>) -> Vec<(usize, Hit)> {
        let first = self.parts.partition_point(|(range, ..)| range.end <= found.start);
        let within = self.parts[first..].iter().take_while(|(range, ..)| range.start < found.end);
        let within = within.filter(|(range, ..)| !range.is_empty()).enumerate();
        let hit = |(number, (range, piece, layer)): (usize, &(Range<usize>, &Piece, Layer))| {
            let part = found.start.max(range.start) - range.start..found.end.min(range.end) - range.start;
            let raw = layer.back(&part);
            let range = piece.range.start + raw.start..piece.range.start + raw.end;
            (piece.event, Hit { continues: number > 0, ..Hit::whole(range) })
        };
        within.map(hit).collect()
    }
}

fn joined(finder: &Finder, events: &[Event], pieces: &[Piece], look: Look<'_>) -> Vec<(usize, Hit)> {
    let joined = Joined::of(events, pieces);
    apart(finder.find(&joined.text, look)).iter().flat_map(|found| joined.hits(found)).collect()
}

/// Ranges without what they have in common: of many that lie within each other, each would be cut into as many pieces.
fn apart(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// The events of a body, in each of the ways in which somebody may read it. Clients go by what they expect, whatever the
/// content type says, and so a body that can be read in two ways is searched in both.
pub(super) fn readings(headers: &HeaderMap, body: &[u8]) -> Vec<Vec<Event>> {
    let framing = framing(headers, body);
    let mut readings = Vec::new();
    if framing == Some(Framing::Sse) || sse::has_data(body) {
        readings.push(server_sent(body));
    }
    let text = start_of_text(body);
    if framing == Some(Framing::Ndjson) || matches!(text.first(), Some(b'{' | b'[' | 0x1e)) {
        readings.push(values(text, body.len() - text.len()));
    }
    readings
}

/// The data of each event. Data of several lines is joined by a line break, as clients do.
fn server_sent(body: &[u8]) -> Vec<Event> {
    let mut layers = Vec::new();
    for range in sse::ranges(body) {
        let mut layer = Layer::default();
        let mut end = None;
        for field in sse::fields(&body[range.clone()]).filter(|field| field.name == b"data") {
            if let Some(end) = end {
                layer.push(b"\n", end);
            }
            let value = range.start + field.value.start..range.start + field.value.end;
            layer.push(&body[value.clone()], value.start);
            end = Some(value.end);
        }
        if end.is_some() {
            layers.push(layer);
        }
    }
    let last = layers.len();
    layers.into_iter().enumerate().map(|(number, layer)| Event::new(layer, number + 1 == last)).collect()
}

/// What of a body is in none of these events, where the events are all that it should be made of.
pub(super) fn beside(body: &[u8], events: &[Event]) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut found = Vec::new();
    for event in events {
        let range = event.layer.back(&(0..event.layer.text.len()));
        found.push(at..range.start.max(at));
        at = range.end.max(at);
    }
    found.push(at..body.len());
    found.retain(|range| !range.is_empty());
    found
}

/// Each value of a text that begins at a place of the body.
fn values(text: &[u8], start: usize) -> Vec<Event> {
    let event = |value: json_spans::Value| {
        let mut layer = Layer::default();
        layer.push(&text[value.range.clone()], start + value.range.start);
        Event { layer, node: Some(value.node), is_bare: false, is_torn: value.is_torn }
    };
    json_spans::values(text).into_iter().map(event).collect()
}
