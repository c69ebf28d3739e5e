//! Text streams, one event an item: server-sent events and newline-delimited JSON.

use super::compact::Lead;
use super::{Fields, Found, compact};
use crate::format::blobs::Blobs;
use crate::model::json::Json;

/// A stream of text whose events all end alike.
#[derive(Clone, Copy)]
pub(super) struct Format {
    field: &'static str,
    /// Line breaks at the end of an event.
    breaks: usize,
    lead: Lead,
}

pub(super) const SSE: Format = Format { field: "sse", breaks: 2, lead: Lead::Data };
pub(super) const NDJSON: Format = Format { field: "ndjson", breaks: 1, lead: Lead::Nothing };

impl Format {
    fn separator(self, crlf: bool) -> String {
        (if crlf { "\r\n" } else { "\n" }).repeat(self.breaks)
    }
}

/// The field for streams whose events have their name behind their data.
pub(super) const DATA_FIRST: &str = "data_first";

/// Some servers end lines with CRLF, some with LF. The HTML standard ("Parsing an event stream") allows both, and a
/// client that splits on "\n\n" must meet the same bytes again; so the kind is stored, once.
pub(super) fn write(format: Format, bytes: &[u8], blobs: &mut Blobs) -> Option<Fields> {
    let text = std::str::from_utf8(bytes).ok()?;
    let crlf = text.contains(&format.separator(true));
    let separator = format.separator(crlf);
    let mut events: Vec<&str> = text.split(&separator).collect();
    let terminated = events.last() == Some(&"");
    if terminated {
        events.pop();
    }
    let event = |event: &&str| if crlf { event.replace("\r\n", "\n") } else { (*event).to_owned() };
    let events: Vec<String> = events.iter().map(event).collect();
    let (events, data_first) = match format.lead {
        Lead::Data => named_first(events),
        Lead::Nothing | Lead::Frame => (events, false),
    };
    let mut fields = Vec::new();
    if data_first {
        fields.push((DATA_FIRST.to_owned(), Json::Bool(true)));
    }
    if crlf {
        fields.push(("line_end".to_owned(), Json::from("crlf")));
    }
    if !terminated {
        fields.push(("unterminated".to_owned(), Json::Bool(true)));
    }
    let main = compact::write(&events, format.lead).map_or_else(
        || Json::Array(events.into_iter().map(Json::String).collect()),
        |form| compact::put_aside(form, blobs),
    );
    fields.push((format.field.to_owned(), main));
    Some(fields)
}

/// The events with the name of each before its data, as most servers write them, and whether that had to be done: some
/// of Bedrock's streams have it behind. Only where all events that have a name have it there.
fn named_first(events: Vec<String>) -> (Vec<String>, bool) {
    let behind = |event: &String| turned(event, ["data: ", "event: "]);
    let before = |event: &String| turned(event, ["event: ", "data: "]).is_some();
    if events.iter().any(before) || !events.iter().any(|event| behind(event).is_some()) {
        return (events, false);
    }
    (events.into_iter().map(|event| behind(&event).unwrap_or(event)).collect(), true)
}

/// An event of two lines that begin so, with the second of them first.
fn turned(event: &str, starts: [&str; 2]) -> Option<String> {
    let (first, second) = event.split_once('\n')?;
    let alike = first.starts_with(starts[0]) && second.starts_with(starts[1]) && !second.contains('\n');
    alike.then(|| format!("{second}\n{first}"))
}

pub(super) fn read(format: Format, fields: &Found<'_>) -> Result<Vec<u8>, String> {
    let crlf = match fields.detail("line_end")? {
        None | Some("lf") => false,
        Some("crlf") => true,
        Some(other) => return Err(format!("`line_end` has to be `lf` or `crlf`, not {other:?}")),
    };
    let unterminated = match fields.owner.get("unterminated") {
        None => false,
        Some(Json::Bool(is)) => *is,
        Some(_) => return Err("`unterminated` has to be true or false".to_owned()),
    };
    let compact;
    let events: Vec<&str> = match fields.main {
        Json::Array(events) => {
            let mut texts = Vec::with_capacity(events.len());
            for (index, event) in events.iter().enumerate() {
                let wrong = || format!("item {} of `{}` is not text", index + 1, format.field);
                texts.push(event.as_str().ok_or_else(wrong)?);
            }
            texts
        }
        other => {
            let form = compact::inline(other, fields)?;
            compact = compact::read(&form, format.lead, &fields.allowance)
                .map_err(|what| format!("`{}`: {what}", format.field))?;
            compact.iter().map(String::as_str).collect()
        }
    };
    let data_first = match fields.owner.get(DATA_FIRST) {
        None => false,
        Some(Json::Bool(is)) => *is,
        Some(_) => return Err(format!("`{DATA_FIRST}` has to be true or false")),
    };
    let separator = format.separator(crlf);
    let mut out = String::new();
    for (index, event) in events.iter().enumerate() {
        let turned = if data_first { turned(event, ["event: ", "data: "]) } else { None };
        let event = turned.as_deref().unwrap_or(event);
        if crlf {
            out.push_str(&event.replace('\n', "\r\n"));
        } else {
            out.push_str(event);
        }
        if index + 1 < events.len() || !unterminated {
            out.push_str(&separator);
        }
    }
    Ok(out.into_bytes())
}

/// One chunk an event.
pub(super) fn chunks(format: Format, bytes: &[u8]) -> Vec<usize> {
    let Ok(text) = std::str::from_utf8(bytes) else { return vec![bytes.len()] };
    let separator = format.separator(text.contains(&format.separator(true)));
    text.split_inclusive(&separator).map(str::len).collect()
}
