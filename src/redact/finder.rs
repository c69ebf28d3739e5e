//! Finds what has to go in one text: known values, known shapes and secret fields, also under an encoding.

use std::cell::Cell;
use std::ops::Range;

use regex::bytes::Regex;

use super::encodings::Layer;
use super::hits::Hit;
use super::in_base64::Decoded;
use super::media;
use super::named::Named;
use super::prefilter::{self, Hint};
use super::remembered::{Clean, InBodies};
use super::runs::Runs;
use super::secret_fields::{self, Side};
use super::secret_names::Names;
use super::shapes::{private_keys, unnamed};
use super::values::Known;

/// Encodings within encodings are undone to this depth.
const MAX_DEPTH: usize = 3;

/// The depth of base64 whose lines were joined.
const IN_LINES: usize = MAX_DEPTH + 1;

/// What to look for beside shapes.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) known: Option<&'a Known>,
    /// The user's patterns. Off where the text is not as it was sent.
    pub(super) places: bool,
    /// What only a pattern of the user finds is told apart, as in requests, which are compared.
    pub(super) apart: bool,
    /// What stands under names of secrets. Off as well where somebody looks for that who knows who wrote what.
    pub(super) names: bool,
    /// Parts of keys, as errors repeat them.
    pub(super) echoes: bool,
    /// Is told when the known values had a part in what was found, or may have had one.
    pub(super) by_value: Option<&'a Cell<bool>>,
}

impl Look<'_> {
    pub(super) fn without_places(self) -> Self {
        Look { places: false, names: false, ..self }
    }

    pub(super) fn without_names(self) -> Self {
        Look { names: false, ..self }
    }

    fn tell_of_value(&self) {
        if let Some(by_value) = self.by_value {
            by_value.set(true);
        }
    }
}

/// The rules of a redactor, made ready for searching.
pub(super) struct Finder {
    /// Whatever the user's patterns match.
    patterns: Vec<Regex>,
    /// Values that are secrets for sure, and too short to be looked for among the others.
    short: Vec<Regex>,
    pub(super) names: Names,
    /// What stands under names in the last requests and answers.
    pub(super) in_requests: InBodies<Named>,
    pub(super) in_answers: InBodies<(Vec<Hit>, Named)>,
    /// What the last look found clean.
    pub(super) clean: Clean,
}

impl Finder {
    pub(super) fn new(names: Names, patterns: Vec<Regex>, short: Vec<Regex>) -> Finder {
        Finder {
            patterns,
            short,
            names,
            in_requests: InBodies::default(),
            in_answers: InBodies::default(),
            clean: Clean::default(),
        }
    }

    /// All that has to go from a text.
    pub(super) fn hits(&self, text: &[u8], look: Look<'_>) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self.find(text, look).into_iter().map(Hit::whole).collect();
        if look.places && look.apart {
            hits.extend(found_by(&self.patterns, text).map(Hit::of_user));
        }
        hits
    }

    /// Every range of the text that has to go, but for what is told apart.
    pub(super) fn find(&self, text: &[u8], look: Look<'_>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.search(text, look, 0, &mut |range| found.push(range));
        found
    }

    /// Whether anything in the text has to go.
    pub(super) fn finds(&self, text: &[u8], look: Look<'_>) -> bool {
        !self.hits(text, look).is_empty()
    }

    /// Whether anything in what was decoded has to go.
    pub(super) fn finds_decoded(&self, text: &[u8], look: Look<'_>) -> bool {
        let mut any = false;
        // Most of what is decoded on a guess is noise, in which there can be no more than a value.
        if !holds_text(text) {
            look.known.iter().for_each(|known| known.find(text, |_| any = true));
            if any {
                look.tell_of_value();
            }
            return any;
        }
        self.search(text, look.without_places(), 1, &mut |_| any = true);
        any
    }

