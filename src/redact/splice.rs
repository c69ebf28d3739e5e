//! Cutting found secrets out of bytes, and what that does to the chunks in which the bytes arrived.

use std::ops::Range;

/// What stands where a secret stood.
pub(crate) const MARK: &str = "[REDACTED]";

/// Bytes that have to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    /// The rest of a secret whose mark stands earlier, in the piece of a stream where the secret began.
    pub(super) continues: bool,
}

impl Hit {
    pub(super) fn whole(range: Range<usize>) -> Hit {
        Hit { range, continues: false }
    }
}

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) with: Vec<u8>,
}

/// Joins hits that overlap or touch, and leaves out those that would change nothing.
pub(super) fn plan(text: &[u8], mut hits: Vec<Hit>, mark: &str) -> Vec<Splice> {
    hits.retain(|hit| !hit.range.is_empty() && !is_marked(text, &hit.range, mark));
    hits.sort_by_key(|hit| hit.range.start);
    let mut joined: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match joined.last_mut() {
            Some(last) if hit.range.start <= last.range.end => {
                last.range.end = last.range.end.max(hit.range.end);
                last.continues &= hit.continues;
            }
            _ => joined.push(hit),
        }
    }
    let with = |hit: &Hit| if hit.continues { Vec::new() } else { mark.as_bytes().to_vec() };
    joined.into_iter().map(|hit| Splice { with: with(&hit), range: hit.range }).collect()
}

/// Whether the range lies within a mark that is there already.
fn is_marked(text: &[u8], range: &Range<usize>, mark: &str) -> bool {
    if range.len() > mark.len() {
        return false;
    }
    let first = range.end.saturating_sub(mark.len());
    (first..=range.start).any(|at| text[at..].starts_with(mark.as_bytes()))
}

/// The bytes after all replacements, which are in order and apart.
pub(super) fn apply(text: &[u8], splices: &[Splice]) -> Vec<u8> {
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

/// The lengths of the chunks after all replacements. A chunk that held nothing but a part of a secret is gone.
pub(super) fn remap(chunks: &[usize], splices: &[Splice]) -> Vec<usize> {
    let mut out = Vec::with_capacity(chunks.len());
    let (mut old, mut new) = (0, 0);
    for &length in chunks {
        old += length;
        let end = moved(old, splices);
        if end > new || length == 0 {
            out.push(end - new);
        }
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
