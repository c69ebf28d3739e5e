//! What a user's predicate gets to see of a call.

use http::{HeaderMap, Method, StatusCode};

/// A request, as the predicates of [`Builder::pass_through`](crate::Builder::pass_through) and
/// [`Builder::record_if`](crate::Builder::record_if) see it: as the client made it, secrets included.
#[derive(Debug, Clone, Copy)]
pub struct RequestView<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Option<&'a [u8]>,
}

impl<'a> RequestView<'a> {
    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// The whole URL, query included.
    #[must_use]
    pub fn url(&self) -> &'a str {
        self.url
    }

    /// The host in the URL, without user, password and port; empty if there is none.
    #[must_use]
    pub fn host(&self) -> &'a str {
        let authority = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        match host.rfind(':') {
            Some(at) if !host[at..].contains(']') => &host[..at],
            _ => host,
        }
    }

    /// The request headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The body, where it is in memory: a predicate is asked before a streamed body is collected.
    #[must_use]
    pub fn body(&self) -> Option<&'a [u8]> {
        self.body
    }
}

/// A response that has ended, as the predicate of [`Builder::record_if`](crate::Builder::record_if) sees it.
#[derive(Debug, Clone, Copy)]
pub struct ResponseView<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl<'a> ResponseView<'a> {
    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// Everything that arrived.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_that_of_the_url() {
        for (url, host) in [
            ("https://api.openai.com/v1", "api.openai.com"),
            ("http://u:p@127.0.0.1:8080?x", "127.0.0.1"),
            ("http://[::1]:80/", "[::1]"),
            ("http://[::1]/", "[::1]"),
            ("nonsense", ""),
        ] {
            let view = RequestView { method: &Method::GET, url, headers: &HeaderMap::new(), body: None };
            assert_eq!(view.host(), host, "{url}");
        }
    }
}
