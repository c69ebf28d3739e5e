//! Where requests are sent, if that is not whom they are for.

use crate::api::configuration::Configurations;
use crate::api::setting::{self, REST, names_host};
#[cfg(feature = "cli")]
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
        let named = text.split_once('=').filter(|(name, _)| !name.contains(['/', ':']) || names_host(name));
        let (name, url) = match named {
            Some((name, url)) => (Some(name), url),
            None => (None, text),
        };
        self.set(name.unwrap_or(REST), setting::server(url)?)
    }

    /// Adds what the configuration says, before what the command line does.
    pub(crate) fn configured(configurations: &Configurations) -> Result<Upstreams, Error> {
        let mut upstreams = Upstreams::default();
        configurations.upstreams().try_for_each(|(name, url)| upstreams.set(name, url.clone()))?;
        Ok(upstreams)
    }

    fn set(&mut self, name: &str, url: String) -> Result<(), Error> {
        match name {
            REST => self.rest = Some(url),
            name if names_host(name) || routes::names().any(|route| route == name) => {
                self.named.push((name.to_owned(), url));
            }
            name => {
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

    /// All that is sent elsewhere, in words.
    pub(crate) fn told(&self) -> impl Iterator<Item = String> {
        let rest = self.rest.iter().map(|url| format!("other paths go to {url}"));
        self.named.iter().map(|(name, url)| format!("/{name} goes to {url}")).chain(rest)
    }

    /// The path by which this server is asked for what another one has, at a URL that a client was given before: its host is the
    /// first segment. `None` for a URL whose host no path can begin with.
    #[cfg(feature = "cli")]
    pub(crate) fn lead(&mut self, url: &str) -> Option<String> {
        let url = setting::server(url).ok()?;
        let address = Address::of(&url);
        let scheme = address.scheme();
        let host = match address.authority {
            host if names_host(host) && scheme_of(host) == scheme => host.to_owned(),
            // A port says that it is a host, and how it is spoken to is said below.
            host if !host.contains(':') => format!("{host}:{}", if scheme == "https" { 443 } else { 80 }),
            host => host.to_owned(),
        };
        if !names_host(&host) {
            return None;
        }
        // It is sent there, whatever is said of all the rest; but who says where else that host is to be found knows better.
        if self.named(&host).is_none() {
            self.named.push((host.clone(), format!("{scheme}://{host}")));
        }
        Some(format!("/{host}{}", &url[address.lead.len() + address.authority.len()..]))
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

/// The scheme by which a host is spoken to that a path names: what is on this machine, or has a port, seldom has TLS.
pub(super) fn scheme_of(host: &str) -> &'static str {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let here = name == "localhost" || name.parse::<std::net::IpAddr>().is_ok();
    if here || name.len() < host.len() { "http" } else { "https" }
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

    #[cfg(feature = "cli")]
    #[test]
    fn a_url_that_a_client_had_before_is_led_through_the_server() {
        for (url, path, sent_to) in [
            ("https://gateway.example.com/v1/", "/gateway.example.com/v1", "https://gateway.example.com"),
            (
                "https://gateway.example.com:8443",
                "/gateway.example.com:8443",
                "https://gateway.example.com:8443",
            ),
            ("http://gateway/v1", "/gateway:80/v1", "http://gateway:80"),
            ("https://gateway/v1", "/gateway:443/v1", "https://gateway:443"),
            ("http://192.168.1.5:8000/v1", "/192.168.1.5:8000/v1", "http://192.168.1.5:8000"),
            ("http://gateway.example.com/v1", "/gateway.example.com:80/v1", "http://gateway.example.com:80"),
        ] {
            let mut upstreams = Upstreams::default();
            assert_eq!(upstreams.lead(url).as_deref(), Some(path));
            let host = path.split('/').nth(1).unwrap();
            assert_eq!(upstreams.named(host), Some(sent_to), "{url}");
        }
        let mut upstreams = Upstreams::default();
        upstreams.add("api.example.com=http://127.0.0.1:9").unwrap();
        upstreams.lead("https://api.example.com/v1").unwrap();
        assert_eq!(upstreams.named("api.example.com"), Some("http://127.0.0.1:9"));
        for url in ["https://user:secret@x.example.com", "http://[::1]:80", "gateway", ""] {
            assert_eq!(upstreams.lead(url), None, "{url}");
        }
    }
}
