//! Reads from an answer what it is charged for, event by event.

use http::HeaderMap;

use super::work;
use crate::model::json::{self, Json};
use crate::model::wire::{Framing, Splitter, carried, eventstream, framing, sse};
use crate::providers::charges::Charges;
use crate::providers::reading::{Counts, event_payload, usage_of_headers};
use crate::providers::registry::PROTOCOLS;
use crate::providers::usage::Usage;

/// What an answer says.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) usage: Option<Usage>,
    pub(super) charges: Charges,
    /// Whether the answer describes work that is not done yet.
    pub(super) is_under_way: bool,
    /// Whether a stream tells of an answer that comes to its end without a listener, too.
    pub(super) is_in_background: bool,
    /// What the provider calls the work, or the answer.
    pub(super) work: Option<String>,
}

pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Read {
    let framing = framing(headers, body);
    if let Some(inner) = carried::whole(framing, body) {
        let read = read(&HeaderMap::new(), &inner);
        return Read { usage: read.usage.or_else(|| usage_of_headers(headers)), ..read };
    }
    let (mut counts, mut charges) = (Counts::default(), Charges::default());
    let (mut is_under_way, mut is_in_background, mut work) = (false, false, None);
    let mut take = |event: &Json| {
        let events = match event {
            Json::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for event in events {
            counts.take(event);
            for protocol in PROTOCOLS {
                (protocol.response.charged)(event, &mut charges);
            }
        }
    };
    match framing {
        None => {
            if let Some(whole) = json::shared(body) {
                take(&whole);
                is_under_way = work::is_under_way(&whole);
                work = work::name(&whole);
            }
        }
        Some(framing) => {
            let mut splitter = Splitter::new(framing);
            let events = splitter.push(body);
            for raw in events.into_iter().chain(splitter.finish()) {
                if let Some(event) = event(framing, &raw) {
                    take(&event);
                    if let Some(response) = event.get("response") {
                        is_in_background |= response.get("background") == Some(&Json::Bool(true));
                        work = work.or_else(|| work::name(response));
                    }
                }
            }
        }
    }
    let raw = counts.raw();
    for protocol in PROTOCOLS {
        (protocol.response.counted)(&raw, &mut charges);
    }
    Read {
        usage: counts.read().or_else(|| usage_of_headers(headers)),
        charges,
        is_under_way,
        is_in_background,
        work,
    }
}

fn event(framing: Framing, raw: &[u8]) -> Option<Json> {
    match framing {
        Framing::Sse => json::parse(sse::parse(raw).data?.as_bytes()).ok(),
        Framing::Ndjson => json::parse(raw).ok(),
        Framing::EventStream => event_payload(&eventstream::decode_frame(raw)?),
    }
}
