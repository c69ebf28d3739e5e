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
    let mut fields = Vec::new();
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
    let separator = format.separator(crlf);
    let mut out = String::new();
    for (index, event) in events.iter().enumerate() {
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
