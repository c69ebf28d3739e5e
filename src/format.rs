//! The tape on disk, version 1: a first line with the version, then one YAML document an interaction, each closed by a
//! line `...`. The closing line is what tells a finished document from one that a crash tore off; YAML readers skip it.

pub(crate) mod allowance;
pub(crate) mod blob_source;
pub(crate) mod blobs;
mod bodies;
pub(crate) mod body;
pub(crate) mod checksum;
mod extending;
mod headers;
mod labels;
mod lines;
mod mapping;
mod reading;
#[cfg(any(test, feature = "cli"))]
pub(crate) mod schema;
pub(crate) mod turns;
pub(crate) mod variables;
mod version;
mod writing;
pub(crate) mod yaml;

use std::ops::Range;

use crate::format::blob_source::BlobSource;
use crate::format::blobs::Blobs;
use crate::format::turns::{Earlier, Turn};
use crate::matching::request_key::Key;
use crate::model::interaction::Interaction;
use crate::model::json::Json;
use crate::model::text::escape_line;
use crate::redact::Redacted;
pub(crate) use extending::{Opened, open, open_untouched};

use extending::open_just_written;
pub(crate) use labels::{recounted, reheaded};
pub(crate) use version::{CLOSE, OPEN, SIGNATURE, VERSION, first_line};
use writing::{title, tree};

/// Something in a document that cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Line within the document, the one with `---` being 1.
    pub(crate) line: usize,
    pub(crate) message: String,
    /// What to do, where that is something else than to fix the line.
    pub(crate) hint: Option<String>,
}

/// So many characters of a message are enough for anybody.
const LONGEST_MESSAGE: usize = 600;

fn shortened(message: String) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}

impl Malformed {
    /// The message may quote what stands in the file, however long that is and whatever it would do to a terminal.
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Malformed {
        Malformed { line, message: escape_line(&shortened(message.into())), hint: None }
    }
}

/// A document as it goes to disk.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// From `---` to `...`.
    pub(crate) text: String,
    /// What the text refers to.
    pub(crate) blobs: Blobs,
    /// What stands between the two lines, and the tree that it was written from.
    inner: Range<usize>,
    tree: Json,
}

impl Written {
    /// Reads the document back, under its checksum.
    ///
    /// To write the tree of what was read once more, as is done with a text of which nobody knows where it is from, would give
    /// this very text again: both trees are the same.
    pub(crate) fn read_back(
        &self,
        with_checksum: &str,
        base: Option<&Turn<'_>>,
    ) -> Result<(Interaction, Key), Malformed> {
        let behind = with_checksum.len() - self.text.len();
        let inner = with_checksum.get(self.inner.start..self.inner.end + behind).unwrap_or_default();
        let is_same = checksum::without(inner) == self.text[self.inner.clone()];
        match open_just_written(inner, &self.tree).filter(|_| is_same) {
            Some(opened) => opened.read(&self.blobs, base),
            None => read(inner, &self.blobs, base),
        }
    }
}

/// The text of a document, and the blobs that go with it. What it repeats of an earlier turn is not written again.
pub(crate) fn write(redacted: &Redacted, key: &Key, earlier: Option<&Earlier<'_>>) -> Written {
    let mut blobs = Blobs::default();
    let interaction = redacted.interaction();
    let mut out = format!("{OPEN} # {}\n", title(interaction, key));
    let tree = tree(interaction, key, earlier, &mut blobs);
    #[cfg(test)]
    schema::assert_allows(&tree);
    let start = out.len();
    out.push_str(&yaml::write(&tree));
    let inner = start..out.len();
    out.push_str(CLOSE);
    out.push('\n');
    Written { text: out, blobs, inner, tree }
}

/// Reads a document. `text` starts behind the line with `---` and ends before the one with `...`. The key that stands
/// in it comes along; whether it fits is for the caller to see.
pub(crate) fn read(
    text: &str,
    blobs_at: &dyn BlobSource,
    base: Option<&Turn<'_>>,
) -> Result<(Interaction, Key), Malformed> {
    open(text)?.read(blobs_at, base)
}

#[cfg(test)]
pub(crate) mod tests;
