//! The bytes of a foreign file, and what they are.

use super::node::Node;
use crate::format::yaml::foreign;
use crate::model::json;

/// A foreign file.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) bytes: &'a [u8],
    /// What it is made of: one document where it is JSON, none where it is neither JSON nor YAML.
    pub(super) documents: Vec<Node>,
    /// Why it is neither.
    pub(super) unreadable: Option<String>,
}

impl<'a> Source<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Source<'a> {
        let plain = Source { bytes, documents: Vec::new(), unreadable: None };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let unreadable = format!("it is not UTF-8 from byte {} on", error.valid_up_to());
                return Source { unreadable: Some(unreadable), ..plain };
            }
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let looks_like_json = text.trim_start().starts_with(['{', '[']);
        let tree = if looks_like_json { json::parse(text.as_bytes()).ok() } else { None };
        if let Some(tree) = tree {
            return Source { documents: vec![Node::from(tree)], ..plain };
        }
        match foreign::read(text) {
            Ok(documents) => Source { documents, ..plain },
            Err(error) => {
                let kind = if looks_like_json { "it is neither JSON nor YAML" } else { "it is not YAML" };
                let unreadable = format!("{kind}: line {}: {}", error.line, error.message);
                Source { unreadable: Some(unreadable), ..plain }
            }
        }
    }

    /// The one document that the file has.
    pub(super) fn single(&self) -> Option<&Node> {
        match self.documents.as_slice() {
            [document] => Some(document),
            _ => None,
        }
    }
}
