//! Multipart forms, part by part.

use memchr::memmem::find;

use super::Fields;
use crate::format::blob_source::Elsewhere;
use crate::format::blobs::Blobs;
use crate::model::json::Json;

pub(super) fn write(bytes: &[u8], boundary: &str, blobs: &mut Blobs) -> Option<Fields> {
    let mut rest = bytes.strip_prefix(format!("--{boundary}\r\n").as_bytes())?;
    let delimiter = format!("\r\n--{boundary}");
    let mut parts = Vec::new();
    loop {
        let at = find(rest, delimiter.as_bytes())?;
        parts.push(part(&rest[..at], blobs)?);
        rest = &rest[at + delimiter.len()..];
        match rest.strip_prefix(b"\r\n") {
            Some(next) => rest = next,
            None => break,
        }
    }
    // Anything but the usual end is left to the encodings that keep every byte.
    if !matches!(rest, b"--\r\n") {
        return None;
    }
    let whole = vec![("boundary".to_owned(), Json::from(boundary)), ("parts".to_owned(), Json::Array(parts))];
    Some(vec![("multipart".to_owned(), Json::Object(whole))])
}

fn part(bytes: &[u8], blobs: &mut Blobs) -> Option<Json> {
    let (head, body) = match bytes.strip_prefix(b"\r\n") {
        Some(body) => (&b""[..], body),
        None => {
            let at = find(bytes, b"\r\n\r\n")?;
            (&bytes[..at], &bytes[at + 4..])
        }
    };
    let head = std::str::from_utf8(head).ok()?;
    let mut fields = Vec::new();
    if !head.is_empty() {
        fields.push(("headers".to_owned(), Json::Array(head.split("\r\n").map(Json::from).collect())));
    }
    let content = super::text::write(body).or_else(|| super::blob::write(body, blobs));
    fields.extend(content.unwrap_or_else(|| super::base64::write(body)));
    Some(Json::Object(fields))
}

pub(super) fn read(main: &Json, elsewhere: &dyn Elsewhere) -> Result<Vec<u8>, String> {
    let boundary = main.get("boundary").and_then(Json::as_str).ok_or("`multipart` has no `boundary`")?;
    let parts = main.get("parts").and_then(Json::as_array).ok_or("`multipart` has no list of `parts`")?;
    known(main, &["boundary", "parts"])?;
    let mut out = Vec::new();
    for part in parts {
        known(part, &["headers", "text", "blob", "base64"])?;
        out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        for header in part.get("headers").and_then(Json::as_array).unwrap_or_default() {
            out.extend_from_slice(header.as_str().ok_or("a header of a part is not text")?.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&match (part.get("text"), part.get("blob"), part.get("base64")) {
            (Some(text), None, None) => super::text::read(text)?,
            (None, Some(blob), None) => super::blob::read(blob, elsewhere)?,
            (None, None, Some(coded)) => super::base64::read(coded)?,
            _ => return Err("a part has one of `text`, `blob` and `base64`".to_owned()),
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
