//! The parts of a URL that tell providers apart. Whose host it is stands in the registry.

/// Host, port and path of a URL.
pub(super) struct Place<'a> {
    pub(super) host: String,
    pub(super) port: Option<&'a str>,
    pub(super) path: &'a str,
}

impl Place<'_> {
    pub(super) fn of(url: &str) -> Place<'_> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        Place { host: host.to_ascii_lowercase(), port, path: path.trim_end_matches('/') }
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
