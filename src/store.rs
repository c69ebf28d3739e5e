//! Where cassettes are: loading, appending, replacing, blobs on disk, undoing merges, the ledger.

pub(crate) mod blob_files;
pub(crate) mod cassette_files;
pub(crate) mod claims;
pub(crate) mod document;
pub(crate) mod grown;
pub(crate) mod journal;
pub(crate) mod ledger;
pub(crate) mod pending;
pub(crate) mod regular_files;
pub(crate) mod relink;
pub(crate) mod removal;
#[cfg(feature = "cli")]
pub(crate) mod reviewed;
pub(crate) mod storage;
pub(crate) mod tape;
pub(crate) mod tapes;
pub(crate) mod told;
mod unmerge;
pub(crate) mod versions;
pub(crate) mod writer;

#[cfg(test)]
mod tests;
