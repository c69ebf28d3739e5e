//! What a stream says, whichever way it was cut into events.

use super::ignored_fields::{Field, Renaming, describes_a_model, field};
use crate::model::json::{self, Json};
use crate::model::wire::{Framing, eventstream, ndjson, sse};
use crate::providers::{FIELDS, event_payload};
use std::collections::BTreeMap;

/// A stream taken apart: its texts put together, and what is left of the events without them.
#[derive(Debug)]
pub(in crate::matching) struct Content {
    /// Each text, under the event that carries it and the place it has there.
    pub(in crate::matching) texts: BTreeMap<String, String>,
    /// The events without their texts, one for each run of events that are then the same.
    pub(in crate::matching) events: Vec<Json>,
}

impl Content {
    pub(super) fn same(&self, other: &Content) -> bool {
        let mut renaming = Renaming::default();
        self.texts == other.texts
            && self.events.len() == other.events.len()
            && self.events.iter().zip(&other.events).all(|(a, b)| renaming.same(a, b))
    }
}

/// Takes a stream apart; `None` when it holds something that is not understood.
pub(in crate::matching) fn content(framing: Framing, body: &[u8]) -> Option<Content> {
    let mut events = events(framing, body)?;
    for name in &FIELDS.cumulative {
        drop_all_but_last(&mut events, name);
    }
    let mut content = Content { texts: BTreeMap::new(), events: Vec::new() };
    for mut event in events {
        let mut texts = Vec::new();
        take_texts(&mut event, &mut String::new(), &mut texts);
        let key = essence(&event).compact();
        for (place, text) in texts {
            content.texts.entry(format!("{place} of {key}")).or_default().push_str(&text);
        }
        drop_fields(&mut event, |name, value| {
            field(name, value) == Field::Volatile
                || name == "sequence_number" && matches!(value, Json::Number(_))
        });
        if content.events.last() != Some(&event) {
            content.events.push(event);
        }
    }
    Some(content)
}

/// Each event with its name. Comments and pings only keep the connection open.
pub(crate) fn events(framing: Framing, body: &[u8]) -> Option<Vec<Json>> {
    let named = |name: Option<&str>, data: Json| {
        let name = name.map_or(Json::Null, Json::from);
        Json::Object(vec![("event".to_owned(), name), ("data".to_owned(), data)])
    };
    let events = match framing {
        Framing::Sse => sse::split(body)
            .into_iter()
            .filter(|event| event.event.as_deref() != Some("ping"))
            .filter_map(|event| {
                let data = event.data?;
                let data = json::parse(data.as_bytes()).unwrap_or(Json::String(data));
                Some(named(event.event.as_deref(), data))
            })
            .collect(),
        Framing::Ndjson => ndjson::split(body)
            .into_iter()
            .filter(|line| !line.trim_ascii().is_empty())
            .map(|line| Some(named(None, json::parse(line).ok()?)))
            .collect::<Option<_>>()?,
        Framing::EventStream => eventstream::decode(body)?
            .iter()
            .map(|message| Some(named(message.text(":event-type"), event_payload(message)?)))
            .collect::<Option<_>>()?,
    };
    Some(events)
}

fn drop_all_but_last(events: &mut [Json], name: &str) {
    let mut last = true;
    for event in events.iter_mut().rev() {
        let Json::Object(parts) = event else { continue };
        let Some((_, Json::Object(fields))) = parts.last_mut() else { continue };
        if last {
            last = !fields.iter().any(|(field, _)| field == name);
        } else {
            fields.retain(|(field, _)| field != name);
        }
    }
}

/// Moves the pieces of text out of an event, and leaves them empty there.
fn take_texts(json: &mut Json, place: &mut String, texts: &mut Vec<(String, String)>) {
    let length = place.len();
    match json {
        Json::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                place.push_str(&format!("/{index}"));
                take_texts(item, place, texts);
                place.truncate(length);
            }
        }
        Json::Object(fields) => {
            for (name, value) in fields {
                place.push('/');
                place.push_str(name);
                match value {
                    Json::String(text) if FIELDS.pieces.contains(&name.as_str()) => {
                        texts.push((place.clone(), std::mem::take(text)));
                    }
                    inner if field(name, inner) == Field::Exact => {}
                    inner => take_texts(inner, place, texts),
                }
                place.truncate(length);
            }
        }
        _ => {}
    }
}

/// What tells the texts of an event from those of others: which choice, block or item they are part of, and not what
/// only the first or the last event of a text says beside it.
fn essence(event: &Json) -> Json {
    let mut event = event.clone();
    drop_fields(&mut event, |name, value| {
        matches!(field(name, value), Field::Volatile | Field::Id) || FIELDS.beside.contains(&name)
    });
    event
}

/// Drops the fields of which `is_beside` says so, but not from what a model or a user made up.
fn drop_fields(json: &mut Json, is_beside: impl Fn(&str, &Json) -> bool + Copy) {
    let keeps_ids = describes_a_model(json);
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| drop_fields(item, is_beside)),
        Json::Object(fields) => {
            fields.retain(|(name, value)| (keeps_ids && name == "id") || !is_beside(name, value));
            for (name, value) in fields {
                if field(name, value) != Field::Exact {
                    drop_fields(value, is_beside);
                }
            }
        }
        _ => {}
    }
}
