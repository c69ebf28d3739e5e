//! Text under an encoding: what it says, and where each part of that stands in the encoded text.

use std::ops::Range;

use crate::model::base64::is_character;
use crate::model::hex;
use crate::model::wire::percent;

/// Decoded text with the way back to the text it came from.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) text: Vec<u8>,
    /// Where decoded and encoded text stop running in step.
    steps: Vec<Step>,
}

/// From here on both run in step again.
#[derive(Debug)]
struct Step {
    decoded: usize,
    encoded: usize,
    /// Where what stands before this ends in the encoded text.
    before: usize,
}

impl From<&[u8]> for Layer {
    /// A text that stands for itself.
    fn from(text: &[u8]) -> Layer {
        Layer::from(text.to_vec())
    }
}

impl From<Vec<u8>> for Layer {
    fn from(text: Vec<u8>) -> Layer {
        Layer { text, steps: Vec::new() }
    }
}

impl Layer {
    /// Appends bytes that stand for themselves at `at`.
    pub(super) fn push(&mut self, bytes: &[u8], at: usize) {
        let (encoded, decoded) = (self.end(self.text.len()), self.text.len());
        if at != encoded || self.steps.is_empty() {
            self.steps.push(Step { decoded, encoded: at, before: encoded });
        }
        self.text.extend_from_slice(bytes);
    }

    /// Appends what a group of bytes such as `\u0041` says.
    fn push_decoded(&mut self, bytes: &[u8], from: Range<usize>) {
        self.push(bytes, from.start);
        self.steps.push(Step { decoded: self.text.len(), encoded: from.end, before: from.end });
    }

    /// The encoded bytes behind a range of the decoded ones.
    pub(super) fn back(&self, range: &Range<usize>) -> Range<usize> {
        self.start(range.start)..self.end(range.end)
    }

    fn start(&self, at: usize) -> usize {
        let next = self.steps.partition_point(|step| step.decoded <= at);
        self.steps[..next].last().map_or(at, |step| step.encoded + (at - step.decoded))
    }

    fn end(&self, at: usize) -> usize {
        let next = self.steps.partition_point(|step| step.decoded < at);
        match self.steps.get(next) {
            Some(step) if step.decoded == at => step.before,
            _ => self.steps[..next].last().map_or(at, |step| step.encoded + (at - step.decoded)),
        }
    }

    /// Undoes the backslash escapes of JSON wherever they stand. Lenient on purpose: a torn body, a lone surrogate or
    /// JSON inside prose must be readable too.
    pub(super) fn unescape(text: &[u8]) -> Layer {
        let mut layer = Layer::default();
        let mut at = 0;
        while at < text.len() {
            let plain = text[at..].iter().position(|&byte| byte == b'\\').unwrap_or(text.len() - at);
            if plain > 0 {
                layer.push(&text[at..at + plain], at);
                at += plain;
                continue;
            }
            let (c, length) = escape(&text[at..]);
            layer.push_decoded(c.encode_utf8(&mut [0; 4]).as_bytes(), at..at + length);
            at += length;
        }
        layer
    }

    /// Undoes the entities of HTML by which quotes and the like are written; `None` where there are none.
    pub(super) fn unentity(text: &[u8]) -> Option<Layer> {
        memchr::memchr(b'&', text)?;
        let mut layer = Layer::default();
        let (mut at, mut any) = (0, false);
        while at < text.len() {
            let plain = memchr::memchr(b'&', &text[at..]).unwrap_or(text.len() - at);
            if plain > 0 {
                layer.push(&text[at..at + plain], at);
                at += plain;
                continue;
            }
            let said = entity(&text[at..]);
            any |= said.is_some();
            match said {
                Some((byte, length)) => {
                    layer.push_decoded(&[byte], at..at + length);
                    at += length;
                }
                None => {
                    layer.push(b"&", at);
                    at += 1;
                }
            }
        }
        any.then_some(layer)
    }

