//! The secrets that are known by value, in every form in which a body may hold them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{Bound, Range};

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

/// A longer form is told by so many of its bytes, and goes as far as a text agrees with it.
const TOLD: usize = 256;

/// So many forms that begin as the end of a text does are looked at for one that was cut off there.
const MAX_CUT_OFF: usize = 64;

/// All known values. Finding them costs a fraction of a nanosecond a byte, and learning one does not rebuild anything:
/// request signatures and cookies are new with each call. That is why this is no Aho-Corasick automaton.
pub(super) struct Known {
    values: BTreeSet<Vec<u8>>,
    /// The same values from back to front.
    reversed: BTreeSet<Vec<u8>>,
    /// The forms by their first eight bytes. Values may well have those in common, so they are sorted.
    forms: HashMap<u64, Forms>,
    /// One bit for the hash of each block that may be looked up in a form.
    filter: Vec<u64>,
}

/// Spellings of values, by their text.
#[derive(Default)]
struct Forms(BTreeMap<Vec<u8>, Spelling>);

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
        Known {
            values: BTreeSet::new(),
            reversed: BTreeSet::new(),
            forms: HashMap::new(),
            filter: vec![0; 1 << (FILTER_BITS - 6)],
        }
    }

    /// Whether learning the value would change nothing.
    pub(super) fn has(&self, value: &[u8]) -> bool {
        self.values.contains(value) || !stand_ins::is_telling(value)
    }

    /// How many values there are; it grows with each that is learned.
    pub(super) fn count(&self) -> usize {
        self.values.len()
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
        if !self.values.insert(value.to_vec()) {
            return true;
        }
        self.reversed.insert(value.iter().rev().copied().collect());
        for form in forms(value) {
            let Some(head) = head(&form.text, 0) else { continue };
            for block in form.text[..MIN_VALUE].windows(BLOCK).filter_map(|block| block.first_chunk()) {
                let slot = slot(*block);
                self.filter[slot / 64] |= 1 << (slot % 64);
            }
            self.forms.entry(head).or_default().0.entry(form.text).or_insert(form.kind);
        }
        true
    }

    /// Every place where a form of a known value stands.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(Range<usize>)) {
        if self.values.is_empty() {
            return;
        }
        // The end of what has been found: within that, a long form is not followed to its end again.
        let (mut next, mut end) = (0, 0);
        for (number, block) in text.chunks(STRIDE).filter_map(|chunk| chunk.first_chunk()).enumerate() {
            let slot = slot(*block);
            if self.filter[slot / 64] >> (slot % 64) & 1 == 0 {
                continue;
            }
            let at = number * STRIDE;
            for start in next.max((at + 1).saturating_sub(STRIDE))..=at {
                let Some(forms) = head(text, start).and_then(|head| self.forms.get(&head)) else { continue };
                if let Some((length, kind)) = forms.at_start_of(&text[start..], start < end) {
                    let extent = kind.extent(text, start..start + length);
                    end = end.max(extent.end);
                    found(extent);
                }
            }
            next = at + 1;
        }
    }

    /// Whether a value begins with `start` and ends with `end`, with more between them.
    pub(super) fn any_between(&self, start: &[u8], end: &[u8]) -> bool {
        let least = start.len() + end.len();
        let reversed: Vec<u8> = end.iter().rev().copied().collect();
        if end.is_empty() {
            return with_start(&self.values, start).take(MAX_CUT_OFF).any(|value| value.len() > least);
        }
        if start.is_empty() {
            return with_start(&self.reversed, &reversed).take(MAX_CUT_OFF).any(|value| value.len() > least);
        }
        let (mut begin, mut stop) = (with_start(&self.values, start), with_start(&self.reversed, &reversed));
        // Side by side, as one of both may be long. Where both are, they have a value in common as good as certainly.
        for _ in 0..MAX_CUT_OFF {
            let (Some(value), Some(other)) = (begin.next(), stop.next()) else { break };
            if (value.len() > least && value.ends_with(end))
                || (other.len() > least && other.iter().rev().take(start.len()).eq(start))
            {
                return true;
            }
        }
        begin.next().is_some() && stop.next().is_some()
    }
}

/// The values of a sorted set that begin so.
fn with_start<'a>(values: &'a BTreeSet<Vec<u8>>, start: &'a [u8]) -> impl Iterator<Item = &'a Vec<u8>> {
    let from = (Bound::Included(start), Bound::Unbounded);
    values.range::<[u8], _>(from).take_while(move |value| value.starts_with(start))
}

