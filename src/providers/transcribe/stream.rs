//! A streamed answer: its text as [`Assembly`] puts it together, and what events say beside, such as why it ended and
//! what comes in one piece.

use crate::model::json::{self, Json};
use crate::model::wire::{Framing, Splitter, eventstream, sse};
use crate::providers::assembly::{self, Assembly, PartKind};
use crate::providers::conversation::content::{arguments, numbered, string};
use crate::providers::conversation::{Answer, Part, media};
use crate::providers::protocol::says_something;
use crate::providers::reading::event_payload;
use crate::providers::registry::{FIELDS, PROTOCOLS, start_assembly};

/// A piece of an answer, in the order of arrival.
#[derive(Debug)]
enum Slot {
    /// The part of the assembly with this number.
    Assembled(usize),
    Whole(usize, Part),
    /// Sound comes as base64 in pieces.
    Sound(usize, String),
}

/// A stream as far as it has been read.
#[derive(Debug)]
pub(super) struct Streamed {
    assembly: Assembly,
    slots: Vec<Slot>,
    reasons: Vec<(usize, String)>,
    fingerprint: Option<String>,
    /// What an event at the end says again as a whole.
    summary: Vec<Answer>,
    /// Everything, for a protocol that nobody knows.
    events: Vec<Json>,
    /// What events say that hold text and no JSON.
    texts: Vec<String>,
}

/// What an event holds.
enum Held {
    Json(Json),
    /// A piece of what is said.
    Text(String),
}

