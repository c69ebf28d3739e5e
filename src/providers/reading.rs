//! Reads an answer event by event, whether it is still arriving or complete; a plain answer is one event.

use super::failure::{self, Failure};
use super::owed::Owed;
use super::protocol::Progress;
use super::registry::{FIELDS, PROTOCOLS};
use super::usage::Usage;
use crate::model::json::{self, Json};
use crate::model::wire::eventstream::{self, Message};
use crate::model::wire::{Framing, sse};
use http::HeaderMap;

/// What the events so far have said.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) model: Option<String>,
    pub(super) counts: Counts,
    pub(super) failure: Option<Failure>,
    pub(super) ended: bool,
    owed: Owed,
    /// Whether an event has come that is more than a sign of life.
    pub(super) begun: bool,
}

impl Reading {
    /// Takes the raw bytes of one event.
    pub(super) fn event(&mut self, framing: Framing, raw: &[u8]) {
        match framing {
            Framing::Sse => {
                let event = sse::parse(raw);
                let Some(data) = &event.data else { return };
                let name = event.event.as_deref();
                match json::parse(data.as_bytes()) {
                    Ok(json) => self.json(name, &json),
                    Err(_) if name == Some("ping") => {}
                    Err(_) if data.trim() == "[DONE]" => self.ended = true,
                    Err(_) if name == Some("error") => {
                        self.fail(failure::exception("", &Json::from(data.as_str())))
                    }
                    Err(_) => self.begun = true,
                }
            }
            Framing::Ndjson => {
                if let Ok(json @ Json::Object(_)) = json::parse(raw) {
                    self.json(None, &json);
                }
            }
            Framing::EventStream => {
                if let Some(message) = eventstream::decode_frame(raw) {
                    self.begun = true;
                    self.message(&message);
                }
            }
        }
    }

    fn message(&mut self, message: &Message) {
        let payload = event_payload(message);
        let body = payload.as_ref().unwrap_or(&Json::Null);
        match message.text(":message-type") {
            Some("exception") => {
                self.fail(failure::exception(message.text(":exception-type").unwrap_or_default(), body));
            }
            Some("error") => {
                let said = message.text(":error-message").map_or(Json::Null, Json::from);
                self.fail(failure::exception(message.text(":error-code").unwrap_or_default(), &said));
            }
            _ => self.json(message.text(":event-type"), body),
        }
    }

    /// Takes one event, or a whole answer.
    pub(super) fn json(&mut self, name: Option<&str>, json: &Json) {
        if let Some(failure) = failure::within(name, json) {
            self.fail(failure);
        }
        // Vertex streams a JSON array to those who don't ask for events.
        self.begun |= name != Some("ping") && json.get("type").and_then(Json::as_str) != Some("ping");
        let events = match json {
            Json::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for event in events {
            self.facts(event);
            if let Some(progress) = self.owed.event(name, event) {
                self.ended = progress == Progress::Ended && !self.owed.has_open_answers();
            }
        }
    }

    /// What a stream leaves out that ends here, by the account of its protocol.
    pub(super) fn missing(&self) -> Option<String> {
        if self.ended { None } else { self.owed.missing() }
    }

    fn facts(&mut self, json: &Json) {
        self.counts.take(json);
        if self.model.is_none() {
            let named = FIELDS
                .models
                .iter()
                .find_map(|path| json.at(path)?.as_str().filter(|model| !model.is_empty()));
            self.model = named.map(str::to_owned);
        }
    }

    /// The first error is the cause; what follows comes of it.
    fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }
}

/// Counts as they came. A stream spreads them over several events, some of them cumulative, so the later one counts;
/// they are read only when all are there, since one event may hold what another one's counts must be added to.
#[derive(Debug, Default)]
pub(super) struct Counts(Vec<(String, Json)>);

impl Counts {
    pub(super) fn take(&mut self, json: &Json) {
        for (name, value) in FIELDS.counts.iter().filter_map(|place| json.at(place)?.as_object()).flatten() {
            self.set(name, value);
        }
        for name in &FIELDS.loose_counts {
            if let Some(value) = json.get(name) {
                self.set(name, value);
            }
        }
    }

    fn set(&mut self, name: &str, value: &Json) {
        if value.is_null() {
            return;
        }
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.clone(),
            None => self.0.push((name.to_owned(), value.clone())),
        }
    }

    /// All of them under their own names.
    pub(super) fn raw(&self) -> Json {
        Json::Object(self.0.clone())
    }

    pub(super) fn read(self) -> Option<Usage> {
        let raw = Json::Object(self.0);
        PROTOCOLS.iter().find_map(|protocol| (protocol.response.usage)(&raw))
    }
}

/// The JSON in a frame of AWS.
pub(crate) fn event_payload(message: &Message) -> Option<Json> {
    let outer = json::parse(&message.payload).ok()?;
    Some(PROTOCOLS.iter().find_map(|protocol| (protocol.response.wrapped)(&outer)).unwrap_or(outer))
}

/// What headers say about the counts.
pub(super) fn usage_of_headers(headers: &HeaderMap) -> Option<Usage> {
    PROTOCOLS.iter().find_map(|protocol| (protocol.response.usage_of_headers)(headers))
}
