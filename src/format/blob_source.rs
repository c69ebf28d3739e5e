//! What a document refers to and does not hold itself.

use bytes::Bytes;

/// Where the reader of a document finds what stands outside the cassette. Errors are sentences for the user.
pub(crate) trait BlobSource {
    /// The bytes of a blob, by the 64 hexadecimal digits of their SHA-256.
    fn blob(&self, hash: &str) -> Result<Bytes, String>;
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
