//! Where in a text a closer look pays: one pass tells that a text holds nothing but, perhaps, a known value.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, BuildError};

use super::in_base64::in_base64;
use super::shapes::{SHAPES, Shape};

/// Why a place in a text deserves a closer look.
pub(super) enum Hint {
    Shape(&'static Shape),
    /// An escape behind which JSON hides ordinary characters.
    Backslash,
    Percent,
    /// A shape's prefix in base64, where it is so many bytes into a group of three.
    Base64 {
        shape: &'static Shape,
        shift: usize,
    },
}

/// From this length on a text has parts that are much longer than hints are.
const LONG: usize = 512;

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
            let shifts = in_base64(shape.prefix, shape.any_case()).into_iter();
            hints.extend(shifts.map(|(text, shift)| (text, Hint::Base64 { shape, shift })));
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
        // Nearly all texts have none, and asking is quicker than looking for all, unless the text is short.
        if text.len() >= LONG && !self.has_any(text) {
            return;
        }
        let Some(mut state) = self.start else { return };
        for (last, &byte) in text.iter().enumerate() {
            state = self.step(state, byte);
            if !self.automaton.is_match(state) {
                continue;
            }
            for index in 0..self.automaton.match_len(state) {
                let (spelling, hint) = &self.hints[self.automaton.match_pattern(state, index)];
                let range = last + 1 - spelling.len()..last + 1;
                found(range.clone(), text[range] == spelling[..], hint);
            }
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