impl Streamed {
    fn new() -> Streamed {
        Streamed {
            assembly: start_assembly(),
            slots: Vec::new(),
            reasons: Vec::new(),
            fingerprint: None,
            summary: Vec::new(),
            events: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// Reads the events of a body.
    pub(crate) fn of(framing: Framing, body: &[u8]) -> Streamed {
        let mut streamed = Streamed::new();
        let mut splitter = Splitter::new(framing);
        let events = splitter.push(body);
        for raw in events.into_iter().chain(splitter.finish()) {
            match event(framing, &raw) {
                Some(Held::Json(event)) => streamed.take(event),
                Some(Held::Text(text)) => {
                    streamed.push(0, Part::Text(text.clone()));
                    streamed.texts.push(text);
                }
                None => {}
            }
        }
        streamed
    }

    /// Reads events that came otherwise.
    pub(super) fn of_events(events: &[Json]) -> Streamed {
        let mut streamed = Streamed::new();
        events.iter().cloned().for_each(|event| streamed.take(event));
        streamed
    }

    fn take(&mut self, event: Json) {
        let before = self.assembly.parts().len();
        self.assembly.event(&event);
        let begun = before..self.assembly.parts().len();
        for (choice, part) in beside(&event) {
            let named = |assembled: &assembly::Part| matches!(&part, Part::ToolCall { name, .. } if *name == assembled.name);
            // The assembly has the name of a call whose arguments are no text; here is all of it.
            if !self.assembly.parts()[begun.clone()].iter().any(named) {
                self.push(choice, part);
            }
        }
        self.slots.extend(begun.map(Slot::Assembled));
        if let Some((choice, piece)) = sound(&event) {
            match self.slots.iter_mut().find(|slot| matches!(slot, Slot::Sound(of, _) if *of == choice)) {
                Some(Slot::Sound(_, pieces)) => pieces.push_str(piece),
                _ => self.slots.push(Slot::Sound(choice, piece.to_owned())),
            }
        }
        self.reasons.extend(reasons(&event));
        if let Some(fingerprint) = string(event.get("system_fingerprint")) {
            self.fingerprint = Some(fingerprint);
        }
        self.summary.extend(summary(&event).unwrap_or_default());
        self.events.push(event);
    }

    /// The strings of events that are pieces of a message, and what they come to.
    pub(super) fn pieces(&self) -> Vec<String> {
        let mut assembly = start_assembly();
        let mut pieces = Vec::new();
        for event in &self.events {
            for claim in assembly.event(event) {
                let said = assembly::follow(event, &claim.path);
                pieces.extend(said.map(|said| said.as_str().map_or_else(|| said.compact(), str::to_owned)));
            }
        }
        pieces.extend(assembly.parts().iter().map(|part| part.content.clone()));
        pieces.extend(self.texts.iter().cloned());
        pieces
    }

    fn push(&mut self, choice: usize, part: Part) {
        match (self.slots.last_mut(), part) {
            (Some(Slot::Whole(of, Part::Text(text))), Part::Text(more)) if *of == choice => {
                text.push_str(&more)
            }
            (_, part) => self.slots.push(Slot::Whole(choice, part)),
        }
    }

    /// The answers, and the fingerprint of the model.
    pub(super) fn finish(self) -> (Vec<Answer>, Option<String>) {
        if self.summary.iter().any(|answer| !answer.parts.is_empty()) {
            return (self.summary, self.fingerprint);
        }
        let mut answers: Vec<Answer> = Vec::new();
        let mut answer = |choice: usize| {
            // An index from outside need not be small.
            while answers.len() <= choice.min(127) {
                answers.push(Answer::default());
            }
            choice.min(127)
        };
        let mut told = Vec::new();
        for slot in &self.slots {
            match slot {
                Slot::Assembled(number) => {
                    let part = &self.assembly.parts()[*number];
                    told.extend(assembled(part).map(|said| (answer(part.choice), said)));
                }
                Slot::Whole(choice, part) => told.push((answer(*choice), part.clone())),
                Slot::Sound(choice, base64) => told.push((answer(*choice), media::inline("audio", base64))),
            }
        }
        let reasons: Vec<_> =
            self.reasons.into_iter().map(|(choice, reason)| (answer(choice), reason)).collect();
        for (choice, part) in told {
            answers[choice].parts.push(part);
        }
        for (choice, reason) in reasons {
            answers[choice].finish_reason = Some(reason);
        }
        // Who can't tell what was said must not claim that it was nothing; but an answer may say nothing, and end.
        if answers.iter().all(|answer| answer.parts.is_empty()) && !self.events.iter().all(is_silent) {
            let events = self.events.into_iter().map(Part::Other);
            match answers.first_mut() {
                Some(first) => first.parts.extend(events),
                None => answers.push(Answer::plain(events.collect())),
            }
        }
        (answers, self.fingerprint)
    }
}

/// What an event holds. Text that is no JSON stays text; the mark of the end says nothing.
fn event(framing: Framing, raw: &[u8]) -> Option<Held> {
    let json = match framing {
        Framing::Sse => {
            let event = sse::parse(raw);
            let (data, name) = (event.data?, event.event.unwrap_or_default());
            if PROTOCOLS.iter().any(|protocol| protocol.readers.text_events.contains(&name.as_str())) {
                return Some(Held::Text(data));
            }
            let parsed = json::parse(data.as_bytes());
            parsed.ok().or_else(|| (data.trim() != "[DONE]" && !data.is_empty()).then(|| Json::from(data)))
        }
        Framing::Ndjson => json::parse(raw).ok().or_else(|| {
            let line = String::from_utf8_lossy(raw).trim().to_owned();
            (!line.is_empty()).then(|| Json::from(line))
        }),
        Framing::EventStream => event_payload(&eventstream::decode_frame(raw)?),
    };
    json.map(Held::Json)
}

fn assembled(part: &assembly::Part) -> Option<Part> {
    let content = || part.content.clone();
    match part.kind {
        PartKind::ToolCall => Some(Part::ToolCall {
            id: string(Some(&Json::from(part.id.as_str()))),
            name: part.name.clone(),
            arguments: arguments(Some(&Json::from(content()))),
        }),
        _ if part.content.is_empty() => None,
        PartKind::Text | PartKind::Transcript => Some(Part::Text(content())),
        PartKind::Reasoning => Some(Part::Reasoning(content())),
        PartKind::Refusal => Some(Part::Refusal(content())),
    }
}

/// Whether nothing is said in an event beside what every event says of itself: names, ids, counts, times, and how it ended.
fn is_silent(event: &Json) -> bool {
    const OF_ITSELF: [&str; 10] = [
        "id",
        "index",
        "model",
        "modelVersion",
        "native_finish_reason",
        "object",
        "provider",
        "stop_reason",
        "stop_sequence",
        "type",
    ];
    const AROUND: [&str; 7] = ["candidates", "choices", "content", "delta", "message", "output", "parts"];
    let names = [
        &FIELDS.beside,
        &FIELDS.times,
        &FIELDS.durations,
        &FIELDS.noise,
        &FIELDS.answer_ids,
        &FIELDS.cumulative,
    ];
    let reasons = FIELDS.reasons_in.iter().map(|(_, reason)| *reason);
    let said_of_itself = |name: &str| {
        OF_ITSELF.contains(&name)
            || names.iter().any(|list| list.contains(&name))
            || reasons.clone().any(|reason| reason == name)
    };
    match event {
        Json::Object(fields) => fields.iter().all(|(name, value)| {
            let name = name.as_str();
            said_of_itself(name) || !says_something(value) || AROUND.contains(&name) && is_silent(value)
        }),
        Json::Array(items) => items.iter().all(is_silent),
        other => !says_something(other),
    }
}

/// What an event says in one piece, by the number of the answer.
fn beside(event: &Json) -> Vec<(usize, Part)> {
    PROTOCOLS.iter().flat_map(|protocol| (protocol.readers.beside)(event, super::parts)).collect()
}

/// A piece of sound.
fn sound(event: &Json) -> Option<(usize, &str)> {
    PROTOCOLS.iter().find_map(|protocol| (protocol.readers.sound)(event))
}

/// Why answers ended, as an event says; the last one that says something counts.
fn reasons(event: &Json) -> Vec<(usize, String)> {
    let of_list = |&(list, name): &(&'static str, &'static str)| {
        numbered(event, list).filter_map(move |(choice, said)| Some((choice, string(said.get(name))?)))
    };
    let alone = FIELDS.reasons.iter().find_map(|path| string(event.at(path))).map(|reason| (0, reason));
    FIELDS.reasons_in.iter().flat_map(of_list).chain(alone).collect()
}

/// What some protocols say again at the end: it has all that came before, calls of the provider's own tools too.
fn summary(event: &Json) -> Option<Vec<Answer>> {
    PROTOCOLS.iter().find_map(|protocol| (protocol.readers.summary)(event, super::parts))
}
