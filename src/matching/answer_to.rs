//! A recorded answer as another client gets it that asks the same under ids of its own.
//!
//! A client of JSON-RPC waits for the answer that has the id of its call, and a client of MCP goes on in the session that it
//! has. Both count or make up what they call them, so that a replay may be asked under other ids than the recording. So it
//! is with a message to an agent, which comes back among those of its task.

use std::collections::HashMap;

use http::HeaderValue;

use crate::model::exchange::{Request, Response};
use crate::model::json::Json;
use crate::model::splice::Splice;
use crate::model::wire::bodies::json_body;
use crate::model::wire::{Framing, a2a, framing, json_rpc, sse};

/// The header that names a session of MCP.
const SESSION: &str = "mcp-session-id";

/// What was answered to a recorded request, under the ids of a live one that matches it; `None` where they are the same.
pub(crate) fn answer_to(live: &Request, recorded: &Request, response: &Response) -> Option<Response> {
    let session = other_session(live, recorded);
    let splices = Ids::between(live, recorded).map(|ids| ids.of_body(response)).unwrap_or_default();
    let names_session = session.as_ref().is_some_and(|(was, _)| response.headers.get(SESSION) == Some(was));
    if splices.is_empty() && !names_session {
        return None;
    }
    let mut answer = response.clone();
    if let Some((_, is)) = session.filter(|_| names_session) {
        answer.headers.insert(SESSION, is);
    }
    if !splices.is_empty() {
        answer.body = answer.body.spliced(&splices);
    }
    Some(answer)
}

/// The session of the recorded request and that of the live one, where they are two.
fn other_session(live: &Request, recorded: &Request) -> Option<(HeaderValue, HeaderValue)> {
    let (is, was) = (live.headers.get(SESSION)?, recorded.headers.get(SESSION)?);
    (is != was).then(|| (was.clone(), is.clone()))
}

/// What is shorter stands anywhere by chance. The quotes count.
const SHORTEST: usize = 10;

/// What each id of a recorded request is in a live one, both as JSON writes them.
struct Ids {
    of_calls: HashMap<String, String>,
    of_messages: HashMap<String, String>,
}

impl Ids {
    /// `None` where no id differs.
    fn between(live: &Request, recorded: &Request) -> Option<Ids> {
        // By far most requests are no such calls, and this tells so without a look at what they say.
        ["\"jsonrpc\"", "\"messageId\""]
            .iter()
            .any(|name| memchr::memmem::find(&live.body, name.as_bytes()).is_some())
            .then_some(())?;
        let (live, recorded) = (json_body(live)?, json_body(recorded)?);
        let mut ids = Ids {
            of_calls: paired(json_rpc::ids(&recorded).into_iter(), json_rpc::ids(&live).into_iter()),
            of_messages: paired(a2a::ids(&recorded), a2a::ids(&live)),
        };
        ids.of_messages.retain(|was, _| was.len() >= SHORTEST);
        (!ids.of_calls.is_empty() || !ids.of_messages.is_empty()).then_some(ids)
    }

    fn of_body(&self, response: &Response) -> Vec<Splice> {
        let bytes = &response.body.bytes;
        match framing(&response.headers, bytes) {
            None => self.of_text(bytes).collect(),
            Some(Framing::Sse) => sse::ranges(bytes)
                .flat_map(|event| {
                    self.of_event(&bytes[event.clone()])
                        .into_iter()
                        .map(move |splice| moved(splice, event.start))
                })
                .collect(),
            Some(Framing::Ndjson) => {
                let mut start = 0;
                let lines = bytes.split_inclusive(|byte| *byte == b'\n').flat_map(|line| {
                    let at = start;
                    start += line.len();
                    self.of_text(line).map(move |splice| moved(splice, at)).collect::<Vec<_>>()
                });
                lines.collect()
            }
            Some(Framing::EventStream) => Vec::new(),
        }
    }

    fn of_text(&self, text: &[u8]) -> impl Iterator<Item = Splice> {
        let of_calls = json_rpc::returned_ids(text).into_iter().filter_map(|range| {
            let was = std::str::from_utf8(&text[range.clone()]).ok()?;
            let is = self.of_calls.get(&canonical(was))?;
            Some(Splice { range, with: is.clone().into_bytes() })
        });
        // A call may have the id of its message.
        let mut splices: Vec<Splice> = of_calls.chain(self.of_messages_in(text)).collect();
        splices.sort_by_key(|splice| splice.range.start);
        splices.dedup_by_key(|splice| splice.range.start);
        splices.into_iter()
    }