    fn search(&self, text: &[u8], look: Look<'_>, depth: usize, found: &mut dyn FnMut(Range<usize>)) {
        if let Some(known) = look.known {
            known.find(text, |range| {
                look.tell_of_value();
                found(range);
            });
        }
        if look.places {
            found_by(&self.short, text).for_each(&mut *found);
            if !look.apart {
                found_by(&self.patterns, text).for_each(&mut *found);
            }
        }
        if look.names {
            let named = secret_fields::named(text, &self.names, Side::TEXT);
            named.into_iter().for_each(|named| found(named.range));
        }
        self.shapes(text, depth, found);
        if depth != IN_LINES {
            unnamed::find(text, &mut *found);
        }
        if depth < MAX_DEPTH
            && let Some(layer) = Layer::unwrapped(text)
        {
            // What is read here is all of the text again.
            let mut inner = |range| {
                let lines = private_keys::within_strings(text, layer.back(&range));
                lines.into_iter().for_each(&mut *found);
            };
            self.search(&layer.text, look.without_places(), IN_LINES, &mut inner);
        }
        let (backslash, percent) = match depth < MAX_DEPTH {
            true => (prefilter::has_escape(text), prefilter::has_percent(text)),
            false => (false, false),
        };
        // In decoded images, what looks like an encoding is chance.
        if depth == 0 || (backslash || percent) && std::str::from_utf8(text).is_ok() {
            // A page writes the quotes of a password as entities; shapes of keys have none.
            let entities = look.known.and_then(|_| Layer::unentity(text));
            if entities.is_some() {
                look.tell_of_value();
            }
            let layers =
                [backslash.then(|| Layer::unescape(text)), percent.then(|| Layer::unpercent(text)), entities];
            for layer in layers.into_iter().flatten().filter(|layer| layer.text.len() < text.len()) {
                let look = look.without_places();
                self.search(&layer.text, look, depth + 1, &mut |range| found(layer.back(&range)));
            }
        }
    }

    /// Every key that its shape tells.
    fn shapes(&self, text: &[u8], depth: usize, found: &mut dyn FnMut(Range<usize>)) {
        let (mut runs, mut decoded) = (Runs::default(), Decoded::default());
        // In a picture in base64, what looks like a key is chance.
        let mut media = None;
        let mut is_chance = |hit: &Range<usize>| media.get_or_insert_with(|| media::runs(text)).holds(hit);
        // What lies within a key of a maintained shape is not another one.
        let mut end = 0;
        prefilter::find(text, |at, hint, shift| match hint {
            // A key at the end of a line does not go on in the next one.
            Hint::Shape(_) if shift.is_none() && depth == IN_LINES => {}
            Hint::Shape(shape) => match shift {
                None => {
                    let hit = shape.check(text, at, &mut runs).filter(|hit| !is_chance(hit)).into_iter();
                    hit.flat_map(|hit| private_keys::within_strings(text, hit)).for_each(&mut *found);
                }
                Some(shift) => {
                    let check = |inner: &[u8], at: usize, runs: &mut Runs| shape.check(inner, at, runs);
                    decoded.secret(text, at, shape.prefix, shift, check).into_iter().for_each(&mut *found);
                }
            },
            Hint::Maintained(_) if at + 2 < end => {}
            Hint::Maintained(shape) => {
                let key = match shift {
                    None => shape.check(text, at),
                    Some(shift) => {
                        let check = |inner: &[u8], at: usize, _: &mut Runs| shape.check(inner, at);
                        decoded.secret(text, at, shape.prefix(), shift, check)
                    }
                };
                if let Some(key) = key {
                    end = end.max(key.end);
                    let goes_on = depth == IN_LINES && !media::is_encoded_text(text, key.start);
                    if !goes_on && !is_chance(&key) {
                        found(key);
                    }
                }
            }
        });
    }
}

/// No secret is told by less text: `://:p@`.
const SHORTEST: usize = 6;

/// Whether there is text in bytes that is long enough to hold a secret.
fn holds_text(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| {
        let is_noise = |c: char| c.is_control() && !c.is_whitespace();
        chunk.valid().split(is_noise).any(|text| text.len() >= SHORTEST)
    })
}

fn found_by<'a>(patterns: &'a [Regex], text: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
    patterns.iter().flat_map(|pattern| pattern.find_iter(text)).map(|hit| hit.range())
}
