//! What a body is, by its content type and by how it looks.

use http::header::CONTENT_TYPE;
use memchr::memmem::find;

use crate::model::exchange::Request;
use crate::model::json::{self, Json};

/// The media type of a `content-type` header, in small letters, without parameters.
pub(crate) fn media_type(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The boundary parameter of a multipart content type.
pub(crate) fn boundary(content_type: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(content_type);
    if !media_type(content_type).starts_with("multipart/") {
        return None;
    }
    text.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The tree of a request body that is JSON. Servers read bodies as JSON whatever the content type says; a bare scalar
/// counts only where it is declared, as any number or word of a text would be one.
pub(crate) fn json_body(request: &Request) -> Option<Json> {
    let declared =
        request.headers.get(CONTENT_TYPE).is_some_and(|value| media_type(value.as_bytes()).ends_with("json"));
    let looks = matches!(request.body.trim_ascii_start().first(), Some(b'{' | b'['));
    if declared || looks { json::parse(&request.body).ok() } else { None }
}

/// The parts of a multipart body between its boundaries, headers included.
pub(crate) fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<&'a [u8]>> {
    let opening = format!("--{boundary}\r\n");
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(opening.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        let at = find(rest, delimiter.as_bytes())?;
        parts.push(&rest[..at]);
        rest = &rest[at + delimiter.len()..];
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
    }
}
