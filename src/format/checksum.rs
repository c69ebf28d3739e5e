//! The checksum of a document: a comment behind `recorded_at` that says how long the document is and what its lines add up
//! to. Where a union merge by git interleaved documents line by line, it tells which lines belong to which of them.

use std::borrow::Cow;
use std::ops::Range;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The field whose line bears the checksum. It changes whenever a document is recorded again, so the checksum costs a diff no
/// line.
const BEARER: &[u8] = b"recorded_at:";

/// How far down in a document the bearer is looked for: the writer has it among the first lines.
pub(crate) const HEAD_LINES: usize = 8;

/// How many characters of a checksum are the sum over the whole document.
const SUM_LENGTH: usize = 8;

/// How many lines share a code. Two bits a line are plenty: whoever goes astray meets the next code, and the next. With
/// four lines, one merge in thirty could not be told apart.
const GROUP: usize = 3;

/// How many codes each end and the middle of a long document get, so that its line stays one that people skip.
const DENSE_CODES: usize = 64;

/// What a checksum says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checksum<'a> {
    /// How many lines the document has, from `---` to `...`.
    pub(crate) lines: usize,
    /// How many bytes it has without the checksum and with plain line ends.
    pub(crate) bytes: usize,
    sum: &'a [u8],
    codes: &'a [u8],
}

impl<'a> Checksum<'a> {
    /// The checksum at the end of a line, and where in the line that comment begins.
    pub(crate) fn of_line(line: &'a [u8]) -> Option<(usize, Checksum<'a>)> {
        if !line.starts_with(BEARER) {
            return None;
        }
        let line = line.trim_ascii_end();
        let at = memchr::memmem::rfind(line, b" # ")?;
        let mut parts = line[at + 3..].split(|byte| *byte == b',');
        let lines = number(parts.next()?.strip_suffix(b" lines")?)?;
        let bytes = number(parts.next()?.strip_prefix(b" ")?.strip_suffix(b" bytes")?)?;
        let rest = parts.next()?.strip_prefix(b" ")?;
        if parts.next().is_some() || lines == 0 || rest.len() != SUM_LENGTH + codes(lines) {
            return None;
        }
        // Nothing else is a comment of ours, such as what other readers take for the end of the line.
        if !rest.iter().all(|digit| DIGITS.contains(digit)) {
            return None;
        }
        let (sum, codes) = rest.split_at(SUM_LENGTH);
        Some((at, Checksum { lines, bytes, sum, codes }))
    }

    /// Whether these could be the first `count` lines of the document: `None` where the checksum does not say.
    pub(crate) fn allows(&self, count: usize, chain: Chain) -> Option<bool> {
        if count == self.lines {
            return Some(chain.sum() == self.sum);
        }
        code_at(self.lines, count).map(|code| self.codes.get(code) == Some(&chain.code()))
    }
}

/// Whether the checksum of a document, from `---` to `...`, says what it holds now; `None` where it has none.
pub(crate) fn is_true_of(document: &[u8]) -> Option<bool> {
    let (_, checksum) = find(document)?;
    let document = document.strip_suffix(b"\n").unwrap_or(document);
    let mut lines = 0;
    let chain = document.split(|byte| *byte == b'\n').fold(Chain::default(), |chain, line| {
        lines += 1;
        chain.and(hash(line))
    });
    Some(lines == checksum.lines && checksum.allows(lines, chain) == Some(true))
}

/// What the lines of a document so far add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Chain(u64);

impl Chain {
    /// The chain with one line more, given by its hash.
    #[must_use]
    pub(crate) fn and(self, line: u64) -> Chain {
        Chain(stir(self.0, line))
    }

    /// All of it, to tell it from others.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    fn code(self) -> u8 {
        self.sum()[0]
    }

    fn sum(self) -> [u8; SUM_LENGTH] {
        std::array::from_fn(|at| DIGITS[(self.0 >> (58 - 6 * at)) as usize & 63])
    }
}

/// The hash of a line, whatever its line end. A checksum at its end does not count.
pub(crate) fn hash(line: &[u8]) -> u64 {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = Checksum::of_line(line).map_or(line, |(at, _)| &line[..at]);
    let (words, rest) = line.as_chunks();
    let hash = words.iter().fold(line.len() as u64, |hash, word| stir(hash, u64::from_le_bytes(*word)));
    if rest.is_empty() {
        return hash;
    }
    let mut word = [0; 8];
    word[..rest.len()].copy_from_slice(rest);
    stir(hash, u64::from_le_bytes(word))
}

