//! Shapes of keys that others maintain. `scripts/secret_shapes.py` writes the table, and says where it is from and how it is
//! brought up to date.

mod table;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use self::table::TABLE;
use super::{begins_word, may_join};
use crate::redact::in_base64::{Decoded, in_base64};
use crate::redact::quick_hash::Quick;
use crate::redact::runs::start_of;
use crate::redact::stand_ins::{is_masked, is_mixed, is_random};

/// A text that tells a key, and what has to follow it.
#[derive(Debug)]
struct Maintained {
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

/// What is compared of a spelling before a shape is looked at.
const MOST_COMPARED: usize = 8;

/// A way in which a prefix may be written.
struct Spelling {
    text: Vec<u8>,
    any_case: bool,
    shape: &'static Maintained,
    /// In base64, so many bytes into a group of three.
    shift: Option<usize>,
}

/// The spellings by their first three letters, in small ones, and a bit for the hash of each: most places of a text have none.
struct Index {
    heads: HashMap<u32, Vec<Spelling>, Quick>,
    filter: Box<[u64; 1 << 10]>,
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// Each byte as a small letter.
const SMALL: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).to_ascii_lowercase();
        byte += 1;
    }
    table
};

impl Index {
    fn new() -> Index {
        let mut index = Index { heads: HashMap::default(), filter: Box::new([0; 1 << 10]) };
        for shape in TABLE {
            index.add(shape.prefix.as_bytes(), shape, None);
            for (text, shift) in in_base64(shape.prefix, shape.any_case) {
                index.add(&text, shape, Some(shift));
            }
        }
        index
    }

    fn add(&mut self, text: &[u8], shape: &'static Maintained, shift: Option<usize>) {
        let head = text.iter().take(3).fold(0, |head, &byte| with(head, byte));
        let slot = slot(head);
        self.filter[slot / 64] |= 1 << (slot % 64);
        let text = text[..text.len().min(MOST_COMPARED)].to_vec();
        let any_case = shape.any_case && shift.is_none();
        self.heads.entry(head).or_default().push(Spelling { text, any_case, shape, shift });
    }
}

/// The last three bytes of a text, in small letters, when another one has come.
fn with(head: u32, byte: u8) -> u32 {
    (head << 8 | u32::from(SMALL[usize::from(byte)])) & 0xff_ffff
}

fn slot(head: u32) -> usize {
    (head.wrapping_mul(0x9e37_79b9) >> 16) as usize
}

/// Every key of these shapes in a text, as it is or in base64.
pub(in crate::redact) fn find(text: &[u8], decoded: &mut Decoded, mut found: impl FnMut(Range<usize>)) {
    let index = &*INDEX;
    // What lies within a key that was found is no other one.
    let mut end = 0;
    let mut head = 0;
    for (last, &byte) in text.iter().enumerate() {
        head = with(head, byte);
        let slot = slot(head);
        if index.filter[slot / 64] >> (slot % 64) & 1 == 0 || last < end.max(2) {
            continue;
        }
        let at = last - 2;
        for spelling in index.heads.get(&head).into_iter().flatten() {
            let there = text.get(at..at + spelling.text.len()).unwrap_or_default();
            let same =
                there == spelling.text || spelling.any_case && there.eq_ignore_ascii_case(&spelling.text);
            let key = match spelling.shift {
                _ if !same => None,
                None => spelling.shape.check(text, at),
                Some(shift) => {
                    let check = |inner: &[u8], at: usize| spelling.shape.check(inner, at);
                    decoded.secret(text, at, spelling.shape.prefix, shift, |inner, at, _| check(inner, at))
                }
            };
            if let Some(key) = key {
                end = end.max(key.end);
                found(key);
            }
        }
    }
}

impl Maintained {
    /// The key whose prefix stands at `at`.
    fn check(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A key of a shape, with the last bytes of each range first, so that letters and digits take turns.
    fn made_up(shape: &Maintained) -> String {
        let mut key = shape.prefix.to_owned();
        let mut seed = 7usize;
        for run in shape.then {
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

    #[test]
    fn a_key_of_each_shape_is_found_in_prose_and_in_quotes_and_one_that_goes_on_is_not() {
        for shape in TABLE {
            let key = made_up(shape);
            for text in [format!("it is {key} here"), format!("{{\"a\":\"{key}\"}}"), format!("\\n{key}\\n")]
            {
                let mut keys = Vec::new();
                find(text.as_bytes(), &mut Decoded::default(), |range| keys.push(&text[range]));
                assert!(keys.iter().any(|found| *found == key), "{key} in {text}: {keys:?}");
            }
        }
    }

    #[test]
    fn a_digest_that_has_a_prefix_in_it_by_chance_is_no_key() {
        let digest = "a718eb4ed03708123889014b1d9976e2aa5929da1236b65ab0bcc27308460b44";
        for text in [digest.to_owned(), format!("key: {digest}\n"), format!("sha256-{digest}")] {
            find(text.as_bytes(), &mut Decoded::default(), |range| panic!("{}", &text[range]));
        }
    }

    #[test]
    fn names_and_words_behind_a_prefix_are_no_keys() {
        for text in [
            "lip_this_is_a_function_of_mine persona_production_settings_of_the_second_release",
            "key-value-stores pat_of_butter vcp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "sbp_0000000000000000000000000000000000000000 dapi glsa_ ntn_",
        ] {
            find(text.as_bytes(), &mut Decoded::default(), |range| panic!("{}", &text[range]));
        }
    }
}
