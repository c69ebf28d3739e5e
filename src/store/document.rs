//! A recording as it goes into a file.

use std::sync::Arc;

use crate::format::blobs::Blobs;
use crate::format::recounted;
use crate::matching::request_key::Key;
use crate::store::grown::Placed;
use crate::store::relink::{Piece, Stance};
use crate::store::tape::Parsed;

/// A document that this process wrote, or is about to.
#[derive(Debug)]
pub(crate) struct Document {
    /// From `---` to `...`, as it stands in the file.
    pub(crate) text: String,
    /// The key that it gives itself.
    pub(crate) key: Key,
    /// Parsed back from the text: what the file will say.
    pub(crate) parsed: Arc<Parsed>,
    /// The offset at which it was added to the end of its file.
    pub(crate) at: Option<u64>,
    /// What the text refers to, until that is on disk.
    pub(crate) blobs: Blobs,
    /// How often it was played since it was recorded.
    pub(crate) replays: u64,
    /// Something in the answer was replaced, so that it is not what the client was given when it was recorded.
    pub(crate) altered: bool,
    /// How many secret values were known when it was redacted.
    pub(crate) known: usize,
}

impl Document {
    /// A text of this document with the number of its uses brought up to date.
    pub(super) fn counted(&self, text: &str) -> String {
        match self.replays {
            0 => text.to_owned(),
            replays => recounted(text, self.parsed.interaction.usage_count + replays),
        }
    }

    /// Its text and where that was added to the file, if it was.
    pub(crate) fn placed(&self) -> Option<Placed<'_>> {
        Some((self.at?, self.text.as_bytes()))
    }

    pub(super) fn piece(&self, stance: Stance) -> Piece<'_> {
        Piece { text: &self.text, key: self.key, parsed: &self.parsed, stance }
    }
}
