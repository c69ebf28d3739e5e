//! Which headers may be stored. What is not on a list never reaches a file, secret or not.

use http::HeaderMap;

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

/// Headers of answers that go without saying, or whose names begin so: of the connection, of what passes an answer on, of
/// limits, of browsers, and measurements.
const UNTOLD: &[&str] = &[
    "access-control-",
    "age",
    "alt-svc",
    "anthropic-organization-id",
    "anthropic-ratelimit-",
    "cache-control",
    "cf-",
    "connection",
    "content-length",
    "content-security-policy",
    "cross-origin-",
    "date",
    "expires",
    "keep-alive",
    "nel",
    "openai-organization",
    "openai-processing-ms",
    "openai-project",
    "permissions-policy",
    "pragma",
    "ratelimit-",
    "referrer-policy",
    "report-to",
    "reporting-endpoints",
    "req-cost-time",
    "server",
    "set-cookie",
    "strict-transport-security",
    "trace",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
    "via",
    "x-cache",
    "x-cloud-trace-context",
    "x-content-type-options",
    "x-correlation-id",
    "x-envoy-",
    "x-frame-options",
    "x-powered-by",
    "x-process-time",
    "x-ratelimit-",
    "x-robots-tag",
    "x-served-by",
    "x-timer",
    "x-xss-protection",
];

/// The names of headers that an answer had and that are not stored with it, without those that go without saying.
pub(crate) fn left_out(received: &HeaderMap, stored: &HeaderMap) -> impl Iterator<Item = String> {
    let untold = |name: &str| {
        UNTOLD.iter().any(|known| {
            *known == name || (known.ends_with('-') || *known == "trace") && name.starts_with(known)
        })
    };
    let names = received.keys().filter(|name| !stored.contains_key(*name) && !untold(name.as_str()));
    names.map(|name| name.as_str().to_owned()).collect::<Vec<_>>().into_iter()
}

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
