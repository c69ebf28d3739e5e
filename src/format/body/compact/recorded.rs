//! How real traffic reads: texts in blocks, streams in rows. `LLM_CASSETTE_CORPUS` names the folder with them.

use std::collections::HashSet;

use super::tests::{chat, in_a_cassette, prose};
use crate::format::allowance::Allowance;
use crate::format::blobs::Blobs;
use crate::format::body::{self, Context};
use crate::format::yaml;
use crate::model::corpus::exchanges;
use crate::model::json::{self, Json};
use crate::model::wire::eventstream::{Message, decode};
use crate::model::wire::{self, Framing};

/// The bodies of complete streams of one framing, by name.
fn streams(framing: &str) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>)> = exchanges()
        .iter()
        .filter(|exchange| exchange.text("framing") == framing && !exchange.flag("is_error"))
        .map(|exchange| (exchange.text("id").to_owned(), exchange.bytes("response_body_b64")))
        .collect();
    found.retain(|(_, body)| !body.is_empty());
    found
}

/// The raw events of a body: of frames their payloads.
fn events(bytes: &[u8], framing: Framing) -> Vec<Json> {
    let raw = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let lines = |end: &str| raw.trim_end().split(end).map(Json::from).collect();
    let payload = |message: &Message| Json::from(String::from_utf8_lossy(&message.payload).as_ref());
    match framing {
        Framing::Sse => lines("\n\n"),
        Framing::Ndjson => lines("\n"),
        Framing::EventStream => decode(bytes).unwrap_or_default().iter().map(payload).collect(),
    }
}

/// What is measured of the streams of one framing.
#[derive(Debug, Default)]
struct Measured {
    streams: usize,
    compact: usize,
    /// Bytes and lines in a cassette.
    size: [usize; 2],
    /// The same with one raw event a line.
    raw: [usize; 2],
    /// Lines of each stream beside its message and what its events have in common.
    lines: Vec<usize>,
    /// Bytes of what each stream has once at least: its message, and each name and each other value, with two bytes to part it
    /// from the next.
    once: [usize; 2],
    /// Bytes of those whose raw events take more than 20,000, and of these.
    long: [usize; 2],
}

fn size(tree: &Json) -> [usize; 2] {
    let text = yaml::write(tree);
    [text.len(), text.lines().count()]
}

fn measured(name: &str, framing: Framing) -> Measured {
    let mut all = Measured::default();
    let mut densest = 0;
    for (id, bytes) in &streams(name) {
        let fields = body::write(
            &bytes.clone().into(),
            Context { framing: Some(framing), ..Context::default() },
            &mut Blobs::default(),
        );
        let main = fields.iter().find(|(field, _)| field == name).map(|(_, main)| main.clone());
        let parts: Vec<(String, Json)> = main.as_ref().and_then(Json::as_object).unwrap_or_default().to_vec();
        let form = Json::Object(fields);
        let text = size(&form);
        let raw = size(&Json::Object(vec![(name.to_owned(), Json::Array(events(bytes, framing)))]));
        let of = |wanted: &[&str]| {
            let fields = parts.iter().filter(|(part, _)| part == "events" || wanted.contains(&part.as_str()));
            let form = Json::Object(fields.cloned().collect());
            let events = Json::Object(vec![("events".to_owned(), Json::Array(vec![Json::from("")]))]);
            let bare = size(&Json::Object(vec![(name.to_owned(), events)]))[1];
            (size(&Json::Object(vec![(name.to_owned(), form)])), bare)
        };
        let lines = of(&[]).0[1].saturating_sub(2);
        let told: Vec<String> = ["message", "common", "shared", "templates"]
            .iter()
            .map(|part| format!("{part} {}", of(&[part]).0[0] - of(&[]).0[0]))
            .collect();
        println!(
            "  {id}: {} of {} bytes ({}), {} of {} lines, {lines} of them events",
            text[0],
            raw[0],
            told.join(", "),
            text[1],
            raw[1]
        );
        assert!(bytes.len() < Allowance::with_margin(&form).left() / 2, "{id} is nearly too dense");
        densest = densest.max(bytes.len() / form.size().max(1));
        all.streams += 1;
        all.compact += usize::from(!parts.is_empty());
        if raw[0] > 20_000 {
            all.long = [all.long[0] + text[0], all.long[1] + raw[0]];
        }
        for place in 0..2 {
            all.size[place] += text[place];
            all.raw[place] += raw[place];
        }
        all.lines.push(lines);
        let message = parts.iter().find(|(part, _)| part == "message").map(|(_, message)| message);
        let mut said = String::new();
        texts(message.unwrap_or(&Json::Null), &mut said);
        let mut names_and_values = HashSet::new();
        for event in events(bytes, framing) {
            let data =
                event.as_str().unwrap_or_default().lines().map(|line| line.trim_start_matches("data: "));
            let trees = data.filter_map(|line| json::parse(line.as_bytes()).ok());
            trees.for_each(|tree| distinct(&tree, &said, &mut names_and_values));
        }
        all.once[0] += of(&["message"]).0[0] - of(&[]).0[0];
        all.once[1] += names_and_values.iter().map(|value| value.len() + 2).sum::<usize>();
    }
    assert!(all.streams > 0, "no {name} among the exchanges");
    let long = all.lines.iter().filter(|lines| **lines > 12).count();
    println!(
        "{name}: {} of {} streams are compact; the densest unfolds {densest} times; {} bytes, {} % of one raw event a line \
         ({}), {} % in those above 20,000; {} lines, {} % ({}); {long} take more than 12 lines beside their text and \
         their templates",
        all.compact,
        all.streams,
        all.size[0],
        percent(all.size[0], all.raw[0]),
        all.raw[0],
        percent(all.long[0], all.long[1]),
        all.size[1],
        percent(all.size[1], all.raw[1]),
        all.raw[1],
    );
    println!(
        "{name}: what stands in each stream once is {} % of the raw events for the message, and {} % for other names and values",
        percent(all.once[0], all.raw[0]),
        percent(all.once[1], all.raw[0])
    );
    all
}

