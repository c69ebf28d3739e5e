//! Bytes that are neither text nor few, in a file of their own: an image, a sound.

use super::{Fields, externalise};
use crate::format::blob_source::BlobSource;
use crate::format::blobs::Blobs;
use crate::model::json::Json;

pub(super) fn write(bytes: &[u8], blobs: &mut Blobs) -> Option<Fields> {
    Some(vec![("blob".to_owned(), externalise::put_bytes(bytes, blobs)?)])
}

pub(super) fn read(main: &Json, blobs_at: &dyn BlobSource) -> Result<Vec<u8>, String> {
    externalise::bytes_back(main, blobs_at).map(|bytes| bytes.to_vec())
}
