//! Where requests are sent, if that is not whom they are for.

use crate::api::configuration::Configurations;
use crate::api::setting::{self, REST, names_host};
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
}
