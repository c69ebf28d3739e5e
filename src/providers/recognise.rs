//! Who answers, and which model is asked for.

use super::place::{Place, host_fits};
use super::protocol::Provider;
use super::registry::{self, FIELDS, PROTOCOLS, PROVIDERS};
use crate::model::address::Address;
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

/// Whether whoever is asked keeps only what a request marks: that is a matter of the model, and servers that people run
/// themselves keep what they please, in whichever protocol they are spoken to.
pub(crate) fn caches_only_marked(provider: Option<&str>, url: &str, body: &Json) -> bool {
    let by_body = || PROTOCOLS.iter().find_map(|protocol| (protocol.by_body)(body));
    let marks = |name: &str| registry::provider(name).is_some_and(|provider| provider.cache.only_marked);
    // Anthropic's models have marks wherever they are hosted, and those beside them on Bedrock have none.
    let is_claude = model_asked_for(url, Some(body)).is_some_and(|model| model.contains("claude"));
    is_claude || !is_on_this_machine(url) && (provider.is_some_and(marks) || by_body().is_some_and(marks))
}

/// The provider whose own server a URL is on, whatever is asked there.
#[cfg(any(feature = "cli", feature = "server"))]
pub(crate) fn at_home(url: &str) -> Option<&'static Provider> {
    by_host(&Place::of(url).host)
}

/// Whether a place is of Google's, by its host, or by the method of a model that its path calls.
fn is_google(place: &Place<'_>) -> bool {
    let by_host = by_host(&place.host).map(Provider::name);
    let method = place.path.rsplit_once(':').is_some_and(|(before, _)| before.contains("/models/"));
    method || matches!(by_host, Some("gcp.gemini" | "gcp.vertex_ai"))
}

/// Whether a URL is on one of a provider's own servers.
pub(super) fn is_at(provider: &Provider, url: &str) -> bool {
    let host = Place::of(url).host;
    provider.hosts.iter().any(|pattern| host_fits(pattern, &host))
}

/// Whether a URL is on the machine that asks.
pub(super) fn is_on_this_machine(url: &str) -> bool {
    let host = Place::of(url).host;
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127.")
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
    let place = Place::of(url);
    if let Some(model) = FIELDS.asked_models.iter().find_map(named) {
        // Google's models are in a folder of that name. At a server of one's own, it is part of the name of a folder.
        let bare = model.strip_prefix("models/").filter(|_| is_google(&place));
        return Some(bare.unwrap_or(model).to_owned());
    }
    let path = place.path;
    if let Some(model) = PROTOCOLS.iter().find_map(|protocol| (protocol.request.model_of_path)(path)) {
        return Some(model);
    }
    let behind_mark = model_behind_mark(path);
    behind_mark.or_else(|| model_in_query(url))
}

/// The model of a URL such as `/v1/listen?model=nova-3`.
fn model_in_query(url: &str) -> Option<String> {
    let pairs = Address::of(url).query?.split('&').filter_map(|pair| pair.split_once('='));
    let mut models = pairs.filter(|(name, _)| FIELDS.model_parameters.contains(name));
    let model = percent::decode(models.next()?.1.as_bytes());
    (!model.is_empty()).then(|| String::from_utf8_lossy(&model).into_owned())
}

fn model_behind_mark(path: &str) -> Option<String> {
    let segment = FIELDS.model_behind.iter().find_map(|mark| path.split_once(*mark))?.1;
    let segment = segment.split('/').next()?;
    // Google's paths end in `model:verb`; in Bedrock's, a colon belongs to the model and comes percent-encoded.
    let model = percent::decode(segment.split(':').next()?.as_bytes());
    (!model.is_empty()).then(|| String::from_utf8_lossy(&model).into_owned())
}
