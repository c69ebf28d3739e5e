//! Real traffic: exchanges that other projects recorded, served over a socket, recorded through the middleware, and
//! replayed. The folder with them is named by `LLM_CASSETTE_CORPUS`; it is no part of this project.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use llm_cassette::{Cassette, Error, Mode};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde_json::Value;

use crate::stand_in::{Framing, Reply, Script, StandIn};
use crate::support::Folder;

/// Headers that belong to a connection, and credentials, which the corpus has masked.
const NOT_SENT: [&str; 12] = [
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
const KEY: &str = "sk-proj-CANARY0000000000000000000000000000000000000000";

/// The exchanges in whose answers something is replaced: the signatures in the addresses of images, which open them to
/// everyone who has the address.
const REDACTED: &[&str] = &[
    "ddapm-5ba31d5f9a",
    "ddapm-9963faec15",
    "ddapm-9df48a6b3b",
    "ddapm-d4ce5df088",
    "rbopenai-0d41d0ab2f",
    "rbopenai-21f4cc64fb",
    "rbopenai-7d51b6ce02",
];

struct Exchange {
    id: String,
    method: String,
    url: String,
    request_headers: Vec<(String, String)>,
    request_body: Vec<u8>,
    status: u16,
    content_type: Option<String>,
    reply: Vec<(String, String)>,
    body: Vec<u8>,
    framing: String,
    is_error: bool,
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
    fn script(&self) -> Script {
        let mut reply = Reply::new(self.status);
        // Some servers repeat a header; `Reply::header` would put the second in the place of the first.
        reply.headers.extend(self.reply.iter().cloned());
        let streamed = ["sse", "ndjson", "eventstream"].contains(&self.framing.as_str());
        let reply = match self.status {
            204 | 304 => reply.framing(Framing::Bare),
            _ if streamed => reply.chunks(self.chunks()).framing(Framing::Chunked),
            _ => reply.chunks(vec![self.body.clone()]).framing(Framing::Length),
        };
        let (method, url, body) = (self.method.clone(), self.sent_url(), self.request_body.clone());
        Script::raw(reply).when(move |seen| seen.method == method && seen.target == url && seen.body == body)
    }

    fn sent_url(&self) -> String {
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
    fn same_request(&self) -> String {
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

    async fn send(&self, client: &ClientWithMiddleware) -> reqwest_middleware::Result<Answer> {
        let method = reqwest::Method::from_bytes(self.method.as_bytes()).unwrap();
        let mut request = client.request(method, &self.url).header("authorization", format!("Bearer {KEY}"));
        for (name, value) in self.request_headers.iter().filter(|(name, _)| name != "authorization") {
            if let Ok(value) = reqwest::header::HeaderValue::from_bytes(value.as_bytes()) {
                request = request.header(name, value);
            }
        }
        let response = request.body(self.request_body.clone()).send().await?;
        let status = response.status().as_u16();
        let content_type = response
            .headers()
            .get("content-type")
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok(Answer { status, content_type, body: response.bytes().await?.to_vec() })
    }

    fn wanted(&self) -> Answer {
        Answer { status: self.status, content_type: self.content_type.clone(), body: self.body.clone() }
    }
}

#[derive(PartialEq)]
struct Answer {
    status: u16,
    content_type: Option<String>,
    body: Vec<u8>,
}

fn corpus() -> Vec<Exchange> {
    let folder = std::env::var_os("LLM_CASSETTE_CORPUS").expect("LLM_CASSETTE_CORPUS names a folder");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "jsonl"));
    files.sort();
    let lines = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    lines.flat_map(|text| text.lines().map(Exchange::parse).collect::<Vec<_>>()).collect()
}

fn client(cassette: &Cassette, proxy: &str) -> ClientWithMiddleware {
    let client = reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(proxy).unwrap())
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    ClientBuilder::new(client).with(cassette.clone()).build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
async fn real_exchanges_are_replayed_byte_for_byte_and_real_errors_are_not_recorded() {
    let exchanges = corpus();
    assert_eq!(exchanges.len(), 598);
    let folder = Folder::new();

    let upstream = StandIn::start().await;
    let proxy = upstream.url();
    let cassette = folder.open(Mode::Record);
    let recording = client(&cassette, &proxy);
    let mut differences = Vec::new();
    for exchange in &exchanges {
        upstream.on(exchange.script());
        match exchange.send(&recording).await {
            Ok(answer) if answer == exchange.wanted() => {}
            Ok(answer) => differences.push(format!(
                "{}: live answer changed: {} {:?}",
                exchange.id, answer.status, answer.content_type
            )),
            Err(error) => differences.push(format!("{}: {error:?}", exchange.id)),
        }
    }
    let report = cassette.finish().unwrap();
    upstream.stop().await;
    let errors = exchanges.iter().filter(|exchange| exchange.is_error).count();
    let recorded = exchanges.len() - errors;
    if (report.recorded, report.skipped.len()) != (recorded, errors) {
        differences
            .push(format!("{report}; wanted {recorded} recorded, {errors} skipped: {:?}", report.skipped));
    }
    assert!(differences.is_empty(), "while recording:\n{}", differences.join("\n"));

    // Another order: backwards, but each kind of request in its own order; eight at a time.
    let mut kinds: BTreeMap<String, Vec<Exchange>> = BTreeMap::new();
    for exchange in exchanges.into_iter().filter(|exchange| !exchange.is_error) {
        kinds.entry(exchange.same_request()).or_default().push(exchange);
    }
    let cassette = folder.open(Mode::Replay);
    let replaying = client(&cassette, &proxy);
    let gate = Arc::new(tokio::sync::Semaphore::new(8));
    let mut tasks = tokio::task::JoinSet::new();
    for kind in kinds.into_values().rev() {
        let (replaying, gate) = (replaying.clone(), Arc::clone(&gate));
        tasks.spawn(async move {
            let _place = gate.acquire().await.unwrap();
            let mut found = Vec::new();
            for exchange in kind {
                found.push(match exchange.send(&replaying).await {
                    Ok(answer) if answer == exchange.wanted() => Ok(None),
                    Ok(answer) if String::from_utf8_lossy(&answer.body).contains("[REDACTED]") => {
                        Ok(Some(exchange.id))
                    }
                    Ok(answer) => Err(format!(
                        "{}: {} {:?}, {} bytes",
                        exchange.id,
                        answer.status,
                        answer.content_type,
                        answer.body.len()
                    )),
                    Err(error) => Err(format!(
                        "{}: {}",
                        exchange.id,
                        Error::find_in(&error).map_or(error.to_string(), ToString::to_string)
                    )),
                });
            }
            found
        });
    }
    let found = tasks.join_all().await.into_iter().flatten().collect::<Vec<_>>();
    let differences: Vec<&String> = found.iter().filter_map(|found| found.as_ref().err()).collect();
    assert!(
        differences.is_empty(),
        "{} differ in replay:\n{}",
        differences.len(),
        differences.iter().map(|s| s.as_str()).collect::<Vec<_>>().join("\n")
    );
    let mut redacted: Vec<&str> = found.iter().filter_map(|found| found.as_ref().ok()?.as_deref()).collect();
    redacted.sort_unstable();
    assert_eq!(redacted, REDACTED);
    assert!(redacted.len() * 50 <= recorded, "more than 2% redacted");
    assert_eq!(cassette.finish().unwrap().played, recorded);

    let text = folder.text();
    assert!(!text.contains(KEY));
    let (trees, others) = json_bodies(&text);
    println!(
        "{recorded} exchanges replayed exactly; {trees} of {} JSON bodies are trees; {} bytes and {} blobs",
        trees + others,
        text.len(),
        folder.listing().iter().filter(|path| path.starts_with("blobs/")).count()
    );
    assert!(trees * 20 >= (trees + others) * 19, "{trees} trees, {others} JSON bodies that are none");
}

/// JSON bodies that are trees, and those that had to be kept as text.
fn json_bodies(cassette: &str) -> (usize, usize) {
    let trees = cassette.lines().filter(|line| line.starts_with("  json:")).count();
    let mut others = 0;
    for document in serde_yaml::Deserializer::from_str(cassette) {
        let document: serde_yaml::Value = serde::Deserialize::deserialize(document).unwrap();
        for side in ["request", "response"] {
            let text = document
                .get(side)
                .and_then(|side| side.get("text"))
                .and_then(|text| text.as_str())
                .unwrap_or_default();
            others += usize::from(
                text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<Value>(text).is_ok(),
            );
        }
    }
    (trees, others)
}
