//! YAML in and out, for trees of JSON. What we write is read by people in pull requests and by the YAML libraries of
//! other languages, so the writer is our own; what people write by hand is read with a library.

mod canonical;
#[cfg(feature = "cli")]
pub(crate) mod foreign;
mod guard;
mod library;
mod number;
mod scalar;
#[cfg(test)]
mod tests;
pub(crate) mod write;

use crate::model::json::Json;

pub(crate) use library::locate;
pub(crate) use number::NumberStyle;
pub(crate) use write::write;

/// Why a text can't be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadError {
    /// Counts from 1 within the text that was read.
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
    /// A sentence without a full stop, for a user.
    pub(crate) message: String,
}

/// Where the comments of a document begin.
#[cfg(feature = "cli")]
pub(crate) fn comments(text: &str) -> Result<Vec<usize>, ReadError> {
    guard::comments(text)
}

/// Reads a document that [`write`] wrote and nobody has touched.
pub(crate) fn read_written(text: &str) -> Result<Json, ReadError> {
    canonical::read_written(text).map_or_else(|| read(text), Ok)
}

/// Reads one document. An empty text is `Json::Null`.
pub(crate) fn read(text: &str) -> Result<Json, ReadError> {
    if let Some(tree) = canonical::read(text) {
        return Ok(tree);
    }
    guard::check(text)?;
    library::read(text)
}
