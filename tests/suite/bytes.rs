//! What a client gets from a cassette is what it got from the provider, down to the last byte; and what a provider gets
//! while recording is what the client sent.

use std::collections::VecDeque;
use std::path::Path;
use std::pin::Pin;
use std::process::Command;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Frame;
use llm_cassette::Mode;
use reqwest::{Body, Response, StatusCode, Version};
use reqwest_middleware::ClientWithMiddleware;
use serde_json::{Value, json};

use crate::stand_in::{Framing, Reply, Script, StandIn, event_frame};
use crate::support::*;

/// Everything that a client can see of a response.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    status: StatusCode,
    version: Version,
    url: String,
    headers: Vec<(&'static str, Vec<Vec<u8>>)>,
    length: Option<u64>,
    chunks: Vec<Vec<u8>>,
}

const KEPT: [&str; 5] = ["content-type", "content-encoding", "content-language", "etag", "location"];

async fn answer(mut response: Response) -> Answer {
    let values = |name| response.headers().get_all(name).iter().map(|v| v.as_bytes().to_vec()).collect();
    let mut answer = Answer {
        status: response.status(),
        version: response.version(),
        url: response.url().to_string(),
        headers: KEPT.map(|name| (name, values(name))).to_vec(),
        length: response.content_length(),
        chunks: Vec::new(),
    };
    while let Some(chunk) = response.chunk().await.unwrap() {
        answer.chunks.push(chunk.to_vec());
    }
    answer
}

/// What a client gets while recording and what it gets in replay, when the provider is gone.
async fn live_and_played(
    scripts: Vec<Script>,
    send: impl AsyncFn(&ClientWithMiddleware, &str) -> Response,
) -> (Answer, Answer) {
    let provider = StandIn::start().await;
    for script in scripts {
        provider.on(script);
    }
    let base = provider.url();
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    let live = answer(send(&client(&cassette), &base).await).await;
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.skipped.len()), (1, 0), "{report}");
    provider.stop().await;

    let cassette = folder.open(Mode::Replay);
    let played = answer(send(&client(&cassette), &base).await).await;
    cassette.finish().unwrap();
    (live, played)
}

async fn get(client: &ClientWithMiddleware, base: &str) -> Response {
    client.get(format!("{base}/v1/thing")).send().await.unwrap()
}

/// Asserts that a reply is played as it was received, and gives its body.
async fn assert_faithful(reply: Reply) -> Vec<u8> {
    let (live, mut played) = live_and_played(vec![Script::raw(reply)], get).await;
    if live.length.is_none() {
        // A chunked transfer does not tell its length, a recording of it may.
        played.length = None;
    }
    let body = live.chunks.concat();
    assert_eq!(played.chunks.concat(), body);
    let without_chunks = |answer: &Answer| Answer { chunks: Vec::new(), ..answer.clone() };
    assert_eq!(without_chunks(&played), without_chunks(&live));
    body
}

fn reply(kind: &str, body: impl Into<Vec<u8>>) -> Reply {
    Reply::new(200).header("content-type", kind).chunk(body)
}

#[tokio::test]
async fn bodies_of_every_kind_come_back_byte_for_byte() {
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56\x4a\x54\xb2\x52\x30\xaa\x05\x00\x2b\xd9\x91\x07\x07\x00\x00\x00";
    let every_byte: Vec<u8> = (0..=255).collect();
    let frames = [event_frame("event", "chunk", "{\"a\":1}"), event_frame("event", "end", "")].concat();
    for (kind, body) in [
        ("application/json", b"{\"a\":1}".to_vec()),
        (
            "application/json",
            b" {\n\t\"b\" : 1.50e-07,\r\n\"a\":[ ] , \"b\":12345678901234567890123}\n\n".to_vec(),
        ),
        ("application/json", b"{\"text\":\"\\u00e9\\/\\ud83d\\ude00 \xc3\xa9\"}".to_vec()),
        ("application/json", b"{\"lone\":\"\\ud800\"}".to_vec()),
        ("application/json", b"{\"cut\":".to_vec()),
        ("application/json", b"{\"bad\":\"\xff\"}".to_vec()),
        ("text/plain; charset=utf-8", b"\xef\xbb\xbfbyte order mark\r\n---\n...\n\ttab \n\x00\x1b".to_vec()),
        ("text/plain; charset=latin-1", b"caf\xe9".to_vec()),
        ("application/octet-stream", every_byte),
        ("text/event-stream", b"data: {\"n\":1}\n\ndata: [DONE]\n\n".to_vec()),
        ("text/event-stream", b": hi\r\nevent: a\r\ndata: 1\r\ndata: 2\r\n\r\ndata: 3\n\ndata: end".to_vec()),
        ("text/event-stream", b"data: \xff\xfe\n\n\n\n\r\r".to_vec()),
        ("application/x-ndjson", b"{\"a\": 1}\n{\"a\":2}\r\n\n{\"done\":true}".to_vec()),
        ("application/vnd.amazon.eventstream", frames.clone()),
        ("application/vnd.amazon.eventstream", frames[..frames.len() - 3].to_vec()),
        ("multipart/mixed; boundary=b", b"--b\r\n\r\n\xff\r\n--b--\r\n".to_vec()),
        ("", b"no type".to_vec()),
    ] {
        assert_eq!(assert_faithful(reply(kind, body.clone())).await, body, "{kind}");
    }
    // Nobody in this client decodes, so it has to see what it would have seen without a cassette.
    let packed = reply("application/json", gzip).header("content-encoding", "gzip");
    assert_eq!(assert_faithful(packed).await, gzip);
}

