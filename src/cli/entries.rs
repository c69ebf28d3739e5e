//! A cassette as commands see it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::blobs::BlobName;
use crate::error::{Error, Kind};
use crate::request_key::Key;
use crate::rules::Rules;
use crate::storage;
use crate::tape::{Parsed, Tape};

/// A cassette, read.
pub(super) struct Cassette {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
    /// The file ends in a document that was never finished; it is not among the entries.
    pub(super) torn: bool,
}

/// An interaction and where it stands.
pub(super) struct Entry {
    /// The line of the file at which it begins, from 1.
    pub(super) line: usize,
    pub(super) parsed: Arc<Parsed>,
}

impl Entry {
    /// The key of the request as it stands in the file.
    pub(super) fn key(&self) -> Key {
        self.parsed.normal.key
    }
}

/// Reads all of a cassette.
pub(super) fn read(path: &Path) -> Result<Cassette, Error> {
    let bytes = storage::load(path)?
        .ok_or_else(|| Error::new(Kind::MissingFile, format!("there is no {}", path.display())))?;
    parse(path, bytes)
}

/// The cassette in the bytes of a file.
pub(super) fn parse(path: &Path, bytes: Vec<u8>) -> Result<Cassette, Error> {
    parse_older(path, bytes, HashMap::new())
}

/// The cassette in the bytes that a file once had. `blobs` are those that it referred to and that may be gone.
pub(super) fn parse_older(
    path: &Path,
    bytes: Vec<u8>,
    blobs: HashMap<BlobName, Bytes>,
) -> Result<Cassette, Error> {
    let (tape, torn) = Tape::new(path, bytes, Rules::default())?;
    let tape = tape.with_blobs(blobs);
    let entries = tape
        .all()
        .map(|parsed| parsed.map(|(slot, parsed)| Entry { line: tape.line(slot), parsed }))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Cassette { path: path.to_owned(), entries, torn })
}
