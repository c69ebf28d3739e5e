//! Pictures, sounds and files in base64, in one line or in several, in which letters stand by chance.

use std::ops::Range;

use super::encodings::{BASE64_LINE, line_break};
use crate::model::base64;
use crate::model::wire::beginnings::media_type;

/// Shorter runs of base64 may be keys.
const SHORTEST: usize = 256;

/// So much of a run tells whether it is text that was encoded.
const HEAD: usize = 64;

/// The runs of base64 in a text that hold no text, line by line.
pub(super) struct Runs(Vec<Range<usize>>);

/// Finds them in one pass.
pub(super) fn runs(text: &[u8]) -> Runs {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        at = line_end(text, start);
        let run = &text[start..at];
        // Of lines that are no more than noise, each may be a key.
        if run.len() >= BASE64_LINE && media_type(&head(run)).is_some() {
            let lines = lines(text, start..at);
            at = lines.last().map_or(at, |last| last.end);
            if at - start >= SHORTEST && is_binary(run) {
                found.extend(lines);
            }
        } else if run.len() >= SHORTEST && is_binary(run) {
            found.push(start..at);
        }
        at = at.max(start + 1);
    }
    Runs(found)
}

/// Where the characters of base64 end that begin at `at`. JSON may escape a slash.
fn line_end(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && (base64::is_character(text[at]) || text[at..].starts_with(b"\\/")) {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at
}

/// The lines of base64 of which one is the first: all are as long as that, and the last may be shorter.
fn lines(text: &[u8], first: Range<usize>) -> Vec<Range<usize>> {
    let length = first.len();
    let mut lines = vec![first];
    while let Some(line) = lines.last().filter(|line| line.len() == length) {
        let next = line_break(text, line.end);
        let end = line_end(text, next);
        if next == line.end || end == next {
            break;
        }
        lines.push(next..end);
    }
    lines
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
    let decoded = head(run);
    let is_sign = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    // The last character may be cut.
    let is_broken = String::from_utf8_lossy(&decoded[..decoded.len().saturating_sub(4)]).contains('\u{fffd}');
    is_broken || decoded.iter().any(is_sign)
}

/// The bytes that a run of base64 begins with.
fn head(run: &[u8]) -> Vec<u8> {
    let head: Vec<u8> = run.iter().copied().filter(|&byte| byte != b'\\').take(HEAD).collect();
    base64::decode_start(&head)
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
