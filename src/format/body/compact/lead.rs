//! What stands before the JSON of an event, and in which words a form says so.

use super::{BYTES, EVENT, LEAD};
use crate::model::json::Json;
use crate::model::wire::sse;

/// What an event says of what stands before its JSON.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told<'a> {
    pub(super) event: Option<&'a str>,
    pub(super) before: Option<&'a str>,
    pub(super) is_coded: bool,
}

/// How the texts of the events of a stream begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format::body) enum Lead {
    /// `data: `, and perhaps a line with the name of the event before it: server-sent events.
    Data,
    /// Nothing: lines of JSON.
    Nothing,
    /// The name of the event on a line of its own, then [`JSON`] or [`BYTES`]: frames, as `eventstream/line.rs` writes them.
    Frame,
}

/// Stands in the text of a frame before its payload, as it is.
pub(in crate::format::body) const JSON: &str = "json";
/// Before the payload that a frame has in base64.
pub(in crate::format::body) const CODED: &str = "bytes";

impl Lead {
    /// What stands before the JSON of most events.
    fn usual(self) -> &'static str {
        match self {
            Lead::Data => "data: ",
            Lead::Nothing | Lead::Frame => "",
        }
    }

    /// The text of an event in two: what stands before its JSON, and the JSON.
    pub(super) fn split(self, text: &str) -> Option<(&str, &str)> {
        let start = match self {
            Lead::Nothing => 0,
            Lead::Data => {
                let mut data = sse::fields(text.as_bytes()).filter(|field| field.name == b"data");
                let only = data.next()?.value;
                if data.next().is_some() || only.end != text.len() {
                    return None;
                }
                only.start
            }
            Lead::Frame => {
                let rest = text.split_once('\n')?.1;
                let (_, payload) = rest.split_once(": ").filter(|(name, _)| [JSON, CODED].contains(name))?;
                text.len() - payload.len()
            }
        };
        Some(text.split_at(start))
    }

    /// The fields that tell of a prefix, unless it is the usual one.
    pub(super) fn fields(self, prefix: &str) -> Vec<(String, Json)> {
        let field = |name: &str, value: Json| (name.to_owned(), value);
        let told = match self.event(prefix) {
            _ if prefix == self.usual() => None,
            Some(event) => Some(field(EVENT, Json::from(event))),
            None => Some(field(LEAD, Json::from(prefix))),
        };
        let is_coded = self == Lead::Frame && prefix.ends_with("\nbytes: ");
        told.into_iter().chain(is_coded.then(|| field(BYTES, Json::Bool(true)))).collect()
    }

    /// What stands before the JSON, from the fields that tell of it.
    pub(super) fn prefix(self, told: Told<'_>) -> Result<String, String> {
        Ok(match (self, told) {
            (Lead::Frame, Told { event: Some(event), before: None, is_coded }) => {
                format!("{event}\n{}: ", if is_coded { CODED } else { JSON })
            }
            (Lead::Frame, _) => return Err(format!("it has no `{EVENT}`")),
            (_, Told { is_coded: true, .. }) => return Err(format!("only frames have `{BYTES}`")),
            (_, Told { event: None, before: None, .. }) => self.usual().to_owned(),
            (_, Told { event: Some(event), before: None, .. }) => self.named(event),
            (_, Told { event: None, before: Some(before), .. }) => before.to_owned(),
            _ => return Err(format!("`{EVENT}` and `{LEAD}` cannot stand together")),
        })
    }

    /// What stands before the JSON of an event of a name.
    pub(super) fn named(self, event: &str) -> String {
        format!("event: {event}\n{}", self.usual())
    }

    /// The name of an event, if it stands before its JSON and nothing else does.
    pub(super) fn event(self, prefix: &str) -> Option<&str> {
        let event = match self {
            Lead::Nothing => None,
            Lead::Data => prefix.strip_prefix("event: ")?.strip_suffix("\ndata: "),
            Lead::Frame => prefix.split_once('\n').map(|(event, _)| event),
        };
        event.filter(|event| !event.contains('\n'))
    }

    /// Whether events are to be compact even where that is no shorter.
    pub(super) fn is_always_compact(self) -> bool {
        self == Lead::Frame
    }
}
