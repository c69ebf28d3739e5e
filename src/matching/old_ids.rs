//! Ids that a provider made up anew, and what a cassette calls the same things.
//!
//! Asked again, a provider gives other ids to what it makes, and a program hands them on: in a URL, in a field, in prose.
//! So what follows is another request, though the program asks for the same. Under the ids that the cassette has it is the
//! recorded one again. To put old ids in the place of new ones is safe where they stand for each other one to one, in all
//! that a run asked and got: a program that hands on what it gets, without a look into it, cannot tell the difference.

mod align;
mod made_up;
mod mentions;
mod spelling;
mod words;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::matching::same_answer::{same_answer, stream};
use crate::model::base64;
use crate::model::exchange::{Request, Response};
use crate::model::json::{self, Json};
use crate::model::splice::{Splice, apply};
use crate::model::wire::{Framing, eventstream, framing};
use spelling::spellings;
use words::{stands_alone, telling, words};

use align::differing;
pub(crate) use align::{Differing, Pair, pairs};
pub(crate) use mentions::Mentions;

/// What each of some new ids is called in a cassette. No two are called the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct OldIds {
    old: HashMap<String, String>,
    taken: HashSet<String>,
    /// How the new ids are spelt, by the word that tells each from other texts.
    spelt: HashMap<Box<[u8]>, Vec<Spelt>>,
}

/// A spelling of a new id.
#[derive(Debug, Clone)]
struct Spelt {
    new: String,
    old: String,
    /// Where its telling word stands.
    word: usize,
}

impl OldIds {
    pub(crate) fn is_empty(&self) -> bool {
        self.old.is_empty()
    }

    /// Learns what an id is called in the cassette, unless one of the two stands for another already.
    pub(crate) fn learn(&mut self, pair: &Pair) {
        let Pair { new, old, .. } = pair;
        if new == old || self.old.contains_key(new) || self.taken.contains(old) {
            return;
        }
        self.old.insert(new.clone(), old.clone());
        self.taken.insert(old.clone());
        for (new, old) in spellings(new).into_iter().zip(spellings(old)) {
            let Some(word) = telling(new.as_bytes()) else { continue };
            let spelt = self.spelt.entry(new.as_bytes()[word.clone()].into()).or_default();
            if !spelt.iter().any(|known| known.new == new) {
                spelt.push(Spelt { new, old, word: word.start });
            }
        }
    }

    /// Says of two answers that are the same but for ids what the ids of the new one are in the old one.
    pub(crate) fn between(old: &Response, new: &Response) -> OldIds {
        let mut ids = OldIds::default();
        pairs(old, new).iter().filter(|pair| pair.is_named).for_each(|pair| ids.learn(pair));
        ids
    }

