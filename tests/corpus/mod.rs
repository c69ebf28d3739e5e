//! Exchanges that other projects recorded. The folder with them is named by `LLM_CASSETTE_CORPUS`; it is no part of this
//! project. Tests include this file by its path.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(unreachable_pub, reason = "public to whoever includes the file")]

use std::collections::BTreeMap;

use base64::Engine as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::stand_in::{Framing, Reply, Script};

/// Headers that belong to a connection, and credentials, which the corpus has masked.
pub const NOT_SENT: [&str; 12] = [
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "content-encoding",
    "te",
    "trailer",
    "upgrade",
    "host",
    "accept-encoding",
    "proxy-authorization",
    "expect",
];

/// What every request carries as its credential.
pub const KEY: &str = "sk-proj-CANARY0000000000000000000000000000000000000000";

/// The exchanges in whose answers something is replaced: the signatures in the addresses of images, and the access codes of
/// traces, which open them to everyone who has the address or the code.
pub const REDACTED: &[&str] = &[
    "crewai-28f1c28447",
    "crewai-e26ea5c86a",
    "ddapm-5ba31d5f9a",
    "ddapm-9963faec15",
    "ddapm-9df48a6b3b",
    "ddapm-d4ce5df088",
    "rbopenai-0d41d0ab2f",
    "rbopenai-21f4cc64fb",
    "rbopenai-7d51b6ce02",
];

/// A call, and what was answered.
pub struct Exchange {
    pub id: String,
    pub method: String,
    pub url: String,
    pub request_headers: Vec<(String, String)>,
    pub request_body: Vec<u8>,
    pub status: u16,
    pub content_type: Option<String>,
    pub reply: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub framing: String,
    pub is_error: bool,
}

impl Exchange {
    fn parse(line: &str) -> Exchange {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let body = |name: &str| base64::engine::general_purpose::STANDARD.decode(text(name)).unwrap();
        let headers = |name: &str| -> Vec<(String, String)> {
            let pairs = value[name].as_array().into_iter().flatten();
            let pair = |pair: &Value| {
                (pair[0].as_str().unwrap().to_lowercase(), pair[1].as_str().unwrap().to_owned())
            };
            pairs
                .map(pair)
                .filter(|(name, value)| !NOT_SENT.contains(&name.as_str()) && !value.contains(['\r', '\n']))
                .collect()
        };
        let status = u16::try_from(value["status"].as_u64().unwrap()).unwrap();
        let bodiless = status == 204 || status == 304 || text("method") == "HEAD";
        let reply = headers("response_headers");
        Exchange {
            id: text("id"),
            method: text("method"),
            // The proxy that stands in for all hosts speaks no TLS.
            url: text("url").replacen("https://", "http://", 1),
            request_headers: headers("request_headers"),
            request_body: body("request_body_b64"),
            status,
            content_type: reply
                .iter()
                .find(|(name, _)| name == "content-type")
                .map(|(_, value)| value.clone()),
            reply,
            body: if bodiless { Vec::new() } else { body("response_body_b64") },
            framing: text("framing"),
            is_error: value["is_error"].as_bool().unwrap(),
        }
    }

    /// What a server would send, streams cut event by event.
    pub fn script(&self) -> Script {
        self.script_at(self.sent_url())
    }

    /// The same, for a server that is asked by another target.
    pub fn script_at(&self, target: String) -> Script {
        let mut reply = Reply::new(self.status);
        // Some servers repeat a header; `Reply::header` would put the second in the place of the first.
        reply.headers.extend(self.reply.iter().cloned());
        let streamed = ["sse", "ndjson", "eventstream"].contains(&self.framing.as_str());
        let reply = match self.status {
            204 | 304 => reply.framing(Framing::Bare),
            _ if streamed => reply.chunks(self.chunks()).framing(Framing::Chunked),
            _ => reply.chunks(vec![self.body.clone()]).framing(Framing::Length),
        };
        let (method, body) = (self.method.clone(), self.request_body.clone());
        Script::raw(reply)
            .when(move |seen| seen.method == method && seen.target == target && seen.body == body)
    }

    pub fn sent_url(&self) -> String {
        let mut url = reqwest::Url::parse(&self.url).unwrap();
        url.set_fragment(None);
        url.to_string()
    }

    fn chunks(&self) -> Vec<Vec<u8>> {
        let mark: &[u8] = match self.framing.as_str() {
            "eventstream" => return self.body.chunks(1000).map(<[u8]>::to_vec).collect(),
            "ndjson" => b"\n",
            _ if self.body.windows(4).any(|four| four == b"\r\n\r\n") => b"\r\n\r\n",
            _ => b"\n\n",
        };
        let mut chunks = vec![Vec::new()];
        for byte in &self.body {
            let last = chunks.last_mut().unwrap();
            last.push(*byte);
            if last.ends_with(mark) {
                chunks.push(Vec::new());
            }
        }
        chunks.retain(|chunk| !chunk.is_empty());
        chunks
    }

    /// Requests that mean the same share this; their answers come in recorded order.
    pub fn same_request(&self) -> String {
        let body = match serde_json::from_slice::<BTreeMap<String, Value>>(&self.request_body) {
            Ok(map) => serde_json::to_string(&map).unwrap(),
            Err(_) => {
                let kind = self.request_headers.iter().find(|(name, _)| name == "content-type");
                let boundary =
                    kind.and_then(|(_, kind)| kind.split_once("boundary=")).map(|(_, boundary)| boundary);
                // Latin-1, so that every byte is kept.
                let body: String = self.request_body.iter().map(|byte| *byte as char).collect();
                // What follows the last boundary is no part.
                body.replace(boundary.unwrap_or("\0no boundary"), "BOUNDARY").trim_end().to_owned()
            }
        };
        format!("{} {} {body}", self.method, self.sent_url())
    }

    /// The headers of the request, with a key that must turn up nowhere.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in self.request_headers.iter().filter(|(name, _)| name != "authorization") {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes()))
            {
                headers.append(name, value);
            }
        }
        headers.insert("authorization", HeaderValue::try_from(format!("Bearer {KEY}")).unwrap());
        headers
    }

    pub fn method(&self) -> reqwest::Method {
        reqwest::Method::from_bytes(self.method.as_bytes()).unwrap()
    }

    pub fn wanted(&self) -> Answer {
        Answer { status: self.status, content_type: self.content_type.clone(), body: self.body.clone() }
    }
}

/// What a client looks at.
#[derive(PartialEq)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> reqwest::Result<Answer> {
        let status = response.status().as_u16();
        let content_type = response
            .headers()
            .get("content-type")
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok(Answer { status, content_type, body: response.bytes().await?.to_vec() })
    }
}

/// All exchanges, in the order of the files.
pub fn corpus() -> Vec<Exchange> {
    let folder = std::env::var_os("LLM_CASSETTE_CORPUS").expect("LLM_CASSETTE_CORPUS names a folder");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "jsonl"));
    files.sort();
    let lines = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    lines.flat_map(|text| text.lines().map(Exchange::parse).collect::<Vec<_>>()).collect()
}
