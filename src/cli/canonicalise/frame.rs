//! What stands around documents: the first line, comments, line ends.

use crate::format::{SIGNATURE, first_line};

/// How the lines of a file end: as its first one, which git may have converted on Windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnds {
    Plain,
    Windows,
}

impl LineEnds {
    pub(super) fn of(bytes: &[u8]) -> LineEnds {
        let first = bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        if first.ends_with(b"\r\n") { LineEnds::Windows } else { LineEnds::Plain }
    }

    pub(super) fn apply(self, bytes: Vec<u8>) -> Vec<u8> {
        match self {
            LineEnds::Plain => bytes,
            LineEnds::Windows => with_ends(&bytes, b"\n", b"\r\n"),
        }
    }
}

/// The bytes with plain line ends, which mean the same in YAML, and without a byte order mark.
pub(super) fn plain(bytes: &[u8]) -> Vec<u8> {
    with_ends(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes), b"\r\n", b"\n")
}

fn with_ends(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(old) {
            Some(line) => [line, new].iter().for_each(|part| out.extend_from_slice(part)),
            None => out.extend_from_slice(line),
        }
    }
    out
}

/// Adds what starts on a line of its own and ends one.
pub(super) fn push(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(text);
    if !out.is_empty() && !out.ends_with(b"\n") {
        out.push(b'\n');
    }
}

/// What stands before the first document. A crash may have left but the start of the first line.
pub(super) fn preamble(text: &[u8]) -> Vec<u8> {
    let whole = text.starts_with(SIGNATURE.as_bytes()) && text.len() > SIGNATURE.len();
    if whole { text.to_vec() } else { first_line().into_bytes() }
}
