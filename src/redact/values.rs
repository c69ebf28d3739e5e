//! The secrets that are known by value, in every form in which a body may hold them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::stand_ins::{self, MIN_VALUE};
use crate::model::base64::is_character;
use crate::model::hex::hex;
use crate::model::json::{Escapes, write_string};

const FILTER_BITS: u32 = 17;

/// How deep JSON strings in JSON strings are searched literally.
const MAX_ESCAPES: usize = 4;

/// Four bytes are looked up at every fifth place: within the first eight bytes of a form there is always such a place.
const BLOCK: usize = 4;
const STRIDE: usize = MIN_VALUE - BLOCK + 1;

/// All known values. Finding them costs a fraction of a nanosecond a byte, and learning one does not rebuild anything:
/// request signatures and cookies are new with each call. That is why this is no Aho-Corasick automaton.
pub(super) struct Known {
    values: HashSet<Vec<u8>>,
    /// The forms by their first eight bytes, the longest first.
    forms: HashMap<u64, Vec<Form>>,
    /// One bit for the hash of each block that may be looked up in a form.
    filter: Vec<u64>,
}

/// A spelling of a value.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    text: Vec<u8>,
    kind: Spelling,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spelling {
    Plain,
    /// In base64, so many bytes behind the start of a group. What stands around the value has a part in the characters
    /// at its ends, and its length decides how everything behind it is spelt.
    Base64 {
        shift: usize,
    },
}

/// What of a run of base64 goes with a value in it. Much more than that is a file in which a value stands.
const MAX_BASE64_TAIL: usize = 512;

impl Known {
    pub(super) fn new() -> Known {
        Known { values: HashSet::new(), forms: HashMap::new(), filter: vec![0; 1 << (FILTER_BITS - 6)] }
    }

    /// Whether learning the value would change nothing.
    pub(super) fn has(&self, value: &[u8]) -> bool {
        self.values.contains(value) || !stand_ins::is_telling(value)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &[u8]> {
        self.values.iter().map(Vec::as_slice)
    }

    /// Remembers a value, unless it is too much like ordinary text.
    pub(super) fn learn(&mut self, value: &[u8]) {
        if !self.has(value) {
            self.learn_for_sure(value);
        }
    }

    /// Remembers a value that is a secret however it looks. `false` when it is too short to be searched here.
    pub(super) fn learn_for_sure(&mut self, value: &[u8]) -> bool {
        if value.len() < MIN_VALUE {
            return false;
        }
        self.values.insert(value.to_vec());
        for form in forms(value) {
            let Some(head) = head(&form.text, 0) else { continue };
            for block in form.text[..MIN_VALUE].windows(BLOCK).filter_map(|block| block.first_chunk()) {
                let slot = slot(*block);
                self.filter[slot / 64] |= 1 << (slot % 64);
            }
            let forms = self.forms.entry(head).or_default();
            if !forms.contains(&form) {
                forms.push(form);
                forms.sort_by_key(|form| std::cmp::Reverse(form.text.len()));
            }
        }
        true
    }

    /// Every place where a form of a known value stands.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(Range<usize>)) {
        if self.values.is_empty() {
            return;
        }
        let mut next = 0;
        for (number, block) in text.chunks(STRIDE).filter_map(|chunk| chunk.first_chunk()).enumerate() {
            let slot = slot(*block);
            if self.filter[slot / 64] >> (slot % 64) & 1 == 0 {
                continue;
            }
            let at = number * STRIDE;
            for start in next.max((at + 1).saturating_sub(STRIDE))..=at {
                let Some(forms) = head(text, start).and_then(|head| self.forms.get(&head)) else { continue };
                let rest = &text[start..];
                let whole = forms.iter().find(|form| rest.starts_with(&form.text));
                if let Some(form) = whole.or_else(|| forms.iter().find(|form| form.is_cut_off(rest))) {
                    found(form.extent(text, start));
                }
            }
            next = at + 1;
        }
    }
}

impl Form {
    /// Whether a text ends within the value, behind half of it or more: the stream broke off, or the model had to stop.
    fn is_cut_off(&self, rest: &[u8]) -> bool {
        rest.len() * 2 >= self.text.len() && self.text.starts_with(rest)
    }

    /// All that has to go, so that what is left does not depend on the value.
    fn extent(&self, text: &[u8], start: usize) -> Range<usize> {
        let end = (start + self.text.len()).min(text.len());
        match self.kind {
            Spelling::Plain => escape_start(text, start)..end,
            Spelling::Base64 { shift } => {
                let mixed = usize::from(shift > 0 && start > 0 && is_character(text[start - 1]));
                let tail = text[end..].iter().take_while(|&&byte| is_character(byte)).count();
                let tail = if tail > MAX_BASE64_TAIL { 1 } else { tail };
                let padding = text[end + tail..].iter().take(2).take_while(|&&byte| byte == b'=').count();
                start - mixed..end + tail + padding
            }
        }
    }
}

fn head(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..)?.first_chunk::<MIN_VALUE>().map(|bytes| u64::from_le_bytes(*bytes))
}

fn slot(block: [u8; BLOCK]) -> usize {
    (u32::from_le_bytes(block).wrapping_mul(0x9e37_79b9) >> (32 - FILTER_BITS)) as usize
}

/// A hit may begin within a JSON escape (`\nabc…` for the value `nabc…`): cutting there would leave half an escape.
fn escape_start(text: &[u8], at: usize) -> usize {
    let begins = |at: usize| at - text[..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
    if (at - begins(at)) % 2 == 1 {
        return at - 1;
    }
    for back in 2..6.min(at + 1) {
        let open = at - back;
        if text[open..].starts_with(b"\\u") && (open - begins(open)).is_multiple_of(2) {
            let digits = &text[open + 2..at];
            if digits.iter().all(u8::is_ascii_hexdigit) {
                return open;
            }
        }
    }
    at
}

/// The spellings of a value that are searched literally. Percent-encoding and `\u` escapes have too many spellings
/// for that: texts that hold such are decoded and searched again.
fn forms(value: &[u8]) -> Vec<Form> {
    let mut forms = vec![value.to_vec()];
    if let Ok(text) = std::str::from_utf8(value) {
        forms.extend([escaped(text, Escapes::Ascii), text.replace(' ', "+")].map(String::into_bytes));
        let mut text = text.to_owned();
        for _ in 0..MAX_ESCAPES {
            text = escaped(&text, Escapes::Few);
            forms.push(text.clone().into_bytes());
        }
    }
    let mut in_base64 = Vec::new();
    for shift in 0..3 {
        let shifted = [&[0; 2][..shift], value].concat();
        // What stands before and behind the value has a part in the outer characters.
        let stable = [0, 2, 3][shift]..shifted.len() * 8 / 6;
        for text in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            let text = text.as_bytes()[stable.clone()].to_vec();
            in_base64.push(Form { text, kind: Spelling::Base64 { shift } });
        }
    }
    let hex = hex(value);
    forms.extend([hex.to_ascii_uppercase().into_bytes(), hex.into_bytes()]);
    let mut forms: Vec<Form> = forms.into_iter().map(|text| Form { text, kind: Spelling::Plain }).collect();
    forms.append(&mut in_base64);
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn escaped(text: &str, escapes: Escapes) -> String {
    let mut out = String::new();
    write_string(text, escapes, &mut out);
    out[1..out.len() - 1].to_owned()
}
