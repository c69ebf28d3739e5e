//! Putting other bytes in the place of some, and what that does to the chunks in which they arrived.

use std::ops::Range;

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    pub(crate) range: Range<usize>,
    pub(crate) with: Vec<u8>,
}

/// The bytes after all replacements, which are in order and apart.
pub(crate) fn apply(text: &[u8], splices: &[Splice]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for splice in splices {
        out.extend_from_slice(&text[at..splice.range.start]);
        out.extend_from_slice(&splice.with);
        at = splice.range.end;
    }
    out.extend_from_slice(&text[at..]);
    out
}

/// The lengths of the chunks after all replacements; `None` for a chunk of which nothing is left.
pub(crate) fn remap(chunks: &[usize], splices: &[Splice]) -> Vec<Option<usize>> {
    let mut out = Vec::with_capacity(chunks.len());
    let (mut old, mut new) = (0, 0);
    for &length in chunks {
        old += length;
        let end = moved(old, splices);
        out.push((end > new || length == 0).then(|| end - new));
        new = end;
    }
    out
}

/// Where a cut between two chunks is after all replacements.
fn moved(at: usize, splices: &[Splice]) -> usize {
    let mut to = at;
    for splice in splices {
        if at <= splice.range.start {
            break;
        }
        if at < splice.range.end {
            let kept = (at - splice.range.start).min(splice.with.len());
            return to - (at - splice.range.start) + kept;
        }
        to = to + splice.with.len() - splice.range.len();
    }
    to
}
