//! Where in a text a closer look pays: one pass tells where something begins as a key does, in clear or in base64.
//!
//! It is no automaton: one of all these beginnings took a process five times as long to build as all else that it does to
//! replay a call, and 12 MB.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::in_base64::in_base64;
use super::quick_hash::Quick;
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
    /// Where in `Index::texts` it stands.
    text: (u32, u32),
    any_case: bool,
    hint: Hint,
    /// In base64, so many bytes into a group of three.
    shift: Option<usize>,
}

/// The letters that tell spellings apart at first.
const HEAD: usize = 3;

/// The spellings by their first three letters, in small ones, and a bit for the hash of each: most places of a text have none.
struct Index {
    spellings: Vec<Spelling>,
    /// Which of them begin so: from, and how many.
    heads: HashMap<u32, (usize, usize), Quick>,
    filter: Box<[u64; 1 << 10]>,
    texts: Vec<u8>,
}

/// It is the same for everybody, and made once.
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
        let mut index = Index {
            spellings: Vec::new(),
            heads: HashMap::default(),
            filter: Box::new([0; 1 << 10]),
            texts: Vec::new(),
        };
        let shapes = SHAPES.iter().map(|shape| (shape.prefix, shape.any_case(), Hint::Shape(shape)));
        let maintained =
            maintained::all().iter().map(|it| (it.prefix(), it.any_case(), Hint::Maintained(it)));
        let mut all: Vec<(u32, Spelling)> = Vec::new();
        for (prefix, any_case, hint) in shapes.chain(maintained) {
            index.add(prefix.as_bytes(), any_case, hint, None, &mut all);
            for (text, shift) in in_base64(prefix, any_case) {
                index.add(&text, false, hint, Some(shift), &mut all);
            }
        }
        // Those of one head stay in their order.
        all.sort_by_key(|(head, _)| *head);
        for (number, (head, spelling)) in all.into_iter().enumerate() {
            index.heads.entry(head).or_insert((number, 0)).1 += 1;
            let slot = slot(head);
            index.filter[slot / 64] |= 1 << (slot % 64);
            index.spellings.push(spelling);
        }
        index
    }

    fn add(
        &mut self,
        text: &[u8],
        any_case: bool,
        hint: Hint,
        shift: Option<usize>,
        all: &mut Vec<(u32, Spelling)>,
    ) {
        let start = self.texts.len() as u32;
        self.texts.extend_from_slice(text);
        let spelling = || Spelling { text: (start, text.len() as u32), any_case, hint, shift };
        let head = text.iter().take(HEAD).fold(0, |head, &byte| with(head, byte));
        match text.len() < HEAD {
            false => all.push((head, spelling())),
            // Whatever comes next; behind two letters at the end of a text there is no key.
            true => {
                let next = (0..=u8::MAX).filter(|byte| !byte.is_ascii_uppercase());
                all.extend(next.map(|byte| (with(head, byte), spelling())));
            }
        }
    }
}

/// The last three bytes of a text, in small letters, when another one has come.
fn with(head: u32, byte: u8) -> u32 {
    (head << 8 | u32::from(SMALL[usize::from(byte)])) & 0xff_ffff
}

fn slot(head: u32) -> usize {
    (head.wrapping_mul(0x9e37_79b9) >> 16) as usize
}

/// Every place where something begins as a key does, and in base64 how many bytes into a group of three.
pub(super) fn find(text: &[u8], mut found: impl FnMut(usize, Hint, Option<usize>)) {
    let index = &*INDEX;
    let mut head = 0;
    for (last, &byte) in text.iter().enumerate() {
        head = with(head, byte);
        let slot = slot(head);
        if index.filter[slot / 64] >> (slot % 64) & 1 == 0 || last + 1 < HEAD {
            continue;
        }
        let at = last + 1 - HEAD;
        let Some(&(from, count)) = index.heads.get(&head) else { continue };
        for spelling in &index.spellings[from..from + count] {
            let (start, length) = (spelling.text.0 as usize, spelling.text.1 as usize);
            let wanted = &index.texts[start..start + length];
            let there = text.get(at..at + length).unwrap_or_default();
            if there == wanted || spelling.any_case && there.eq_ignore_ascii_case(wanted) {
                found(at, spelling.hint, spelling.shift);
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
