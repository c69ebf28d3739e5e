//! From JSON to any type that `serde` can make, with errors that say where something else stands, and never what: it may be
//! a secret.

use std::fmt;

use serde::de::value::StringDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer as _, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::Json;

/// The value has another shape than was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// The way to it, from its end.
    steps: Vec<String>,
    what: String,
}

impl Json {
    /// The value as a type of the caller's.
    pub(crate) fn typed<T: DeserializeOwned>(self) -> Result<T, Mismatch> {
        T::deserialize(self)
    }
}

impl Mismatch {
    fn inside(mut self, step: String) -> Mismatch {
        self.steps.push(step);
        self
    }
}

/// As in `a string at /messages/0/content, where a number is wanted`.
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer: String = self
            .steps
            .iter()
            .rev()
            .map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1")))
            .collect();
        match pointer.as_str() {
            "" => write!(f, "{}", self.what),
            pointer => write!(f, "at {pointer}: {}", self.what),
        }
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Mismatch {
        Mismatch { steps: Vec::new(), what: message.to_string() }
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn de::Expected) -> Mismatch {
        Mismatch::custom(format_args!("{} where {wanted} is wanted", kind(found)))
    }

    fn invalid_value(found: Unexpected<'_>, wanted: &dyn de::Expected) -> Mismatch {
        Mismatch::custom(format_args!("{} that is not {wanted}", kind(found)))
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Mismatch {
        Mismatch::custom(format_args!("a word that is not one of {}", known.join(", ")))
    }
}

fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Str(_) | Unexpected::Char(_) | Unexpected::Bytes(_) => "a string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}

impl<'de> Deserializer<'de> for Json {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(value),
            Json::Number(text) => number(&text, visitor),
            Json::String(text) => visitor.visit_string(text),
            Json::Array(items) => {
                let mut items = Items { items: items.into_iter(), at: 0 };
                let value = visitor.visit_seq(&mut items)?;
                match items.items.len() {
                    0 => Ok(value),
                    more => Err(de::Error::custom(format_args!("{more} more items than are wanted"))),
                }
            }
            Json::Object(fields) => visitor.visit_map(Fields { fields: fields.into_iter(), value: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Json::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self {
            Json::String(name) => visitor.visit_enum(Variant { name, content: None }),
            Json::Object(fields) if fields.len() == 1 => match fields.into_iter().next() {
                Some((name, content)) => visitor.visit_enum(Variant { name, content: Some(content) }),
                None => Err(de::Error::invalid_type(Unexpected::Map, &"a variant")),
            },
            other => other.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

fn number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Mismatch> {
    if let Ok(number) = text.parse::<u64>() {
        return visitor.visit_u64(number);
    }
    if let Ok(number) = text.parse::<i64>() {
        // `-0` is a float everywhere: as a whole number it would lose its sign.
        if number != 0 {
            return visitor.visit_i64(number);
        }
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => visitor.visit_f64(number),
        _ => Err(de::Error::custom("a number that is too large")),
    }
}

struct Items {
    items: std::vec::IntoIter<Json>,
    at: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        let Some(item) = self.items.next() else { return Ok(None) };
        self.at += 1;
        seed.deserialize(item).map(Some).map_err(|error| error.inside((self.at - 1).to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields {
    fields: std::vec::IntoIter<(String, Json)>,
    value: Option<(String, Json)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let Some((name, value)) = self.fields.next() else { return Ok(None) };
        self.value = Some((name.clone(), value));
        let name: StringDeserializer<Mismatch> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Mismatch> {
        let Some((name, value)) = self.value.take() else {
            return Err(de::Error::custom("a value was asked for before its name"));
        };
        seed.deserialize(value).map_err(|error| error.inside(name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

struct Variant {
    name: String,
    content: Option<Json>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Mismatch;
    type Variant = Content;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Content), Mismatch> {
        let name: StringDeserializer<Mismatch> = self.name.clone().into_deserializer();
        let value = seed.deserialize(name)?;
        Ok((value, Content { variant: self.name, json: self.content }))
    }
}

/// What a variant holds, if anything.
struct Content {
    variant: String,
    json: Option<Json>,
}

impl Content {
    fn json(self, wanted: &str) -> Result<(String, Json), Mismatch> {
        match self.json {
            Some(json) => Ok((self.variant, json)),
            None => Err(de::Error::custom(format_args!("a string where {wanted} is wanted"))),
        }
    }
}

impl<'de> VariantAccess<'de> for Content {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        match self.json {
            None | Some(Json::Null) => Ok(()),
            Some(_) => Err(de::Error::custom("an object where a word is wanted")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mismatch> {
        let (variant, json) = self.json("a variant with a value")?;
        seed.deserialize(json).map_err(|error| error.inside(variant))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        let (variant, json) = self.json("a variant with values")?;
        json.deserialize_any(visitor).map_err(|error| error.inside(variant))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let (variant, json) = self.json("a variant with fields")?;
        json.deserialize_any(visitor).map_err(|error| error.inside(variant))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::parse;
    use super::*;

    fn typed<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        parse(text.as_bytes()).unwrap().typed().map_err(|error| error.to_string())
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e300..1e300f64).prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,4}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_json_wrote_is_read_as_it_was(value in value()) {
            let text = value.to_string();
            prop_assert_eq!(typed::<Value>(&text).unwrap(), value);
        }
    }

    #[test]
    fn what_a_test_wants_of_a_body_is_a_type_of_its_own() {
        let text = r#"{"a": [1, -2, 2.5], "b": null, "c": {"x": "y"}, "d": [[true, "z"]]}"#;
        let body: BTreeMap<String, Value> = typed(text).unwrap();
        assert_eq!(body["a"], json!([1, -2, 2.5]));
        assert_eq!(typed::<(u8, Option<String>)>("[7, null]"), Ok((7, None)));
        assert_eq!(typed::<Vec<f64>>("[1, 1.5, 1e2]"), Ok(vec![1.0, 1.5, 100.0]));
        assert_eq!(typed::<Result<u8, String>>(r#"{"Ok": 3}"#), Ok(Ok(3)));
        assert_eq!(typed::<i128>("-5"), Ok(-5));
        assert!(typed::<f64>("-0").unwrap().is_sign_negative());
    }

    #[test]
    fn a_mismatch_says_where_and_what_kind_of_thing_stands_there_but_not_what() {
        for (text, wanted) in [
            (r#"{"a/b": [1, "sk-secret"]}"#, "at /a~1b/1: a string where u8 is wanted"),
            (r#"{"a": [1, 300]}"#, "at /a/1: a number that is not u8"),
            (r#"{"a": {}}"#, "at /a: an object where a sequence is wanted"),
            (r#"["sk-secret"]"#, "an array where a map is wanted"),
        ] {
            assert_eq!(typed::<BTreeMap<String, Vec<u8>>>(text), Err(wanted.to_owned()));
        }
        assert_eq!(
            typed::<Result<u8, u8>>(r#""sk-secret""#).unwrap_err(),
            "a word that is not one of Ok, Err"
        );
        assert_eq!(typed::<(u8,)>("[1, 2]").unwrap_err(), "1 more items than are wanted");
        assert_eq!(typed::<f64>("1e999").unwrap_err(), "a number that is too large");
    }
}
