//! What stands before the JSON of an event, and in which words a form says so.

use crate::model::json::Json;
use crate::model::wire::sse;

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

/// The payload of a frame, as it is.
pub(in crate::format::body) const JSON: &str = "json";
/// The payload that a frame has in base64.
pub(in crate::format::body) const BYTES: &str = "bytes";
const EVENT: &str = "event";
const BEFORE: &str = "before";

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
                let (_, payload) = rest.split_once(": ").filter(|(name, _)| self.holds(name))?;
                text.len() - payload.len()
            }
        };
        Some(text.split_at(start))
    }

    /// Whether the JSON of an event may stand in a field of this name.
    pub(super) fn holds(self, field: &str) -> bool {
        field == JSON || (self == Lead::Frame && field == BYTES)
    }

    /// Whether a field of this name says what stands before the JSON.
    pub(super) fn tells(self, field: &str) -> bool {
        field == EVENT || (self != Lead::Frame && field == BEFORE)
    }

    /// The field that tells of a prefix, unless it is the usual one, and the name of the field for the JSON.
    pub(super) fn fields(self, prefix: &str) -> (Option<(String, Json)>, &'static str) {
        let field = |name: &str, text: &str| Some((name.to_owned(), Json::from(text)));
        let told = match self.event(prefix) {
            _ if prefix == self.usual() => None,
            Some(event) => field(EVENT, event),
            None => field(BEFORE, prefix),
        };
        let is_coded = self == Lead::Frame && prefix.ends_with("\nbytes: ");
        (told, if is_coded { BYTES } else { JSON })
    }

    /// What stands before the JSON, from the field that tells of it and the name of the field for the JSON.
    pub(super) fn prefix(self, told: Option<(&str, &str)>, holder: &str) -> Result<String, String> {
        Ok(match (self, told) {
            (Lead::Frame, Some((_, event))) => format!("{event}\n{holder}: "),
            (Lead::Frame, None) => return Err("it has no `event`".to_owned()),
            (_, None) => self.usual().to_owned(),
            (_, Some((EVENT, event))) => self.named(event),
            (_, Some((_, before))) => before.to_owned(),
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
