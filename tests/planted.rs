//! The lists of `tests/secrets`, made without a look at the rules: what is planted in exchanges is in nothing that a run wrote,
//! and what only looks like a secret comes back byte for byte. No network: a service below the cassette answers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, to fail is to say so")]
#![allow(clippy::print_stdout, reason = "the figures are what somebody runs this for")]

#[path = "planted/unfold.rs"]
mod unfold;

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::future::{Ready, poll_fn, ready};
use std::path::Path;
use std::pin::Pin;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body::{Body, Frame};
use llm_cassette::{Cassette, Mode};
use reqwest::{Request, Response};
use serde_json::Value;
use tower_service::Service;

/// The variable that tells a process which entry it is to record, and the one that says where.
const ENTRY: &str = "PLANTED_ENTRY";
const FOLDER: &str = "PLANTED_FOLDER";

const PLANTED: &str = include_str!("secrets/planted.json");
const INNOCENT: &str = include_str!("secrets/innocent.json");

/// An entry of a list.
struct Entry(Value);

impl Entry {
    fn list(text: &str) -> Vec<Entry> {
        serde_json::from_str::<Vec<Value>>(text).unwrap().into_iter().map(Entry).collect()
    }

    fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap()
    }

    fn exchanges(&self) -> &[Value] {
        self.0["exchanges"].as_array().unwrap()
    }

    fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0["secrets"].as_array().unwrap().iter().map(|secret| secret.as_str().unwrap())
    }

    fn environment(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0["environment"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (&name[..], value.as_str().unwrap()))
    }
}

/// The pieces in which a body is sent.
fn pieces(of: &Value) -> Vec<Bytes> {
    if let Some(text) = of["body"].as_str() {
        return vec![text.to_owned().into()];
    }
    if let Some(text) = of["body_base64"].as_str() {
        return vec![STANDARD.decode(text).unwrap().into()];
    }
    let chunks = of["chunks"].as_array().into_iter().flatten();
    chunks.map(|chunk| chunk.as_str().unwrap().to_owned().into()).collect()
}

fn whole(of: &Value) -> Vec<u8> {
    pieces(of).concat()
}

fn headers(of: &Value) -> http::HeaderMap {
    let mut map = http::HeaderMap::new();
    for (name, value) in of["headers"].as_object().into_iter().flatten() {
        let values = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        for value in values {
            let value = http::HeaderValue::from_bytes(value.as_str().unwrap().as_bytes()).unwrap();
            map.append(name.parse::<http::header::HeaderName>().unwrap(), value);
        }
    }
    map
}

fn request(of: &Value) -> Request {
    let method = of["method"].as_str().unwrap().parse().unwrap();
    let mut request = Request::new(method, of["url"].as_str().unwrap().parse().unwrap());
    *request.headers_mut() = headers(of);
    let body = whole(of);
    if !body.is_empty() {
        *request.body_mut() = Some(body.into());
    }
    request
}

/// A body that arrives in pieces.
struct Pieces(VecDeque<Bytes>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

/// Answers what it was given to answer, in that order; without an answer there is no network to ask.
#[derive(Clone)]
struct Answers(Arc<Mutex<VecDeque<Value>>>);

impl Service<Request> for Answers {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        let answer = self.0.lock().unwrap().pop_front().expect("a replay asked the network");
        let mut response = http::Response::new(reqwest::Body::wrap(Pieces(pieces(&answer).into())));
        *response.status_mut() =
            u16::try_from(answer["status"].as_u64().unwrap()).unwrap().try_into().unwrap();
        *response.headers_mut() = headers(&answer);
        ready(Ok(response.into()))
    }
}

