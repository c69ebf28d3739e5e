//! Which headers may be stored. What is not on a list never reaches a file, secret or not.

use super::secret_names::Names;
use crate::providers;

/// Request headers that may be stored: those that say what the body is, beside those that choose the answer and those that
/// providers have of their own.
pub(super) const REQUEST_HEADERS: &[&str] =
    &["content-disposition", "content-encoding", "content-language", "content-range", "content-type"];

/// Response headers that may be stored: those that a client acts upon, beside those that providers have of their own.
pub(super) const RESPONSE_HEADERS: &[&str] = &[
    "accept-ranges",
    "allow",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-location",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
    "link",
    "location",
    "mcp-session-id",
    "retry-after",
];

/// Headers whose value is a URL.
const URL_HEADERS: &[&str] =
    &["location", "content-location", "x-goog-upload-url", "x-goog-upload-control-url"];

impl Names {
    pub(super) fn keeps_of_request(&self, name: &str) -> bool {
        REQUEST_HEADERS.contains(&name)
            || providers::CHOOSING_HEADERS.iter().any(|header| header.name == name)
            || providers::FIELDS.request_headers.contains(&name)
            || self.kept_request_headers.iter().any(|own| own == name)
    }

    pub(super) fn keeps_of_response(&self, name: &str) -> bool {
        RESPONSE_HEADERS.contains(&name)
            || providers::FIELDS.response_headers.contains(&name)
            || self.kept_response_headers.iter().any(|own| own == name)
    }
}

/// Whether a header's value is a URL.
pub(super) fn is_url_header(name: &str) -> bool {
    URL_HEADERS.contains(&name)
}
