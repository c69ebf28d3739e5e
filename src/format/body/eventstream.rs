//! The binary event streams of AWS, frame by frame. Lengths and checksums follow from the rest and are not stored.

mod line;

use bytes::Bytes;

use super::compact::Lead;
use super::multipart::known;
use super::{Fields, Found};
use crate::format::allowance::Allowance;
use crate::format::blobs::Blobs;
use crate::model::base64;
use crate::model::json::{self, Json};
use crate::model::wire::eventstream::{Message, Value, decode_torn, encode};

/// The field for what came of a frame before the stream was cut off.
pub(super) const TORN: &str = "torn";

/// The field for the order of headers, where that is another than usual.
pub(super) const ORDER: &str = "header_order";

pub(super) fn write(bytes: &[u8], blobs: &mut Blobs) -> Option<Fields> {
    let (mut messages, torn) = decode_torn(bytes).filter(|(messages, _)| !messages.is_empty())?;
    let order = order(&messages).map(|order| order.join(" "));
    if order.is_some() {
        messages.iter_mut().for_each(|message| put_in_order(message, USUAL));
    }
    let main = match compact(&messages) {
        Some(form) => super::compact::put_aside(form, blobs),
        None => Json::Array(messages.iter().map(message).collect()),
    };
    // A frame may have a header twice, a mapping may not.
    if main.repeats_a_key() {
        return None;
    }
    let torn = (!torn.is_empty()).then(|| (TORN.to_owned(), Json::String(super::base64::encode(torn))));
    let order = order.map(|order| (ORDER.to_owned(), Json::String(order)));
    Some(order.into_iter().chain(torn).chain([("eventstream".to_owned(), main)]).collect())
}

/// The order of headers that most frames have, which goes without saying.
const USUAL: [&str; 3] = [":event-type", ":content-type", ":message-type"];

/// The order in which all events have their headers, if that is another.
fn order(messages: &[Message]) -> Option<[&str; 3]> {
    let mut orders = messages.iter().filter_map(names_of);
    let first = orders.next()?;
    (first != USUAL && orders.all(|other| other == first)).then_some(first)
}

/// The names of the headers of an event that has the usual ones and no others, in their order.
fn names_of(message: &Message) -> Option<[&str; 3]> {
    let [one, two, three] = message.headers.as_slice() else { return None };
    let names = [one.0.as_str(), two.0.as_str(), three.0.as_str()];
    USUAL.iter().all(|name| names.contains(name)).then_some(names)
}

fn put_in_order(message: &mut Message, order: [&str; 3]) {
    if names_of(message).is_some() {
        message.headers.sort_by_key(|(name, _)| order.iter().position(|known| known == name));
    }
}

/// The order that a field names.
fn read_order(text: &str) -> Option<[&str; 3]> {
    let names: Vec<&str> = text.split(' ').collect();
    let order: [&str; 3] = names.try_into().ok()?;
    USUAL.iter().all(|name| order.contains(name)).then_some(order)
}

/// The compact form, if there is a frame of which it says more than the list does. Other frames stand in it as they
/// would in the list.
fn compact(messages: &[Message]) -> Option<Json> {
    let lines: Vec<Option<String>> = messages.iter().map(line::write).collect();
    lines.iter().find(|line| line.is_some())?;
    let texts =
        lines.into_iter().zip(messages).map(|(line, frame)| line.unwrap_or_else(|| message(frame).compact()));
    let mut form = super::compact::write(&texts.collect::<Vec<_>>(), Lead::Frame)?;
    for event in events(&mut form) {
        if let Some(text) = event.as_str() {
            *event = line::item(text).or_else(|| json::parse(text.as_bytes()).ok())?;
        }
    }
    Some(form)
}

fn events(form: &mut Json) -> &mut [Json] {
    let Json::Object(fields) = form else { return &mut [] };
    match fields.iter_mut().find(|(name, _)| name == "events") {
        Some((_, Json::Array(events))) => events,
        _ => &mut [],
    }
}

fn message(message: &Message) -> Json {
    let headers = message.headers.iter().map(|(name, value)| (name.clone(), header(value))).collect();
    let mut fields = vec![("headers".to_owned(), Json::Object(headers))];
    if !message.payload.is_empty() {
        fields.extend(
            super::text::write(&message.payload).unwrap_or_else(|| super::base64::write(&message.payload)),
        );
    }
    Json::Object(fields)
}

