//! Who answers behind a host that tells nothing of it.

use super::place::{Place, host_fits};
use super::protocol::Provider;
use super::recognise::recognise;
use crate::model::json::Json;
use http::HeaderMap;

/// What a user says of hosts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gateways(Vec<(String, String)>);

impl Gateways {
    /// Notes that a host, and those below it, are a gateway to a provider.
    pub(crate) fn add(&mut self, host: &str, provider: &str) {
        self.0.push((host.to_ascii_lowercase(), provider.to_owned()));
    }

    /// The provider that somebody named for the host of a URL.
    pub(crate) fn named(&self, url: &str) -> Option<&str> {
        let place = Place::of(url);
        self.0.iter().rev().find(|(known, _)| is_meant(known, &place)).map(|(_, provider)| provider.as_str())
    }

    /// Who answers a request: as the user says, else as it can be told.
    pub(crate) fn provider(&self, url: &str, headers: &HeaderMap, body: Option<&Json>) -> Option<&str> {
        self.named(url).or_else(|| recognise(url, headers, body).map(Provider::name))
    }
}

/// Whether a host, with a port or without, is that of a place. Without one it is meant on every port.
fn is_meant(known: &str, place: &Place<'_>) -> bool {
    let known = Place::of_host(known);
    host_fits(&known.host, &place.host) && known.port.is_none_or(|port| place.asked_port() == Some(port))
}

/// Whether a host can be told from a URL.
pub(crate) fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-*[]:".contains(&byte))
}

/// Whether a name can be one of OpenTelemetry's `gen_ai.provider.name`.
pub(crate) fn is_provider(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_on_a_host_counts_and_other_hosts_are_told_as_ever() {
        let mut gateways = Gateways::default();
        gateways.add("llm.example.com", "openai");
        gateways.add("EU.llm.example.com", "mistral_ai");
        let who = |url| gateways.provider(url, &HeaderMap::new(), None);
        assert_eq!(who("https://llm.example.com/some/where"), Some("openai"));
        assert_eq!(who("https://us.llm.example.com:8443/some/where"), Some("openai"));
        assert_eq!(who("https://eu.llm.example.com/some/where"), Some("mistral_ai"));
        assert_eq!(who("https://api.anthropic.com/v1/messages"), Some("anthropic"));
        assert_eq!(who("https://notllm.example.com/some/where"), None);
    }

    #[test]
    fn a_host_with_a_port_is_that_port_alone_and_the_usual_one_need_not_be_written() {
        let mut gateways = Gateways::default();
        gateways.add("127.0.0.1:8000", "vllm");
        gateways.add("[::1]:8000", "sglang");
        gateways.add("llm.example.com:443", "anthropic");
        let who = |url| gateways.named(url);
        assert_eq!(who("http://127.0.0.1:8000/v1/chat/completions"), Some("vllm"));
        assert_eq!(who("http://127.0.0.1:8001/v1/chat/completions"), None);
        assert_eq!(who("http://127.0.0.1/v1/chat/completions"), None);
        assert_eq!(who("http://[::1]:8000/v1/chat/completions"), Some("sglang"));
        assert_eq!(who("https://llm.example.com/v1/messages"), Some("anthropic"));
        assert_eq!(who("http://llm.example.com/v1/messages"), None);
    }
}
