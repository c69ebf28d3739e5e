//! Multipart forms, part by part.

use bytes::Bytes;

use super::{Fields, Found};
use crate::format::blobs::Blobs;
use crate::model::json::Json;
use crate::model::wire::multipart::{self, Part};

/// A form whose lines do not end as usual, or that has more than its parts, comes back with other bytes, and so is left
/// to the encodings that keep every byte.
pub(super) fn write(bytes: &[u8], boundary: &str, blobs: &mut Blobs) -> Option<Fields> {
    let multipart = multipart::read(bytes, boundary);
    if !multipart.is_closed {
        return None;
    }
    let parts = multipart.parts.iter().map(|each| part(each, bytes, blobs)).collect::<Option<_>>()?;
    let whole = vec![("boundary".to_owned(), Json::from(boundary)), ("parts".to_owned(), Json::Array(parts))];
    Some(vec![("multipart".to_owned(), Json::Object(whole))])
}

fn part(part: &Part, whole: &[u8], blobs: &mut Blobs) -> Option<Json> {
    let head = std::str::from_utf8(&whole[part.head.clone()]).ok()?;
    let mut fields = Vec::new();
    if !head.is_empty() {
        fields.push(("headers".to_owned(), Json::Array(head.split("\r\n").map(Json::from).collect())));
    }
    let body = &whole[part.content.clone()];
    let content =
        super::text::write(body).or_else(|| super::blob::write(&Bytes::copy_from_slice(body), blobs));
    fields.extend(content.unwrap_or_else(|| super::base64::write(body)));
    Some(Json::Object(fields))
}

pub(super) fn read(fields: &Found<'_>) -> Result<Vec<u8>, String> {
    let main = fields.main;
    let boundary = main.get("boundary").and_then(Json::as_str).ok_or("`multipart` has no `boundary`")?;
    let parts = main.get("parts").and_then(Json::as_array).ok_or("`multipart` has no list of `parts`")?;
    known(main, &["boundary", "parts"])?;
    let mut out = Vec::new();
    for part in parts {
        // It stands once in the document, and before each part.
        fields.allowance.spend(boundary.len())?;
        known(part, &["headers", "text", "blob", "base64"])?;
        out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        for header in part.get("headers").and_then(Json::as_array).unwrap_or_default() {
            out.extend_from_slice(header.as_str().ok_or("a header of a part is not text")?.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&match (part.get("text"), part.get("blob"), part.get("base64")) {
            (Some(text), None, None) => Bytes::from(super::text::read(text)?),
            (None, Some(blob), None) => super::blob::read(blob, fields)?,
            (None, None, Some(coded)) => Bytes::from(super::base64::read(coded)?),
            _ => return Err("a part has to have one of `text`, `blob` and `base64`".to_owned()),
        });
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(out)
}

/// Refuses fields that nobody would read: a slip of the pen must not change a body in silence.
pub(super) fn known(object: &Json, names: &[&str]) -> Result<(), String> {
    match object.as_object().unwrap_or_default().iter().find(|(name, _)| !names.contains(&name.as_str())) {
        Some((name, _)) => Err(format!("unknown field `{name}`")),
        None => Ok(()),
    }
}
