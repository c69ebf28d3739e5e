//! Which parts of an answer are made up anew each time.

use crate::model::json::Json;
use crate::providers::FIELDS;
use std::collections::HashMap;

/// How much a field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// A time, a fingerprint, padding: nothing.
    Volatile,
    /// An id: only which other fields hold the same one.
    Id,
    /// What a model or a user made up: everything, all the way down.
    Exact,
    Plain,
}

pub(crate) fn field(name: &str, value: &Json) -> Field {
    let is_one_of = |list: &[&str]| list.contains(&name);
    match value {
        _ if is_one_of(&FIELDS.exact) => Field::Exact,
        Json::Number(_) | Json::String(_) if is_one_of(&FIELDS.times) || tells_a_time(name, value) => {
            Field::Volatile
        }
        Json::String(_) | Json::Null if is_one_of(&FIELDS.noise) => Field::Volatile,
        Json::Number(_) if is_one_of(&FIELDS.durations) => Field::Volatile,
        Json::Object(_) if measures(name, value) => Field::Volatile,
        Json::String(text) if name == "signature" && signs_nothing(text) => Field::Id,
        Json::String(id) if (name == "id" || is_one_of(&FIELDS.answer_ids)) && made_up(id) => Field::Id,
        _ => Field::Plain,
    }
}

/// Whether an object says how long it took to answer, in the fields of a server that is known to tell.
fn measures(name: &str, value: &Json) -> bool {
    let has_one = |fields: &[&str]| fields.iter().any(|field| value.get(field).is_some());
    FIELDS.measured.iter().any(|(named, fields)| *named == name && has_one(fields))
}

/// Whether a field that providers have for files, batches and other work says when something happened to it.
fn tells_a_time(name: &str, value: &Json) -> bool {
    let is_named_so = ["_at", "At", "_time", "Time"].iter().any(|end| name.ends_with(end));
    is_named_so
        && match value {
            // Seconds or milliseconds since 1970.
            Json::Number(number) => {
                matches!(number.len(), 10 | 13) && number.bytes().all(|byte| byte.is_ascii_digit())
            }
            Json::String(text) => text.get(..11).is_some_and(|day| {
                day.bytes().enumerate().all(|(place, byte)| match place {
                    4 | 7 => byte == b'-',
                    10 => matches!(byte, b'T' | b' '),
                    _ => byte.is_ascii_digit(),
                })
            }),
            _ => false,
        }
}

/// vLLM has to sign what a model thought, since the protocol asks for it, and puts a UUID there. Who signs in earnest needs more
/// room.
fn signs_nothing(signature: &str) -> bool {
    let digits = signature.bytes().filter(u8::is_ascii_hexdigit).count();
    digits == 32 && signature.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Ids of random letters hold a digit or a capital; a name that somebody chose, such as `web_search`, need not.
fn made_up(id: &str) -> bool {
    id.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
}

/// Models are named by people, and their name is what an object that describes one is about.
pub(crate) fn describes_a_model(json: &Json) -> bool {
    ["object", "type"].iter().any(|field| json.get(field).and_then(Json::as_str) == Some("model"))
}

/// Ids of one answer and those that stand for them in the other, one to one.
#[derive(Debug, Default)]
pub(super) struct Renaming {
    there: HashMap<String, String>,
    back: HashMap<String, String>,
}

impl Renaming {
    /// Whether two values are the same but for what is volatile. The order of keys says nothing.
    pub(super) fn same(&mut self, a: &Json, b: &Json) -> bool {
        match (a, b) {
            (Json::Array(a), Json::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same(a, b))
            }
            (Json::Object(fields), Json::Object(others)) => {
                let keep_ids = describes_a_model(a) || describes_a_model(b);
                fields.len() == others.len()
                    && fields.iter().all(|(name, value)| {
                        b.get(name).is_some_and(|other| self.same_field(name, value, other, keep_ids))
                    })
            }
            _ => a == b,
        }
    }

    fn same_field(&mut self, name: &str, a: &Json, b: &Json, keep_ids: bool) -> bool {
        match (field(name, a), field(name, b)) {
            (Field::Volatile, Field::Volatile) => true,
            (Field::Id, Field::Id) if !keep_ids => match (a.as_str(), b.as_str()) {
                (Some(a), Some(b)) => self.pair(a, b),
                _ => false,
            },
            (Field::Exact, _) => equal(a, b),
            _ => self.same(a, b),
        }
    }

    fn pair(&mut self, a: &str, b: &str) -> bool {
        self.there.entry(a.to_owned()).or_insert_with(|| b.to_owned()) == b
            && self.back.entry(b.to_owned()).or_insert_with(|| a.to_owned()) == a
    }
}

/// A value without what is made up anew each time.
#[cfg(feature = "cli")]
pub(crate) fn without_volatile(value: &Json) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.iter().map(without_volatile).collect()),
        Json::Object(fields) => {
            let keep_ids = describes_a_model(value);
            let kept = fields.iter().filter_map(|(name, value)| match field(name, value) {
                Field::Volatile => None,
                Field::Id if !keep_ids => None,
                Field::Exact => Some((name.clone(), value.clone())),
                Field::Id | Field::Plain => Some((name.clone(), without_volatile(value))),
            });
            Json::Object(kept.collect())
        }
        other => other.clone(),
    }
}

/// The same but for the order of keys.
fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Json::Object(fields), Json::Object(others)) => {
            fields.len() == others.len()
                && fields.iter().all(|(name, value)| b.get(name).is_some_and(|other| equal(value, other)))
        }
        _ => a == b,
    }
}
