//! A cassette as a reviewer reads it: what each provider streams, calls, thinks, sees and embeds, in whole files.
//!
//! Requests go through the stand-in as a proxy, so that they name the hosts of the providers, and no port.

mod anthropic;
mod bedrock;
mod cohere;
mod gemini;
mod interactions;
mod mistral;
mod ollama;
mod openai_chat;
mod openai_responses;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use llm_cassette::Mode;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use crate::stand_in::{Gate, Reply, Script, StandIn, event_frame};
use crate::support::*;

/// A request, and the answer that stands ready for it.
struct Call {
    url: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: String,
    reply: Reply,
}

impl Call {
    async fn send(&self, client: &ClientWithMiddleware) -> reqwest::Response {
        let request = client.post(self.url).header("content-type", "application/json");
        let request =
            self.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(self.body.clone()).send().await.unwrap()
    }

    /// Records the answer and gives its chunks. The next one leaves only when the one before has been read.
    async fn recorded(&self, client: &ClientWithMiddleware, provider: &StandIn) -> Vec<Vec<u8>> {
        let gate = Gate::closed();
        provider.on(Script::raw(self.reply.clone()).hold(&gate));
        gate.release(1);
        let mut response = self.send(client).await;
        let mut chunks = Vec::new();
        while let Some(chunk) = response.chunk().await.unwrap() {
            chunks.push(chunk.to_vec());
            gate.release(1);
        }
        chunks
    }

    async fn played(&self, client: &ClientWithMiddleware) -> Vec<Vec<u8>> {
        let mut response = self.send(client).await;
        let mut chunks = Vec::new();
        while let Some(chunk) = response.chunk().await.unwrap() {
            chunks.push(chunk.to_vec());
        }
        chunks
    }

    fn is_streamed(&self) -> bool {
        let kinds = ["event-stream", "ndjson", "eventstream"];
        self.reply.headers.iter().any(|(_, value)| kinds.iter().any(|kind| value.contains(kind)))
    }
}

/// Records calls one after the other, replays them without the provider, and compares the cassette with the snapshot.
async fn reads_as(name: &str, calls: &[Call]) {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let cassette = folder.open(Mode::Record);
    let proxy = reqwest::Proxy::http(provider.url()).unwrap();
    let through_it = reqwest::Client::builder().proxy(proxy).build().unwrap();
    let recording = ClientBuilder::new(through_it).with(cassette.clone()).build();
    for call in calls {
        assert_eq!(call.recorded(&recording, &provider).await, call.reply.chunks);
    }
    assert_eq!(cassette.finish().unwrap().recorded, calls.len());
    provider.stop().await;

    let cassette = folder.open(Mode::Replay);
    for call in calls {
        assert_eq!(call.played(&client(&cassette)).await, call.reply.chunks, "byte for byte, cut for cut");
    }
    cassette.finish().unwrap();

    let text = folder.text();
    for (call, document) in calls.iter().zip(documents(&text)) {
        let answer = &document[document.find("\nresponse:").unwrap()..];
        assert_eq!(
            answer.contains("\n    events:\n"),
            call.is_streamed(),
            "streams stand in their short form"
        );
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, steady(&text)));
}

/// A cassette without what differs from run to run: when it was recorded, the seal of that line, and when chunks came, of
/// which their number is left.
fn steady(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix("  times: ") {
        Some(times) => format!("  times: {}\n", evenly(times)),
        None if line.starts_with("recorded_at: ") => "recorded_at: (then)\n".to_owned(),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// The same number of chunks, one every 20 ms.
fn evenly(times: &str) -> String {
    let then = times.split_whitespace().skip_while(|word| *word != "+").skip(1);
    let chunks = |run: &str| run.split_once('/').map_or(1, |(chunks, _)| chunks.parse::<usize>().unwrap());
    match then.map(chunks).sum() {
        0 => "300 ms".to_owned(),
        few @ 1..3 => format!("300 ms +{}", " 20".repeat(few)),
        many => format!("300 ms + {many}/{}", many * 20),
    }
}

/// JSON that stands in several lines here, as a client or provider sends it: in one.
fn flat(text: &str) -> String {
    text.lines().map(str::trim_start).collect()
}

fn with(reply: Reply, headers: &[(&str, &str)]) -> Reply {
    headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
}

/// An answer that is not streamed.
fn whole(text: &str) -> Reply {
    Reply::json(flat(text))
}

/// Events of a stream, one a line, behind `data: `.
fn data(events: &str) -> Vec<Vec<u8>> {
    lines(events).map(|event| format!("data: {event}\n\n").into_bytes()).collect()
}

/// The same with the name of each, which is its `type`.
fn named(events: &str) -> Vec<Vec<u8>> {
    let event = |event: &str| {
        let (_, name) = event.split_once(r#""type":""#).unwrap();
        let name = name.split('"').next().unwrap();
        format!("event: {name}\ndata: {event}\n\n").into_bytes()
    };
    lines(events).map(event).collect()
}

/// Lines of JSON, each a chunk.
fn ndjson(events: &str) -> Vec<Vec<u8>> {
    lines(events).map(|event| format!("{event}\n").into_bytes()).collect()
}

/// Frames of AWS, each given as its type and its JSON.
fn frames(events: &str) -> Vec<Vec<u8>> {
    let frame = |event: &str| {
        let (name, json) = event.split_once(' ').unwrap();
        event_frame("event", name, json)
    };
    lines(events).map(frame).collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// A picture as it stands in a request: too long to read, and so too long for a cassette.
fn picture() -> String {
    let mut state = 1_u64;
    let byte = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    let noise: Vec<u8> = (0..1200).map(byte).collect();
    STANDARD.encode([b"\x89PNG\r\n\x1a\n".as_slice(), &noise].concat())
}

/// 64 numbers, as embeddings have them.
fn vector(seed: usize) -> String {
    let number = |n: usize| format!("{:.6}", ((n * 7919 + seed * 13) % 2001) as f64 / 10_000.0 - 0.1);
    format!("[{}]", (0..64).map(number).collect::<Vec<_>>().join(","))
}
