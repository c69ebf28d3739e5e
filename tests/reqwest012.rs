//! The adapter for clients that are still on `reqwest` 0.12: the same cassette, the other types.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, to fail is to say so")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a test skips, it says")]

#[path = "stand_in/mod.rs"]
mod stand_in;

use llm_cassette::{Cassette, Error, ErrorKind, Mode};
use reqwest_middleware04::{ClientBuilder, ClientWithMiddleware};
use reqwest012 as reqwest;
use stand_in::{Script, StandIn};

fn client(cassette: &Cassette) -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build()
}

async fn stream(client: &ClientWithMiddleware, base: &str) -> reqwest_middleware04::Result<Vec<Vec<u8>>> {
    let body = r#"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Count to 5"}]}"#;
    let request =
        client.post(format!("{base}/v1/chat/completions")).header("content-type", "application/json");
    let mut response = request.body(body).send().await?;
    assert_eq!(response.url().path(), "/v1/chat/completions");
    let mut chunks = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        chunks.push(chunk.to_vec());
    }
    Ok(chunks)
}

#[tokio::test]
async fn a_client_on_reqwest_0_12_records_and_replays_like_any_other() {
    let provider = StandIn::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.yaml");
    let base = provider.url();

    let cassette = Cassette::builder(&path).mode(Mode::Record).open().unwrap();
    let recorded = stream(&client(&cassette), &base).await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    provider.stop().await;

    let cassette = Cassette::builder(&path).mode(Mode::Replay).open().unwrap();
    assert_eq!(stream(&client(&cassette), &base).await.unwrap(), recorded);
    let error = stream(&client(&cassette), &base).await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::UsedUp);
}

#[tokio::test]
async fn a_stream_that_breaks_is_not_recorded_here_either() {
    let provider = StandIn::start().await;
    provider.on(Script::break_after(1));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.yaml");
    let cassette = Cassette::builder(&path).mode(Mode::Record).open().unwrap();
    stream(&client(&cassette), &provider.url()).await.unwrap_err();
    assert_eq!(cassette.finish().unwrap().skipped.len(), 1);
    assert!(!path.exists());
}
