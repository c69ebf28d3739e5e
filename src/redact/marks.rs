//! Where in an answer something was replaced, for people who wonder why a replay gives another answer.

use super::hits::marks_in;
use super::json_spans::{self, Node};
use super::{frames, streams};
use crate::model::exchange::Response;
#[cfg(feature = "cli")]
use crate::model::interaction::Interaction;
use http::HeaderMap;

/// So many places are named; the rest is counted.
const NAMED: usize = 3;

/// What was replaced in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Replaced {
    pub(crate) count: usize,
    /// The first places.
    places: Vec<String>,
}

/// What stands in an answer in the place of secrets.
pub(crate) fn replaced(response: &Response) -> Replaced {
    let mut replaced = Replaced::default();
    if let Some(url) = &response.url {
        replaced.add(count(url.as_bytes()), || "the URL".to_owned());
    }
    for (name, value) in &response.headers {
        replaced.add(count(value.as_bytes()), || format!("the header `{name}`"));
    }
    replaced.body(&response.headers, &response.body.bytes);
    replaced
}

/// How many values of an interaction were replaced, in the request and in the answer.
#[cfg(feature = "cli")]
pub(crate) fn replaced_in(interaction: &Interaction) -> usize {
    let request = &interaction.request;
    let headers = request.headers.values().map(|value| count(value.as_bytes())).sum::<usize>();
    let of_request = count(request.url.as_bytes()) + headers + count(&request.body);
    of_request + replaced(&interaction.response).count
}

fn count(text: &[u8]) -> usize {
    marks_in(text)
}

impl Replaced {
    fn add(&mut self, count: usize, place: impl FnOnce() -> String) {
        if count > 0 && self.places.len() < NAMED {
            self.places.push(place());
        }
        self.count += count;
    }

    fn body(&mut self, headers: &HeaderMap, body: &[u8]) {
        let all = count(body);
        if all == 0 && frames::texts(body).is_none() {
            return;
        }
        let before = self.count;
        // Of several ways to read it, the first is the one that its content type tells.
        let readings = frames::readings(headers, body);
        let events = readings.first().map(Vec::as_slice).unwrap_or_default();
        for (number, event) in events.iter().enumerate() {
            let lead = if events.len() > 1 { format!("event {}, ", number + 1) } else { String::new() };
            self.text(event, &lead);
        }
        let read = self.count - before;
        self.add(all.saturating_sub(read), || "the body".to_owned());
    }

    fn text(&mut self, event: &streams::Event, lead: &str) {
        let text = &event.layer.text;
        if count(text) == 0 {
            return;
        }
        match json_spans::parse(text) {
            Some(node) => self.node(text, &node, &mut String::new(), lead),
            None => self.add(count(text), || format!("{lead}the text")),
        }
    }

    fn node(&mut self, text: &[u8], node: &Node, path: &mut String, lead: &str) {
        let place = |path: &str| format!("{lead}`{}`", if path.is_empty() { "/" } else { path });
        match node {
            Node::Text(range) => self.add(count(&text[range.clone()]), || place(path)),
            Node::Plain(_) => {}
            Node::Array(items, _) => {
                for (number, item) in items.iter().enumerate() {
                    self.below(text, item, &number.to_string(), path, lead);
                }
            }
            Node::Object(fields) => {
                for (name, value) in fields {
                    self.add(count(&text[name.clone()]), || format!("{lead}the name of a field"));
                    let name = String::from_utf8_lossy(&text[name.clone()]).into_owned();
                    self.below(text, value, &name, path, lead);
                }
            }
        }
    }

    fn below(&mut self, text: &[u8], node: &Node, name: &str, path: &mut String, lead: &str) {
        let length = path.len();
        path.push('/');
        path.push_str(name);
        self.node(text, node, path, lead);
        path.truncate(length);
    }

    /// `2 values are replaced in the answer: …`; `None` where nothing is.
    pub(crate) fn sentence(&self) -> Option<String> {
        let more = self.count - self.places.len().min(self.count);
        let places = self.places.join(", ");
        let places = if more > 0 && self.places.len() == NAMED { format!("{places}, …") } else { places };
        match self.count {
            0 => None,
            1 => Some(format!("1 value is replaced in the answer: {places}")),
            count => Some(format!("{count} values are replaced in the answer: {places}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{StatusCode, Version};

    use super::*;
    use crate::model::exchange::ResponseBody;

    fn said(kind: &str, body: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", kind.parse().unwrap());
        let body = ResponseBody { bytes: Bytes::from(body.to_owned()), ..ResponseBody::default() };
        replaced(&Response { status: StatusCode::OK, version: Version::HTTP_11, url: None, headers, body })
            .sentence()
    }

    #[test]
    fn what_was_replaced_is_counted_and_named_by_its_place() {
        let json = "application/json";
        assert_eq!(said(json, r#"{"a":"b"}"#), None);
        let tagged = said(json, r#"{"mail":"[REDACTED:3f]"}"#);
        assert_eq!(tagged.unwrap(), "1 value is replaced in the answer: `/mail`");
        assert_eq!(
            said(json, r#"{"token":"[REDACTED]"}"#).unwrap(),
            "1 value is replaced in the answer: `/token`"
        );
        assert_eq!(
            said(json, r#"{"a":[{"b":"x [REDACTED] y [REDACTED]"}],"c":"[REDACTED]"}"#).unwrap(),
            "3 values are replaced in the answer: `/a/0/b`, `/c`"
        );
        assert_eq!(
            said("text/event-stream", "data: {\"a\":1}\n\ndata: {\"b\":\"[REDACTED]\"}\n\n").unwrap(),
            "1 value is replaced in the answer: event 2, `/b`"
        );
        assert_eq!(
            said("text/plain", "x [REDACTED]").unwrap(),
            "1 value is replaced in the answer: the body"
        );
        let many = r#"{"a":"[REDACTED]","b":"[REDACTED]","c":"[REDACTED]","d":"[REDACTED]"}"#;
        assert_eq!(said(json, many).unwrap(), "4 values are replaced in the answer: `/a`, `/b`, `/c`, …");
    }
}
