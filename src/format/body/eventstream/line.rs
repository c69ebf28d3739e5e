//! A frame as text, without its padding: the name of its event, and JSON, which native answers of models have in base64.

use bytes::Bytes;

use crate::format::body::compact::{BYTES, CODED, EVENT, JSON, LIKE};
use crate::model::base64;
use crate::model::json::{self, Json};
use crate::model::wire::eventstream::{Message, Value};

/// Bedrock hides how long its events are: as a field `p`, they get the beginning of this.
const PADDING: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The field that holds padding.
const P: &str = "p";

/// A frame as text; `None` for one of which the text would not say all.
pub(super) fn write(message: &Message) -> Option<String> {
    let event = event(message)?;
    let payload = std::str::from_utf8(&message.payload).ok()?;
    let tree = json::parse(payload.as_bytes()).ok()?;
    let text = |name: &str, payload: &str| format!("{event}\n{name}: {payload}");
    let decoded = || Some(text(CODED, &decoded(&tree)?));
    let bare = || Some(text(JSON, &bare(&tree)?));
    let plain = || Some(text(JSON, payload));
    let exact = |line: &String| read(line).as_ref() == Ok(message);
    decoded().filter(exact).or_else(|| bare().filter(exact)).or_else(|| plain().filter(exact))
}

/// The text of a frame that has words in base64, as an item of a list.
pub(super) fn item(line: &str) -> Option<Json> {
    let (event, words) = line.split_once(&format!("\n{CODED}: "))?;
    let field = |name: &str, text: &str| (name.to_owned(), Json::from(text));
    Some(Json::Object(vec![field(EVENT, event), field(BYTES, words)]))
}

/// What [`item`] was made of; `None` for any other item.
pub(super) fn of_item(item: &Json) -> Option<String> {
    match item.as_object()? {
        [(event, Json::String(name)), (bytes, Json::String(words))] if event == EVENT && bytes == BYTES => {
            Some(format!("{name}\n{CODED}: {words}"))
        }
        _ => None,
    }
}

/// Whether an item is a frame as it stands in the list.
pub(super) fn is_frame(item: &Json) -> bool {
    item.get("headers").is_some() && item.get(EVENT).or(item.get(LIKE)).is_none()
}

/// The name of the event, if the headers say nothing else that is not usual.
fn event(message: &Message) -> Option<&str> {
    let event = message.text(":event-type")?;
    let plain = !event.contains('\n') && !event.starts_with('{');
    (plain && message.headers == headers(event)).then_some(event)
}

fn headers(event: &str) -> Vec<(String, Value)> {
    [(":event-type", event), (":content-type", "application/json"), (":message-type", "event")]
        .map(|(name, text)| (name.to_owned(), Value::String(text.to_owned())))
        .to_vec()
}

/// What a payload has in base64: JSON, or the words of an agent.
fn decoded(tree: &Json) -> Option<String> {
    let coded = tree.get(CODED)?.as_str()?;
    let inner = String::from_utf8(base64::decode(coded).ok()?).ok()?;
    if tree.get(P).is_none() {
        return inner.chars().all(|c| c == '\n' || !c.is_control()).then_some(inner);
    }
    pad(&inner, length(tree.get(P)?)?)
}

/// A payload with spaces in the place of its padding.
fn bare(tree: &Json) -> Option<String> {
    let length = length(tree.get(P)?)?;
    let mut fields = tree.as_object()?.to_vec();
    fields.retain(|(name, _)| name != P);
    pad(&Json::Object(fields).compact(), length)
}

/// How long padding is, if it is nothing else.
fn length(padding: &Json) -> Option<usize> {
    let text = padding.as_str()?;
    PADDING.starts_with(text).then_some(text.len())
}

/// Spaces before the last brace, as the compact form counts them.
fn pad(payload: &str, length: usize) -> Option<String> {
    Some(format!("{}{:length$}}}", payload.strip_suffix('}')?, ""))
}

/// The frame that a text tells of.
pub(super) fn read(line: &str) -> Result<Message, String> {
    let unknown = || format!("{line:?} is not an event");
    let (event, rest) = line.split_once('\n').ok_or_else(unknown)?;
    let (name, payload) = rest.split_once(": ").ok_or_else(unknown)?;
    let (bare, padding) = padding(payload)?;
    let payload = match name {
        CODED => {
            let mut fields = vec![(CODED.to_owned(), Json::String(base64::encode(bare)))];
            insert(&mut fields, padding);
            Json::Object(fields).compact()
        }
        JSON if padding.is_empty() => bare,
        JSON => match json::parse(bare.as_bytes()) {
            Ok(Json::Object(mut fields)) => {
                insert(&mut fields, padding);
                Json::Object(fields).compact()
            }
            _ => return Err(unknown()),
        },
        _ => return Err(unknown()),
    };
    Ok(Message { headers: headers(event), payload: Bytes::from(payload) })
}

/// A payload without the spaces before its last brace, and the padding that they stand for.
fn padding(payload: &str) -> Result<(String, &'static str), String> {
    let Some(inner) = payload.strip_suffix('}') else { return Ok((payload.to_owned(), "")) };
    let bare = inner.trim_end_matches(' ');
    let padding = PADDING.get(..inner.len() - bare.len());
    let too_long = || format!("`pad` can be at most {}, as the padding of Bedrock is", PADDING.len());
    Ok((format!("{bare}}}"), padding.ok_or_else(too_long)?))
}

/// Bedrock sorts fields by name, and its padding with them.
fn insert(fields: &mut Vec<(String, Json)>, padding: &str) {
    if !padding.is_empty() {
        let at = fields.iter().position(|(name, _)| name.as_str() > P).unwrap_or(fields.len());
        fields.insert(at, (P.to_owned(), Json::from(padding)));
    }
}