    /// Base64 that was wrapped into lines, in one piece each, also where JSON escapes the line breaks, and where each line is a
    /// string of code or of a list; `None` where there is none.
    pub(super) fn unwrapped(text: &[u8]) -> Option<Layer> {
        let mut layer: Option<Layer> = None;
        let (mut done, mut from) = (0, 0);
        let mut breaks = memchr::memchr3_iter(b'\n', b'\r', b'\\', text).peekable();
        let mut quotes = memchr::memchr2_iter(b'"', b'\'', text).peekable();
        loop {
            let is_quote = match (breaks.peek(), quotes.peek()) {
                (None, None) => break,
                (Some(stop), Some(quote)) => quote < stop,
                (stop, _) => stop.is_none(),
            };
            let stop = if is_quote { quotes.next() } else { breaks.next() };
            let Some(stop) = stop.filter(|&stop| stop >= from) else { continue };
            from = stop + 1;
            // Behind a soft line break of quoted-printable the line goes on.
            let at = stop - usize::from(stop > done && text[stop - 1] == b'=');
            // A line of hexadecimal digits is a digest.
            let is_base64 = |line: &[u8]| {
                line.iter().rev().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
                    && !line.iter().all(u8::is_ascii_hexdigit)
            };
            let ends_line = at >= BASE64_LINE && is_base64(&text[at - BASE64_LINE..at]);
            let behind = if ends_line { behind_break(text, stop) } else { stop };
            if behind > stop && text.get(behind).is_some_and(|&byte| is_character(byte)) {
                layer.get_or_insert_default().push(&text[done..at], done);
                (done, from) = (behind, behind);
            }
        }
        let mut layer = layer?;
        layer.push(&text[done..], done);
        Some(layer)
    }

    /// Undoes percent-encoding wherever it stands.
    pub(super) fn unpercent(text: &[u8]) -> Layer {
        let mut layer = Layer::default();
        let mut at = 0;
        while at < text.len() {
            let plain = text[at..].iter().position(|&byte| byte == b'%').unwrap_or(text.len() - at);
            if plain > 0 {
                layer.push(&text[at..at + plain], at);
                at += plain;
                continue;
            }
            match percent::byte(&text[at..]) {
                Some(byte) => {
                    layer.push_decoded(&[byte], at..at + 3);
                    at += 3;
                }
                None => {
                    layer.push(b"%", at);
                    at += 1;
                }
            }
        }
        layer
    }
}

/// Base64 is wrapped into lines of no fewer characters.
pub(super) const BASE64_LINE: usize = 48;

/// Where the line break at `at` ends, with the blanks before the next line, and the sign of a comment or a quotation between them;
/// `at` if there is none. It may be escaped, and it may be a soft one of quoted-printable.
pub(super) fn line_break(text: &[u8], at: usize) -> usize {
    let mut end = at;
    let mut is_marked = false;
    loop {
        let slashes = text[end..].iter().take(8).take_while(|&&byte| byte == b'\\').count();
        match text.get(end + slashes) {
            Some(b'\r' | b'\n') if slashes == 0 => end += 1,
            Some(b'r' | b'n' | b't') if slashes > 0 => end += slashes + 1,
            Some(b' ' | b'\t') if slashes == 0 && end > at => end += 1,
            Some(b'#' | b'/' | b'*' | b'>' | b'|' | b';' | b'+')
                if slashes == 0 && end > at && !is_marked =>
            {
                let marks = text[end..].iter().take(3).take_while(|byte| b"#/*>|;+".contains(byte)).count();
                if !matches!(text.get(end + marks), Some(b' ' | b'\t')) {
                    return end;
                }
                is_marked = true;
                end += marks + 1;
            }
            _ => return end,
        }
    }
}

/// So much may stand between two strings that are one text: a sign that joins them, a line break, blanks.
const BETWEEN_STRINGS: usize = 40;

/// Where the text goes on behind a string that ends at `at`, if another follows it: `"…"\n    "…"`, `"…" +\n"…"`, `"…", "…"`; `at`
/// if none does. Both have the same quotes.
fn string_break(text: &[u8], at: usize) -> usize {
    let quote = |at: usize| {
        let slashes = text[at..].iter().take(8).take_while(|&&byte| byte == b'\\').count();
        let quote = text.get(at + slashes).copied().filter(|byte| matches!(byte, b'"' | b'\''));
        quote.map(|quote| (slashes, quote))
    };
    let Some((slashes, closing)) = quote(at) else { return at };
    let from = at + slashes + 1;
    let mut end = from;
    while end - from <= BETWEEN_STRINGS && end < text.len() {
        if end > from && quote(end) == Some((slashes, closing)) {
            return end + slashes + 1;
        }
        let escape = text[end..].iter().take(8).take_while(|&&byte| byte == b'\\').count();
        end += match text.get(end + escape) {
            Some(b'n' | b'r' | b't') if escape > 0 => escape + 1,
            Some(b'\r' | b'\n') => escape + 1,
            Some(b' ' | b'\t' | b'+' | b',' | b'.' | b'&') if escape == 0 => 1,
            _ => return at,
        };
    }
    at
}

