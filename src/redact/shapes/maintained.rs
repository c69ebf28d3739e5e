//! Shapes of keys that others maintain. `scripts/secret_shapes.py` writes the table, and says where it is from and how it is
//! brought up to date.

mod table;

use std::ops::Range;

use self::table::TABLE;
use super::{begins_word, may_join};
use crate::redact::runs::start_of;
use crate::redact::stand_ins::{is_masked, is_mixed, is_random};

/// A text that tells a key, and what has to follow it.
#[derive(Debug)]
pub(in crate::redact) struct Maintained {
    prefix: &'static str,
    /// The prefix counts in any letter case.
    any_case: bool,
    then: &'static [Run],
}

/// Pairs of the first and the last byte of each range that a run may be of, and its least and greatest length.
#[derive(Debug)]
struct Run(&'static str, u16, u16);

/// As many as there are.
const MANY: u16 = u16::MAX;

/// So many bytes of a run without an end are looked at to tell a key; then it goes on to its end.
const WIDE: usize = 512;

/// All of them.
pub(in crate::redact) fn all() -> &'static [Maintained] {
    TABLE
}

impl Maintained {
    /// The text that tells it.
    pub(in crate::redact) fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Whether the prefix counts in any letter case.
    pub(in crate::redact) fn any_case(&self) -> bool {
        self.any_case
    }

    /// The key whose prefix stands at `at`.
    pub(in crate::redact) fn check(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
        let start = at + self.prefix.len();
        let prefix = text.get(at..start)?;
        let same = prefix == self.prefix.as_bytes()
            || self.any_case && prefix.eq_ignore_ascii_case(self.prefix.as_bytes());
        let is_joined = !begins_word(text, at);
        if !same || is_joined && !may_join(text, at, self.prefix) {
            return None;
        }
        let mut end = start;
        for run in self.then {
            let length = text[end..].iter().take(run.most()).take_while(|&&byte| run.has(byte)).count();
            if length < usize::from(run.1) {
                return None;
            }
            end += length;
        }
        // A digest has any few hexadecimal digits in it by chance, those of a prefix too.
        let is_hex = |text: &[u8]| text.iter().all(u8::is_ascii_hexdigit);
        if is_joined && is_hex(&text[at.saturating_sub(1)..end]) {
            return None;
        }
        let goes_on = matches!(self.then.last(), Some(last) if last.2 == MANY);
        let behind = text.get(end).copied();
        if !goes_on && behind.is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        // Letters alone may stand by chance in base64, which plus and slash are of as well, and equals at its end.
        let in_base64 = |byte: Option<u8>| byte.is_some_and(|byte| matches!(byte, b'+' | b'/'));
        let before = at.checked_sub(1).map(|at| text[at]);
        if self.prefix.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && (in_base64(before) || in_base64(behind) || behind == Some(b'='))
        {
            return None;
        }
        let tail = start_of(&text[start..end]);
        // Where the shape has no room for words, a key need not look drawn at random.
        let is_exact = self.then.iter().all(|run| run.is_one() || !(run.has(b'_') || run.has(b'-')));
        let is_key = is_random(tail, true) || (is_exact && !is_joined && is_mixed(tail) && !is_masked(tail));
        // Only a key is followed to its end: many prefixes may stand in one run.
        let rest = |last: &Run| text[end..].iter().take_while(|&&byte| last.has(byte)).count();
        let rest = if goes_on && is_key { self.then.last().map_or(0, rest) } else { 0 };
        is_key.then_some(at..end + rest)
    }
}

#[cfg(test)]
impl Maintained {
    /// A key of the shape, with the last bytes of each range first, so that letters and digits take turns.
    pub(in crate::redact) fn made_up(&self) -> String {
        let mut key = self.prefix.to_owned();
        let mut seed = 7usize;
        for run in self.then {
            let all: Vec<u8> = (b'!'..=b'~').filter(|&byte| run.has(byte)).collect();
            let plain: Vec<u8> = all.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
            let of = if plain.is_empty() { &all } else { &plain };
            for _ in 0..usize::from(run.1) {
                seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                key.push(char::from(of[(seed >> 16) % of.len()]));
            }
        }
        key
    }
}

impl Run {
    fn has(&self, byte: u8) -> bool {
        self.0.as_bytes().chunks_exact(2).any(|range| range[0] <= byte && byte <= range[1])
    }

    fn most(&self) -> usize {
        if self.2 == MANY { WIDE.max(usize::from(self.1)) } else { usize::from(self.2) }
    }

    /// Whether it is a letter that has to be there.
    fn is_one(&self) -> bool {
        matches!(self.0.as_bytes(), [first, last] if first == last)
    }
}
