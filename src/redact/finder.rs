//! Finds what has to go in one text: known values, known shapes and secret fields, also under an encoding.

use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::bytes::Regex;

use super::layers::{self, Layer};
use super::names::{self, Names};
use super::places::{self, Field};
use super::shapes::{SHAPES, Shape};
use super::values::Known;

/// Encodings within encodings are undone to this depth.
const MAX_DEPTH: usize = 3;

/// Shorter runs of base64 hold no key.
const MIN_BASE64: usize = 20;

/// What to look for beside shapes.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) known: Option<&'a Known>,
    /// Secret fields and the user's patterns. Off where the text is not as it was sent.
    pub(super) places: bool,
}

impl Look<'_> {
    pub(super) fn without_places(self) -> Self {
        Look { places: false, ..self }
    }
}

/// Why a place in a text deserves a closer look.
enum Hint {
    Shape(&'static Shape),
    /// The last word of a secret field's name, with the quote that ends it.
    Field(usize),
    Backslash,
    Percent,
    /// A shape's prefix in base64, of which so many characters before the hint hold a part.
    Base64 {
        lead: usize,
    },
}

/// The rules of a redactor, made ready for searching.
pub(super) struct Finder {
    /// One pass over a text tells whether anything but a known value can be in it.
    automaton: AhoCorasick,
    hints: Vec<(Vec<u8>, Hint)>,
    patterns: Vec<Regex>,
    pub(super) names: Names,
}

impl Finder {
    /// An error when the automaton outgrows its limits, which takes millions of names.
    pub(super) fn new(mut names: Names, patterns: Vec<Regex>) -> Result<Finder, BuildError> {
        let mut hints = Vec::new();
        for shape in SHAPES {
            hints.push((shape.prefix.as_bytes().to_vec(), Hint::Shape(shape)));
            hints.extend(in_base64(shape));
        }
        let own = names
            .fields
            .iter()
            .map(|name| name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(name));
        for name in names::FIELD_HINTS.iter().copied().chain(own) {
            for quote in ["\"", "\\"] {
                hints.push((format!("{name}{quote}").into_bytes(), Hint::Field(name.len())));
            }
        }
        hints.extend([&b"\\u00"[..], b"\\/"].map(|text| (text.to_vec(), Hint::Backslash)));
        hints.extend((2..8).map(|digit| (format!("%{digit}").into_bytes(), Hint::Percent)));
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(aho_corasick::AhoCorasickKind::DFA))
            .build(hints.iter().map(|(text, _)| text))?;
        names.fields.iter_mut().for_each(|name| *name = names::plain(name));
        Ok(Finder { automaton, hints, patterns, names })
    }

    /// Every range of the text that has to go.
    pub(super) fn find(&self, text: &[u8], look: Look<'_>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.search(text, look, 0, &mut |range| found.push(range));
        found
    }

    /// Whether anything in the text has to go.
    pub(super) fn finds(&self, text: &[u8], look: Look<'_>) -> bool {
        !self.find(text, look).is_empty()
    }

    /// The secret fields of a text.
    pub(super) fn fields(&self, text: &[u8]) -> Vec<Field> {
        let mut fields = Vec::new();
        if self.automaton.is_match(text) {
            for hit in self.automaton.find_overlapping_iter(text) {
                if let (_, Hint::Field(length)) = self.hints[hit.pattern()] {
                    places::fields(text, hit.start() + length, &self.names, &mut fields);
                }
            }
        }
        fields
    }

    fn search(&self, text: &[u8], look: Look<'_>, depth: usize, found: &mut dyn FnMut(Range<usize>)) {
        if let Some(known) = look.known {
            known.find(text, &mut *found);
        }
        if look.places {
            self.patterns
                .iter()
                .flat_map(|pattern| pattern.find_iter(text))
                .for_each(|hit| found(hit.range()));
        }
        if !self.automaton.is_match(text) {
            return;
        }
        let (mut backslash, mut percent, mut fields) = (false, false, Vec::new());
        let mut decoded = 0..0;
        for hit in self.automaton.find_overlapping_iter(text) {
            let (spelling, hint) = &self.hints[hit.pattern()];
            let exact = text[hit.range()] == spelling[..];
            match *hint {
                Hint::Shape(shape) if exact || shape.any_case() => {
                    if let Some(range) = shape.check(text, hit.start()) {
                        found(range);
                    }
                }
                Hint::Field(length) if look.places => {
                    places::fields(text, hit.start() + length, &self.names, &mut fields);
                }
                Hint::Backslash => backslash = true,
                Hint::Percent => percent = true,
                Hint::Base64 { lead } if exact && depth < MAX_DEPTH => {
                    let run = layers::base64_run(text, hit.start());
                    // The hint tells where the groups of four begin.
                    let start = run.start + (hit.start() + 4 - lead - run.start) % 4;
                    if run.len() >= MIN_BASE64 && (start..run.end) != decoded {
                        decoded = start..run.end;
                        let inner = layers::unbase64(&text[decoded.clone()]);
                        self.search(&inner, look.without_places(), depth + 1, &mut |range| {
                            let range = layers::base64_back(&range);
                            found(start + range.start..run.end.min(start + range.end));
                        });
                    }
                }
                _ => {}
            }
        }
        fields.into_iter().for_each(|field| found(field.range));
        if depth < MAX_DEPTH {
            let layers = [backslash.then(|| Layer::unescape(text)), percent.then(|| Layer::unpercent(text))];
            for layer in layers.into_iter().flatten().filter(|layer| layer.text.len() < text.len()) {
                let look = look.without_places();
                self.search(&layer.text, look, depth + 1, &mut |range| found(layer.back(&range)));
            }
        }
    }
}

/// What base64 shows of a shape's prefix at each of the three alignments.
fn in_base64(shape: &'static Shape) -> Vec<(Vec<u8>, Hint)> {
    let prefix = shape.prefix;
    let mut spellings = vec![prefix.to_owned()];
    if shape.any_case() {
        let capital =
            prefix.split_inclusive(['_', '-', ' ']).map(|part| part[..1].to_ascii_uppercase() + &part[1..]);
        spellings.extend([capital.collect(), prefix.to_ascii_uppercase()]);
    }
    let mut hints = Vec::new();
    for spelling in spellings {
        for (shift, lead) in [(0, 0), (1, 2), (2, 3)] {
            let shifted = [&[0; 2][..shift], spelling.as_bytes()].concat();
            for text in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
                let stable = &text.as_bytes()[lead..shifted.len() * 8 / 6];
                if stable.len() >= 3 {
                    hints.push((stable.to_vec(), Hint::Base64 { lead }));
                }
            }
        }
    }
    hints
}
