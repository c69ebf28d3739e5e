//! Who answers, and which model is asked for.

use super::place::{Place, host_fits};
use super::protocol::Provider;
use super::registry::{self, FIELDS, PROTOCOLS, PROVIDERS};
use crate::model::json::Json;
use crate::model::wire::percent;
use http::HeaderMap;

/// Which provider a request goes to: by its host, else by the shape of its path, else by its body. A server on the own
/// machine that speaks OpenAI's protocol counts as OpenAI.
pub(crate) fn recognise(url: &str, headers: &HeaderMap, body: Option<&Json>) -> Option<&'static Provider> {
    let place = Place::of(url);
    by_host(&place.host).or_else(|| by_port(place.port?)).or_else(|| {
        let by_path = || PROTOCOLS.iter().find_map(|protocol| (protocol.by_path)(place.path, headers, body));
        let by_body = || PROTOCOLS.iter().find_map(|protocol| (protocol.by_body)(body?));
        registry::provider(by_path().or_else(by_body)?)
    })
}

/// Whether whoever is asked keeps only what a request marks.
pub(crate) fn caches_only_marked(provider: Option<&str>, body: &Json) -> bool {
    let by_body = || PROTOCOLS.iter().find_map(|protocol| (protocol.by_body)(body));
    let marks = |name: &str| registry::provider(name).is_some_and(|provider| provider.cache.only_marked);
    provider.is_some_and(marks) || by_body().is_some_and(marks)
}

/// The provider whose own server a URL is on, whatever is asked there.
#[cfg(any(feature = "cli", feature = "server"))]
pub(crate) fn at_home(url: &str) -> Option<&'static Provider> {
    by_host(&Place::of(url).host)
}

/// Whether a URL is on one of a provider's own servers.
pub(super) fn is_at(provider: &Provider, url: &str) -> bool {
    let host = Place::of(url).host;
    provider.hosts.iter().any(|pattern| host_fits(pattern, &host))
}

fn by_host(host: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.hosts.iter().any(|pattern| host_fits(pattern, host)))
}

fn by_port(port: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.port == Some(port))
}

/// The model that a request asks for.
pub(crate) fn model_asked_for(url: &str, body: Option<&Json>) -> Option<String> {
    let named = |name: &&str| body?.get(name)?.as_str().filter(|model| !model.is_empty());
    if let Some(model) = FIELDS.asked_models.iter().find_map(named) {
        return Some(model.strip_prefix("models/").unwrap_or(model).to_owned());
    }
    let path = Place::of(url).path;
    let segment = FIELDS.model_behind.iter().find_map(|mark| path.split_once(*mark))?.1;
    let segment = segment.split('/').next()?;
    // Google's paths end in `model:verb`; in Bedrock's, a colon belongs to the model and comes percent-encoded.
    let model = percent::decode(segment.split(':').next()?.as_bytes());
    (!model.is_empty()).then(|| String::from_utf8_lossy(&model).into_owned())
}
