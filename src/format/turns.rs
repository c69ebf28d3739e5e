//! Turns of a conversation: a request that goes on from another one stores what is new, and refers to the other for the
//! rest.

mod nearest;
mod outline;

use std::cell::OnceCell;
use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::matching::request_key::Key;
use crate::model::hex;
use crate::model::interaction::Interaction;
use crate::model::json::{self, Json};

pub(crate) use nearest::Candidates;
pub(crate) use outline::{Of, Outline, Shape, Shared, Taken};

/// The document that another one goes on from, as it stands behind `extends`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The key that the document gives itself.
    pub(crate) key: Key,
    pub(crate) take: u64,
    /// Tells which is meant where a merge left several documents with this key and take; a person need not write it.
    pub(crate) sum: Option<Sum>,
}

impl Reference {
    /// Reads `482e03d1…64 digits`, perhaps with ` take 2` or ` sum 9f86d081` behind it.
    pub(crate) fn parse(text: &str) -> Option<Reference> {
        let mut words = text.split_ascii_whitespace();
        let mut reference = Reference { key: Key::parse(words.next()?.as_bytes())?, take: 1, sum: None };
        while let Some(word) = words.next() {
            match (word, words.next()?) {
                ("take", number) => reference.take = number.parse().ok().filter(|take| *take > 0)?,
                ("sum", digits) => reference.sum = Some(Sum::parse(digits)?),
                _ => return None,
            }
        }
        Some(reference)
    }

    /// What a person looks for in the file.
    pub(crate) fn name(&self) -> String {
        match self.take {
            1 => format!("{}…", self.key.short()),
            take => format!("{}… take {take}", self.key.short()),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        if self.take != 1 {
            write!(f, " take {}", self.take)?;
        }
        self.sum.map_or(Ok(()), |sum| write!(f, " sum {:08x}", sum.0))
    }
}

/// The beginning of the SHA-256 of all that a document takes from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sum(u32);

impl Sum {
    fn parse(digits: &str) -> Option<Sum> {
        (digits.len() == 8).then(|| hex::number(digits.as_bytes()).map(Sum)).flatten()
    }

    /// Of values, in the order in which they are taken.
    pub(crate) fn of<'a>(values: impl IntoIterator<Item = &'a Json>) -> Sum {
        let mut hasher = Sha256::new();
        for value in values {
            hasher.update(value.compact());
            hasher.update("\n");
        }
        let [a, b, c, d, ..]: [u8; 32] = hasher.finalize().into();
        Sum(u32::from_be_bytes([a, b, c, d]))
    }
}

/// An interaction that another one goes on from, its bodies as trees.
pub(crate) struct Turn<'a> {
    interaction: &'a Interaction,
    request: OnceCell<Option<Json>>,
    response: OnceCell<Option<Json>>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(interaction: &'a Interaction) -> Turn<'a> {
        Turn { interaction, request: OnceCell::new(), response: OnceCell::new() }
    }

    pub(crate) fn request(&self) -> Option<&Json> {
        self.request.get_or_init(|| json::parse(&self.interaction.request.body).ok()).as_ref()
    }

    /// `None` for a stream, which repeats things in ways of its own.
    pub(crate) fn response(&self) -> Option<&Json> {
        let body = &self.interaction.response.body;
        let parse = || body.chunks.is_empty().then(|| json::parse(&body.bytes).ok()).flatten();
        self.response.get_or_init(parse).as_ref()
    }
}

/// What a document that is being written goes on from.
pub(crate) struct Earlier<'a> {
    pub(crate) key: Key,
    pub(crate) take: u64,
    pub(crate) turn: Turn<'a>,
}

impl<'a> Earlier<'a> {
    pub(crate) fn new(key: Key, interaction: &'a Interaction) -> Earlier<'a> {
        Earlier { key, take: interaction.take, turn: Turn::new(interaction) }
    }
}

/// How many documents with one key and take are looked at for the one that is meant: a merge leaves one of each branch.
const MAX_TWINS: usize = 16;

/// Candidates for what a document at some place refers to, the likeliest first: whoever goes on goes on from what was
/// said last.
pub(crate) fn nearest_first(place: usize, candidates: &[usize]) -> Vec<usize> {
    // They come in the order of the file.
    let at = candidates.partition_point(|candidate| *candidate < place);
    let before = candidates[..at].iter().copied().rev();
    let behind = candidates[at..].iter().copied().filter(|candidate| *candidate > place);
    before.chain(behind).take(MAX_TWINS).collect()
}
