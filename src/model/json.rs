//! JSON as it was written. `serde_json` would lose the text of numbers and the order of keys unless features were
//! turned on that change how the user's own code reads JSON (Cargo unifies features), so we keep a tree of our own.

mod deserialize;
mod escapes;
mod layout;
pub(crate) mod parse;
mod shared;
pub(crate) mod spans;

pub(crate) use escapes::{Escapes, write_string};
pub(crate) use layout::Layout;
pub(crate) use parse::{parse, skip_string};
pub(crate) use shared::shared;

/// A JSON value with the order of its keys, its repeated keys and the text of its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// The number as it was written, such as `1.0`, `1e-05` or `12479678939117453000`.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// An object of these fields, in this order.
pub(crate) fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
    Json::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

impl Json {
    /// The value of a key of an object; the first one where a key is repeated.
    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// As [`get`](Self::get), to be changed.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        match self {
            Json::Object(fields) => fields.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Follows keys and indices, as in `value.at(&["choices", "0", "delta"])`.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Json> {
        path.iter().try_fold(self, |value, step| match value {
            Json::Array(items) => items.get(step.parse::<usize>().ok()?),
            other => other.get(step),
        })
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number that is not negative; `12.0` and `1e3` are none.
    pub(crate) fn as_u64(&self) -> Option<u64> {
        match self {
            Json::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Json]> {
        match self {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_object(&self) -> Option<&[(String, Json)]> {
        match self {
            Json::Object(fields) => Some(fields),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    /// About how many bytes the value takes as text, for making room before writing it.
    pub(crate) fn size(&self) -> usize {
        match self {
            Json::Null | Json::Bool(_) => 6,
            Json::Number(text) => text.len() + 1,
            Json::String(text) => text.len() + text.len() / 16 + 3,
            Json::Array(items) => items.iter().map(Json::size).sum::<usize>() + 2,
            Json::Object(fields) => {
                fields.iter().map(|(name, value)| name.len() + 4 + value.size()).sum::<usize>() + 2
            }
        }
    }

    /// Whether an object somewhere inside has the same key twice. YAML cannot hold such an object.
    pub(crate) fn repeats_a_key(&self) -> bool {
        match self {
            Json::Array(items) => items.iter().any(Json::repeats_a_key),
            Json::Object(fields) => {
                let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
                names.sort_unstable();
                names.windows(2).any(|pair| pair[0] == pair[1])
                    || fields.iter().any(|(_, value)| value.repeats_a_key())
            }
            _ => false,
        }
    }

    /// The value on one line without white space, keys in the order they have.
    pub(crate) fn compact(&self) -> String {
        Layout::default().write(self)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::String(text)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Json {
        Json::Number(number.to_string())
    }
}
