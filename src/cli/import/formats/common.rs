//! What several formats leave open: how URLs are put together, and which bodies are text.

/// These parameters, as a form sends them.
pub(super) fn form(parameters: &[(String, Vec<u8>)]) -> String {
    with_query("", parameters).trim_start_matches('?').to_owned()
}

/// A URL, or a path, with these parameters behind it.
pub(super) fn with_query(url: &str, parameters: &[(String, Vec<u8>)]) -> String {
    let mut url = url.to_owned();
    for (name, value) in parameters {
        url.push(if url.contains('?') { '&' } else { '?' });
        encode(name.as_bytes(), &mut url);
        url.push('=');
        encode(value, &mut url);
    }
    url
}

fn encode(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(*byte))
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// Whether a body under this content type is text.
pub(super) fn is_textual(content_type: Option<&[u8]>) -> bool {
    let value = String::from_utf8_lossy(content_type.unwrap_or_default()).to_ascii_lowercase();
    let media = value.split(';').next().unwrap_or_default().trim();
    media.starts_with("text/")
        || ["json", "xml", "javascript", "x-www-form-urlencoded", "graphql", "yaml"]
            .iter()
            .any(|kind| media.ends_with(kind))
        || media.contains("ndjson")
        || media.contains("jsonl")
}
