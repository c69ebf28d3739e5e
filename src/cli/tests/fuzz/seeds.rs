//! Cassettes as the program writes them, in every form that a body, a document and a file can have.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};

use crate::format::blobs::Blobs;
use crate::format::checksum::with_checksum;
use crate::format::tests::redacted;
use crate::format::turns::Earlier;
use crate::format::{first_line, write};
use crate::matching::request_key::{Key, normalise};
use crate::matching::user_rules::Rules;
use crate::model::chunk_times::ChunkTimes;
use crate::model::exchange::{Cut, Request, Response, ResponseBody};
use crate::model::interaction::Interaction;
use crate::model::labels::Labels;
use crate::model::wire::eventstream::{Message, Value, encode};
use crate::store::tape::Tape;

/// A cassette before anything happened to it.
pub(super) struct Seed {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) blobs: Vec<(String, Bytes)>,
    /// What each document says, by its text.
    pub(super) documents: HashMap<Vec<u8>, Interaction>,
    /// The requests, each once, and the bodies of their takes.
    pub(super) asked: Vec<(Key, Request, Vec<Bytes>)>,
}

/// All of them; their blobs lie in the folder then.
pub(super) fn all(folder: &Path) -> Vec<Seed> {
    let mut seeds = vec![
        seed(
            "weather",
            include_str!("../../../../cassettes/agent/looks_up_the_weather.yaml"),
            &Blobs::default(),
            folder,
        ),
        seed(
            "count",
            include_str!("../../../../cassettes/agent/streams_a_count.yaml"),
            &Blobs::default(),
            folder,
        ),
    ];
    seeds.extend(of_providers(folder));
    seeds.push(forms(folder));
    seeds.push(conversation(folder));
    seeds.push(takes(folder));
    seeds
}

/// What the suite recorded from each provider, as far as it needs no blobs.
fn of_providers(folder: &Path) -> Vec<Seed> {
    let snapshots = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/snapshots");
    let mut files: Vec<_> = fs::read_dir(snapshots).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut seeds = Vec::new();
    for file in files {
        let snapshot = fs::read_to_string(&file).unwrap();
        let Some(at) = snapshot.find("# llm-cassette 1").filter(|_| !snapshot.contains("$blob: ")) else {
            continue;
        };
        let text =
            snapshot[at..].trim_end().replace("recorded_at: (then)", "recorded_at: \"2026-11-21T05:13:13Z\"");
        let mut documents =
            text.split_inclusive("\n...\n").map(|document| format!("{}\n", document.trim_end()));
        let first = documents.next().unwrap_or_default();
        let (line, first) = first.split_once('\n').unwrap();
        let sealed: String =
            [first.to_owned()].into_iter().chain(documents).map(|text| with_checksum(&text)).collect();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        seeds.push(seed(&name, &format!("{line}\n{sealed}"), &Blobs::default(), folder));
    }
    assert!(seeds.len() > 20);
    seeds
}

fn seed(name: &str, text: &str, blobs: &Blobs, folder: &Path) -> Seed {
    fs::create_dir_all(folder.join("blobs")).unwrap();
    for (name, bytes) in blobs.iter() {
        fs::write(folder.join("blobs").join(name.as_str()), bytes).unwrap();
    }
    let (tape, torn) =
        Tape::new(&folder.join("mutant.yaml"), text.as_bytes().to_vec(), Rules::default()).unwrap();
    assert!(!torn && tape.len() > 0, "{name}");
    let mut asked: Vec<(Key, Request, Vec<Bytes>)> = Vec::new();
    let mut documents = HashMap::new();
    for slot in 0..tape.len() {
        let parsed = tape.get(slot).unwrap_or_else(|error| panic!("{name}: {error}"));
        documents.insert(tape.text(slot).to_vec(), parsed.interaction.clone());
        if asked.iter().all(|(key, ..)| *key != parsed.normal().key) {
            let takes = tape.takes(&parsed.normal().key).unwrap();
            let bodies = takes.iter().map(|(_, take)| take.interaction.response.body.bytes.clone()).collect();
            asked.push((parsed.normal().key, parsed.interaction.request.clone(), bodies));
        }
    }
    let blobs = blobs.iter().map(|(name, bytes)| (name.to_string(), bytes.clone())).collect();
    Seed { name: name.to_owned(), text: text.to_owned(), blobs, documents, asked }
}

