//! How much reading may make of what stands in a cassette. A stream says once what its events share, a layout says in a
//! word how every line is indented, a blob may be referred to again and again: a few thousand bytes could ask for
//! gigabytes. Whatever unfolds asks here first, so that what is read stays in proportion to what is there.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::format::blob_source::BlobSource;
use crate::format::blobs::BlobName;
use crate::model::json::Json;

/// Any body may unfold to this many bytes.
const FREE: usize = 64 * 1024;

/// And to so many times what it takes in its document.
const TIMES: usize = 100;

/// And to so many times the blobs that it refers to and the items that it takes from the turn that it extends.
const TIMES_TAKEN: usize = 8;

/// What a body may still unfold to.
#[derive(Debug)]
pub(crate) struct Allowance {
    limit: Cell<usize>,
    spent: Cell<usize>,
    seen: RefCell<HashSet<String>>,
}

impl Allowance {
    /// For a body as it stands in a document. It is the same when the document is written as when it is read, so that
    /// what is written can be read.
    pub(crate) fn of(body: &Json) -> Allowance {
        Allowance::up_to(body.size().saturating_mul(TIMES).saturating_add(FREE))
    }

    /// For a form that may yet lose something before it is written: a little less than it would have.
    pub(crate) fn with_margin(form: &Json) -> Allowance {
        Allowance::up_to(form.size().saturating_mul(TIMES).saturating_add(FREE) / 8 * 7)
    }

    fn up_to(limit: usize) -> Allowance {
        Allowance { limit: Cell::new(limit), spent: Cell::new(0), seen: RefCell::default() }
    }

    /// As much as there is now, for what is gone through twice.
    pub(crate) fn again(&self) -> Allowance {
        Allowance::up_to(self.left())
    }

    /// How many bytes it was in all.
    pub(crate) fn limit(&self) -> usize {
        self.limit.get()
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.limit.get().saturating_sub(self.spent.get())
    }

    /// Takes so many bytes of it.
    pub(crate) fn spend(&self, bytes: usize) -> Result<(), String> {
        let spent = self.spent.get().saturating_add(bytes);
        self.spent.set(spent);
        if spent > self.limit.get() { Err(self.refusal()) } else { Ok(()) }
    }

    /// What stands elsewhere, and was read for this body.
    pub(crate) fn add_taken(&self, bytes: usize) {
        self.limit.set(self.limit.get().saturating_add(bytes.saturating_mul(TIMES_TAKEN)));
    }

    /// As an error says it.
    pub(crate) fn refusal(&self) -> String {
        format!(
            "this body unfolds to more than {} bytes, which is more than a body of its size may: {TIMES} times what it \
             takes in the cassette, {TIMES_TAKEN} times its blobs, and {} KiB",
            self.limit.get(),
            FREE / 1024
        )
    }

    /// The bytes of a blob, each time it is wanted.
    pub(crate) fn blob(&self, blobs_at: &dyn BlobSource, hash: &str) -> Result<Bytes, String> {
        let bytes = blobs_at.blob(hash)?;
        if self.seen.borrow_mut().insert(hash.to_owned()) {
            self.add_taken(bytes.len());
        }
        self.spend(bytes.len())?;
        Ok(bytes)
    }
}

/// All documents of a cassette together may take this much from the turns that they extend and from blobs.
const FREE_OF_ALL: usize = 128 << 20;

/// And so many times the file, and so many times its blobs, of which one may be in every request.
const TIMES_OF_FILE: usize = 100;
const TIMES_OF_BLOBS: usize = 256;

/// What all documents of a cassette together may yet take from elsewhere. Each of many may take all that one has.
#[derive(Debug)]
pub(crate) struct Common {
    limit: AtomicUsize,
    spent: AtomicUsize,
    seen: Mutex<HashSet<BlobName>>,
}

impl Common {
    /// For a file of so many bytes.
    pub(crate) fn of(file: usize) -> Common {
        let limit = file.saturating_mul(TIMES_OF_FILE).saturating_add(FREE_OF_ALL);
        Common { limit: AtomicUsize::new(limit), spent: AtomicUsize::new(0), seen: Mutex::default() }
    }

    /// A document has read a blob.
    pub(crate) fn blob(&self, name: &BlobName, bytes: usize) -> Result<(), String> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.insert(name.clone()) {
            self.limit.fetch_add(bytes.saturating_mul(TIMES_OF_BLOBS), Ordering::Relaxed);
        }
        drop(seen);
        self.spend(bytes)
    }

    /// A document that extends another one has so many bytes.
    pub(crate) fn spend(&self, bytes: usize) -> Result<(), String> {
        let spent = self.spent.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let limit = self.limit.load(Ordering::Relaxed);
        if spent <= limit {
            return Ok(());
        }
        Err(format!(
            "the documents of this cassette take more than {limit} bytes from the turns that they extend and from blobs: \
             {TIMES_OF_FILE} times the file, {TIMES_OF_BLOBS} times its blobs, and {} MiB",
            FREE_OF_ALL >> 20
        ))
    }

    /// Whether a writer may add a document that takes so much: what it writes has to be read, by a reader of the file and of
    /// one that was merged with another.
    pub(crate) fn has_room(taken: usize, file: usize) -> bool {
        taken <= (file.saturating_mul(TIMES_OF_FILE).saturating_add(FREE_OF_ALL)) / 2
    }

    /// What has been taken so far.
    pub(crate) fn spent(&self) -> usize {
        self.spent.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_writer_may_add_a_reader_takes() {
        for (taken, file) in [(64 << 20, 0), (164 << 20, 2 << 20), (usize::MAX / 4, usize::MAX)] {
            assert!(Common::has_room(taken, file));
            assert!(Common::of(file).spend(taken).is_ok());
            assert!(Common::of(file).spend(2 * taken).is_ok());
        }
        assert!(!Common::has_room(65 << 20, 0));
        assert!(Common::of(0).spend(129 << 20).is_err());
    }
    use crate::format::blobs::Blobs;

    #[test]
    fn a_blob_counts_once_for_what_is_allowed_and_each_time_for_what_is_asked() {
        let mut blobs = Blobs::default();
        let name = blobs.add(vec![7; 100_000]);
        let allowance = Allowance::of(&Json::Null);
        let reads = (0..100).take_while(|_| allowance.blob(&blobs, name.as_str()).is_ok()).count();
        assert_eq!(reads, TIMES_TAKEN);
    }

    #[test]
    fn what_was_refused_once_is_refused_again() {
        let allowance = Allowance::of(&Json::Null);
        assert!(allowance.spend(usize::MAX).is_err());
        assert!(allowance.spend(usize::MAX).is_err());
        assert_eq!(allowance.left(), 0);
    }
}
