//! The parts of a URL that tell providers apart. Whose host it is stands in the registry.

use crate::model::address::Address;

/// Scheme, host, port and path of a URL.
pub(super) struct Place<'a> {
    scheme: &'a str,
    pub(super) host: String,
    pub(super) port: Option<&'a str>,
    pub(super) path: &'a str,
}

impl Place<'_> {
    pub(super) fn of(url: &str) -> Place<'_> {
        let address = Address::of(url);
        let host = address.host().to_ascii_lowercase();
        let path = address.path.trim_end_matches('/');
        Place { scheme: address.scheme(), host, port: address.port(), path }
    }

    /// A host that stands alone, perhaps with a port.
    pub(super) fn of_host(text: &str) -> Place<'_> {
        let (host, port) = match text.rsplit_once(':') {
            // The last colon may be one of an IPv6 address.
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (text, None),
        };
        Place { scheme: "", host: host.to_ascii_lowercase(), port, path: "" }
    }

    /// The port that is asked, be it written or not.
    pub(super) fn asked_port(&self) -> Option<&str> {
        self.port.or(match self.scheme {
            "https" => Some("443"),
            "http" => Some("80"),
            _ => None,
        })
    }
}

/// A pattern stands for its subdomains too, and `*` for anything, once.
pub(super) fn host_fits(pattern: &str, host: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => {
            host.len() >= start.len() + end.len() && host.starts_with(start) && host.ends_with(end)
        }
        None => host.strip_suffix(pattern).is_some_and(|before| before.is_empty() || before.ends_with('.')),
    }
}
