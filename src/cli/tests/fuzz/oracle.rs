//! What a document says, as another reader has it: the library for YAML and `serde_json`, and none of our own code. What
//! a client gets has to be that.

use serde_json::Value as Body;
use serde_yaml::Value;

use crate::model::interaction::Interaction;

/// What a person reads in the document and a client does not get, if there is something.
pub(super) fn disagreement(inner: &str, got: &Interaction) -> Option<String> {
    let Ok(document) = serde_yaml::from_str::<Value>(inner) else {
        // It has no numbers of so many digits.
        let is_large = inner.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 19);
        return (!is_large).then(|| "the library does not read this document".to_owned());
    };
    let (request, response) = (document.get("request")?, document.get("response")?);
    let text = |owner: &Value, name: &str| owner.get(name).and_then(Value::as_str).map(str::to_owned);
    if text(request, "url").is_some_and(|url| url != got.request.url) {
        return Some("the URL is another one".to_owned());
    }
    if response.get("status").and_then(Value::as_u64) != Some(u64::from(got.response.status.as_u16())) {
        return Some("the status is another one".to_owned());
    }
    body(request, &got.request.body)
        .map(|what| format!("request: {what}"))
        .or_else(|| body(response, &got.response.body.bytes).map(|what| format!("response: {what}")))
}

fn body(owner: &Value, bytes: &[u8]) -> Option<String> {
    let differs =
        |what: &str| Some(format!("`{what}` says something else than {:?}", String::from_utf8_lossy(bytes)));
    if let Some(tree) = owner.get("json") {
        let Ok(body) = serde_json::from_slice::<Body>(bytes) else { return differs("json") };
        return if same(tree, &body) { None } else { differs("json") };
    }
    if let Some(text) = owner.get("text") {
        return if text.as_str().map(str::as_bytes) == Some(bytes) { None } else { differs("text") };
    }
    if let Some(coded) = owner.get("base64") {
        let bare: String = coded.as_str()?.split_ascii_whitespace().collect();
        return if crate::model::base64::encode(bytes) == bare { None } else { differs("base64") };
    }
    for name in ["sse", "ndjson"] {
        match owner.get(name) {
            Some(Value::Sequence(events)) => {
                let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
                let end = if name == "sse" { "\n\n" } else { "\n" };
                let said: Vec<String> = events
                    .iter()
                    .filter_map(|event| event.as_str().map(|text| text.replace("\r\n", "\n")))
                    .collect();
                let whole = said.join(end);
                return if text.strip_suffix(end).unwrap_or(&text) == whole.strip_suffix(end).unwrap_or(&whole)
                    || text == whole
                {
                    None
                } else {
                    differs(name)
                };
            }
            Some(form @ Value::Mapping(_)) => {
                return message(form, bytes).map(|what| format!("`{name}`: {what}"));
            }
            _ => {}
        }
    }
    let is_said =
        ["blob", "multipart", "eventstream", "sse", "ndjson"].iter().any(|name| owner.get(*name).is_some());
    if is_said || bytes.is_empty() { None } else { differs("no body") }
}

/// Whether two trees are the same, as far as no mark stands for a part.
fn same(tree: &Value, body: &Body) -> bool {
    let is_mark = |tree: &Value| {
        tree.as_mapping().is_some_and(|fields| {
            fields.keys().any(|key| key.as_str().is_some_and(|key| key.starts_with('$')))
        })
    };
    match (tree, body) {
        (tree, _) if is_mark(tree) => true,
        (Value::Null, Body::Null) => true,
        (Value::Bool(a), Body::Bool(b)) => a == b,
        (Value::String(a), Body::String(b)) => a == b,
        (Value::Number(a), Body::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            a == b || (a - b).abs() <= a.abs() * 1e-12
        }
        // Too large for the library's integers, and a number all the same.
        (Value::String(a), Body::Number(b)) => a.parse::<f64>().ok() == b.as_f64(),
        (Value::Sequence(a), Body::Array(b)) => {
            a.first().is_some_and(is_mark) || a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Mapping(a), Body::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| match key.as_str() {
                    Some(key) => b.get(key).is_some_and(|other| same(value, other)),
                    None => true,
                })
        }
        _ => false,
    }
}

/// What the message of a stream says and its events do not. What events say at one place, one behind the other, has to
/// have it.
fn message(form: &Value, bytes: &[u8]) -> Option<String> {
    let parts = form.get("message")?.as_sequence()?;
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let mut said: Vec<(String, String)> = Vec::new();
    let mut order: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.strip_prefix("data: ").or(line.strip_prefix("data:")).unwrap_or(line);
        if let Ok(event) = serde_json::from_str::<Body>(line) {
            leaves(&event, &mut String::new(), &mut said, &mut order);
        }
    }
    let all = order.concat();
    for part in parts {
        for (kind, value) in part.as_mapping()? {
            let (Some(kind), Some(text)) = (kind.as_str(), value.as_str()) else { continue };
            let told = || said.iter().any(|(_, said)| said.contains(text));
            // Providers may change the place in the midst of a text.
            let told_on_the_way = || {
                let mut left = text.chars().peekable();
                for c in all.chars() {
                    let _ = left.next_if_eq(&c);
                }
                left.peek().is_none()
            };
            if !told() && !told_on_the_way() {
                return Some(format!("the message has {kind} {text:?}, and no event says so"));
            }
        }
    }
    None
}

fn leaves(tree: &Body, path: &mut String, said: &mut Vec<(String, String)>, order: &mut Vec<String>) {
    match tree {
        Body::String(text) => {
            order.push(text.clone());
            match said.iter_mut().find(|(known, _)| known == path) {
                Some((_, said)) => said.push_str(text),
                None => said.push((path.clone(), text.clone())),
            }
        }
        Body::Array(items) => items.iter().for_each(|item| leaves(item, path, said, order)),
        Body::Object(fields) => {
            for (name, value) in fields {
                let length = path.len();
                path.push('/');
                path.push_str(name);
                leaves(value, path, said, order);
                path.truncate(length);
            }
        }
        _ => {}
    }
}
