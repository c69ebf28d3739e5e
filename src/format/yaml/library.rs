//! Reads whatever a person wrote, with a library.

use super::{ReadError, guard, number};
use crate::model::json::Json;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

/// Reads a text that the guard has let through.
pub(super) fn read(text: &str) -> Result<Json, ReadError> {
    let has_floats = Cell::new(false);
    let mut tree = parse(text, Tree { has_floats: &has_floats })?;
    // The library hands floats over as `f64`, without their text, but gives any scalar as text when asked for a string.
    // What is a float shows only after asking for anything, hence a second walk.
    if has_floats.get() {
        parse(text, FloatTexts { tree: &mut tree })?;
    }
    Ok(tree)
}

/// The line of the key or, where the last step is the index of a sequence, of the item at `path`. For error messages.
pub(crate) fn locate(text: &str, path: &[&str]) -> Option<usize> {
    guard::check(text).ok()?;
    let error = parse(text, Locate { path }).err()?;
    (error.message.contains(FOUND)).then_some(error.line)
}

pub(super) fn parse<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, ReadError> {
    seed.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
        let message = error.to_string();
        let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        // The place is in fields of its own, since whoever has the whole file counts from another line.
        let sentence = message.split(&format!(" at line {line} column {column}")).next().unwrap_or_default();
        ReadError { line, column, message: sentence.to_owned() }
    })
}

/// Builds a tree in which floats have no text yet.
#[derive(Clone, Copy)]
struct Tree<'a> {
    has_floats: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Json;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value that JSON has too")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        // Positive numbers come as `u64`, so this zero was written with a minus.
        Ok(Json::Number(if value == 0 { "-0".to_owned() } else { value.to_string() }))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        self.has_floats.set(true);
        Ok(Json::Number(String::new()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        let mut names = HashSet::new();
        while let Some(name) = access.next_key_seed(NewKey { names: &mut names })? {
            fields.push((name, access.next_value_seed(self)?));
        }
        Ok(Json::Object(fields))
    }
}

/// Reads a key, whatever its type would be as a value. A second one of the same name fails in here, while the library
/// still knows its line.
struct NewKey<'a> {
    names: &'a mut HashSet<String>,
}

impl<'de> DeserializeSeed<'de> for NewKey<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NewKey<'_> {
    type Value = String;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key that is a string")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<String, E> {
        if self.names.insert(name.to_owned()) {
            Ok(name.to_owned())
        } else {
            Err(E::custom(format_args!("the key `{name}` is there twice")))
        }
    }
}

/// Walks over the text a second time and fills in the floats.
struct FloatTexts<'a> {
    tree: &'a mut Json,
}

impl<'de> DeserializeSeed<'de> for FloatTexts<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.tree {
            Json::Number(text) if text.is_empty() => deserializer.deserialize_str(self),
            Json::Array(_) => deserializer.deserialize_seq(self),
            Json::Object(_) => deserializer.deserialize_map(self),
            _ => deserializer.deserialize_ignored_any(IgnoredAny).map(drop),
        }
    }
}

impl<'de> Visitor<'de> for FloatTexts<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the same value as before")
    }

    fn visit_str<E: Error>(self, written: &str) -> Result<(), E> {
        let text = number::from_yaml(written);
        *self.tree =
            Json::Number(text.ok_or_else(|| E::custom(format_args!("JSON has no number `{written}`")))?);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        if let Json::Array(items) = self.tree {
            for item in items {
                access.next_element_seed(FloatTexts { tree: item })?;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        if let Json::Object(fields) = self.tree {
            for (_, value) in fields {
                access.next_key::<IgnoredAny>()?;
                access.next_value_seed(FloatTexts { tree: value })?;
            }
        }
        Ok(())
    }
}

/// The error that stands for success when looking for a place: the library tells places only with errors.
const FOUND: &str = "this is the place that was asked for";

/// Follows `path` and fails where it ends.
struct Locate<'a> {
    path: &'a [&'a str],
}

impl<'de> DeserializeSeed<'de> for Locate<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Locate<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.path.is_empty() { FOUND } else { "a collection" })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.path.split_first() else { return Err(A::Error::custom(FOUND)) };
        let index = step.parse().map_err(A::Error::custom)?;
        for _ in 0..index {
            if access.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        access.next_element_seed(Locate { path: rest })?;
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.path.split_first() else { return Err(A::Error::custom(FOUND)) };
        while let Some(matches) = access.next_key_seed(FindKey { name: step, is_last: rest.is_empty() })? {
            if matches {
                access.next_value_seed(Locate { path: rest })?;
            } else {
                access.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Compares a key with a step of a path; fails at the key that the path ends with.
struct FindKey<'a> {
    name: &'a str,
    is_last: bool,
}

impl<'de> DeserializeSeed<'de> for FindKey<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FindKey<'_> {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<bool, E> {
        if name == self.name && self.is_last { Err(E::custom(FOUND)) } else { Ok(name == self.name) }
    }
}