impl Forms {
    /// How much of a text, from its start on, goes with a form: all of the longest that it begins with; of a longer one as much
    /// as they have in common, `within` what has been found already no more than it takes to tell it.
    fn at_start_of(&self, text: &[u8], within: bool) -> Option<(usize, Spelling)> {
        let told = &text[..text.len().min(TOLD)];
        if let Some((form, kind)) = self.from(told).next().filter(|(form, _)| form.starts_with(told)) {
            if told.len() == TOLD {
                let length = if within { TOLD } else { self.in_common(text) };
                return Some((length, *kind));
            }
            // A text ends within the value, behind half of it or more: the stream broke off, or the model had to stop.
            let cut_off = |(form, _): &(&Vec<u8>, &Spelling)| told.len() * 2 >= form.len();
            let cut = self
                .from(told)
                .take_while(|(form, _)| form.starts_with(told))
                .take(MAX_CUT_OFF)
                .find(cut_off);
            if let Some((form, kind)) = cut.or((form.len() == told.len()).then_some((form, kind))) {
                return Some((form.len().min(text.len()), *kind));
            }
        }
        // Of the sorted forms up to the text, the last one is the longest that the text begins with; or it has so much in common
        // with the text that none with more can be one.
        let mut start = told;
        loop {
            let up_to = (Bound::Unbounded, Bound::Included(start));
            let (form, kind) = self.0.range::<[u8], _>(up_to).next_back()?;
            if start.starts_with(form) {
                return Some((form.len(), *kind));
            }
            start = &start[..common(form, start)];
        }
    }

    fn from<'a>(&'a self, start: &'a [u8]) -> impl Iterator<Item = (&'a Vec<u8>, &'a Spelling)> {
        self.0.range::<[u8], _>((Bound::Included(start), Bound::Unbounded))
    }

    /// The most that a text has in common with a form, from its start on: one of its two neighbours has that.
    fn in_common(&self, text: &[u8]) -> usize {
        let before = self.0.range::<[u8], _>((Bound::Unbounded, Bound::Included(text))).next_back();
        let behind = self.from(text).next();
        before.into_iter().chain(behind).map(|(form, _)| common(form, text)).max().unwrap_or_default()
    }
}

fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

impl Spelling {
    /// All that has to go, so that what is left does not depend on the value.
    fn extent(self, text: &[u8], found: Range<usize>) -> Range<usize> {
        let Range { start, end } = found;
        match self {
            Spelling::Plain => escape_start(text, start)..end,
            Spelling::Base64 { shift } => {
                let mixed = usize::from(shift > 0 && start > 0 && is_character(text[start - 1]));
                let tail =
                    text[end..].iter().take(MAX_BASE64_TAIL + 1).take_while(|&&byte| is_character(byte));
                let tail = Some(tail.count()).filter(|&tail| tail <= MAX_BASE64_TAIL).unwrap_or(1);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn known(values: &[&str]) -> Known {
        let mut known = Known::new();
        values.iter().for_each(|value| known.learn(value.as_bytes()));
        known
    }

    fn found<'t>(known: &Known, text: &'t str) -> Vec<&'t str> {
        let mut found = Vec::new();
        known.find(text.as_bytes(), |range| found.push(&text[range]));
        found
    }

    #[test]
    fn of_values_that_begin_alike_the_longest_is_found() {
        let known = known(&["hunter2-pass", "hunter2-pass-of-mine", "hunter2-pass-of-yours"]);
        for (text, wanted) in [
            ("a hunter2-pass b", "hunter2-pass"),
            ("a hunter2-pass-of-mine b", "hunter2-pass-of-mine"),
            ("a hunter2-pass-of-yours b", "hunter2-pass-of-yours"),
            ("a hunter2-pass-of-ours b", "hunter2-pass"),
        ] {
            assert_eq!(found(&known, text), [wanted], "{text}");
        }
    }

    #[test]
    fn a_value_that_the_end_of_a_text_cuts_off_is_found_behind_half_of_it() {
        let known = known(&["hunter2-pass-of-mine", "hunter2-pass-of-mine-that-is-longer"]);
        assert_eq!(found(&known, "a hunter2-pas"), ["hunter2-pas"]);
        assert_eq!(found(&known, "a hunter2-p"), ["hunter2-p"; 0]);
    }

    #[test]
    fn a_long_value_is_found_as_far_as_a_text_agrees_with_it() {
        let value: String = (0..100).map(|number| format!("{number}-key ")).collect();
        let known = known(&[&value]);
        assert_eq!(found(&known, &format!("a {value}b"))[0], value);
        assert_eq!(found(&known, &format!("a {}, and", &value[..400]))[0], &value[..400]);
        assert_eq!(found(&known, &format!("a {}, and", &value[..200])), [""; 0]);
    }

    #[test]
    fn values_are_told_by_what_is_left_of_them_at_both_ends() {
        let known = known(&["hunter2-pass-of-mine", "another-pass-of-theirs"]);
        for (start, end, wanted) in [
            ("hunter2", "mine", true),
            ("", "theirs", true),
            ("another", "", true),
            ("another", "mine", false),
            ("hunter2-pass-of-mine", "", false),
            ("mine", "", false),
        ] {
            assert_eq!(known.any_between(start.as_bytes(), end.as_bytes()), wanted, "{start}…{end}");
        }
    }
}