#[tokio::test]
async fn answers_without_a_body_come_back_without_one() {
    for status in [200, 201, 202, 204, 205, 304] {
        let reply = Reply::new(status).header("etag", "\"33a6\"").framing(Framing::Length);
        assert_eq!(assert_faithful(reply).await, b"", "{status}");
    }
    let head = async |client: &ClientWithMiddleware, base: &str| {
        client.head(format!("{base}/v1/thing")).send().await.unwrap()
    };
    let length = Reply::json("{\"a\":1}").header("etag", "\"33a6\"").framing(Framing::Length);
    let (live, played) = live_and_played(vec![Script::raw(length)], head).await;
    assert_eq!(live, played);
}

#[tokio::test]
async fn headers_keep_their_bytes_and_their_repetitions() {
    let mut twice = reply("application/json", "{}");
    twice.headers.push(("content-language".to_owned(), "en".to_owned()));
    twice.headers.push(("content-language".to_owned(), "de, 1".to_owned()));
    twice.headers.push(("etag".to_owned(), "\"caf\u{e9}\"".to_owned()));
    assert_faithful(twice).await;
}

#[tokio::test]
async fn the_version_of_http_is_the_recorded_one() {
    let mut old = reply("text/plain", "old").framing(Framing::Close);
    old.line = "HTTP/1.0 200 OK".to_owned();
    let (live, played) = live_and_played(vec![Script::raw(old)], get).await;
    assert_eq!((live.version, played.version), (Version::HTTP_10, Version::HTTP_10));
}

#[tokio::test]
async fn behind_a_redirect_the_url_is_that_of_the_answer() {
    let moved = Reply::new(307).header("location", "/v1/elsewhere?x=1").framing(Framing::Length);
    let scripts = vec![
        Script::raw(moved).path("/v1/thing"),
        Script::raw(reply("text/plain", "here")).path("/v1/elsewhere"),
    ];
    let (live, played) = live_and_played(scripts, get).await;
    assert!(live.url.ends_with("/v1/elsewhere?x=1"), "{}", live.url);
    assert_eq!((played.url, played.status, played.chunks), (live.url, live.status, live.chunks));
}

#[tokio::test]
async fn a_stream_is_cut_where_it_was_cut_even_within_a_character() {
    let events = "data: {\"text\":\"é😀\"}\r\n\r\n: wait\n\ndata: [DONE]\n\n".as_bytes();
    for size in [1, 3, 7, 20, 1000] {
        let pieces = events.chunks(size).map(<[u8]>::to_vec).collect();
        let stream = Reply::new(200).header("content-type", "text/event-stream").chunks(pieces);
        let (live, played) = live_and_played(vec![Script::raw(stream)], get).await;
        assert_eq!(live.chunks.concat(), events);
        assert_eq!(played.chunks, live.chunks, "{size}");
    }
}

/// A request body that can be read once, piece by piece.
struct Pieces(VecDeque<Bytes>);

impl Pieces {
    fn of(bytes: &[u8], size: usize) -> Body {
        Body::wrap(Pieces(bytes.chunks(size).map(Bytes::copy_from_slice).collect()))
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

#[tokio::test]
async fn a_streamed_request_reaches_the_provider_whole_and_matches_one_that_is_not_streamed() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let url = format!("{}/v1/chat/completions", provider.url());
    let body = chat("A question in é pieces", false).into_bytes();
    let cassette = folder.open(Mode::Record);
    let request = client(&cassette).post(&url).header("content-type", "application/json");
    let live = request.body(Pieces::of(&body, 5)).send().await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    assert_eq!(provider.requests()[0].body, body);
    let played = post(&client(&folder.open(Mode::Replay)), &url, String::from_utf8(body).unwrap()).await;
    assert_eq!(played.unwrap().bytes().await.unwrap(), live);
    assert_eq!(provider.calls(), 1);
}

fn form(boundary: &str, file: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--{boundary}\r\n"
    )
    .into_bytes();
    body.extend_from_slice(
        b"content-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\ncontent-type: audio/wav\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body
}

#[tokio::test]
async fn a_form_reaches_the_provider_whole_and_matches_under_another_boundary() {
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json("{\"text\":\"hello\"}")));
    let folder = Folder::new();
    let url = format!("{}/v1/audio/transcriptions", provider.url());
    let file: Vec<u8> = (0..=255).cycle().take(2000).collect();
    let send = async |cassette: &llm_cassette::Cassette, boundary: &str, file: &[u8]| {
        let kind = format!("multipart/form-data; boundary={boundary}");
        let body = Pieces::of(&form(boundary, file), 100);
        client(cassette).post(&url).header("content-type", kind).body(body).send().await
    };
    let cassette = folder.open(Mode::Record);
    send(&cassette, "first", &file).await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    assert_eq!(provider.requests()[0].body, form("first", &file));

    let cassette = folder.open(Mode::Replay);
    let played = send(&cassette, "second", &file).await.unwrap();
    assert_eq!(played.bytes().await.unwrap(), "{\"text\":\"hello\"}");
    assert!(send(&cassette, "second", &file[1..]).await.is_err());
}