/// Makes the calls of an entry, and gives what was answered and what the run said at its end.
fn run(entry: &Entry, folder: &Path, mode: Mode) -> (Vec<Vec<u8>>, String) {
    let answers = entry.exchanges().iter().map(|exchange| exchange["response"].clone());
    let answers = if mode == Mode::Replay { VecDeque::new() } else { answers.collect() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let builder = Cassette::builder(folder.join("test.yaml")).mode(mode).tolerate_misses(true);
        let cassette = builder.record_errors(true).open().unwrap();
        let mut service = cassette.service(Answers(Arc::new(Mutex::new(answers))));
        let mut got = Vec::new();
        let mut said = String::new();
        for exchange in entry.exchanges() {
            poll_fn(|cx| service.poll_ready(cx)).await.unwrap();
            match service.call(request(&exchange["request"])).await {
                Ok(response) => got.push(response.bytes().await.unwrap().to_vec()),
                Err(error) => said.push_str(&format!("{error}\n{error:?}\n")),
            }
        }
        drop(service);
        match cassette.finish() {
            Ok(report) => said.push_str(&format!("{report}\n{report:?}")),
            Err(error) => said.push_str(&format!("{error}\n{error:?}")),
        }
        (got, said)
    })
}

/// All that is in a folder, one file behind the other.
fn everything(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        all.extend_from_slice(path.file_name().unwrap().as_encoded_bytes());
        all.push(b'\n');
        all.extend(if path.is_dir() { everything(&path) } else { std::fs::read(&path).unwrap() });
        all.push(b'\n');
    }
    all
}

/// Records in a process of its own, which has the variables of the entry.
fn record_apart(entry: &Entry, folder: &Path) -> String {
    let marker = std::env::current_exe().unwrap();
    let output = Command::new(marker)
        .args(["--exact", "no_planted_secret_is_in_anything_that_a_run_wrote", "--nocapture"])
        .env(ENTRY, entry.text("name"))
        .env(FOLDER, folder)
        .envs(entry.environment())
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn no_planted_secret_is_in_anything_that_a_run_wrote() {
    let entries = Entry::list(PLANTED);
    if let (Ok(name), Some(folder)) = (std::env::var(ENTRY), std::env::var_os(FOLDER)) {
        let entry = entries.iter().find(|entry| entry.text("name") == name).unwrap();
        println!("{}", run(entry, Path::new(&folder), Mode::Record).1);
        return;
    }
    let mut figures: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let mut left = Vec::new();
    for entry in &entries {
        let folder = tempfile::tempdir().unwrap();
        let said = match entry.environment().next() {
            Some(_) => record_apart(entry, folder.path()),
            None => run(entry, folder.path(), Mode::Record).1,
        };
        let [all, leaks] = figures.entry(entry.text("place")).or_default();
        *all += 1;
        let written = unfold::readings(&[everything(folder.path()), said.into_bytes()].concat());
        let found: Vec<&str> = entry.secrets().filter(|secret| unfold::says(&written, secret)).collect();
        if !found.is_empty() {
            *leaks += 1;
            println!("left, {}: {}: {found:?}", entry.text("place"), entry.text("name"));
            left.push(entry.text("name"));
        }
    }
    let total = figures.values().fold([0, 0], |sum, one| [sum[0] + one[0], sum[1] + one[1]]);
    println!("planted entries, and those of which something is left, by place: {figures:?}; all: {total:?}");
    assert!(entries.len() >= 500, "{} entries", entries.len());
    assert!(left.is_empty(), "{} of {} entries: {left:#?}", left.len(), entries.len());
}

#[test]
fn answers_without_a_secret_come_back_byte_for_byte() {
    let entries = Entry::list(INNOCENT);
    let mut changed = Vec::new();
    for entry in &entries {
        let folder = tempfile::tempdir().unwrap();
        let (live, recorded) = run(entry, folder.path(), Mode::Record);
        let sent: Vec<Vec<u8>> =
            entry.exchanges().iter().map(|exchange| whole(&exchange["response"])).collect();
        assert_eq!(live, sent, "{}", entry.text("name"));
        let (played, replayed) = run(entry, folder.path(), Mode::Replay);
        if played != sent {
            println!("changed: {}\n{recorded}\n{replayed}", entry.text("name"));
            changed.push(entry.text("name"));
        }
    }
    println!("{} of {} innocent entries changed: {changed:?}", changed.len(), entries.len());
    assert!(entries.len() >= 150 && changed.len() * 100 <= entries.len(), "{changed:#?}");
}
