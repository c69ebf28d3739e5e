//! What a file is made of around its documents.

/// The version that this code writes, and the newest that it reads.
pub(crate) const VERSION: u32 = 1;

/// What the first line starts with; the version follows.
pub(crate) const SIGNATURE: &str = "# llm-cassette ";

/// The line that opens a document starts with this.
pub(crate) const OPEN: &str = "---";

/// The line that closes a document.
pub(crate) const CLOSE: &str = "...";

/// The first line of a cassette.
pub(crate) fn first_line() -> String {
    format!("{SIGNATURE}{VERSION}\n")
}
