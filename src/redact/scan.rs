//! The last look at what is about to be written. It undoes every encoding it can, where the redactor only does so on
//! a hint, and looks at texts that the redactor left alone.

use std::ops::Range;

use http::HeaderMap;

use super::encodings::Layer;
use super::finder::{Finder, Look};
use super::hits::{self, Hit, MARK};
use super::streams;
use super::values::Known;
use super::{Interaction, Leak, body, frames, windows};
use crate::model::base64;

/// Shorter runs of base64 hold no key.
const MIN_BASE64: usize = 20;

/// Refuses an interaction that still holds a secret.
pub(super) fn interaction(finder: &Finder, all: &Interaction, look: Look<'_>) -> Result<(), Leak> {
    let check =
        |text: &str, place: &dyn Fn() -> String| refuse(!is_clean(finder, text.as_bytes(), look), place);
    let named = |place: &'static str| move || place.to_owned();
    check(&all.request.url, &named("the request URL"))?;
    check(all.request.method.as_str(), &named("the request method"))?;
    check(all.response.url.as_deref().unwrap_or_default(), &named("the response URL"))?;
    check(&all.recorded_at, &named("the time of recording"))?;
    check(all.provider.as_deref().unwrap_or_default(), &named("the name of the provider"))?;
    check(all.model.as_deref().unwrap_or_default(), &named("the name of the model"))?;
    all.usage.iter().try_for_each(|(name, _)| check(name, &named("the usage")))?;
    all.labels.tags.iter().try_for_each(|tag| check(tag, &named("a tag")))?;
    all.labels.metadata.iter().try_for_each(|(name, value)| {
        check(name, &named("the metadata"))?;
        check(value, &named("the metadata"))
    })?;
    headers(finder, "request", &all.request.headers, look)?;
    headers(finder, "response", &all.response.headers, look)?;
    // Who looks at a body knows who wrote what in it.
    let look = look.without_names();
    let body = &all.request.body;
    let in_fields = body::named_in_request(finder, &all.request, body);
    let in_fields = in_fields.iter().map(|named| named.range.clone());
    let is_left = anywhere(finder, body, look).is_some() || unmarked(body, in_fields).is_some();
    refuse(is_left, &named("the request body"))?;
    let (headers, body) = (&all.response.headers, &all.response.body.bytes);
    let is_left =
        |body: &[u8]| anywhere(finder, body, look).is_some() || in_pieces(finder, headers, body, look);
    let windows = windows::windows(headers, body);
    let is_left = match windows.is_empty() {
        true => is_left(body),
        false => windows.into_iter().any(|window| is_left(&body[window.seen])),
    };
    refuse(is_left, &named("the response body"))
}

/// Whether there is no secret in a text that may come again with each call. Always asked with the same look.
fn is_clean(finder: &Finder, text: &[u8], look: Look<'_>) -> bool {
    let values = look.known.map_or(0, Known::count);
    finder.clean.is(text, values, || anywhere(finder, text, look).is_none())
}

/// Whether a secret stands in a value that is stored as it is.
pub(super) fn blob(finder: &Finder, bytes: &[u8], look: Look<'_>) -> bool {
    let windows = windows::windows(&HeaderMap::new(), bytes);
    match windows.is_empty() {
        true => anywhere(finder, bytes, look).is_some(),
        false => windows.into_iter().any(|window| anywhere(finder, &bytes[window.seen], look).is_some()),
    }
}

fn refuse(is_left: bool, place: &dyn Fn() -> String) -> Result<(), Leak> {
    if is_left { Err(Leak { place: place() }) } else { Ok(()) }
}

fn headers(finder: &Finder, side: &str, headers: &HeaderMap, look: Look<'_>) -> Result<(), Leak> {
    for (name, value) in headers {
        // A name that is a secret itself must not be said either.
        let is_left = !is_clean(finder, name.as_str().as_bytes(), look);
        refuse(is_left, &|| format!("the name of a {side} header"))?;
        refuse(!is_clean(finder, value.as_bytes(), look), &|| format!("the {side} header `{name}`"))?;
    }
    Ok(())
}

/// Where the first secret stands in a text, under whatever encoding.
pub(super) fn anywhere(finder: &Finder, text: &[u8], look: Look<'_>) -> Option<usize> {
    if let Some(range) = unmarked(text, finder.find(text, look)) {
        return Some(range.start);
    }
    let inner = look.without_places();
    let holds = |sign| memchr::memchr(sign, text).is_some();
    let layers = [holds(b'\\').then(|| Layer::unescape(text)), holds(b'%').then(|| Layer::unpercent(text))];
    for layer in layers.into_iter().flatten() {
        if layer.text.len() < text.len()
            && let Some(range) = unmarked(&layer.text, finder.find(&layer.text, inner))
        {
            return Some(layer.back(&range).start);
        }
    }
    let mut at = 0;
    while at < text.len() {
        let run = at..base64::run_around(text, at).end;
        if run.len() >= MIN_BASE64 {
            let found =
                |phase| finder.finds_decoded(&base64::decode_start(&text[run.start + phase..run.end]), inner);
            if (0..4).any(found) {
                return Some(run.start);
            }
        }
        at = run.end + 1;
    }
    None
}

fn unmarked(text: &[u8], found: impl IntoIterator<Item = Range<usize>>) -> Option<Range<usize>> {
    let left = hits::plan(text, found.into_iter().map(Hit::whole).collect(), MARK);
    left.into_iter().next().map(|splice| splice.range)
}

/// Whether the events of a stream say a secret together, or one of its binary messages wraps one.
fn in_pieces(finder: &Finder, headers: &HeaderMap, body: &[u8], look: Look<'_>) -> bool {
    let left = |text: &[u8], hit: &Hit| !hits::plan(text, vec![hit.clone()], MARK).is_empty();
    let is_binary = frames::texts(body).is_some();
    let readings = frames::readings(headers, body);
    if !is_binary {
        let named = body::named_in_response(finder, headers, body);
        let mut hits = named.iter().flat_map(|(hits, _)| hits);
        let is_left = match readings.is_empty() {
            true => !hits::plan(body, hits.cloned().collect(), MARK).is_empty(),
            false => hits.any(|hit| left(body, hit)),
        };
        if is_left {
            return true;
        }
    }
    readings.iter().any(|events| {
        let in_event = |(event, hit): &(usize, Hit)| left(&events[*event].layer.text, hit);
        let named = if is_binary { frames::named(finder, headers, body, events) } else { Vec::new() };
        named.iter().flat_map(|(hits, _)| hits).any(in_event)
            || streams::across(finder, events, look).iter().any(in_event)
            // What is all of the body was looked at.
            || events.iter().map(|event| &event.layer.text).any(|text| {
                *text != *body && unmarked(text, finder.find(text, look)).is_some()
            })
    })
}
