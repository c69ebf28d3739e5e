//! What stands under the name of a secret, wherever the name stands.

use std::ops::Range;

use super::json_spans::Node;
use super::looks::{self, Written};
use super::secret_names::{Names, Says};

/// A value under the name of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) range: Range<usize>,
    /// What stands there, without escapes.
    pub(super) value: Vec<u8>,
    /// It is a credential for sure, so that it may be looked for everywhere.
    pub(super) is_telling: bool,
}

impl Named {
    pub(super) fn new(range: Range<usize>, says: Says, value: Vec<u8>) -> Named {
        Named { range, is_telling: looks::is_telling(says, &value), value }
    }
}

/// Takes what stands at a place of a text for a secret under a name that says so much, if it looks like one.
pub(super) fn keep(text: &[u8], says: Says, range: Range<usize>, written: Written, found: &mut Vec<Named>) {
    if looks::is_secret(says, &text[range.clone()], written) {
        found.push(Named::new(range.clone(), says, text[range].to_vec()));
    }
}

/// Who reads JSON that a text holds. JSON holds texts, and texts hold JSON: whoever reads the one is handed who reads the other.
#[derive(Clone, Copy)]
pub(super) struct JsonReader {
    /// What stands under names of secrets in a text that was decoded.
    pub(super) in_text: fn(&[u8], &Names) -> Vec<Named>,
    /// The same in a value that stands under a name itself, which says so much.
    pub(super) under: fn(&[u8], &Node, &Names, Says) -> Vec<Named>,
}