/// Where a line of base64 goes on that is broken at `at`, or ends there as a string; `at` if it does not.
pub(super) fn behind_break(text: &[u8], at: usize) -> usize {
    match line_break(text, at) {
        end if end > at => end,
        _ => string_break(text, at),
    }
}

/// The ASCII character that an entity at the start of the text stands for, and the length of the entity.
fn entity(text: &[u8]) -> Option<(u8, usize)> {
    let end = text.iter().take(8).position(|&byte| byte == b';')?;
    let byte = match &text[1..end] {
        b"quot" => b'"',
        b"apos" => b'\'',
        b"amp" => b'&',
        b"lt" => b'<',
        b"gt" => b'>',
        [b'#', b'x' | b'X', digits @ ..] => u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?,
        [b'#', digits @ ..] => std::str::from_utf8(digits).ok()?.parse().ok()?,
        _ => return None,
    };
    byte.is_ascii().then_some((byte, end + 1))
}

/// One escape at the start of the text and its length.
fn escape(text: &[u8]) -> (char, usize) {
    match text.get(1) {
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(&byte @ (b'"' | b'/' | b'\\')) => (byte as char, 2),
        Some(b'u') => {
            let unit = |at: usize| u16::try_from(hex::number(text.get(at..at + 4)?)?).ok();
            let Some(first) = unit(2) else {
                return ('\\', 1);
            };
            let second = if text.get(6..8) == Some(b"\\u") { unit(8) } else { None };
            let pair = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
            match (pair, char::from_u32(first.into())) {
                (_, Some(c)) => (c, 6),
                (Some(c), None) => (c, 12),
                (None, None) => (char::REPLACEMENT_CHARACTER, 6),
            }
        }
        _ => ('\\', 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_base64_is_read_in_one_piece_and_leads_back_to_its_lines() {
        let line = "QUJD".repeat(19);
        let wraps = [
            "\n",
            "\r\n",
            "\n    ",
            "\\n",
            "\\r\\n",
            "\\n  ",
            "\\\\n",
            "\n# ",
            "\n  // ",
            "\n> ",
            "\\n * ",
            "=\r\n",
            "\"\n    \"",
            "' \\\n  '",
            "\" +\r\n\t\"",
            "\\\" +\\n  \\\"",
            "\", \"",
        ];
        for wrap in wraps {
            let text = format!("x: {line}{wrap}{line}{wrap}REVG\nend");
            let layer = Layer::unwrapped(text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8_lossy(&layer.text), format!("x: {line}{line}REVG\nend"), "{wrap:?}");
            let at = layer.text.windows(4).position(|four| four == b"REVG").unwrap();
            assert_eq!(&text.as_bytes()[layer.back(&(at..at + 4))], b"REVG");
            assert_eq!(layer.back(&(3..at + 4)), 3..text.len() - 4);
        }
        assert!(Layer::unwrapped(b"a few words\nand a few more\r\nlines").is_none());
        for apart in ["\": \"", "\"\n\nand\n\"", "\" '", "\"\"", "\",\\\""] {
            assert!(Layer::unwrapped(format!("\"{line}{apart}{line}\"").as_bytes()).is_none(), "{apart:?}");
        }
    }

    #[test]
    fn a_decoded_range_leads_back_to_the_bytes_that_say_it() {
        let text = br#"a\u0062c\/d\ud83d\ude00e"#;
        let layer = Layer::unescape(text);
        assert_eq!(String::from_utf8_lossy(&layer.text), "abc/d\u{1f600}e");
        assert_eq!(&text[layer.back(&(1..2))], b"\\u0062");
        assert_eq!(&text[layer.back(&(1..3))], b"\\u0062c");
        assert_eq!(&text[layer.back(&(2..4))], b"c\\/");
        assert_eq!(&text[layer.back(&(4..9))], b"d\\ud83d\\ude00");
        assert_eq!(&text[layer.back(&(9..10))], b"e");
        let text = b"a%2Fb%zc%41";
        let layer = Layer::unpercent(text);
        assert_eq!(layer.text, b"a/b%zcA");
        assert_eq!(&text[layer.back(&(1..3))], b"%2Fb");
        assert_eq!(&text[layer.back(&(5..7))], b"c%41");
    }
}
