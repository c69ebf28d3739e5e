//! Headers as tools write them, and as HTTP has them.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::node::Node;

/// Names and values, as a file has them.
pub(super) type Pairs = Vec<(String, Vec<u8>)>;

/// A mapping from names to a value or to several; lists of pairs and of `{name, value}`; a flat list of names and values.
pub(super) fn pairs(node: Option<&Node>) -> Pairs {
    match node {
        Some(Node::Map(fields)) => fields.iter().flat_map(|(name, value)| of_field(name, value)).collect(),
        Some(Node::List(items)) if items.iter().all(|item| item.text().is_some()) => {
            let (both, _) = items.as_chunks::<2>();
            both.iter().filter_map(|[name, value]| Some((name.text()?.to_owned(), value.bytes()?))).collect()
        }
        Some(Node::List(items)) => items.iter().filter_map(of_item).collect(),
        _ => Vec::new(),
    }
}

fn of_field(name: &str, value: &Node) -> Pairs {
    match value {
        Node::List(values) => {
            values.iter().filter_map(|value| Some((name.to_owned(), value.bytes()?))).collect()
        }
        value => value.bytes().map(|value| (name.to_owned(), value)).into_iter().collect(),
    }
}

fn of_item(item: &Node) -> Option<(String, Vec<u8>)> {
    match item {
        Node::List(pair) => match pair.as_slice() {
            [name, value] => Some((name.text()?.to_owned(), value.bytes()?)),
            _ => None,
        },
        item => Some((item.get("name")?.text()?.to_owned(), item.get("value")?.bytes()?)),
    }
}

/// The headers that are valid, and whether one is not. What HTTP/2 writes among headers is none.
pub(super) fn valid(pairs: &Pairs) -> (HeaderMap, bool) {
    let mut headers = HeaderMap::new();
    let mut is_whole = true;
    for (name, value) in pairs.iter().filter(|(name, _)| !name.starts_with(':')) {
        let value = value.trim_ascii();
        let parsed =
            HeaderName::from_bytes(name.trim().as_bytes()).ok().zip(HeaderValue::from_bytes(value).ok());
        // `HeaderMap` ends the process when it is to hold more than 2^15 headers.
        match parsed {
            Some((name, value)) if headers.try_append(name.clone(), value.clone()).is_ok() => {}
            _ => is_whole = false,
        }
    }
    (headers, is_whole)
}

/// The value of a header, in whatever letter case it is written.
pub(super) fn value<'a>(pairs: &'a [(String, Vec<u8>)], name: &str) -> Option<&'a [u8]> {
    pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
}

/// How long a body was, as `content-length` has it.
pub(super) fn length(pairs: &[(String, Vec<u8>)]) -> Option<usize> {
    std::str::from_utf8(value(pairs, "content-length")?).ok()?.trim().parse().ok()
}
