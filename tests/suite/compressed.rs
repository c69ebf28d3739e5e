//! Request bodies that a client compresses are read, redacted and compared by what they say, or refused with the reason.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use llm_cassette::{ErrorKind, Mode};
use reqwest_middleware::ClientWithMiddleware;

use crate::stand_in::StandIn;
use crate::support::*;

const KEY: &str = "sk-proj-a1B2c3D4e5F6g7H8i9J0k1L2";

fn gzip(text: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

async fn send(
    client: &ClientWithMiddleware,
    base: &str,
    coding: &str,
    body: Vec<u8>,
) -> reqwest_middleware::Result<String> {
    let request =
        client.post(format!("{base}/v1/chat/completions")).header("content-type", "application/json");
    let answer = request.header("content-encoding", coding).body(body).send().await?;
    Ok(answer.text().await?)
}

#[tokio::test]
async fn a_compressed_request_is_stored_as_it_reads_and_without_its_secrets() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let cassette = folder.open(Mode::Record);
    let body = chat(&format!("the key is {KEY}, is it not"), false);
    send(&client(&cassette), &provider.url(), "gzip", gzip(body.as_bytes(), Compression::best()))
        .await
        .unwrap();
    assert_eq!(provider.requests()[0].header("content-encoding"), Some("gzip"), "it is sent as it was");
    cassette.finish().unwrap();
    let text = folder.text();
    assert!(text.contains("the key is [REDACTED], is it not\", role: user"), "{text}");
    assert!(!text.contains("content-encoding"), "{text}");
}

#[tokio::test]
async fn requests_that_say_the_same_are_the_same_however_they_were_compressed() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let (base, body) = (provider.url(), chat("hello", false));
    let cassette = folder.open(Mode::Record);
    send(&client(&cassette), &base, "gzip", gzip(body.as_bytes(), Compression::best())).await.unwrap();
    cassette.finish().unwrap();
    for (coding, sent) in [
        ("gzip", gzip(body.as_bytes(), Compression::none())),
        ("deflate", zlib(body.as_bytes())),
        ("deflate, gzip", gzip(&zlib(body.as_bytes()), Compression::fast())),
        ("identity", body.clone().into_bytes()),
    ] {
        let cassette = folder.open(Mode::Replay);
        assert!(send(&client(&cassette), &base, coding, sent).await.is_ok(), "{coding}");
        assert_eq!(cassette.finish().unwrap().played, 1, "{coding}");
    }
}

#[tokio::test]
async fn a_request_that_nobody_can_read_is_sent_and_not_recorded_with_the_reason() {
    let body = gzip(chat("hello", false).as_bytes(), Compression::best());
    for (coding, body, why) in [
        ("gzip", body[..20].to_vec(), "the body is not whole: gzip"),
        ("gzip", gzip(&vec![0; 64 << 20], Compression::best()), "the body unfolds to more than"),
        ("snappy", vec![0xff; 40], "it is compressed by `snappy`, which is not known here"),
    ] {
        let (folder, provider) = (Folder::new(), StandIn::start().await);
        let cassette = folder.open(Mode::Record);
        send(&client(&cassette), &provider.url(), coding, body).await.unwrap();
        assert_eq!(provider.calls(), 1);
        let error = cassette.finish().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unrecordable, "{error}");
        assert!(
            error.message().contains(&format!("the body of the request cannot be read: {why}")),
            "{error}"
        );
        assert!(!folder.file().exists());
    }
}
