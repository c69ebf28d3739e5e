//! Whom a request is for, which a cassette tells, and where it is sent.

use super::upstreams::{Upstreams, scheme_of};
use crate::api::setting::names_host;
use crate::model::address::Address;
use crate::providers::{self, routes};

/// Whom a request is for, and where it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// As a cassette has it: the URL of the provider, whoever answers in its place.
    pub(super) url: String,
    pub(super) sent_to: String,
    /// Where the user sends what names no provider: whose key that wants, nobody can tell.
    pub(super) is_custom: bool,
}

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Led {
    To(Target),
    /// It names nobody, and there is no upstream for that: recordings may tell.
    Nowhere,
    Wrong(String),
}

impl Target {
    /// A URL that is asked of a proxy.
    pub(super) fn absolute(url: &str, upstreams: &Upstreams) -> Target {
        let address = Address::of(url);
        Target::of_host(
            address.scheme(),
            address.authority,
            &url[address.lead.len() + address.authority.len()..],
            upstreams,
        )
    }

    fn of_host(scheme: &str, host: &str, rest: &str, upstreams: &Upstreams) -> Target {
        let url = format!("{scheme}://{host}{rest}");
        let sent_to = upstreams.named(host).map_or_else(|| url.clone(), |server| format!("{server}{rest}"));
        Target { url, sent_to, is_custom: false }
    }
}

/// Whom a path and a query mean, as `/openai/v1/responses?stream=1` does.
pub(super) fn led(path_and_query: &str, upstreams: &Upstreams) -> Led {
    let (path, query) = match path_and_query.find('?') {
        Some(at) => path_and_query.split_at(at),
        None => (path_and_query, ""),
    };
    if let Some(routed) = routes::routed(path) {
        return match routed {
            Err(why) => Led::Wrong(why),
            Ok(routed) => {
                let rest = format!("{}{query}", routed.path);
                let url = format!("{}{rest}", routed.origin);
                let name = routed.provider.route.map_or("", |route| route.name);
                let host = Address::of(&routed.origin).authority;
                let server = upstreams.named(name).or_else(|| upstreams.named(host));
                let sent_to = server.map_or_else(|| url.clone(), |server| format!("{server}{rest}"));
                Led::To(Target { url, sent_to, is_custom: false })
            }
        };
    }
    if let Some((host, rest)) = host_in(path) {
        let mut target = Target::of_host(scheme_of(host), host, &format!("{rest}{query}"), upstreams);
        if upstreams.named(host).is_none()
            && let Some(server) = upstreams.rest()
        {
            target.sent_to = format!("{server}{path_and_query}");
            target.is_custom = providers::at_home(&target.url).is_none();
        }
        return Led::To(target);
    }
    match upstreams.rest() {
        Some(server) => {
            let url = format!("{server}{path_and_query}");
            Led::To(Target { sent_to: url.clone(), is_custom: providers::at_home(&url).is_none(), url })
        }
        None => Led::Nowhere,
    }
}

/// The host that a path begins with, and what is asked of it.
fn host_in(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix('/')?;
    // `/favicon.ico` asks for a file.
    let (host, rest) = path.split_at(path.find('/')?);
    names_host(host).then_some((host, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstreams(all: &[&str]) -> Upstreams {
        let mut upstreams = Upstreams::default();
        all.iter().for_each(|text| upstreams.add(text).unwrap());
        upstreams
    }

    fn to(path: &str, all: &[&str]) -> (String, String) {
        match led(path, &upstreams(all)) {
            Led::To(target) => (target.url, target.sent_to),
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn a_cassette_has_the_providers_url_wherever_the_request_is_sent() {
        let real = "https://api.openai.com/v1/responses?x=1".to_owned();
        let path = "/openai/v1/responses?x=1";
        assert_eq!(to(path, &[]), (real.clone(), real.clone()));
        assert_eq!(to(path, &["https://gateway.test"]), (real.clone(), real.clone()));
        let elsewhere = "http://127.0.0.1:9/v1/responses?x=1".to_owned();
        assert_eq!(to(path, &["openai=http://127.0.0.1:9"]), (real.clone(), elsewhere.clone()));
        assert_eq!(to(path, &["api.openai.com=http://127.0.0.1:9"]), (real, elsewhere));
    }

    #[test]
    fn a_host_in_the_path_is_whom_the_request_is_for() {
        let real = "https://api.example.com/v1/x".to_owned();
        let path = "/api.example.com/v1/x";
        assert_eq!(to(path, &[]), (real.clone(), real.clone()));
        let whole = "http://127.0.0.1:9/api.example.com/v1/x".to_owned();
        assert_eq!(to(path, &["http://127.0.0.1:9"]), (real.clone(), whole));
        let named = "http://127.0.0.1:8/v1/x".to_owned();
        assert_eq!(to(path, &["http://127.0.0.1:9", "api.example.com=http://127.0.0.1:8"]), (real, named));
        assert_eq!(to("/localhost:8080/v1/x", &[]).0, "http://localhost:8080/v1/x");
    }

    #[test]
    fn other_paths_are_for_the_upstream_and_without_one_for_nobody() {
        let url = "https://gateway.test/api/v1/chat/completions".to_owned();
        assert_eq!(to("/v1/chat/completions", &["https://gateway.test/api"]), (url.clone(), url));
        for path in ["/v1/chat/completions", "/", "", "/favicon.ico", "*"] {
            assert_eq!(led(path, &upstreams(&[])), Led::Nowhere, "{path}");
        }
        assert!(matches!(led("/bedrock/model/m", &upstreams(&[])), Led::Wrong(_)));
    }

    #[test]
    fn a_proxy_is_told_the_whole_url() {
        let url = "http://api.example.com/v1/x?y";
        assert_eq!(Target::absolute(url, &upstreams(&[])).sent_to, url);
        let named = Target::absolute(url, &upstreams(&["api.example.com=http://127.0.0.1:8"]));
        assert_eq!((&*named.url, &*named.sent_to), (url, "http://127.0.0.1:8/v1/x?y"));
    }
}
