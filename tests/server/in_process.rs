//! `Cassette::serve`: the server inside a test.

use llm_cassette::{Cassette, Mode};

use crate::serving::{asked, chat};
use crate::stand_in::StandIn;

#[tokio::test]
async fn a_test_serves_its_own_cassette() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.yaml");
    let provider = StandIn::start().await;
    let host = provider.url().replace("http://", "");
    let cassette = Cassette::builder(&file).mode(Mode::Record).open().unwrap();
    let server = cassette.serve().unwrap();
    let url = format!("{}/v1/chat/completions", server.url_of(&host));
    let live = asked(&url, "sk-x", &chat("Hi")).await;
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    drop(server);
    provider.stop().await;

    let cassette = Cassette::builder(&file).mode(Mode::Replay).open().unwrap();
    let server = cassette.serve().unwrap();
    let url = format!("{}/v1/chat/completions", server.url_of(&host));
    assert_eq!(asked(&url, "sk-x", &chat("Hi")).await, live);
    let (status, _) = asked(&url, "sk-x", &chat("Ho")).await;
    assert_eq!(status, 404);
    let error = cassette.finish().unwrap_err().to_string();
    assert!(error.contains("1 request had no recording"), "{error}");
}

#[test]
fn a_test_without_a_runtime_serves_too() {
    let server = Cassette::in_memory().open().unwrap().serve().unwrap();
    let address = server.url().replace("http://", "");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    std::io::Write::write_all(
        &mut stream,
        b"GET /@/report HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    )
    .unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}
