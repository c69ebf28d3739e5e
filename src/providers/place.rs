//! The parts of a URL that tell providers apart. Whose host it is stands in the registry.

use crate::model::address::Address;

/// Host, port and path of a URL.
pub(super) struct Place<'a> {
    pub(super) host: String,
    pub(super) port: Option<&'a str>,
    pub(super) path: &'a str,
}

impl Place<'_> {
    pub(super) fn of(url: &str) -> Place<'_> {
        let address = Address::of(url);
        let host = address.host().to_ascii_lowercase();
        Place { host, port: address.port(), path: address.path.trim_end_matches('/') }
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