fn headers(pairs: &[(&str, &[u8])]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

fn interaction(path: &str, request: &[u8], kind: &str, body: &[u8], chunks: &[usize]) -> Interaction {
    Interaction {
        recorded_at: "2026-11-21T05:13:13Z".to_owned(),
        usage_count: 1,
        take: 1,
        provider: Some("openai".to_owned()),
        model: Some("gpt-4o-mini".to_owned()),
        usage: vec![("input_tokens".to_owned(), 3)],
        labels: Labels::default(),
        request: Request {
            method: Method::POST,
            url: format!("https://api.example.com/v1/{path}"),
            headers: headers(&[("content-type", b"application/json")]),
            body: Bytes::copy_from_slice(request),
        },
        response: Response {
            status: StatusCode::OK,
            version: Version::HTTP_11,
            url: None,
            headers: headers(&[("content-type", kind.as_bytes())]),
            body: ResponseBody {
                bytes: Bytes::copy_from_slice(body),
                chunks: chunks.to_vec(),
                ..ResponseBody::default()
            },
        },
    }
}

/// The text of documents, and their blobs.
fn written(interactions: Vec<Interaction>, extends: bool) -> (String, Blobs) {
    let (mut text, mut blobs) = (String::new(), Blobs::default());
    let mut before: Option<(Key, Interaction)> = None;
    for interaction in interactions {
        let redacted = redacted(interaction);
        let key = normalise(&redacted.interaction().request, &Rules::default()).key;
        let earlier = before.as_ref().filter(|_| extends).map(|(key, turn)| Earlier::new(*key, turn));
        let written = write(&redacted, &key, earlier.as_ref());
        text.push_str(&with_checksum(&written.text));
        blobs.extend(written.blobs);
        before = Some((key, redacted.into_inner()));
    }
    (text, blobs)
}

fn frame(event: &str, payload: &str) -> Vec<u8> {
    let header = |name: &str, text: &str| (name.to_owned(), Value::String(text.to_owned()));
    let headers = vec![
        header(":event-type", event),
        header(":content-type", "application/json"),
        header(":message-type", "event"),
    ];
    encode(&Message { headers, payload: Bytes::copy_from_slice(payload.as_bytes()) }).unwrap()
}

/// Each encoding of a body, each layout, headers of every kind, labels, variables, comments.
fn forms(folder: &Path) -> Seed {
    let sse = "event-stream";
    let events: Vec<String> = ["Oslo", " is", " cold", " and", " far."]
        .iter()
        .map(|piece| format!("data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{piece}\"}}}}]}}\n\n"))
        .chain(["data: [DONE]\n\n".to_owned()])
        .collect();
    let stream = events.concat();
    let lengths: Vec<usize> = events.iter().map(String::len).collect();
    let padded = "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}    }\n\n\
                  data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" you\"}  }\n\n";
    let frames = [
        frame("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Hi\"},\"p\":\"abcd\"}"),
        frame(
            "contentBlockDelta",
            "{\"contentBlockIndex\":0,\"delta\":{\"text\":\" you\"},\"p\":\"abcdefg\"}",
        ),
        frame("messageStop", "{\"p\":\"ab\",\"stopReason\":\"end_turn\"}"),
    ];
    let floats: Vec<String> =
        (0..80_u32).map(|n| format!("0.{:05}", n.wrapping_mul(7919) % 100_000)).collect();
    let picture: Vec<u8> = (0..1500_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let form = "--b0\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\none\r\n--b0\r\ncontent-disposition: form-data; name=\"b\"\r\n\r\n\u{1}two\r\n--b0--\r\n";
    let mut all = vec![
        interaction("json", b"{\"a\": [1, 2.50, 1e-05], \"b\": {\"c\": null}}", "application/json", b"{\n  \"x\": \"y\\u00e9\",\n  \"z\": [true, {}]\n}\n", &[]),
        interaction("tabs", b"[1]", "application/json", b"{\n\t\"x\":1,\n\t\"y\":[\n\t\t2\n\t]\n}", &[]),
        interaction("text", b"plain words", "text/plain", "two lines\n  of text \u{2028} and: a # mark\n".as_bytes(), &[]),
        interaction("bytes", b"\xff\xfe", "application/octet-stream", &[0, 159, 146, 150, 1, 2, 3], &[]),
        interaction("blob", b"{}", "image/png", &picture, &[]),
        interaction("embeddings", b"{\"input\":\"x\"}", "application/json", format!("{{\"data\":[{{\"embedding\":[{}]}}]}}", floats.join(",")).as_bytes(), &[]),
        interaction("stream", b"{\"stream\":true}", &format!("text/{sse}"), stream.as_bytes(), &lengths),
        interaction("cut", b"{\"stream\":1}", &format!("text/{sse}"), stream.as_bytes(), &[10, stream.len() - 10]),
        interaction("padded", b"{\"stream\":2}", &format!("text/{sse}"), padded.as_bytes(), &[padded.len()]),
        interaction("crlf", b"{\"stream\":3}", &format!("text/{sse}"), b"data: one\r\n\r\ndata: two\r\n\r\n: ping", &[28]),
        interaction("lines", b"{\"stream\":4}", "application/x-ndjson", b"{\"message\":{\"content\":\"a\"},\"done\":false}\n{\"message\":{\"content\":\"b\"},\"done\":true}\n", &[20, 64]),
        interaction("frames", b"{\"stream\":5}", "application/vnd.amazon.eventstream", &frames.concat(), &frames.iter().map(Vec::len).collect::<Vec<_>>()),
        interaction("nothing", b"", "text/plain", b"", &[]),
    ];
    all[10].response.body.chunks = vec![20, all[10].response.body.bytes.len() - 20];
    all[9].response.body.chunks = vec![all[9].response.body.bytes.len()];
    all[9].response.body.times = ChunkTimes::of(&[312]);
    all[10].response.body.times = ChunkTimes::of(&[312, 321]);
    let arrived: Vec<u64> =
        (0..all[5].response.body.chunks.len() as u64).map(|chunk| 40 + chunk * 7).collect();
    all[5].response.body.times = ChunkTimes::of(&arrived);
    all[7].response.body.cut = Cut::ClientAborted;
    all[0].response.headers = headers(&[
        ("content-type", b"application/json"),
        ("etag", b"\xe9"),
        ("x-request-id", b"1"),
        ("x-request-id", b"2"),
    ]);
    all[1].response.version = Version::HTTP_2;
    all[1].response.status = StatusCode::CREATED;
    all[2].response.url = Some("https://elsewhere.example.com/".to_owned());
    all[3].labels.tag("smoke");
    all[3].labels.describe("ticket", "QA-12");
    all[3].labels.pinned = true;
    let mut multipart = interaction("form", form.as_bytes(), "application/json", b"{}", &[]);
    multipart
        .request
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=b0"));
    all.push(multipart);
    let (documents, blobs) = written(all, false);
    let text = format!(
        "{}# variable today: \"2026-11-21\"\n# words of a person\n{}# more words\n",
        first_line(),
        documents.replacen("usage_count: 1\n", "usage_count: 1 # noted\n", 1)
    );
    for form in [
        "json:",
        "text:",
        "base64:",
        "blob:",
        "$blob",
        "sse:",
        "ndjson:",
        "eventstream:",
        "multipart:",
        "templates:",
        "chunks:",
        "times:",
        "crlf",
    ] {
        assert!(text.contains(form), "{form}\n{text}");
    }
    seed("forms", &text, &blobs, folder)
}

/// Turns that each go on from the one before.
fn conversation(folder: &Path) -> Seed {
    let said = |turn: usize| {
        format!("{{\"role\":\"user\",\"content\":\"{}\"}}", format!("Words of turn {turn}. ").repeat(20))
    };
    let tools = format!(
        "[{{\"type\":\"function\",\"function\":{{\"name\":\"look_up\",\"description\":\"{}\"}}}}]",
        "What it does. ".repeat(40)
    );
    let turn = |turn: usize| {
        let messages: Vec<String> = (0..=turn).map(said).collect();
        let request = format!("{{\"model\":\"m\",\"messages\":[{}],\"tools\":{tools}}}", messages.join(","));
        let answer = format!("{{\"choices\":[{{\"message\":{{\"content\":\"Answer {turn}\"}}}}]}}");
        interaction("chat/completions", request.as_bytes(), "application/json", answer.as_bytes(), &[])
    };
    let (text, blobs) = written((0..5).map(turn).collect(), true);
    assert_eq!(text.matches("extends: ").count(), 4, "{text}");
    seed("conversation", &(first_line() + &text), &blobs, folder)
}

/// Several takes of one request, without checksums, as a person may write them.
fn takes(folder: &Path) -> Seed {
    let take = |number: u64| {
        let body = format!("{{\"take\":{number}}}");
        Interaction {
            take: number,
            ..interaction("again", b"{\"n\":1}", "application/json", body.as_bytes(), &[])
        }
    };
    let (text, blobs) = written((1..4).map(take).collect(), false);
    let bare: String = text
        .split_inclusive("...\n")
        .map(|document| crate::format::checksum::without(document).into_owned())
        .collect();
    seed("takes", &(first_line() + &bare), &blobs, folder)
}