/// All texts of a tree, one after the other.
fn texts(tree: &Json, out: &mut String) {
    if let Json::String(text) = tree {
        out.push_str(text);
    }
    tree.as_array().unwrap_or_default().iter().for_each(|item| texts(item, out));
    tree.as_object().unwrap_or_default().iter().for_each(|(_, value)| texts(value, out));
}

/// The names and the values of a tree that are no part of what was said. What would stand in a blob is as long as its mark.
fn distinct(tree: &Json, said: &str, found: &mut HashSet<String>) {
    match tree {
        Json::Array(items) => items.iter().for_each(|item| distinct(item, said, found)),
        Json::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                distinct(value, said, found);
            }
        }
        Json::String(text) if said.contains(text.as_str()) => {}
        Json::String(text) => {
            found.insert(text.chars().take(if text.len() < 1024 { 1024 } else { 80 }).collect());
        }
        leaf => {
            found.insert(leaf.compact());
        }
    }
}

/// The share that a part is, to the nearest whole one.
fn percent(part: usize, whole: usize) -> usize {
    (part * 100 + whole / 2) / whole.max(1)
}

/// Texts of several lines in what people read.
#[derive(Debug, Default)]
struct Texts {
    all: usize,
    /// Those without what a block cannot keep, and without lines that end in blanks.
    plain: usize,
    in_blocks: usize,
}

impl Texts {
    fn count(&mut self, tree: &Json) {
        match tree {
            Json::String(text) if text.trim_end_matches('\n').contains('\n') => {
                let written = yaml::write(&Json::Object(vec![("text".to_owned(), tree.clone())]));
                let is_lost =
                    |c: char| (c.is_control() && c != '\n' && c != '\t') || "\u{2028}\u{feff}".contains(c);
                let ends_blank = text.split('\n').any(|line| line.ends_with([' ', '\t']));
                self.all += 1;
                self.plain += usize::from(!ends_blank && !text.contains(is_lost));
                self.in_blocks += usize::from(written.starts_with("text: |"));
            }
            Json::Array(items) => items.iter().for_each(|item| self.count(item)),
            // What the events of a stream are made of is not for reading.
            Json::Object(fields) if fields.iter().any(|(name, _)| name == "events") => {
                fields.iter().filter(|(name, _)| name == "message").for_each(|(_, parts)| self.count(parts));
            }
            Json::Object(fields) => fields.iter().for_each(|(_, value)| self.count(value)),
            _ => {}
        }
    }
}

/// All of the figures that `docs/figures.md` has of how a cassette reads.
#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn figures_of_how_cassettes_read() {
    let mut texts = Texts::default();
    for exchange in exchanges() {
        let interaction = exchange.interaction();
        let response = &interaction.response;
        let framing = wire::framing(&response.headers, &response.body.bytes);
        for (bytes, framing) in [(&interaction.request.body, None), (&response.body.bytes, framing)] {
            let context = Context { framing, ..Context::default() };
            texts.count(&Json::Object(body::write(bytes, context, &mut Blobs::default())));
        }
    }
    println!(
        "{} of {} texts of several lines stand in blocks; {} have lines that end in blanks, carriage returns and the like",
        texts.in_blocks,
        texts.all,
        texts.all - texts.plain
    );
    assert!(texts.in_blocks * 100 >= texts.plain * 98, "{texts:?}");

    for (name, framing) in
        [("sse", Framing::Sse), ("ndjson", Framing::Ndjson), ("eventstream", Framing::EventStream)]
    {
        let all = measured(name, framing);
        assert_eq!(all.compact, all.streams, "of {name}");
        if name == "sse" {
            assert!(all.size[0] * 100 <= all.raw[0] * 16, "{all:?}");
            let short = all.lines.iter().filter(|lines| **lines <= 12).count();
            assert!(short * 4 >= all.streams * 3, "{all:?}");
            assert!(all.long[0] * 100 <= all.long[1] * 6, "{all:?}");
        }
    }

    let [old, new] = [("111", 0), ("222", 5)].map(|(id, seed)| {
        let text: Vec<String> = prose(138, seed);
        in_a_cassette(&chat(id, &text, |_, _| "null".to_owned()))
    });
    let changed = new.lines().filter(|line| !old.lines().any(|other| other == *line)).count();
    let all = new.lines().count();
    println!("another answer of 138 tokens changes {changed} of {all} lines of its stream");
    assert!(changed <= 25, "{new}");
}
