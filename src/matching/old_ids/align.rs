//! What stands in an answer where another one has something else.

use std::collections::HashSet;

use http::HeaderMap;

use super::made_up::{are_ids, is_character, names_a_model, names_an_id};
use crate::matching::same_answer::{Field, describes_a_model, events, field, stream};
use crate::model::exchange::Response;
use crate::model::json::{self, Json};
use crate::model::wire::{Framing, framing};

/// An id of a new answer, and the one that an old answer has in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) new: String,
    pub(crate) old: String,
    /// Whether they stand in a place for ids.
    pub(crate) is_named: bool,
}

/// The ids that a new answer has where an old one has others.
pub(crate) fn pairs(old: &Response, new: &Response) -> Vec<Pair> {
    let mut pairs = Pairs::default();
    pairs.headers(&old.headers, &new.headers);
    if let (Some(old), Some(new)) = (&old.url, &new.url) {
        pairs.text(old, new);
    }
    if old.body.bytes != new.body.bytes {
        pairs.bodies(old, new);
    }
    pairs.0
}

#[derive(Default)]
struct Pairs(Vec<Pair>);

impl Pairs {
    fn headers(&mut self, old: &HeaderMap, new: &HeaderMap) {
        for name in new.keys() {
            for (new, old) in new.get_all(name).iter().zip(old.get_all(name)) {
                if let (Ok(old), Ok(new)) = (old.to_str(), new.to_str()) {
                    self.value(name.as_str(), old, new);
                }
            }
        }
    }

    fn bodies(&mut self, old: &Response, new: &Response) {
        let (old_bytes, new_bytes) = (&old.body.bytes, &new.body.bytes);
        let (is, was) = (framing(&new.headers, new_bytes), framing(&old.headers, old_bytes));
        if is != was {
            return;
        }
        if let (None, Ok(old), Ok(new)) = (is, json::parse(old_bytes), json::parse(new_bytes)) {
            return self.json("", &old, &new);
        }
        let framing = is.unwrap_or(Framing::Ndjson);
        match (stream::content(framing, old_bytes), stream::content(framing, new_bytes)) {
            (Some(old), Some(new)) => {
                for (old, new) in old.events.iter().zip(&new.events) {
                    self.json("", old, new);
                }
                for (place, new) in &new.texts {
                    if let Some(old) = old.texts.get(place) {
                        self.text(old, new);
                    }
                }
            }
            _ => {
                if let (Ok(old), Ok(new)) = (std::str::from_utf8(old_bytes), std::str::from_utf8(new_bytes)) {
                    self.text(old, new);
                }
            }
        }
    }

    fn json(&mut self, name: &str, old: &Json, new: &Json) {
        match (old, new) {
            (Json::Array(old), Json::Array(new)) => {
                old.iter().zip(new).for_each(|(old, new)| self.json(name, old, new));
            }
            (Json::Object(_), Json::Object(fields)) => {
                let keeps_ids = describes_a_model(old) || describes_a_model(new);
                for (name, new) in fields {
                    if let Some(old) = old.get(name)
                        && field(name, new) != Field::Volatile
                        && !(keeps_ids && name == "id")
                    {
                        self.json(name, old, new);
                    }
                }
            }
            (Json::String(old), Json::String(new)) => self.value(name, old, new),
            (Json::Number(old), Json::Number(new)) if names_an_id(name) => {
                self.ids(name, old, new);
            }
            _ => {}
        }
    }

    fn value(&mut self, name: &str, old: &str, new: &str) {
        if old == new || names_a_model(name) {
            return;
        }
        let is_address = |text: &str| text.contains("://") || text.starts_with('/');
        if is_address(new) || !self.ids(name, old, new) {
            self.text(old, new);
        }
    }

    /// Notes two values if they are ids.
    fn ids(&mut self, name: &str, old: &str, new: &str) -> bool {
        let is_named = names_an_id(name);
        let are = are_ids(new, old, is_named);
        if are {
            self.0.push(Pair { new: new.to_owned(), old: old.to_owned(), is_named });
        }
        are
    }

    /// Notes the ids in two texts that are cut by the same signs into as many words.
    fn text(&mut self, old: &str, new: &str) {
        let is_cut =
            |c: char| !u8::try_from(c).is_ok_and(|byte| is_character(byte) && !b"/=:|@+".contains(&byte));
        let cuts = |text: &str| text.chars().filter(|c| is_cut(*c)).collect::<Vec<char>>();
        if old == new || cuts(old) != cuts(new) {
            return;
        }
        for (old, new) in old.split(is_cut).zip(new.split(is_cut)) {
            let (old, new) = (old.trim_end_matches('.'), new.trim_end_matches('.'));
            if are_ids(new, old, false) {
                self.0.push(Pair { new: new.to_owned(), old: old.to_owned(), is_named: false });
            }
        }
    }
}

/// What one of two answers that say the same has, and the other has not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Differing {
    Id(String),
    /// A time, a fingerprint, a header.
    Other(String),
}

impl Differing {
    pub(crate) fn text(&self) -> &str {
        match self {
            Differing::Id(text) | Differing::Other(text) => text,
        }
    }
}

/// What a new answer has of ids, times and the like that an old one, which says the same, has not.
pub(super) fn differing(old: &Response, new: &Response) -> HashSet<Differing> {
    let of_headers = |response: &Response| -> HashSet<Differing> {
        let values = response.headers.values().filter_map(|value| value.to_str().ok());
        values.map(|value| Differing::Other(value.to_owned())).collect()
    };
    let mut differing = &of_headers(new) - &of_headers(old);
    let url = new.url.clone().filter(|url| old.url.as_ref() != Some(url));
    differing.extend(url.map(Differing::Other));
    if old.body.bytes != new.body.bytes {
        differing.extend(&values(new) - &values(old));
    }
    differing
}

/// What an answer holds that may differ though it says the same, where a program could hand it on.
fn values(response: &Response) -> HashSet<Differing> {
    let bytes = &response.body.bytes;
    let mut values = HashSet::new();
    match (framing(&response.headers, bytes), json::parse(bytes)) {
        (None, Ok(tree)) => collect("", &tree, &mut values),
        (framing, _) => {
            for event in events(framing.unwrap_or(Framing::Ndjson), bytes).unwrap_or_default() {
                collect("", &event, &mut values);
            }
        }
    }
    values
}

/// Shorter numbers and noise are anywhere.
const SHORTEST: usize = 6;

fn collect(name: &str, value: &Json, values: &mut HashSet<Differing>) {
    let value = match (value, field(name, value)) {
        (Json::Array(items), _) => return items.iter().for_each(|item| collect(name, item, values)),
        (Json::Object(fields), _) => {
            return fields.iter().for_each(|(name, value)| collect(name, value, values));
        }
        (Json::String(id), Field::Id) => Differing::Id(id.clone()),
        (Json::String(text), Field::Volatile) if text.len() >= SHORTEST => Differing::Other(text.clone()),
        (Json::Number(number), Field::Volatile)
            if number.len() >= SHORTEST && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Differing::Other(number.clone())
        }
        _ => return,
    };
    values.insert(value);
}
