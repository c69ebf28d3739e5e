//! Reads an answer event by event, whether it is still arriving or complete; a plain answer is one event.

use std::collections::BTreeMap;

use super::failure::{self, Failure};
use super::owed::Owed;
use super::protocol::Progress;
use super::registry::{FIELDS, PROTOCOLS};
use super::usage::Usage;
use crate::model::json::{self, Json};
use crate::model::wire::eventstream::{self, Message};
use crate::model::wire::{Framing, Incoming, carried, sse};
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
    /// Whether the request has several prompts, so that an answer counts the tokens of each.
    pub(super) counts_apart: bool,
    /// The stream that frames carry, where they carry one.
    carried: Option<Box<Incoming>>,
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
                    Err(_) if name == Some("error") || failure::is_broken(data) => {
                        self.fail(failure::exception("", &Json::from(data.as_str())))
                    }
                    Err(_) => {
                        self.begun = true;
                        self.progress(name, &Json::from(data.as_str()));
                    }
                }
            }
            Framing::Ndjson => match json::parse(raw) {
                Ok(json @ Json::Object(_)) => self.json(None, &json),
                Ok(_) => {}
                Err(_) => {
                    let line = String::from_utf8_lossy(raw);
                    if failure::is_broken(&line) {
                        self.fail(failure::exception("", &Json::from(&*line)));
                    }
                }
            },
            Framing::EventStream => {
                if let Some(message) = eventstream::decode_frame(raw) {
                    self.begun = true;
                    match carried::piece(&message) {
                        Some(piece) => self.piece(piece),
                        None => self.message(&message),
                    }
                }
            }
        }
    }

    /// Nothing more will come: reads the last event of a stream that frames carry, even if it lacks its line end.
    pub(super) fn finish(&mut self) {
        let last = self.carried.as_mut().map(|carried| carried.finish()).unwrap_or_default();
        last.into_iter().for_each(|(framing, event)| self.event(framing, &event));
    }

    fn piece(&mut self, piece: &[u8]) {
        let carried = self.carried.get_or_insert_with(|| Box::new(Incoming::new(&HeaderMap::new())));
        let events = carried.push(piece);
        events.into_iter().for_each(|(framing, event)| self.event(framing, &event));
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
            self.progress(name, event);
        }
    }

    fn progress(&mut self, name: Option<&str>, event: &Json) {
        if let Some(progress) = self.owed.event(name, event) {
            self.ended = progress == Progress::Ended && !self.owed.has_open_answers();
        }
    }

    /// What a stream leaves out that ends here, by the account of its protocol.
    pub(super) fn missing(&self) -> Option<String> {
        if self.ended { None } else { self.owed.missing() }
    }

    fn facts(&mut self, json: &Json) {
        match self.counts_apart.then(|| number_of(json)).flatten() {
            Some(number) => self.counts.take_of(number, json),
            None => self.counts.take(json),
        }
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
pub(super) struct Counts {
    all: Fields,
    /// Those of each of several answers, by its number.
    apart: BTreeMap<u64, Fields>,
}

type Fields = Vec<(String, Json)>;

/// The number of the answer that an event is about, if it is about one.
fn number_of(event: &Json) -> Option<u64> {
    let choices = event.get("choices").and_then(Json::as_array);
    match choices {
        Some([one]) => one.get("index")?.as_u64(),
        Some(_) => None,
        None => event.get("index")?.as_u64(),
    }
}

impl Counts {
    pub(super) fn take(&mut self, json: &Json) {
        take(&mut self.all, json);
    }

    /// The same, of an event that is about one of several answers.
    fn take_of(&mut self, number: u64, json: &Json) {
        take(self.apart.entry(number).or_default(), json);
    }

    /// All of them under their own names.
    pub(super) fn raw(&self) -> Json {
        Json::Object(self.all.clone())
    }

    /// What was counted for all answers together; where nothing was, the sum of what was counted for each.
    pub(super) fn read(self) -> Option<Usage> {
        let apart = self.apart.into_values().filter_map(usage_of);
        usage_of(self.all).or_else(|| apart.reduce(|one, other| one.plus(&other)))
    }
}

fn usage_of(counts: Fields) -> Option<Usage> {
    let raw = Json::Object(counts);
    PROTOCOLS.iter().find_map(|protocol| (protocol.response.usage)(&raw))
}

fn take(counts: &mut Fields, json: &Json) {
    for (name, value) in FIELDS.counts.iter().filter_map(|place| json.at(place)?.as_object()).flatten() {
        set(counts, name, value);
    }
    for name in &FIELDS.loose_counts {
        if let Some(value) = json.get(name) {
            set(counts, name, value);
        }
    }
}

fn set(counts: &mut Fields, name: &str, value: &Json) {
    // watsonx counts the input in one event of a stream, and none in those that follow.
    let is_less = name == "input_token_count" && value.as_u64() == Some(0);
    if value.is_null() {
        return;
    }
    match counts.iter_mut().find(|(known, _)| known == name) {
        Some(_) if is_less => {}
        Some((_, known)) => *known = value.clone(),
        None => counts.push((name.to_owned(), value.clone())),
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
