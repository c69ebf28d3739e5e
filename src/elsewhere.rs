//! What a document refers to and does not hold itself.

use bytes::Bytes;

use crate::exchange::Request;
use crate::request_key::Key;

/// Where the reader of a document finds what stands outside it. Errors are sentences for the user.
pub(crate) trait Elsewhere {
    /// The bytes of a blob, by the 64 hexadecimal digits of their SHA-256.
    fn blob(&self, hash: &str) -> Result<Bytes, String>;

    /// The request of another document of the cassette.
    fn request(&self, key: &Key, take: u64) -> Result<Request, String>;
}

/// For documents that hold all they need.
#[cfg(test)]
pub(crate) struct Nowhere;

#[cfg(test)]
impl Elsewhere for Nowhere {
    fn blob(&self, hash: &str) -> Result<Bytes, String> {
        Err(format!("there are no blobs here, so none with the hash {hash}"))
    }

    fn request(&self, key: &Key, _: u64) -> Result<Request, String> {
        Err(format!("there are no other documents here, so none with the key {}…", key.short()))
    }
}
