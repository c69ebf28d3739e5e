//! Headers: a value, a list where a name is repeated, and base64 for the rare value that is not UTF-8.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::mapping::{At, Mapping};
use crate::model::base64;
use crate::model::json::Json;

/// Sorted by name, so that a server that shuffles its headers changes nothing.
pub(super) fn write(headers: &HeaderMap) -> Option<(String, Json)> {
    if headers.is_empty() {
        return None;
    }
    let mut names: Vec<&HeaderName> = headers.keys().collect();
    names.sort_by_key(|name| name.as_str());
    let fields = names.into_iter().map(|name| {
        let mut values: Vec<Json> = headers.get_all(name).iter().map(value).collect();
        let value = if values.len() == 1 { values.remove(0) } else { Json::Array(values) };
        (name.as_str().to_owned(), value)
    });
    Some(("headers".to_owned(), Json::Object(fields.collect())))
}

fn value(value: &HeaderValue) -> Json {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Json::from(text),
        Err(_) => Json::Object(vec![("base64".to_owned(), Json::String(base64::encode(value.as_bytes())))]),
    }
}

pub(super) fn read(owner: &Mapping<'_>) -> At<HeaderMap> {
    let mut headers = HeaderMap::new();
    let Some(tree) = owner.optional("headers") else { return Ok(headers) };
    let wrong = |name: &str| {
        let shown: String = name.chars().take(60).collect();
        let (mut path, message) =
            owner.wrong("headers", &format!("header `{shown}` cannot be sent over HTTP"));
        path.push(name.to_owned());
        (path, message)
    };
    for (name, stored) in
        tree.as_object().ok_or_else(|| owner.wrong("headers", "`headers` is not a mapping"))?
    {
        let header = HeaderName::try_from(name.as_str()).map_err(|_| wrong(name))?;
        let values = match stored {
            Json::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        for value in values {
            let value = parse(value).ok_or_else(|| wrong(name))?;
            // The map has an end, and says so.
            headers.try_append(header.clone(), value).map_err(|_| {
                owner.wrong("headers", "there are more headers than any message over HTTP has")
            })?;
        }
    }
    Ok(headers)
}

fn parse(stored: &Json) -> Option<HeaderValue> {
    match stored {
        // A hand edit may leave a number without quotes.
        Json::String(text) | Json::Number(text) => HeaderValue::from_bytes(text.as_bytes()).ok(),
        other => HeaderValue::from_bytes(&base64::decode(other.get("base64")?.as_str()?).ok()?).ok(),
    }
}