    /// A message stands anywhere in a task.
    fn of_messages_in<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = Splice> + 't {
        self.of_messages.iter().flat_map(move |(was, is)| {
            memchr::memmem::find_iter(text, was)
                .map(move |at| Splice { range: at..at + was.len(), with: is.clone().into_bytes() })
        })
    }

    /// The data of an event may stand in several lines, which a client joins.
    fn of_event(&self, event: &[u8]) -> Vec<Splice> {
        let lines: Vec<_> =
            sse::fields(event).filter(|field| field.name == b"data").map(|field| field.value).collect();
        let data = lines.iter().map(|line| &event[line.clone()]).collect::<Vec<_>>().join(&b'\n');
        let mut starts = Vec::with_capacity(lines.len());
        let mut at = 0;
        for line in &lines {
            starts.push(at);
            at += line.len() + 1;
        }
        let placed = self.of_text(&data).filter_map(|splice| {
            // No id goes beyond the end of a line.
            let line = starts.partition_point(|start| *start <= splice.range.start).checked_sub(1)?;
            let shift = lines[line].start;
            let range = splice.range.start - starts[line] + shift..splice.range.end - starts[line] + shift;
            Some(Splice { range, with: splice.with })
        });
        placed.collect()
    }
}

/// What ids that were are now, where they differ.
fn paired<'j>(
    was: impl Iterator<Item = &'j Json>,
    is: impl Iterator<Item = &'j Json>,
) -> HashMap<String, String> {
    let pairs = was.map(Json::compact).zip(is.map(Json::compact));
    pairs.filter(|(was, is)| was != is).collect()
}

/// An id as [`Json::compact`] writes it.
fn canonical(id: &str) -> String {
    crate::model::json::parse(id.as_bytes()).map_or_else(|_| id.to_owned(), |id| id.compact())
}

fn moved(splice: Splice, by: usize) -> Splice {
    Splice { range: splice.range.start + by..splice.range.end + by, with: splice.with }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method, StatusCode, Version};

    use super::*;
    use crate::model::exchange::ResponseBody;

    fn call(id: &str, token: &str, session: &str) -> Request {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"_meta":{{"progressToken":{token}}}}}}}"#
        );
        let mut headers = HeaderMap::new();
        headers.insert(SESSION, HeaderValue::from_str(session).unwrap());
        Request {
            method: Method::POST,
            url: "http://127.0.0.1/mcp".to_owned(),
            headers,
            body: Bytes::from(body),
        }
    }

    fn response(kind: &'static str, body: &str, chunks: Vec<usize>) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static(kind));
        headers.insert(SESSION, HeaderValue::from_static("s1"));
        Response {
            status: StatusCode::OK,
            version: Version::HTTP_11,
            url: None,
            headers,
            body: ResponseBody {
                bytes: Bytes::copy_from_slice(body.as_bytes()),
                chunks,
                ..ResponseBody::default()
            },
        }
    }

    fn text(response: &Response) -> &str {
        std::str::from_utf8(&response.body.bytes).unwrap()
    }

    #[test]
    fn an_answer_comes_under_the_ids_of_whoever_asks() {
        let recorded =
            response("application/json", r#"{"result":{"id":1}, "jsonrpc":"2.0", "id": 1}"#, Vec::new());
        let answer = answer_to(&call("\"a-7\"", "7", "s2"), &call("1", "5", "s1"), &recorded).unwrap();
        assert_eq!(text(&answer), r#"{"result":{"id":1}, "jsonrpc":"2.0", "id": "a-7"}"#);
        assert_eq!(answer.headers.get(SESSION).unwrap(), "s2");
        assert!(answer_to(&call("1", "1", "s1"), &call("1", "1", "s1"), &recorded).is_none());
    }

    #[test]
    fn a_message_to_an_agent_comes_back_under_the_id_that_it_was_sent_with() {
        let sent = |id: &str, message: &str| {
            let mut call = call(id, "1", "s1");
            call.body = Bytes::from(format!(
                r#"{{"jsonrpc":"2.0","id":{id},"method":"SendMessage","params":{{"message":{{"messageId":"{message}","parts":[]}}}}}}"#
            ));
            call
        };
        let recorded = response(
            "application/json",
            r#"{"id":"m-recorded","result":{"task":{"history":[{"messageId":"m-recorded"},{"messageId":"other"}]}},"jsonrpc":"2.0"}"#,
            Vec::new(),
        );
        let (live, was) = (sent("\"c-live\"", "m-live"), sent("\"m-recorded\"", "m-recorded"));
        assert_eq!(
            text(&answer_to(&live, &was, &recorded).unwrap()),
            r#"{"id":"c-live","result":{"task":{"history":[{"messageId":"m-live"},{"messageId":"other"}]}},"jsonrpc":"2.0"}"#
        );
    }

    #[test]
    fn in_a_stream_each_event_comes_under_the_ids_of_whoever_asks_in_its_own_chunk() {
        let news = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":\"t\"}}\n\n";
        let asks = "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"roots/list\"}\n\n";
        let last = "event: message\r\ndata: {\"jsonrpc\":\"2.0\",\r\ndata: \"id\":1,\"result\":{}}\r\n\r\n";
        let recorded = response(
            "text/event-stream",
            &[news, asks, last].concat(),
            vec![news.len(), asks.len(), last.len()],
        );
        let answer = answer_to(&call("100", "\"u-9\"", "s1"), &call("1", "\"t\"", "s1"), &recorded).unwrap();
        let (news, last) = (news.replace("\"t\"", "\"u-9\""), last.replace("\"id\":1", "\"id\":100"));
        assert_eq!(text(&answer), [&news, asks, &last].concat());
        assert_eq!(answer.body.chunks, [news.len(), asks.len(), last.len()]);
    }
}
