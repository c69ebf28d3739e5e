//! A URL in its parts.
//!
//! Clients have parsed a URL before it comes here, and the text that they made of it is what a cassette holds. This only
//! says where the parts stand in that text; the `url` crate would write it anew (`%7E` and `~`, an empty query, dots in a
//! path), and a core that no HTTP client brings it to would grow by its tables of Unicode.

/// Pieces of the text of a URL, as they are written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Address<'a> {
    /// What stands before user and host: `https://`, or `//` where the scheme is that of another URL. Nothing in a URL
    /// that is a path alone.
    pub(crate) lead: &'a str,
    /// User and password, without the `@` behind them.
    pub(crate) user: Option<&'a str>,
    /// Host and port.
    pub(crate) authority: &'a str,
    pub(crate) path: &'a str,
    /// Behind the `?`.
    pub(crate) query: Option<&'a str>,
    /// Behind the `#`.
    pub(crate) fragment: Option<&'a str>,
}

impl<'a> Address<'a> {
    pub(crate) fn of(url: &'a str) -> Address<'a> {
        let (rest, fragment) = split(url, '#');
        let (rest, query) = split(rest, '?');
        let (lead, rest) = rest.split_at(lead(rest));
        let end = if lead.is_empty() { 0 } else { rest.find('/').unwrap_or(rest.len()) };
        let (authority, path) = rest.split_at(end);
        let (user, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, authority),
        };
        Address { lead, user, authority, path, query, fragment }
    }

    /// As it is written; empty if there is none.
    pub(crate) fn scheme(&self) -> &'a str {
        self.lead.strip_suffix("://").unwrap_or_default()
    }

    /// Without the port; an IPv6 address with its brackets.
    pub(crate) fn host(&self) -> &'a str {
        self.host_and_port().0
    }

    pub(crate) fn port(&self) -> Option<&'a str> {
        self.host_and_port().1
    }

    fn host_and_port(&self) -> (&'a str, Option<&'a str>) {
        match self.authority.rsplit_once(':') {
            // The last colon may be one of an IPv6 address.
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (self.authority, None),
        }
    }
}

/// A URL up to its query.
pub(crate) fn without_query(url: &str) -> &str {
    &url[..url.find(['?', '#']).unwrap_or(url.len())]
}

/// A URL up to its fragment, which no server gets to see.
pub(crate) fn without_fragment(url: &str) -> &str {
    &url[..url.find('#').unwrap_or(url.len())]
}

/// The length of what stands before user and host.
fn lead(url: &str) -> usize {
    if url.starts_with("//") {
        return 2;
    }
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    match url.split_once("://") {
        Some((scheme, _)) if is_scheme(scheme) => scheme.len() + 3,
        _ => 0,
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, behind)| (before, Some(behind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_url_is_taken_apart_where_its_parts_meet() {
        let none = Address::default();
        for (url, wanted, host, port) in [
            (
                "https://api.example.com/v1/a?b=c&d#e?f",
                Address {
                    lead: "https://",
                    authority: "api.example.com",
                    path: "/v1/a",
                    query: Some("b=c&d"),
                    fragment: Some("e?f"),
                    ..none
                },
                "api.example.com",
                None,
            ),
            (
                "HTTP://me:p@ss@[::1]:8080?x",
                Address {
                    lead: "HTTP://",
                    user: Some("me:p@ss"),
                    authority: "[::1]:8080",
                    query: Some("x"),
                    ..none
                },
                "[::1]",
                Some("8080"),
            ),
            (
                "http://[::1]/",
                Address { lead: "http://", authority: "[::1]", path: "/", ..none },
                "[::1]",
                None,
            ),
            (
                "//u@h/p",
                Address { lead: "//", user: Some("u"), authority: "h", path: "/p", ..none },
                "h",
                None,
            ),
            ("/p://a@b", Address { path: "/p://a@b", ..none }, "", None),
            ("/p?u=https://a@b/", Address { path: "/p", query: Some("u=https://a@b/"), ..none }, "", None),
            ("nonsense", Address { path: "nonsense", ..none }, "", None),
            ("", none, "", None),
        ] {
            let address = Address::of(url);
            assert_eq!(address, wanted, "{url}");
            assert_eq!((address.host(), address.port()), (host, port), "{url}");
        }
        assert_eq!(Address::of("HTTP://h").scheme(), "HTTP");
        assert_eq!(Address::of("//h").scheme(), "");
    }

    proptest! {
        #[test]
        fn the_parts_of_any_text_are_the_text(url in "(https?|[a-z])?:?/{0,2}[a@:\\[\\]/?#é]{0,12}") {
            let parts = Address::of(&url);
            let sign = |sign: &str, part: Option<&str>| part.map_or(String::new(), |part| format!("{sign}{part}"));
            let user = parts.user.map_or(String::new(), |user| format!("{user}@"));
            let whole = [
                parts.lead, &user, parts.authority, parts.path,
                &sign("?", parts.query), &sign("#", parts.fragment),
            ].concat();
            prop_assert_eq!(whole, url.clone());
            let host = parts.port().map_or(parts.host().to_owned(), |port| format!("{}:{port}", parts.host()));
            prop_assert_eq!(host, parts.authority);
        }
    }
}
