//! Prefixes of secrets in base64: what shows them, and what the run that they stand in says.

use std::ops::Range;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::runs::Runs;
use crate::model::base64;

/// How many characters of base64 behind a hint are decoded to tell whether the rest is worth it.
const BASE64_FIRST: usize = 16;

/// What base64 shows of a prefix at each of the three alignments, and at which.
pub(super) fn in_base64(prefix: &str, any_case: bool) -> Vec<(Vec<u8>, usize)> {
    let mut spellings = vec![prefix.to_owned()];
    if any_case {
        let capital =
            prefix.split_inclusive(['_', '-', ' ']).map(|part| part[..1].to_ascii_uppercase() + &part[1..]);
        spellings.extend([capital.collect(), prefix.to_ascii_uppercase()]);
    }
    let mut found = Vec::new();
    for spelling in spellings {
        for (shift, &lead) in LEADS.iter().enumerate() {
            let shifted = [&[0; 2][..shift], spelling.as_bytes()].concat();
            for text in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
                let stable = &text.as_bytes()[lead..shifted.len() * 8 / 6];
                if stable.len() >= 3 {
                    found.push((stable.to_vec(), shift));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
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
        prefix: &str,
        shift: usize,
        check: impl FnOnce(&[u8], usize, &mut Runs) -> Option<Range<usize>>,
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
        let there = inner.text.get(at..at + prefix.len())?;
        let is_prefix = there.eq_ignore_ascii_case(prefix.as_bytes());
        let secret = is_prefix.then(|| check(&inner.text, at, &mut inner.runs))??;
        let chars = base64::characters_of(&secret);
        Some(start + chars.start..self.run.end.min(start + chars.end))
    }
}
