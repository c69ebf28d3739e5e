//! Clients that hang up, say nonsense or too much: each has a clear answer, and others have theirs.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::serving::{Serving, asked, chat, streamed};
use crate::stand_in::{Gate, Script, StandIn};

/// What a server answers to bytes.
fn answered(server: &Serving, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn what_is_not_http_is_a_bad_request_and_the_next_client_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &[]);
    for nonsense in
        [&b"nonsense\r\n\r\n"[..], b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"]
    {
        let answer = answered(&server, nonsense);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    let report = answered(&server, b"GET /@/report HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(report.starts_with("HTTP/1.1 200"), "{report}");
}

#[test]
fn a_request_that_is_too_long_is_told_so_whether_it_says_its_length_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &["--max-request-size", "1000"]);
    let body = "x".repeat(100_000);
    let said = format!(
        "POST /openai/v1/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let unsaid = format!(
        "POST /openai/v1/x HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    for request in [said, unsaid] {
        let answer = answered(&server, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains("--max-request-size"), "{answer}");
    }
}

#[test]
fn a_page_of_somebody_else_is_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &[]);
    for head in ["host: localhost\r\norigin: https://page.test", "host: rebound.page.test"] {
        let answer = answered(
            &server,
            format!("GET /openai/v1/models HTTP/1.1\r\n{head}\r\nconnection: close\r\n\r\n").as_bytes(),
        );
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
}

#[test]
fn a_proxy_for_https_is_told_to_use_a_base_url() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &[]);
    let answer = answered(
        &server,
        b"CONNECT api.openai.com:443 HTTP/1.1\r\nhost: api.openai.com:443\r\nconnection: close\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 405") && answer.contains("base URL"), "{answer}");
}

#[tokio::test]
async fn a_client_that_hangs_up_while_recording_takes_nothing_from_others() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let url = format!("{}/@x/openai/v1/chat/completions", server.url());
    gate.release(1);
    let mut leaving = crate::serving::post(&url, "sk-x", &streamed("Count")).await;
    assert!(leaving.chunk().await.unwrap().is_some());
    drop(leaving);
    gate.open();
    gate.finished(1).await;
    let live = asked(&url, "sk-x", &chat("Hi")).await;
    assert_eq!(live.0, 200);
    let ended = server.interrupt();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let server = Serving::start(folder.path(), &[]);
    let url = format!("{}/@x/openai/v1/chat/completions", server.url());
    assert_eq!(asked(&url, "sk-x", &chat("Hi")).await, live);
}

#[tokio::test]
async fn what_was_answered_is_in_the_file_when_the_server_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let url = format!("{}/@x/openai/v1/chat/completions", server.url());
    let live = asked(&url, "sk-x", &chat("Hi")).await;
    assert_eq!(server.end("-KILL").code, None);
    let server = Serving::start(folder.path(), &[]);
    let url = format!("{}/@x/openai/v1/chat/completions", server.url());
    assert_eq!(asked(&url, "sk-x", &chat("Hi")).await, live);
}
