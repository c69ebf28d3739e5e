//! What a client gets: what the provider sent, recorded or live.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::serving::{Serving, asked, chat, post, streamed};
use crate::stand_in::StandIn;

/// The chunks of an answer in HTTP's own framing, which clients put together again.
fn chunks(server: &Serving, path: &str, body: &Value) -> Vec<String> {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let body = body.to_string();
    let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n", body.len());
    write!(stream, "{head}connection: close\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, mut rest) = answer.split_once("\r\n\r\n").unwrap();
    let mut chunks = Vec::new();
    while let Some((length, behind)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            break;
        }
        chunks.push(behind[..length].to_owned());
        rest = &behind[length + 2..];
    }
    chunks
}

#[tokio::test]
async fn what_the_provider_sent_is_replayed_byte_for_byte_once_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let url = format!("{}/openai/v1/chat/completions", server.url());
    let whole = asked(&url, "sk-cassette-rivers", &chat("Name three rivers.")).await;
    let stream = asked(&url, "sk-cassette-rivers", &streamed("Name three rivers.")).await;
    assert_eq!((whole.0, stream.0), (200, 200));
    let ended = server.interrupt();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    provider.stop().await;

    let server = Serving::start(folder.path(), &[]);
    let url = format!("{}/openai/v1/chat/completions", server.url());
    assert_eq!(asked(&url, "sk-cassette-rivers", &streamed("Name three rivers.")).await, stream);
    assert_eq!(asked(&url, "sk-cassette-rivers", &chat("Name three rivers.")).await, whole);
    let ended = server.interrupt();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("cassettes/rivers.yaml: recorded 0, played 2"), "{}", ended.stdout);
}

#[tokio::test]
async fn a_cassette_has_the_providers_own_url_and_no_trace_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    asked(&format!("{}/@rivers/openai/v1/chat/completions", server.url()), "sk-x", &chat("Hi")).await;
    server.interrupt();
    let text = std::fs::read_to_string(folder.path().join("cassettes/rivers.yaml")).unwrap();
    assert!(text.contains("https://api.openai.com/v1/chat/completions"), "{text}");
    assert!(!text.contains("127.0.0.1") && !text.contains("sk-x"), "{text}");
}

#[tokio::test]
async fn the_first_chunk_of_a_live_stream_arrives_before_the_provider_sends_the_second() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let gate = crate::stand_in::Gate::closed();
    provider.on(crate::stand_in::Script::answer().hold(&gate));
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let url = format!("{}/@x/openai/v1/chat/completions", server.url());
    gate.release(1);
    let mut response = post(&url, "sk-x", &streamed("Count")).await;
    // Nothing more is let through before this is here.
    assert!(!response.chunk().await.unwrap().unwrap().is_empty());
    gate.open();
    while response.chunk().await.unwrap().is_some() {}
}

#[tokio::test]
async fn a_stream_is_replayed_in_the_chunks_in_which_it_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let path = "/@x/openai/v1/chat/completions";
    let live = chunks(&server, path, &streamed("Count"));
    assert!(live.len() > 3, "{live:?}");
    server.interrupt();
    let server = Serving::start(folder.path(), &[]);
    assert_eq!(chunks(&server, path, &streamed("Count")), live);
}

#[tokio::test]
async fn a_parser_can_be_tried_with_other_chunks_and_gets_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let path = "/@x/openai/v1/chat/completions";
    let live = chunks(&server, path, &streamed("Count"));
    server.interrupt();
    for (cutting, fits) in [
        ("byte", (|chunk: &str, _| chunk.len() == 1) as fn(&str, usize) -> bool),
        ("event", |chunk, _| chunk.ends_with("\n\n") && chunk.matches("\n\n").count() == 1),
        ("random:7", |_, count| count > 1),
    ] {
        let server = Serving::start(folder.path(), &["--chunks", cutting]);
        let played = chunks(&server, path, &streamed("Count"));
        assert_eq!(played.concat(), live.concat(), "{cutting}");
        assert!(played.iter().all(|chunk| fits(chunk, played.len())), "{cutting}: {played:?}");
    }
}
