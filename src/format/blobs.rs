//! Values that stand in files of their own, each named by the SHA-256 of what it holds.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::format::blob_source::BlobSource;
use crate::model::hex::hex;

/// The folder beside cassettes that holds the blobs of all of them.
pub(crate) const FOLDER: &str = "blobs";

/// The key by which a document refers to a blob.
pub(crate) const MARK: &str = "$blob";

/// 64 lower-case hexadecimal digits: the SHA-256 of a blob, and the name of its file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BlobName(String);

impl BlobName {
    pub(crate) fn of(bytes: &[u8]) -> BlobName {
        BlobName(hex(&Sha256::digest(bytes)))
    }

    pub(crate) fn parse(text: &str) -> Option<BlobName> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| BlobName(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Blobs in memory, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Blobs(BTreeMap<BlobName, Bytes>);

impl Blobs {
    pub(crate) fn add(&mut self, bytes: impl Into<Bytes>) -> BlobName {
        let bytes = bytes.into();
        let name = BlobName::of(&bytes);
        self.0.insert(name.clone(), bytes);
        name
    }

    pub(crate) fn extend(&mut self, others: Blobs) {
        self.0.extend(others.0);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&BlobName, &Bytes)> {
        self.0.iter()
    }
}

impl BlobSource for Blobs {
    fn blob(&self, hash: &str) -> Result<Bytes, String> {
        let name = BlobName::parse(hash);
        name.and_then(|name| self.0.get(&name)).cloned().ok_or_else(|| format!("there is no blob {hash}"))
    }
}