/// Mixes a word into a hash. What it gives is in files, so it stays as it is for ever.
fn stir(hash: u64, word: u64) -> u64 {
    let mixed = (hash.rotate_left(23) ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Which code of a document of so many lines stands for its first `count` lines, if any does. Codes are dense at both
/// ends, where documents differ; what is long is mostly what they have in common, in the middle.
fn code_at(lines: usize, count: usize) -> Option<usize> {
    let dense = DENSE_CODES * GROUP;
    let after = lines.checked_sub(count)?;
    if after == 0 {
        return None;
    }
    if count <= dense || lines <= 3 * dense {
        return count.is_multiple_of(GROUP).then(|| count / GROUP - 1).filter(|_| count > 0);
    }
    if after <= dense {
        // Counted from the end, so that the last code is `GROUP` lines before it.
        return after.is_multiple_of(GROUP).then(|| codes(lines) - after / GROUP);
    }
    let (middle, at) = (lines - 2 * dense, count - dense);
    let step = middle.div_ceil(DENSE_CODES);
    at.is_multiple_of(step).then(|| DENSE_CODES + at / step - 1)
}

fn codes(lines: usize) -> usize {
    let dense = DENSE_CODES * GROUP;
    if lines <= 3 * dense {
        return (lines - 1) / GROUP;
    }
    let middle = lines - 2 * dense;
    2 * DENSE_CODES + (middle - 1) / middle.div_ceil(DENSE_CODES)
}

/// A document with a checksum that fits it, whether or not it had one.
pub(crate) fn with_checksum(document: &str) -> String {
    let bare = without(document);
    let Some(at) = bearer(bare.as_bytes()) else { return bare.into_owned() };
    let lines = bare.lines().count();
    let mut chain = Chain::default();
    let mut codes = Vec::new();
    for (index, line) in bare.lines().enumerate() {
        chain = chain.and(hash(line.as_bytes()));
        codes.extend(code_at(lines, index + 1).map(|_| chain.code()));
    }
    let digits = [chain.sum().as_slice(), &codes].concat();
    let digits = String::from_utf8_lossy(&digits);
    let (before, after) = bare.split_at(at.end);
    format!("{before} # {lines} lines, {} bytes, {digits}{after}", bare.len())
}

/// A document, or what stands in it, without its checksum.
pub(crate) fn without(text: &str) -> Cow<'_, str> {
    match find(text.as_bytes()) {
        Some((comment, _)) => Cow::Owned([&text[..comment.start], &text[comment.end..]].concat()),
        None => Cow::Borrowed(text),
    }
}

/// The checksum in a document, and where that comment stands.
pub(crate) fn find(text: &[u8]) -> Option<(Range<usize>, Checksum<'_>)> {
    let line = bearer(text)?;
    let (at, checksum) = Checksum::of_line(&text[line.clone()])?;
    Some((line.start + at..line.end, checksum))
}

/// Whether a line is one that can bear a checksum.
pub(crate) fn is_bearer(line: &[u8]) -> bool {
    line.starts_with(BEARER)
}

/// Where the line stands that bears the checksum, without its end.
fn bearer(text: &[u8]) -> Option<Range<usize>> {
    let mut start = 0;
    for _ in 0..HEAD_LINES {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |length| start + length);
        if is_bearer(&text[start..end]) {
            return Some(start..start + text[start..end].trim_ascii_end().len());
        }
        start = (end + 1).min(text.len());
    }
    None
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "--- # POST a\nkey: 1\nrecorded_at: \"2026-11-21T05:13:13Z\"\nusage_count: 1\n\
                            request:\n  method: POST\nresponse:\n  status: 200\n...\n";

    #[test]
    fn a_seal_is_a_comment_on_the_line_that_changes_anyway() {
        insta::assert_snapshot!(with_checksum(DOCUMENT), @r##"
        --- # POST a
        key: 1
        recorded_at: "2026-11-21T05:13:13Z" # 9 lines, 123 bytes, qhAYusdcXX
        usage_count: 1
        request:
          method: POST
        response:
          status: 200
        ...
        "##);
    }

    #[test]
    fn a_document_without_its_seal_is_what_it_was_and_can_be_sealed_again() {
        let with_sum = with_checksum(DOCUMENT);
        assert_eq!(without(&with_sum), DOCUMENT);
        assert_eq!(with_checksum(&with_sum), with_sum);
        assert_ne!(with_checksum(&with_sum.replace("200", "201")), with_sum.replace("200", "201"));
        assert_eq!(with_checksum("--- # nothing to put it on\n...\n"), "--- # nothing to put it on\n...\n");
    }

    #[test]
    fn a_seal_says_of_every_start_of_its_document_that_it_fits() {
        let body: String = (0..700).map(|line| format!("  line: {line}\n")).collect();
        let document = with_checksum(&DOCUMENT.replace("  status: 200\n", &body));
        let (_, checksum) = find(document.as_bytes()).unwrap();
        assert_eq!((checksum.lines, checksum.bytes), (document.lines().count(), without(&document).len()));
        let mut chain = Chain::default();
        let mut said = 0;
        for (index, line) in document.replace('\n', "\r\n").split_inclusive('\n').enumerate() {
            chain = chain.and(hash(line.as_bytes()));
            let allows = checksum.allows(index + 1, chain);
            assert_ne!(allows, Some(false), "line {}", index + 1);
            said += usize::from(allows.is_some());
        }
        assert_eq!(said, codes(checksum.lines) + 1);
    }

    #[test]
    fn what_is_no_seal_of_ours_is_somebodys_comment() {
        let bearer = with_checksum(DOCUMENT).lines().nth(2).unwrap().to_owned();
        assert!(Checksum::of_line(bearer.as_bytes()).is_some());
        for line in [
            bearer.replace("recorded_at", "recorded"),
            bearer.replace("9 lines", "nine lines"),
            bearer.replace("9 lines", "0 lines"),
            bearer.replace("9 lines", "900 lines"),
            bearer.clone() + ", again",
            bearer[..bearer.len() - 3].to_owned() + "\u{2028}",
            bearer.replace(" # ", " #"),
        ] {
            assert_eq!(Checksum::of_line(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn every_code_stands_for_one_place() {
        for lines in 1..2500 {
            let all: Vec<usize> = (1..=lines).filter_map(|count| code_at(lines, count)).collect();
            assert_eq!(all, (0..codes(lines)).collect::<Vec<_>>(), "{lines}");
        }
    }
}
