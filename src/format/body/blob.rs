//! Bytes that are neither text nor few, in a file of their own: an image, a sound.

use super::{Fields, Found, externalise};
use crate::format::blobs::Blobs;
use crate::model::json::Json;

pub(super) fn write(bytes: &[u8], blobs: &mut Blobs) -> Option<Fields> {
    Some(vec![("blob".to_owned(), externalise::put_bytes(bytes, blobs)?)])
}

pub(super) fn read(main: &Json, fields: &Found<'_>) -> Result<Vec<u8>, String> {
    externalise::bytes_back(main, fields).map(|bytes| bytes.to_vec())
}
