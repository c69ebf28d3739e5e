//! What a document refers to and does not hold itself.

use bytes::Bytes;

use crate::model::aside::Aside;

/// Where the reader of a document finds what stands outside the cassette. Errors are sentences for the user.
pub(crate) trait BlobSource {
    /// The bytes of a blob, by the 64 hexadecimal digits of their SHA-256.
    fn blob(&self, hash: &str) -> Result<Bytes, String>;

    /// The same of a blob that need not be in memory, as its bytes are only played. `None` where it is to be.
    fn aside(&self, _hash: &str, _length: usize) -> Option<Result<Aside, String>> {
        None
    }
}

/// For documents that hold all they need.
#[cfg(test)]
pub(crate) struct Nowhere;

#[cfg(test)]
impl BlobSource for Nowhere {
    fn blob(&self, hash: &str) -> Result<Bytes, String> {
        Err(format!("there are no blobs here, so the blob {hash} is missing"))
    }
}
