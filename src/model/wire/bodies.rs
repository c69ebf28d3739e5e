//! What a body is, by its content type and by how it looks.

use std::sync::Arc;

use http::header::CONTENT_TYPE;

use super::parameters::parameters;
use crate::model::exchange::Request;
use crate::model::json::{self, Json};

/// The media type of a `content-type` header, in small letters, without parameters.
pub(crate) fn media_type(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The boundary parameter of a multipart content type.
pub(crate) fn boundary(content_type: &[u8]) -> Option<String> {
    if !media_type(content_type).starts_with("multipart/") {
        return None;
    }
    let all = parameters(&String::from_utf8_lossy(content_type));
    all.into_iter().find(|(name, _)| name == "boundary").map(|(_, value)| value)
}

/// The tree of a request body that is JSON. Servers read bodies as JSON whatever the content type says; a bare scalar
/// counts only where it is declared, as any number or word of a text would be one.
pub(crate) fn json_body(request: &Request) -> Option<Json> {
    may_be_json(request).then(|| json::parse(&request.body).ok())?
}

/// The same for those who only look at it, and of which there are several.
pub(crate) fn shared_json_body(request: &Request) -> Option<Arc<Json>> {
    may_be_json(request).then(|| json::shared(&request.body))?
}

fn may_be_json(request: &Request) -> bool {
    let declared =
        request.headers.get(CONTENT_TYPE).is_some_and(|value| media_type(value.as_bytes()).ends_with("json"));
    let looks = matches!(request.body.trim_ascii_start().first(), Some(b'{' | b'['));
    declared || looks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_tells_media_type_and_boundary() {
        for (value, media, wanted) in [
            ("multipart/form-data; boundary=b0", "multipart/form-data", Some("b0")),
            ("Multipart/Mixed;charset=utf-8; Boundary = \"a;b \"", "multipart/mixed", Some("a;b ")),
            ("multipart/form-data", "multipart/form-data", None),
            ("application/json; boundary=b0", "application/json", None),
        ] {
            assert_eq!(media_type(value.as_bytes()), media, "{value}");
            assert_eq!(boundary(value.as_bytes()).as_deref(), wanted, "{value}");
        }
    }
}
