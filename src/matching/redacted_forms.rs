//! Recorded requests in which something was replaced, and the live ones that they may be: what stood there is not known any
//! more, so that a replacement fits any word.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use memchr::memmem;

use crate::redact::MARK;

/// Whether a normal form has something that was replaced.
pub(crate) fn has_mark(form: &[u8]) -> bool {
    memmem::find(form, MARK.as_bytes()).is_some()
}

/// Normal forms in which something was replaced, by what stands before the first replacement and behind the last.
#[derive(Debug, Default)]
pub(crate) struct RedactedForms {
    /// How many were added.
    count: usize,
    /// By how long their start is, and by its hash.
    starts: BTreeMap<usize, HashMap<u64, Ends>>,
    /// How long the ends of all are.
    ends: BTreeSet<usize>,
}

/// The numbers of forms, by how long their end is and by its hash.
type Ends = HashMap<(usize, u64), Vec<usize>>;

impl RedactedForms {
    /// Adds a form; they are numbered from 0. One without a replacement fits nothing: equal forms are found by their key.
    pub(crate) fn add(&mut self, form: &[u8]) {
        let number = self.count;
        self.count += 1;
        let (Some(first), Some(last)) =
            (memmem::find(form, MARK.as_bytes()), memmem::rfind(form, MARK.as_bytes()))
        else {
            return;
        };
        let (start, end) = (&form[..first], &form[last + MARK.len()..]);
        self.ends.insert(end.len());
        let starts =
            self.starts.entry(start.len()).or_default().entry(Rolling::of(start.iter())).or_default();
        starts.entry((end.len(), Rolling::of(end.iter().rev()))).or_default().push(number);
    }

    /// The numbers of the forms that a live one may be, in their order. `form` gives one again.
    pub(crate) fn fitting<'f>(&self, live: &[u8], form: impl Fn(usize) -> &'f [u8]) -> Vec<usize> {
        let mut fitting = Vec::new();
        let mut ends: Option<Vec<(usize, u64)>> = None;
        let (mut start, mut at) = (Rolling::default(), 0);
        for (&length, starts) in self.starts.range(..=live.len()) {
            start.feed(live[at..length].iter());
            at = length;
            let Some(with_start) = starts.get(&start.0) else { continue };
            let ends = ends.get_or_insert_with(|| self.ends_of(live));
            // Whichever is less: the ends that those forms have, or the ends that there are.
            let candidates: Vec<usize> = match with_start.len() <= ends.len() {
                true => {
                    let known: HashMap<usize, u64> = ends.iter().copied().collect();
                    let fits = |(length, hash): &(usize, u64)| known.get(length) == Some(hash);
                    with_start
                        .iter()
                        .filter(|(end, _)| fits(end))
                        .flat_map(|(_, forms)| forms)
                        .copied()
                        .collect()
                }
                false => ends.iter().filter_map(|end| with_start.get(end)).flatten().copied().collect(),
            };
            fitting.extend(candidates.into_iter().filter(|number| fits(form(*number), live)));
        }
        fitting.sort_unstable();
        fitting
    }

    fn ends_of(&self, live: &[u8]) -> Vec<(usize, u64)> {
        let (mut end, mut at) = (Rolling::default(), live.len());
        let lengths = self.ends.range(..=live.len());
        let hashed = lengths.map(|&length| {
            end.feed(live[live.len() - length..at].iter().rev());
            at = live.len() - length;
            (length, end.0)
        });
        hashed.collect()
    }
}

/// A hash of bytes that goes on byte by byte. What it takes for equal is compared.
#[derive(Debug, Default, Clone, Copy)]
struct Rolling(u64);

impl Rolling {
    fn of<'b>(bytes: impl Iterator<Item = &'b u8>) -> u64 {
        let mut rolling = Rolling::default();
        rolling.feed(bytes);
        rolling.0
    }

    fn feed<'b>(&mut self, bytes: impl Iterator<Item = &'b u8>) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(0x0000_0100_0000_01b3).wrapping_add(u64::from(*byte) + 1);
        }
    }
}

/// Whether a live form is a recorded one with a word in the place of each replacement. Where nothing was replaced,
/// nothing fits: equal forms have been found by their key.
fn fits(recorded: &[u8], live: &[u8]) -> bool {
    let finder = memmem::Finder::new(MARK.as_bytes());
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in finder.find_iter(recorded) {
        pieces.push(&recorded[start..at]);
        start = at + MARK.len();
    }
    if pieces.is_empty() {
        return false;
    }
    let (Some(first), last) = (pieces.first(), &recorded[start..]) else { return false };
    let Some(mut rest) = live.strip_prefix(*first) else { return false };
    for piece in pieces[1..].iter().copied().chain([last]) {
        let is_last = std::ptr::eq(piece, last);
        let word = rest.iter().take_while(|byte| is_word(**byte)).count();
        let fit = match is_last {
            true => {
                rest.len().checked_sub(piece.len()).filter(|&length| length <= word && rest.ends_with(piece))
            }
            false => memmem::find(&rest[..rest.len().min(word + piece.len())], piece),
        };
        match fit {
            Some(length) => rest = &rest[length + piece.len()..],
            None => return false,
        }
    }
    true
}

/// What a secret consists of. White space and quotes end it, so that a replacement cannot stand for a whole text.
fn is_word(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_replacement_fits_any_word_or_none() {
        let recorded = format!("my key is {MARK}, keep it; again: {MARK}");
        for (live, wanted) in [
            ("my key is test, keep it; again: test", true),
            ("my key is , keep it; again: ", true),
            ("my key is sk-1,2,3, keep it; again: x", true),
            ("my key is two words, keep it; again: x", false),
            ("my key is test, keep it; again: test!!", true),
            ("my key is test, keep it; other: test", false),
            ("our key is test, keep it; again: test", false),
        ] {
            assert_eq!(fits(recorded.as_bytes(), live.as_bytes()), wanted, "{live}");
        }
    }

    #[test]
    fn without_a_replacement_nothing_fits() {
        assert!(!fits(b"same", b"same"));
    }

    proptest! {
        #[test]
        fn what_fits_is_found_by_what_surrounds_its_replacements(
            recorded in prop::collection::vec(prop::collection::vec("[ab, ]{0,4}", 1..4), 0..12),
            live in "[ab, ]{0,10}",
        ) {
            let forms: Vec<String> = recorded.iter().map(|pieces| pieces.join(MARK)).collect();
            let mut index = RedactedForms::default();
            forms.iter().for_each(|form| index.add(form.as_bytes()));
            let wanted: Vec<usize> =
                (0..forms.len()).filter(|number| fits(forms[*number].as_bytes(), live.as_bytes())).collect();
            prop_assert_eq!(index.fitting(live.as_bytes(), |number| forms[number].as_bytes()), wanted);
        }
    }
}
