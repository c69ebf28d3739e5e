//! AWS event streams: binary messages with checksums, which have to be right again when something in them changed.

use std::cell::OnceCell;
use std::ops::Range;

use http::HeaderMap;

use super::finder::{Finder, Look};
use super::hits::{self, Hit, MARK};
use super::json_spans::{self, Node};
use super::named::Named;
use super::secret_fields::Side;
use super::streams::{self, Event};
use crate::model::base64;
use crate::model::splice::{self, Splice};
use crate::model::wire::eventstream::{self, Frame};
use crate::providers::OwnWords;

/// One message of an event stream.
#[derive(Debug)]
struct Message<'a> {
    frame: Frame<'a>,
    /// Where the payload holds an event in base64, and the event.
    wrapped: Option<(Range<usize>, Vec<u8>)>,
}

/// What there is of a message that was torn off at the end of a body.
#[derive(Debug)]
struct Torn {
    text: Vec<u8>,
    /// Where the text stands in the body, by the number of a byte in it.
    place: usize,
    is_wrapped: bool,
}

/// The texts of all messages, what is torn off included; `None` when the body is no event stream.
pub(super) fn texts(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (messages, torn) = split(body)?;
    let texts = messages.iter().map(|message| message.text().to_vec());
    Some(texts.chain(torn.map(|torn| torn.text)).collect())
}

/// The events of a body, be they binary messages or text.
pub(super) fn readings(headers: &HeaderMap, body: &[u8]) -> Vec<Vec<Event>> {
    let Some(texts) = texts(body) else {
        return streams::readings(headers, body);
    };
    let last = texts.len();
    let event = |(number, text): (usize, Vec<u8>)| Event::new(text.into(), number + 1 == last);
    vec![texts.into_iter().enumerate().map(event).collect()]
}

/// What has to go from a body; `None` when it is no event stream.
pub(super) fn splices(
    finder: &Finder,
    headers: &HeaderMap,
    body: &[u8],
    look: Look<'_>,
) -> Option<Vec<Splice>> {
    let (messages, torn) = split(body)?;
    let look = look.without_names();
    let mut events: Vec<Event> =
        messages.iter().map(|message| Event::new(message.text().into(), false)).collect();
    events.extend(torn.as_ref().map(|torn| Event::new(torn.text[..].into(), true)));
    let find = |text: &[u8]| finder.find(text, look).into_iter().map(Hit::whole).collect::<Vec<Hit>>();
    let mut hits: Vec<Vec<Hit>> = events.iter().map(|event| find(&event.layer.text)).collect();
    for (event, hit) in streams::across(finder, &events, look) {
        hits[event].push(hit);
    }
    for (event, hit) in named(finder, headers, body, &events).into_iter().flat_map(|(hits, _)| hits) {
        hits[event].push(hit);
    }
    let mut splices = Vec::new();
    for (message, hits) in messages.iter().zip(&hits) {
        let inner = hits::plan(message.text(), hits.clone(), MARK);
        let headers = message.headers(|value| hits::plan(value, find(value), MARK));
        let payload = message.payload(&inner, |payload| hits::plan(payload, find(payload), MARK));
        if headers != message.frame.headers || payload != message.frame.payload {
            // Without room for that length, the message stays, and the last scan refuses it.
            let with = eventstream::build(&headers, &payload);
            splices.extend(with.map(|with| Splice { range: message.frame.range.clone(), with }));
        }
    }
    let tail = messages.last().map_or(0, |message| message.frame.range.end);
    let outside = hits::plan(&body[tail..], find(&body[tail..]), MARK);
    let outside = outside.into_iter().map(|splice| Splice {
        range: tail + splice.range.start..tail + splice.range.end,
        with: splice.with,
    });
    let Some(torn) = torn else {
        splices.extend(outside);
        return Some(splices);
    };
    let inside = hits::plan(&torn.text, hits.pop().unwrap_or_default(), MARK);
    let cuts = inside.first().map(|splice| torn.back(splice.range.start)).into_iter();
    // Nobody can read a message that is torn off. It may as well have been torn off earlier.
    let cut = cuts.chain(outside.map(|splice| splice.range.start)).min();
    splices.extend(cut.map(|cut| Splice { range: cut..body.len(), with: Vec::new() }));
    Some(splices)
}