    /// All pairs.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.old.iter().map(|(new, old)| (new.as_str(), old.as_str()))
    }

    /// Whether an id is a new one.
    pub(crate) fn is_new(&self, id: &str) -> bool {
        self.old.contains_key(id)
    }

    /// Whether an id is what a new one is called.
    pub(crate) fn is_old(&self, id: &str) -> bool {
        self.taken.contains(id)
    }

    /// A request under old ids; `None` when it has no new one.
    pub(crate) fn request(&self, request: &Request) -> Option<Request> {
        if self.is_empty() {
            return None;
        }
        let (url, headers) = (self.text(&request.url), self.headers(&request.headers));
        let body = self.bytes(&request.body);
        if url.is_none() && headers.is_none() && body.is_none() {
            return None;
        }
        Some(Request {
            method: request.method.clone(),
            url: url.unwrap_or_else(|| request.url.clone()),
            headers: headers.unwrap_or_else(|| request.headers.clone()),
            body: body.map_or_else(|| request.body.clone(), Bytes::from),
        })
    }

    /// An answer under old ids; `None` when it has no new one.
    pub(crate) fn response(&self, response: &Response) -> Option<Response> {
        if self.is_empty() {
            return None;
        }
        let url = response.url.as_deref().and_then(|url| self.text(url));
        let headers = self.headers(&response.headers);
        let splices = self.of_body(&response.headers, &response.body.bytes);
        if url.is_none() && headers.is_none() && splices.is_empty() {
            return None;
        }
        let mut renamed = response.clone();
        renamed.url = url.or(renamed.url);
        renamed.headers = headers.unwrap_or(renamed.headers);
        renamed.body = renamed.body.spliced(&splices);
        Some(renamed)
    }

    /// The new ids that a stream says in pieces: no one event has such an id to be renamed, and a reader puts it together.
    pub(crate) fn torn(&self, answer: &Response) -> Vec<String> {
        let renamed = self.response(answer);
        let answer = renamed.as_ref().unwrap_or(answer);
        let bytes = &answer.body.bytes;
        let content = framing(&answer.headers, bytes).and_then(|framing| stream::content(framing, bytes));
        let texts = content.into_iter().flat_map(|content| content.texts.into_values());
        let torn = texts.flat_map(|text| self.found(text.as_bytes()));
        torn.map(str::to_owned).collect()
    }

    /// The new ids that a text has.
    fn found<'t>(&'t self, text: &[u8]) -> Vec<&'t str> {
        let has = |id: &&str| spellings(id).iter().any(|spelling| mentions::has(text, spelling.as_bytes()));
        if self.splices(text).is_empty() {
            Vec::new()
        } else {
            self.old.keys().map(String::as_str).filter(has).collect()
        }
    }

    fn headers(&self, headers: &HeaderMap) -> Option<HeaderMap> {
        let mut renamed = headers.clone();
        let mut is_new = false;
        for value in renamed.values_mut() {
            if let Some(Ok(other)) = self.bytes(value.as_bytes()).map(|bytes| HeaderValue::from_bytes(&bytes))
            {
                *value = other;
                is_new = true;
            }
        }
        is_new.then_some(renamed)
    }

    fn text(&self, text: &str) -> Option<String> {
        String::from_utf8(self.bytes(text.as_bytes())?).ok()
    }

    fn bytes(&self, text: &[u8]) -> Option<Vec<u8>> {
        let splices = self.splices(text);
        (!splices.is_empty()).then(|| apply(text, &splices))
    }

    /// What has to be replaced in a body. A binary frame has a checksum and a length, and is written anew.
    fn of_body(&self, headers: &HeaderMap, body: &[u8]) -> Vec<Splice> {
        if framing(headers, body) != Some(Framing::EventStream) {
            return self.splices(body);
        }
        let frames = eventstream::frames(body);
        let changed = frames.iter().filter_map(|frame| {
            let payload = self.payload(frame.payload)?;
            Some(Splice { range: frame.range.clone(), with: eventstream::build(frame.headers, &payload)? })
        });
        changed.collect()
    }

    /// The payload of a frame, which may be an event in base64.
    fn payload(&self, payload: &[u8]) -> Option<Vec<u8>> {
        let tree = json::parse(payload).ok();
        if let Some(wrapped) = tree.as_ref().and_then(|tree| tree.get("bytes")).and_then(Json::as_str)
            && let Ok(event) = base64::decode(wrapped)
        {
            let event = base64::encode(self.bytes(&event)?);
            let start = memchr::memmem::find(payload, wrapped.as_bytes())?;
            let splice = Splice { range: start..start + wrapped.len(), with: event.into_bytes() };
            return Some(apply(payload, &[splice]));
        }
        self.bytes(payload)
    }

    fn splices(&self, text: &[u8]) -> Vec<Splice> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut splices: Vec<Splice> = Vec::new();
        for word in words(text) {
            let Some(spelt) = self.spelt.get(&text[word.clone()]) else { continue };
            let found = spelt.iter().filter_map(|spelt| Some((spelt.at(text, &word)?, spelt)));
            let Some((range, spelt)) = found.max_by_key(|(range, _)| range.len()) else { continue };
            // Of two that overlap, the longer one is meant.
            let overlapping = splices.iter().rev().take_while(|splice| range.start < splice.range.end);
            let overlapping: Vec<usize> = overlapping.map(|splice| splice.range.len()).collect();
            if overlapping.iter().all(|length| *length < range.len()) {
                splices.truncate(splices.len() - overlapping.len());
                splices.push(Splice { range, with: spelt.old.clone().into_bytes() });
            }
        }
        splices
    }
}

impl Spelt {
    /// Where this stands in a text that has its telling word at a place.
    fn at(&self, text: &[u8], word: &Range<usize>) -> Option<Range<usize>> {
        let start = word.start.checked_sub(self.word)?;
        let range = start..start + self.new.len();
        (text.get(range.clone())? == self.new.as_bytes() && stands_alone(text, &range)).then_some(range)
    }
}

/// Whether an old answer can stay where a new one came. What it says has to be the same, ids aside; and what it says
/// otherwise, an id or a time, must not have been handed on: what was asked with it is asked in a replay too.
pub(crate) fn stays(old: &Response, new: &Response, is_handed_on: impl Fn(&Differing) -> bool) -> bool {
    let is_same = same_answer(old, new) || {
        let renamed = OldIds::between(old, new).response(new);
        renamed.is_some_and(|renamed| same_answer(old, &renamed))
    };
    is_same && !differing(old, new).iter().any(is_handed_on)
}

#[cfg(test)]
mod tests;
