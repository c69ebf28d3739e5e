//! Bytes that are neither text nor few, in a file of their own: an image, a sound.

use super::{Fields, aside};
use crate::blobs::Blobs;
use crate::elsewhere::Elsewhere;
use crate::json::Json;

pub(super) fn write(bytes: &[u8], blobs: &mut Blobs) -> Option<Fields> {
    Some(vec![("blob".to_owned(), aside::put_bytes(bytes, blobs)?)])
}

pub(super) fn read(main: &Json, elsewhere: &dyn Elsewhere) -> Result<Vec<u8>, String> {
    aside::bytes_back(main, elsewhere).map(|bytes| bytes.to_vec())
}
