//! What a foreign file is made of, whether it is YAML or JSON, and how to ask for it.

use crate::format::yaml::foreign;
use crate::model::json::{self, Json};

pub(super) use crate::format::yaml::foreign::Node;

impl Node {
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.fields()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Follows keys.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    pub(super) fn fields(&self) -> Option<&[(String, Node)]> {
        match self {
            Node::Map(fields) => Some(fields),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> Option<&[Node]> {
        match self {
            Node::List(items) => Some(items),
            _ => None,
        }
    }

    /// A scalar as it is written.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Node::Text(text) | Node::Plain(text) => Some(text),
            _ => None,
        }
    }

    /// A scalar as bytes.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Node::Bytes(bytes) => Some(bytes.clone()),
            other => other.text().map(|text| text.as_bytes().to_vec()),
        }
    }

    pub(super) fn number(&self) -> Option<u64> {
        self.text()?.trim().parse().ok()
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Node::Null)
    }

    pub(super) fn is_true(&self) -> bool {
        matches!(self, Node::Plain(text) if text == "true")
    }

    /// The text under a key; empty where there is none.
    pub(super) fn text_of(&self, key: &str) -> String {
        self.get(key).and_then(Node::text).unwrap_or_default().to_owned()
    }

    /// As JSON. Bytes become the text that they may be.
    pub(super) fn json(&self) -> Json {
        match self {
            Node::Null => Json::Null,
            Node::Plain(text) => match json::parse(text.as_bytes()) {
                Ok(value @ (Json::Bool(_) | Json::Number(_) | Json::Null)) => value,
                _ => Json::from(text.as_str()),
            },
            Node::Text(text) => Json::from(text.as_str()),
            Node::Bytes(bytes) => Json::from(String::from_utf8_lossy(bytes).into_owned()),
            Node::List(items) => Json::Array(items.iter().map(Node::json).collect()),
            Node::Map(fields) => {
                Json::Object(fields.iter().map(|(name, value)| (name.clone(), value.json())).collect())
            }
        }
    }
}

impl From<Json> for Node {
    fn from(json: Json) -> Node {
        match json {
            Json::Null => Node::Null,
            Json::Bool(value) => Node::Plain(value.to_string()),
            Json::Number(text) => Node::Plain(text),
            Json::String(text) => Node::Text(text),
            Json::Array(items) => Node::List(items.into_iter().map(Node::from).collect()),
            Json::Object(fields) => {
                Node::Map(fields.into_iter().map(|(name, value)| (name, Node::from(value))).collect())
            }
        }
    }
}

/// Base64, in lines or not; `None` if it is none.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    foreign::decode(text)
}
