//! Bytes that are neither text nor few, in a file of their own: an image, a sound.

use bytes::Bytes;

use super::{Fields, Found, externalise};
use crate::format::blobs::Blobs;
use crate::model::json::Json;

pub(super) fn write(bytes: &Bytes, blobs: &mut Blobs) -> Option<Fields> {
    Some(vec![("blob".to_owned(), externalise::put_bytes(bytes, blobs)?)])
}

pub(super) fn read(main: &Json, fields: &Found<'_>) -> Result<Bytes, String> {
    externalise::bytes_back(main, fields)
}
