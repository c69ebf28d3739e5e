//! What answers of a run gave that a request may send on as its key: a look-up that costs nothing a call.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Shorter strings are no keys, and longer ones are texts.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=4096;

/// Of one answer, so many strings are noted. What hands out a key is short.
const MOST: usize = 4096;

/// The hashes of strings in answers.
#[derive(Debug, Default)]
pub(super) struct HandedOut(HashSet<u64>);

impl HandedOut {
    /// Notes the strings of an answer, by the quotes around them.
    pub(super) fn note(&mut self, body: &[u8]) {
        let strings = body.split(|byte| *byte == b'"').filter(|string| could_be_sent(string));
        self.0.extend(strings.take(MOST).map(hash));
    }

    /// Whether an answer gave this.
    pub(super) fn has(&self, value: &[u8]) -> bool {
        self.0.contains(&hash(value))
    }
}

fn could_be_sent(string: &[u8]) -> bool {
    LENGTHS.contains(&string.len()) && string.iter().all(u8::is_ascii_graphic)
}

fn hash(value: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_of_an_answer_is_known_again_and_prose_is_not_noted() {
        let mut noted = HandedOut::default();
        noted.note(br#"{"ticket":"tid=5f2c9b;exp=1764463600","text":"some words","n":1}"#);
        assert!(noted.has(b"tid=5f2c9b;exp=1764463600"));
        assert!(!noted.has(b"some words") && !noted.has(b"tid=5f2c9b;exp=1764463601"));
        assert_eq!(noted.0.len(), 1);
    }
}
