//! What stands outside the documents of a tape and is read when one that needs it is parsed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use bytes::Bytes;

use crate::format::Malformed;
use crate::format::allowance::Common;
use crate::format::blob_source::BlobSource;
use crate::format::blobs::BlobName;
use crate::model::aside::Aside;
use crate::store::blob_files::{self, Unusable};

/// What is beside a tape, as one document needs it.
pub(super) struct Beside<'a> {
    blobs: &'a Path,
    given: &'a HashMap<BlobName, Bytes>,
    common: &'a Common,
    /// Whether bodies are only played, so that large ones can stay in their blobs.
    is_played: bool,
    /// The blob that was wanted and could not be had.
    missed: RefCell<Option<(BlobName, Unusable)>>,
}

impl<'a> Beside<'a> {
    pub(super) fn new(
        blobs: &'a Path,
        given: &'a HashMap<BlobName, Bytes>,
        common: &'a Common,
        is_played: bool,
    ) -> Beside<'a> {
        Beside { blobs, given, common, is_played, missed: RefCell::default() }
    }

    /// Says of a document that could not be read for want of a blob where it refers to it and what to do. `text` is
    /// what stands behind the line that opens the document.
    pub(super) fn explain(self, text: &str, malformed: Malformed) -> Malformed {
        let Some((name, unusable)) = self.missed.into_inner() else { return malformed };
        let line = match text.find(name.as_str()) {
            Some(at) => crate::store::tape::line_of(text.as_bytes(), at) + 1,
            None => malformed.line,
        };
        Malformed { line, message: unusable.message, hint: Some(unusable.hint) }
    }
}

impl BlobSource for Beside<'_> {
    fn blob(&self, hash: &str) -> Result<Bytes, String> {
        let name = BlobName::parse(hash).ok_or_else(|| format!("{hash:?} is not the name of a blob"))?;
        let bytes = match self.given.get(&name) {
            Some(bytes) => bytes.clone(),
            None => blob_files::read(self.blobs, &name).map_err(|unusable| {
                let message = unusable.message.clone();
                *self.missed.borrow_mut() = Some((name.clone(), unusable));
                message
            })?,
        };
        self.common.blob(&name, bytes.len())?;
        Ok(bytes)
    }

    fn aside(&self, hash: &str, length: usize) -> Option<Result<Aside, String>> {
        let name = BlobName::parse(hash)
            .filter(|name| self.is_played && length >= blob_files::LARGE && !self.given.contains_key(name))?;
        // What is wrong with one that cannot be used is told where it is read as a whole.
        let aside =
            blob_files::in_pieces(self.blobs, &name).filter(|aside| aside.pieces().length() == length)?;
        Some(self.common.blob(&name, length).map(|()| aside))
    }
}
