//! Where in a text a closer look pays: one pass tells that a text holds nothing but, perhaps, a known value.

use std::ops::Range;
use std::sync::LazyLock;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use aho_corasick::automaton::{Automaton, OverlappingState, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, BuildError, Input};

use super::secret_names::FIELD_HINTS;
use super::shapes::{SHAPES, Shape};
use crate::model::base64;

/// How many characters of base64 around a hint are decoded to tell whether it is one.
const BASE64_BEFORE: usize = 64;
const BASE64_BEHIND: usize = 16 * 1024;
const BASE64_FIRST: usize = 16;

/// Why a place in a text deserves a closer look.
pub(super) enum Hint {
    Shape(&'static Shape),
    /// The last word of a secret field's name, with the quote that ends it.
    Field(usize),
    /// An escape behind which JSON hides ordinary characters.
    Backslash,
    Percent,
    /// A shape's prefix in base64, where it is so many bytes into a group of three.
    Base64 {
        shape: &'static Shape,
        shift: usize,
    },
}

/// All hints, ready to be searched. They are the same for everybody, and made once: that takes a millisecond or two.
pub(super) struct Hints {
    automaton: DFA,
    start: Option<StateID>,
    /// The length of the longest hint.
    longest: usize,
    hints: Vec<(Vec<u8>, Hint)>,
}

static HINTS: LazyLock<Result<Hints, BuildError>> = LazyLock::new(Hints::new);

impl Hints {
    pub(super) fn get() -> Result<&'static Hints, BuildError> {
        HINTS.as_ref().map_err(BuildError::clone)
    }

    fn new() -> Result<Hints, BuildError> {
        let mut hints = Vec::new();
        for shape in SHAPES {
            hints.push((shape.prefix.as_bytes().to_vec(), Hint::Shape(shape)));
            hints.extend(in_base64(shape));
        }
        for name in FIELD_HINTS {
            for quote in ["\"", "\\"] {
                hints.push((format!("{name}{quote}").into_bytes(), Hint::Field(name.len())));
            }
        }
        hints.extend([&b"\\u00"[..], b"\\/"].map(|text| (text.to_vec(), Hint::Backslash)));
        hints.extend((2..8).map(|digit| (format!("%{digit}").into_bytes(), Hint::Percent)));
        let automaton = DFA::builder()
            .ascii_case_insensitive(true)
            .prefilter(false)
            .build(hints.iter().map(|(text, _)| text))?;
        let start = automaton.start_state(Anchored::No).ok();
        let longest = automaton.max_pattern_len();
        Ok(Hints { automaton, start, longest, hints })
    }

    /// Every place of a hint, and whether it is spelt as we spell it.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(Range<usize>, bool, &Hint)) {
        // Nearly all texts have none, and asking is quicker than looking for all.
        if !self.has_any(text) {
            return;
        }
        let input = Input::new(text);
        let mut state = OverlappingState::start();
        while self.automaton.try_find_overlapping(&input, &mut state).is_ok()
            && let Some(hit) = state.get_match()
        {
            let (spelling, hint) = &self.hints[hit.pattern()];
            found(hit.range(), text[hit.range()] == spelling[..], hint);
        }
    }

    /// Whether a hint stands anywhere. Each step of an automaton waits for the one before, so four parts of the text
    /// are searched side by side: that is three times as fast.
    fn has_any(&self, text: &[u8]) -> bool {
        let Some(start) = self.start else { return true };
        let part = text.len() / 4;
        let (first, rest) = text.split_at(part);
        let (second, rest) = rest.split_at(part);
        let (third, rest) = rest.split_at(part);
        let mut states = [start; 4];
        for (((&a, &b), &c), &d) in first.iter().zip(second).zip(third).zip(rest) {
            let [s, t, u, v] = states;
            states = [self.step(s, a), self.step(t, b), self.step(u, c), self.step(v, d)];
            if states.iter().any(|&state| self.automaton.is_match(state)) {
                return true;
            }
        }
        // A hint may stand across a cut, and the last part may be a little longer.
        (1..=4).zip(states).any(|(number, state)| {
            let end = if number == 4 { text.len() } else { text.len().min(number * part + self.longest) };
            text[number * part..end]
                .iter()
                .scan(state, |state, &byte| {
                    *state = self.step(*state, byte);
                    Some(*state)
                })
                .any(|state| self.automaton.is_match(state))
        })
    }

    fn step(&self, state: StateID, byte: u8) -> StateID {
        self.automaton.next_state(Anchored::No, state, byte)
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
        for (shift, &lead) in LEADS.iter().enumerate() {
            let shifted = [&[0; 2][..shift], spelling.as_bytes()].concat();
            for text in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
                let stable = &text.as_bytes()[lead..shifted.len() * 8 / 6];
                if stable.len() >= 3 {
                    hints.push((stable.to_vec(), Hint::Base64 { shape, shift }));
                }
            }
        }
    }
    hints
}

/// The characters of a group of four that say something of the bytes before: by how many bytes there are.
const LEADS: [usize; 3] = [0, 2, 3];

/// The characters behind a secret in base64. Only what is around the hint is decoded.
pub(super) fn found_in_base64(text: &[u8], hint: usize, shape: &Shape, shift: usize) -> Option<Range<usize>> {
    let group = hint.checked_sub(LEADS[shift])?;
    let from = group.saturating_sub(BASE64_BEFORE);
    let first = base64::decode_start(&text[group..text.len().min(group + BASE64_FIRST)]);
    // Behind a prefix there is text. In an image of a megabyte many hints stand by chance.
    if first.len() < BASE64_FIRST / 2
        || !first[shift..].iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    {
        return None;
    }
    let run = base64::run_around(&text[from..text.len().min(group + BASE64_BEHIND)], hint - from);
    let run = from + run.start..from + run.end;
    let start = group - group.checked_sub(run.start)? / 4 * 4;
    let inner = base64::decode_start(&text[start..run.end]);
    let at = (group - start) / 4 * 3 + shift;
    // The hint leaves out the bits that the prefix shares a character with.
    let prefix = inner.get(at..at + shape.prefix.len())?;
    let secret = prefix.eq_ignore_ascii_case(shape.prefix.as_bytes()).then(|| shape.check(&inner, at))??;
    let chars = base64::characters_of(&secret);
    Some(start + chars.start..run.end.min(start + chars.end))
}