/// What stands under names of secrets in these events of a body, but for what a model wrote.
pub(super) fn named(
    finder: &Finder,
    headers: &HeaderMap,
    body: &[u8],
    events: &[Event],
) -> Vec<(Vec<(usize, Hit)>, Named)> {
    let words = OnceCell::new();
    let own_words = || words.get_or_init(|| OwnWords::of_response(headers, body));
    streams::named(&finder.names, events, Side { is_sent: false, own_words: Some(&own_words) })
}

fn split(body: &[u8]) -> Option<(Vec<Message<'_>>, Option<Torn>)> {
    let messages: Vec<Message<'_>> = eventstream::frames(body).into_iter().map(Message::of).collect();
    let tail = messages.last()?.frame.range.end;
    Some((messages, Torn::of(body, tail)))
}

/// `{"bytes":"…"}`, as Bedrock wraps the events of the model's own protocol: where the base64 stands.
fn wrapped(payload: &[u8], node: Node) -> Option<Range<usize>> {
    let Node::Object(fields) = node else {
        return None;
    };
    fields.into_iter().find_map(|(name, value)| match value {
        Node::Text(range) if &payload[name.clone()] == b"bytes" => Some(range),
        _ => None,
    })
}

impl Message<'_> {
    fn of(frame: Frame<'_>) -> Message<'_> {
        let range = json_spans::parse(frame.payload).and_then(|node| wrapped(frame.payload, node));
        let wrapped =
            range.and_then(|range| Some((range.clone(), base64::decode(&frame.payload[range]).ok()?)));
        Message { frame, wrapped }
    }

    /// What the message carries: its payload, or the event that the payload holds in base64.
    fn text(&self) -> &[u8] {
        self.wrapped.as_ref().map_or(self.frame.payload, |(_, text)| text)
    }

    /// The headers, with what is to go from the text in them.
    fn headers(&self, plan: impl Fn(&[u8]) -> Vec<Splice>) -> Vec<u8> {
        let all = self.frame.headers;
        let mut out = Vec::with_capacity(all.len());
        let mut done = 0;
        for header in eventstream::headers(all).map_while(|header| header) {
            let value = &all[header.value.clone()];
            let splices = if header.is_counted() { plan(value) } else { Vec::new() };
            let clean = splice::apply(value, &splices);
            if !splices.is_empty()
                && let Ok(length) = u16::try_from(clean.len())
            {
                out.extend_from_slice(&all[done..header.value.start - 2]);
                out.extend_from_slice(&length.to_be_bytes());
                out.extend_from_slice(&clean);
                done = header.value.end;
            }
        }
        out.extend_from_slice(&all[done..]);
        out
    }

    /// The payload, with what is to go from its text, and from what stands around that.
    fn payload(&self, inner: &[Splice], plan: impl Fn(&[u8]) -> Vec<Splice>) -> Vec<u8> {
        let text = splice::apply(self.text(), inner);
        match &self.wrapped {
            None => text,
            Some((range, _)) => {
                let payload = self.frame.payload;
                let text = base64::encode(&text);
                let payload = [&payload[..range.start], text.as_bytes(), &payload[range.end..]].concat();
                splice::apply(&payload, &plan(&payload))
            }
        }
    }
}

impl Torn {
    fn of(body: &[u8], start: usize) -> Option<Torn> {
        let tail = &body[start..];
        let payload = eventstream::torn_payload(tail)?;
        let text = &tail[payload.clone()];
        let wrapped = json_spans::parse_torn(text).and_then(|node| wrapped(text, node));
        Some(match wrapped {
            Some(range) => Torn {
                text: base64::decode_start(&text[range.clone()]),
                place: start + payload.start + range.start,
                is_wrapped: true,
            },
            None => Torn { text: text.to_vec(), place: start + payload.start, is_wrapped: false },
        })
    }

    /// The byte of the body at which the text has to be cut, to end before `at`.
    fn back(&self, at: usize) -> usize {
        self.place + if self.is_wrapped { at / 3 * 4 } else { at }
    }
}
