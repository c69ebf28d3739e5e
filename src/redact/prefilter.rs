//! Where in a text a closer look pays: one pass tells where something begins as a key does, in clear or in base64.
//!
//! It is no automaton: one of all these beginnings took a process five times as long to build as all else that it does to
//! replay a call, and 12 MB.

use std::sync::LazyLock;

use super::in_base64::in_base64;
use super::shapes::maintained::{self, Maintained};
use super::shapes::{SHAPES, Shape};

/// What begins so.
#[derive(Clone, Copy)]
pub(super) enum Hint {
    Shape(&'static Shape),
    Maintained(&'static Maintained),
}

/// A way in which a beginning may be written.
struct Spelling {
    /// The first four letters, and which bits of them count: a spelling may be shorter.
    first: u32,
    counts: u32,
    /// Where in `Index::texts` all of it stands.
    text: (u32, u32),
    any_case: bool,
    hint: Hint,
    /// In base64, so many bytes into a group of three.
    shift: Option<usize>,
    /// Those behind it in `Index::spellings` begin otherwise.
    is_last: bool,
}

/// The letters that tell spellings apart at first.
const HEAD: usize = 3;

/// How many hashes there are of a head.
const SLOTS: usize = 1 << 16;

/// The spellings by the hash of their heads, and a bit for each hash that one has: most places of a text have none.
struct Index {
    spellings: Vec<Spelling>,
    /// The number of the first spelling with a hash, and one more; 0 where there is none.
    slots: Vec<u16>,
    filter: Box<[u64; SLOTS / 64]>,
    texts: Vec<u8>,
}

/// It is the same for everybody, and made once.
static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// In each of four bytes, what makes a small letter of a capital one. It changes other signs, too, wherever they stand.
const SMALL: u32 = 0x2020_2020;

impl Index {
    fn new() -> Index {
        let mut index = Index {
            spellings: Vec::new(),
            slots: vec![0; SLOTS],
            filter: Box::new([0; SLOTS / 64]),
            texts: Vec::new(),
        };
        let shapes = SHAPES.iter().map(|shape| (shape.prefix, shape.any_case(), Hint::Shape(shape)));
        let maintained =
            maintained::all().iter().map(|it| (it.prefix(), it.any_case(), Hint::Maintained(it)));
        let mut all: Vec<(usize, Spelling)> = Vec::new();
        for (prefix, any_case, hint) in shapes.chain(maintained) {
            index.add(prefix.as_bytes(), any_case, hint, None, &mut all);
            for (text, shift) in in_base64(prefix, any_case) {
                index.add(&text, false, hint, Some(shift), &mut all);
            }
        }
        // Those of one slot stay in their order.
        all.sort_by_key(|(slot, _)| *slot);
        let mut all = all.into_iter().peekable();
        while let Some((slot, spelling)) = all.next() {
            if index.slots[slot] == 0 {
                index.slots[slot] = u16::try_from(index.spellings.len() + 1).unwrap_or(0);
            }
            index.filter[slot / 64] |= 1 << (slot % 64);
            let is_last = all.peek().is_none_or(|(next, _)| *next != slot);
            index.spellings.push(Spelling { is_last, ..spelling });
        }
        index
    }

    fn add(
        &mut self,
        text: &[u8],
        any_case: bool,
        hint: Hint,
        shift: Option<usize>,
        all: &mut Vec<(usize, Spelling)>,
    ) {
        let place = (self.texts.len() as u32, text.len() as u32);
        self.texts.extend_from_slice(text);
        let counts = u32::MAX >> (8 * 4_usize.saturating_sub(text.len()));
        let first = first_of(text) & counts;
        let spelling = || Spelling { first, counts, text: place, any_case, hint, shift, is_last: false };
        let mut put = |first: u32| all.push((slot(first), spelling()));
        match text.len() < HEAD {
            false => put(first),
            // Whatever comes next; behind two letters at the end of a text there is no key.
            true => (0..=u8::MAX)
                .filter(|byte| byte & 0x20 != 0)
                .for_each(|next| put(first | u32::from(next) << 16)),
        }
    }
}

/// The first four bytes of a text, in small letters; what is not there is 0.
fn first_of(text: &[u8]) -> u32 {
    let first = match text.first_chunk() {
        Some(four) => u32::from_le_bytes(*four),
        None => text.iter().rev().fold(0, |first, &byte| first << 8 | u32::from(byte)),
    };
    first | SMALL
}

/// The hash of the first three bytes.
fn slot(first: u32) -> usize {
    ((first & 0xff_ffff).wrapping_mul(0x9e37_79b9) >> 16) as usize
}

/// Every place where something begins as a key does, and in base64 how many bytes into a group of three.
pub(super) fn find(text: &[u8], mut found: impl FnMut(usize, Hint, Option<usize>)) {
    let index = &*INDEX;
    for (at, window) in text.windows(HEAD).enumerate() {
        let head = u32::from(window[0]) | u32::from(window[1]) << 8 | u32::from(window[2]) << 16;
        let slot = slot(head | SMALL);
        if index.filter[slot / 64] >> (slot % 64) & 1 == 0 {
            continue;
        }
        let first = first_of(&text[at..]);
        let from = usize::from(index.slots[slot]).saturating_sub(1);
        for spelling in &index.spellings[from..] {
            if first & spelling.counts == spelling.first {
                let (start, length) = (spelling.text.0 as usize, spelling.text.1 as usize);
                let wanted = &index.texts[start..start + length];
                let there = text.get(at..at + length).unwrap_or_default();
                if there == wanted || spelling.any_case && there.eq_ignore_ascii_case(wanted) {
                    found(at, spelling.hint, spelling.shift);
                }
            }
            if spelling.is_last {
                break;
            }
        }
    }
}

/// Whether a text has an escape behind which JSON hides ordinary characters: `\u0041`, `\/`.
pub(super) fn has_escape(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\\', text).any(|at| {
        let behind = &text[at + 1..];
        behind.first() == Some(&b'/') || behind.get(..3).is_some_and(|it| it.eq_ignore_ascii_case(b"u00"))
    })
}

/// Whether a text has an ordinary character in percent-encoding.
pub(super) fn has_percent(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).any(|at| matches!(text.get(at + 1), Some(b'2'..=b'7')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_has_room_for_the_number_of_every_spelling() {
        assert!(INDEX.spellings.len() < usize::from(u16::MAX), "{}", INDEX.spellings.len());
    }

    #[test]
    fn every_spelling_is_found_wherever_it_stands() {
        for spelling in &INDEX.spellings {
            let (start, length) = (spelling.text.0 as usize, spelling.text.1 as usize);
            let text = &INDEX.texts[start..start + length];
            let behind = if length < HEAD { "z" } else { "" };
            for before in ["", "a", "\u{e9}", "-----"] {
                let text = [before.as_bytes(), text, behind.as_bytes()].concat();
                let mut seen = false;
                find(&text, |at, _, shift| seen |= at == before.len() && shift == spelling.shift);
                assert!(seen, "{:?}", String::from_utf8_lossy(&text));
            }
        }
    }
}