/// Nearly all headers are text, which stands as it is; the others say their type.
fn header(value: &Value) -> Json {
    let typed = |kind: &str, value: Json| Json::Object(vec![(kind.to_owned(), value)]);
    match value {
        Value::String(text) => Json::from(text.as_str()),
        Value::Bool(is) => Json::Bool(*is),
        Value::Byte(n) => typed("byte", Json::Number(n.to_string())),
        Value::Short(n) => typed("short", Json::Number(n.to_string())),
        Value::Int(n) => typed("int", Json::Number(n.to_string())),
        Value::Long(n) => typed("long", Json::Number(n.to_string())),
        Value::Timestamp(n) => typed("timestamp", Json::Number(n.to_string())),
        Value::Bytes(bytes) => typed("bytes", Json::String(base64::encode(bytes))),
        Value::Uuid(bytes) => typed("uuid", Json::String(base64::encode(bytes))),
    }
}

pub(super) fn read(fields: &Found<'_>) -> Result<Vec<u8>, String> {
    let messages = match fields.main {
        Json::Array(items) => items.iter().map(frame).collect::<Result<Vec<_>, _>>(),
        Json::Object(_) => {
            read_compact(super::compact::inline(fields.main, fields)?.into_owned(), &fields.allowance)
        }
        _ => Err("`eventstream` is neither a list nor a mapping".to_owned()),
    };
    let mut messages = messages?;
    if let Some(text) = fields.detail(ORDER)? {
        let order = read_order(text).ok_or_else(|| format!("`{ORDER}` has to name {}", USUAL.join(", ")))?;
        messages.iter_mut().for_each(|message| put_in_order(message, order));
    }
    let mut out = Vec::new();
    for message in messages {
        out.extend(encode(&message).ok_or("an event of `eventstream` is too long for its frame")?);
    }
    if let Some(torn) = fields.owner.get(TORN) {
        out.extend(super::base64::read(torn).map_err(|_| format!("`{TORN}` is not base64"))?);
    }
    Ok(out)
}

fn read_compact(mut form: Json, allowance: &Allowance) -> Result<Vec<Message>, String> {
    for event in events(&mut form) {
        if line::is_frame(event) {
            *event = Json::String(event.compact());
        } else if let Some(line) = line::of_item(event) {
            *event = Json::String(line);
        }
    }
    let texts = super::compact::read(&form, Lead::Frame, allowance)
        .map_err(|what| format!("`eventstream`: {what}"))?;
    let message = |(index, text): (usize, String)| {
        let message = match json::parse(text.as_bytes()) {
            Ok(item) => frame(&item),
            Err(_) => line::read(&text),
        };
        message.map_err(|what| format!("`eventstream`: event {}: {what}", index + 1))
    };
    texts.into_iter().enumerate().map(message).collect()
}

/// A frame from an item of the list.
fn frame(item: &Json) -> Result<Message, String> {
    known(item, &["headers", "text", "base64"])?;
    let mut headers = Vec::new();
    for (name, value) in item.get("headers").and_then(Json::as_object).unwrap_or_default() {
        headers.push((
            name.clone(),
            parse(value).ok_or_else(|| format!("header `{name}` has no value of its type"))?,
        ));
    }
    let payload = match (item.get("text"), item.get("base64")) {
        (Some(text), None) => super::text::read(text)?,
        (None, Some(coded)) => super::base64::read(coded)?,
        (None, None) => Vec::new(),
        (Some(_), Some(_)) => return Err("an event can have `text` or `base64`, but not both".to_owned()),
    };
    Ok(Message { headers, payload: Bytes::from(payload) })
}

fn parse(value: &Json) -> Option<Value> {
    match value {
        Json::String(text) => Some(Value::String(text.clone())),
        Json::Bool(is) => Some(Value::Bool(*is)),
        Json::Object(fields) => {
            let [(kind, value)] = fields.as_slice() else { return None };
            let bytes = || base64::decode(value.as_str()?).ok();
            let number = || match value {
                Json::Number(text) => Some(text.as_str()),
                _ => None,
            };
            Some(match kind.as_str() {
                "byte" => Value::Byte(number()?.parse().ok()?),
                "short" => Value::Short(number()?.parse().ok()?),
                "int" => Value::Int(number()?.parse().ok()?),
                "long" => Value::Long(number()?.parse().ok()?),
                "timestamp" => Value::Timestamp(number()?.parse().ok()?),
                "bytes" => Value::Bytes(Bytes::from(bytes()?)),
                "uuid" => Value::Uuid(bytes()?.try_into().ok()?),
                _ => return None,
            })
        }
        _ => None,
    }
}

/// One chunk a frame, and one for what is left of a frame that was cut off.
pub(super) fn chunks(bytes: &[u8]) -> Vec<usize> {
    let Some((messages, torn)) = decode_torn(bytes) else { return vec![bytes.len()] };
    let frames = messages.iter().filter_map(encode).map(|frame| frame.len());
    frames.chain((!torn.is_empty()).then_some(torn.len())).collect()
}

#[cfg(test)]
mod tests;
