//! Pictures, sounds and files in base64, in which letters stand by chance.

use std::ops::Range;

use crate::model::base64;

/// Shorter runs of base64 may be keys.
const SHORTEST: usize = 256;

/// So much of a run tells whether it is text that was encoded.
const HEAD: usize = 64;

/// The runs of base64 in a text that hold no text.
pub(super) struct Runs(Vec<Range<usize>>);

/// Finds them in one pass.
pub(super) fn runs(text: &[u8]) -> Runs {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        while at < text.len() && (base64::is_character(text[at]) || text[at..].starts_with(b"\\/")) {
            at += if text[at] == b'\\' { 2 } else { 1 };
        }
        if at - start >= SHORTEST && is_binary(&text[start..at]) {
            found.push(start..at);
        }
        at = at.max(start + 1);
    }
    Runs(found)
}

impl Runs {
    /// Whether a range lies within one of them, behind its start.
    pub(super) fn holds(&self, range: &Range<usize>) -> bool {
        let next = self.0.partition_point(|run| run.start < range.start);
        self.0[..next].last().is_some_and(|run| range.end <= run.end)
    }
}

/// Whether the base64 at this place says text. A key that stands there as it is says none.
pub(super) fn is_encoded_text(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(HEAD);
    let near = &text[from..text.len().min(at + HEAD)];
    let run = base64::run_around(near, at - from);
    let says_text = |phase: usize| {
        let decoded = base64::decode_start(near[run.clone()].get(phase..).unwrap_or_default());
        let is_sign = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
        decoded.len() >= 8 && decoded.iter().all(is_sign)
    };
    (0..4).any(says_text)
}

/// Whether a run of base64 starts with what is no text: `\x89PNG`, `\xff\xd8`, `ID3\x04`, samples of sound.
fn is_binary(run: &[u8]) -> bool {
    let head: Vec<u8> = run.iter().copied().filter(|&byte| byte != b'\\').take(HEAD).collect();
    let decoded = base64::decode_start(&head);
    let is_sign = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    // The last character may be cut.
    let is_broken = String::from_utf8_lossy(&decoded[..decoded.len().saturating_sub(4)]).contains('\u{fffd}');
    is_broken || decoded.iter().any(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_base64_that_hold_no_text_are_told_from_those_that_do() {
        let picture = base64::encode([&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0xd7; 400]].concat());
        let letter = base64::encode("Dear Anna, this is a letter. ".repeat(20));
        let text =
            format!("{{\"a\":\"{picture}\",\"b\":\"{letter}\",\"c\":\"{}\"}}", picture.replace('/', "\\/"));
        let runs = runs(text.as_bytes());
        assert_eq!(runs.0.len(), 2, "{:?}", runs.0);
        assert!(runs.holds(&(60..90)) && !runs.holds(&(0..90)));
    }
}