#[tokio::test]
async fn a_request_without_a_body_and_one_of_any_bytes_are_recorded_as_they_are() {
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json("{}")).always());
    let folder = Folder::new();
    let url = format!("{}/v1/raw", provider.url());
    let bodies: [&[u8]; 4] = [b"", b"\xff\x00\xfe", b"not json {", b"{\"a\":1,\"a\":2}"];
    for mode in [Mode::Record, Mode::Replay] {
        let cassette = folder.open(mode);
        for body in bodies {
            client(&cassette).put(&url).body(body).send().await.unwrap().bytes().await.unwrap();
        }
        cassette.finish().unwrap();
    }
    let seen: Vec<Vec<u8>> = provider.requests().into_iter().map(|seen| seen.body).collect();
    assert_eq!(seen, bodies);
}

const PYTHON: &str = "import json, sys, yaml\n\
    with open(sys.argv[1], encoding='utf-8') as file: json.dump(list(yaml.safe_load_all(file)), sys.stdout)";

const JAVASCRIPT: &str = "const [name, path] = process.argv.slice(1);\n\
    const text = require('node:fs').readFileSync(path, 'utf8');\n\
    console.log(JSON.stringify(require(name).loadAll(text)));";

/// The documents of a file as another language reads them.
fn documents(program: &str, script: &[&str], file: &Path) -> Vec<Value> {
    let output = Command::new(program).args(script).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The body that was sent, and where and as what the answer is stored.
type Stored = (Value, (&'static str, Value));

/// A cassette with bodies of every kind, and what another language should find in it.
async fn of_every_kind() -> (Folder, Vec<Stored>) {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    let base = provider.url();
    let texts = [
        "Name three rivers.\nOne a line.\n",
        "yes",
        "---\n...\n# no: 1e3\t\u{85}\u{1}",
        "0x1F 1_000 12:30 ~",
    ];
    let mut expected = Vec::new();
    for text in texts {
        for stream in [false, true] {
            let sent = chat(text, stream);
            let answer = post(&client(&cassette), &format!("{base}/v1/chat/completions"), sent.clone()).await;
            let answer = answer.unwrap().text().await.unwrap();
            let sent: Value = serde_json::from_str(&sent).unwrap();
            expected.push((
                sent,
                match stream {
                    false => ("json", serde_json::from_str(&answer).unwrap()),
                    true => ("sse", answer.trim_end().split("\n\n").map(Value::from).collect()),
                },
            ));
        }
    }
    provider.on(Script::raw(Reply::new(200).header("content-type", "image/png").chunk(b"\xff\x00")));
    get(&client(&cassette), &base).await.bytes().await.unwrap();
    expected.push((Value::Null, ("base64", json!("/wA="))));
    cassette.finish().unwrap();

    (folder, expected)
}

fn assert_as_recorded(documents: &[Value], expected: &[Stored]) {
    assert_eq!(documents.len(), expected.len());
    for (document, (sent, (field, answer))) in documents.iter().zip(expected) {
        assert_eq!(&document["request"]["json"], sent);
        let got = &document["response"][*field];
        match got["events"].as_array() {
            // The compact form of a stream: events in rows, and the message in full.
            Some(events) => {
                assert!(!events.is_empty(), "{got}");
                let said = answer.as_array().unwrap().iter().filter_map(|event| {
                    let event = event.as_str()?.strip_prefix("data: ")?;
                    let event: Value = serde_json::from_str(event).ok()?;
                    event["choices"][0]["delta"]["content"].as_str().map(str::to_owned)
                });
                assert_eq!(got["message"][0]["text"], said.collect::<String>(), "{got}");
            }
            None => assert_eq!(got, answer),
        }
        assert_eq!(document["response"]["status"], 200);
        assert_eq!(document["key"].as_str().unwrap().len(), 64);
        assert_eq!(document["recorded_at"].as_str().unwrap().len(), 20);
    }
}

#[tokio::test]
#[ignore = "needs Python with PyYAML"]
async fn a_cassette_is_a_file_that_pyyaml_in_python_reads() {
    let (folder, expected) = of_every_kind().await;
    assert_as_recorded(&documents("python3", &["-c", PYTHON], &folder.file()), &expected);
}

#[tokio::test]
#[ignore = "needs Node with js-yaml"]
async fn a_cassette_is_a_file_that_js_yaml_in_javascript_reads() {
    let (folder, expected) = of_every_kind().await;
    let modules = std::env::var("LLM_CASSETTE_JS_YAML").map(|folder| folder + "/").unwrap_or_default();
    let script = ["-e", JAVASCRIPT, &format!("{modules}js-yaml")];
    assert_as_recorded(&documents("node", &script, &folder.file()), &expected);
}
