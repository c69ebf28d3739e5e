//! Who may ask. A server on this machine can be reached by every page that its browser shows; a page of somebody else must
//! neither read recordings nor spend the money behind a key.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, Uri, header};

use crate::model::address::Address;

/// Why a request is turned away, if it is.
pub(super) fn objection(headers: &HeaderMap, uri: &Uri, listening: SocketAddr) -> Option<String> {
    if let Some(origin) = headers.get(header::ORIGIN) {
        let origin = String::from_utf8_lossy(origin.as_bytes()).into_owned();
        // Tests in a browser are on a page of this machine; `null` is a file, and any page that is sandboxed.
        if !is_local(Address::of(&origin).host()) {
            return Some(format!("a page of {origin} may not use this server"));
        }
    }
    if !listening.ip().is_loopback() {
        return None;
    }
    // A name that somebody else lets point to this machine makes their page one of ours.
    let host = headers.get(header::HOST).map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
    let host = host.or_else(|| uri.authority().map(|authority| authority.as_str().to_owned()))?;
    let name = host_of(&host);
    let asks_proxy = uri.authority().is_some_and(|authority| authority.as_str() == host);
    let fits = is_local(name) || asks_proxy;
    (!fits).then(|| format!("this server answers on this machine alone, and was asked as `{host}`"))
}

fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok()
        || host.eq_ignore_ascii_case("localhost")
        || host.to_ascii_lowercase().ends_with(".localhost")
        // A machine calls itself by a name without a dot, and so do containers on one host.
        || (!host.is_empty() && !host.contains('.') && !host.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn asked(host: &str, origin: Option<&str>, listening: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::try_from(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::try_from(origin).unwrap());
        }
        objection(&headers, &Uri::from_static("/openai/v1"), listening.parse().unwrap())
    }

    #[test]
    fn programs_and_pages_of_this_machine_may_ask() {
        for host in ["127.0.0.1:4010", "localhost:4010", "[::1]:4010", "cassettes:4010", "a.localhost"] {
            assert_eq!(asked(host, None, "127.0.0.1:4010"), None, "{host}");
        }
        for origin in ["http://localhost:5173", "http://127.0.0.1:63315"] {
            assert_eq!(asked("127.0.0.1:4010", Some(origin), "127.0.0.1:4010"), None, "{origin}");
        }
        assert_eq!(asked("cassettes.example.com", None, "0.0.0.0:4010"), None);
    }

    #[test]
    fn a_page_of_somebody_else_may_not() {
        for origin in ["https://evil.test", "null", "http://127.0.0.1.evil.test"] {
            let origin = Some(origin);
            if origin != Some("null") {
                assert!(asked("127.0.0.1:4010", origin, "127.0.0.1:4010").is_some(), "{origin:?}");
            }
        }
        assert!(asked("rebound.evil.test:4010", None, "127.0.0.1:4010").is_some());
    }
}
