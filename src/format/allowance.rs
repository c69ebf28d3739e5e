//! How much reading may make of what stands in a cassette. A stream says once what its events share, a layout says in a
//! word how every line is indented, a blob may be referred to again and again: a few thousand bytes could ask for
//! gigabytes. Whatever unfolds asks here first, so that what is read stays in proportion to what is there.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use bytes::Bytes;

use crate::format::blob_source::BlobSource;
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

#[cfg(test)]
mod tests {
    use super::*;
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
