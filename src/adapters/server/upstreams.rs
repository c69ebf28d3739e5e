//! Where requests are sent, if that is not whom they are for.

use crate::model::address::Address;
use crate::model::error::{Error, ErrorKind};
use crate::providers::routes;

/// What the user says of where requests are sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Upstreams {
    /// For what names no provider.
    rest: Option<String>,
    /// By a route, such as `openai`, or a host.
    named: Vec<(String, String)>,
}

impl Upstreams {
    /// Adds what one `--upstream` says: a URL, or `NAME=URL`.
    ///
    /// # Errors
    /// When it is neither, or names what no path could begin with.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), Error> {
        let named = text.split_once('=').filter(|(name, _)| !name.contains(['/', ':']) || is_host(name));
        let (name, url) = match named {
            Some((name, url)) => (Some(name), url),
            None => (None, text),
        };
        let url = checked(url)?;
        match name {
            None => self.rest = Some(url),
            Some(name) if is_host(name) || routes::names().any(|route| route == name) => {
                self.named.push((name.to_owned(), url));
            }
            Some(name) => {
                let known: Vec<&str> = routes::names().collect();
                return Err(Error::new(
                    ErrorKind::BadSetting,
                    format!("`{name}` is neither a host nor a provider that paths can name"),
                )
                .with_hint(format!("name a host such as api.example.com, or one of {}", known.join(", "))));
            }
        }
        Ok(())
    }

    /// Where goes what names no provider.
    pub(super) fn rest(&self) -> Option<&str> {
        self.rest.as_deref()
    }

    /// Where goes what a path names by its route or its host, if the user says so. What was said last counts.
    pub(super) fn named(&self, name: &str) -> Option<&str> {
        self.named.iter().rev().find(|(known, _)| known == name).map(|(_, url)| url.as_str())
    }
}

/// Whether a segment of a path can be the host of a server: a name with a dot in it and a word at its end, or anything with a
/// port.
pub(super) fn is_host(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    };
    let fits = |label: &str| {
        let bytes = label.as_bytes();
        !label.is_empty() && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.split('.').all(fits)
        && match port {
            Some(port) => port.parse::<u16>().is_ok(),
            None => {
                name.contains('.') && last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic())
            }
        }
}

/// The scheme by which a host is spoken to that a path names: what is on this machine, or has a port, seldom has TLS.
pub(super) fn scheme_of(host: &str) -> &'static str {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let here = name == "localhost" || name.parse::<std::net::IpAddr>().is_ok();
    if here || name.len() < host.len() { "http" } else { "https" }
}

fn checked(url: &str) -> Result<String, Error> {
    let address = Address::of(url);
    let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
    let is_web = matches!(address.lead, "https://" | "http://");
    let plain = address.user.is_none() && address.query.is_none() && address.fragment.is_none();
    if is_web && plain && !address.authority.is_empty() && !url.contains(odd) {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    Err(Error::new(ErrorKind::BadSetting, format!("`{url}` is not the URL of a server"))
        .with_hint("write one such as https://gateway.example.com/v1, or openai=http://127.0.0.1:8080"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_upstream_is_for_the_rest_and_others_are_for_what_they_name() {
        let mut upstreams = Upstreams::default();
        upstreams.add("https://gateway.example.com/v1/").unwrap();
        upstreams.add("openai=http://127.0.0.1:9").unwrap();
        upstreams.add("api.example.com=http://127.0.0.1:8").unwrap();
        upstreams.add("openai=http://127.0.0.1:7").unwrap();
        assert_eq!(upstreams.rest(), Some("https://gateway.example.com/v1"));
        assert_eq!(upstreams.named("openai"), Some("http://127.0.0.1:7"));
        assert_eq!(upstreams.named("api.example.com"), Some("http://127.0.0.1:8"));
        assert_eq!(upstreams.named("anthropic"), None);
    }

    #[test]
    fn what_is_not_a_server_is_refused_with_an_example() {
        for text in [
            "",
            "gateway",
            "ftp://x",
            "https://",
            "https://user@x",
            "https://x?key=1",
            "https://x\\y",
            "nobody=https://x",
            "openai=",
        ] {
            let error = Upstreams::default().add(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadSetting, "{text}");
            assert!(error.hint().is_some(), "{text}");
        }
    }

    #[test]
    fn a_host_has_a_dot_and_a_word_at_its_end_or_a_port() {
        for host in ["api.openai.com", "localhost:8080", "127.0.0.1:80", "a-b.example"] {
            assert!(is_host(host), "{host}");
        }
        for other in ["v1", "openai", "v1.0", "a..b", ".com", "x.y%2f", "a b.com", "x:y", "", "x.1"] {
            assert!(!is_host(other), "{other}");
        }
    }
}
