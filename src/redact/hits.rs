//! From secrets that were found to what is to be cut out of bytes.

use std::ops::Range;

use crate::model::splice::Splice;

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
