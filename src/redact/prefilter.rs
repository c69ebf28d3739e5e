//! Where in a text a closer look pays: one pass tells that a text holds nothing but, perhaps, a known value.

use std::ops::Range;
use std::sync::LazyLock;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use aho_corasick::automaton::{Automaton, OverlappingState, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, BuildError, Input};

use super::runs::Runs;
use super::secret_names::FIELD_HINTS;
use super::shapes::{SHAPES, Shape};
use crate::model::base64;

/// How many characters of base64 behind a hint are decoded to tell whether the rest is worth it.
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

/// The run of base64 in which hints stand, decoded once for each of the places at which a group of four may begin in it, however
/// many hints there are.
#[derive(Default)]
pub(super) struct Decoded {
    run: Range<usize>,
    by_phase: [Option<Inner>; 4],
}

/// What a run says.
struct Inner {
    text: Vec<u8>,
    runs: Runs,
}

impl Decoded {
    /// The characters behind a secret whose prefix a hint shows in base64. Always asked of the same text.
    pub(super) fn secret(
        &mut self,
        text: &[u8],
        hint: usize,
        shape: &Shape,
        shift: usize,
    ) -> Option<Range<usize>> {
        let group = hint.checked_sub(LEADS[shift])?;
        let first = base64::decode_start(&text[group..text.len().min(group + BASE64_FIRST)]);
        // Behind a prefix there is text. In an image of a megabyte many hints stand by chance.
        if first.len() < BASE64_FIRST / 2
            || !first[shift..].iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
        {
            return None;
        }
        if !self.run.contains(&hint) {
            *self = Decoded { run: base64::run_around(text, hint), ..Decoded::default() };
        }
        let phase = group.checked_sub(self.run.start)? % 4;
        let start = self.run.start + phase;
        let inner = self.by_phase[phase].get_or_insert_with(|| Inner {
            text: base64::decode_start(&text[start..self.run.end]),
            runs: Runs::default(),
        });
        let at = (group - start) / 4 * 3 + shift;
        // The hint leaves out the bits that the prefix shares a character with.
        let prefix = inner.text.get(at..at + shape.prefix.len())?;
        let is_prefix = prefix.eq_ignore_ascii_case(shape.prefix.as_bytes());
        let secret = is_prefix.then(|| shape.check(&inner.text, at, &mut inner.runs))??;
        let chars = base64::characters_of(&secret);
        Some(start + chars.start..self.run.end.min(start + chars.end))
    }
}
