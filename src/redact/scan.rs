//! The last look at what is about to be written. It undoes every encoding it can, where the redactor only does so on
//! a hint, and looks at texts that the redactor left alone.

use std::ops::Range;

use http::HeaderMap;

use super::encodings::Layer;
use super::finder::{Finder, Look};
use super::hits::{self, Hit, MARK};
use super::streams;
use super::{Interaction, Leak, body, frames, windows};
use crate::model::base64;

/// Shorter runs of base64 hold no key.
const MIN_BASE64: usize = 20;

/// Refuses an interaction that still holds a secret.
pub(super) fn interaction(finder: &Finder, all: &Interaction, look: Look<'_>) -> Result<(), Leak> {
    let check = |place: &str, text: &str| refuse(place, anywhere(finder, text.as_bytes(), look).is_some());
    check("the request URL", &all.request.url)?;
    check("the request method", all.request.method.as_str())?;
    check("the response URL", all.response.url.as_deref().unwrap_or_default())?;
    check("the time of recording", &all.recorded_at)?;
    check("the name of the provider", all.provider.as_deref().unwrap_or_default())?;
    check("the name of the model", all.model.as_deref().unwrap_or_default())?;
    all.usage.iter().try_for_each(|(name, _)| check("the usage", name))?;
    all.labels.tags.iter().try_for_each(|tag| check("a tag", tag))?;
    all.labels.metadata.iter().try_for_each(|(name, value)| {
        check("the metadata", name)?;
        check("the metadata", value)
    })?;
    headers(finder, "request", &all.request.headers, look)?;
    headers(finder, "response", &all.response.headers, look)?;
    // Who looks at a body knows who wrote what in it.
    let look = look.without_names();
    let body = &all.request.body;
    let named = body::named_in_request(finder, &all.request, body).into_iter().map(|named| named.range);
    refuse(
        "the request body",
        anywhere(finder, body, look).or(unmarked(body, named).map(|at| at.start)).is_some(),
    )?;
    let (headers, body) = (&all.response.headers, &all.response.body.bytes);
    let is_left =
        |body: &[u8]| anywhere(finder, body, look).is_some() || in_pieces(finder, headers, body, look);
    let windows = windows::windows(headers, body);
    let is_left = match windows.is_empty() {
        true => is_left(body),
        false => windows.into_iter().any(|window| is_left(&body[window.seen])),
    };
    refuse("the response body", is_left)
}

/// Whether a secret stands in a value that is stored as it is.
pub(super) fn blob(finder: &Finder, bytes: &[u8], look: Look<'_>) -> bool {
    let windows = windows::windows(&HeaderMap::new(), bytes);
    match windows.is_empty() {
        true => anywhere(finder, bytes, look).is_some(),
        false => windows.into_iter().any(|window| anywhere(finder, &bytes[window.seen], look).is_some()),
    }
}

fn refuse(place: &str, found: bool) -> Result<(), Leak> {
    if found { Err(Leak { place: place.to_owned() }) } else { Ok(()) }
}

fn headers(finder: &Finder, side: &str, headers: &HeaderMap, look: Look<'_>) -> Result<(), Leak> {
    for (name, value) in headers {
        // A name that is a secret itself must not be said either.
        refuse(
            &format!("the name of a {side} header"),
            anywhere(finder, name.as_str().as_bytes(), look).is_some(),
        )?;
        refuse(&format!("the {side} header `{name}`"), anywhere(finder, value.as_bytes(), look).is_some())?;
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
    let readings = frames::readings(headers, body);
    if readings.is_empty() {
        let named = body::named_in_response(finder, headers, body).into_iter().flat_map(|(hits, _)| hits);
        return !hits::plan(body, named.collect(), MARK).is_empty();
    }
    readings.iter().any(|events| {
        let left =
            |(event, hit): (usize, Hit)| !hits::plan(&events[event].layer.text, vec![hit], MARK).is_empty();
        let named = frames::named(finder, headers, body, events).into_iter();
        named.flat_map(|(hits, _)| hits).any(left)
            || streams::across(finder, events, look).into_iter().any(left)
            || events
                .iter()
                .any(|event| unmarked(&event.layer.text, finder.find(&event.layer.text, look)).is_some())
    })
}
