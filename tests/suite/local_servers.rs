//! Servers that people run themselves, which speak the protocols of providers in ways of their own.

use llm_cassette::Mode;

use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

#[tokio::test]
async fn a_server_is_named_by_its_port() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let host = provider.url().replace("http://", "");
    let cassette = folder.builder(Mode::Record).provider(&host, "vllm").open().unwrap();
    ask(&client(&cassette), &provider.url(), "Hi").await.unwrap().bytes().await.unwrap();
    let report = cassette.finish().unwrap();
    assert!(folder.text().contains("\nprovider: vllm\n"), "{}", folder.text());
    assert_eq!(report.cost_usd(), Some(0.0), "nobody is paid for a server of one's own");
}

#[tokio::test]
async fn an_error_in_a_stream_is_told_once_however_much_follows_it() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let chunks = [
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n",
        "data: {\"error\": \"the engine said \"no\"\"}\n\n",
        "data: {\"error\":{\"message\":\"again\"}}\n\n",
        "data: [DONE]\n\n",
    ];
    let stream = Reply::new(200).header("content-type", "text/event-stream");
    provider.on(Script::raw(stream.chunks(chunks.iter().map(|chunk| chunk.as_bytes().to_vec()).collect())));
    let cassette = folder.open(Mode::Record);
    let url = format!("{}/v1/chat/completions", provider.url());
    let body = post(&client(&cassette), &url, chat("Hi", true)).await.unwrap().text().await.unwrap();
    assert_eq!(body, chunks.concat(), "the caller gets all of it");
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.skipped.len()), (0, 1), "{report}");
}

#[tokio::test]
async fn the_model_of_a_form_is_the_model_that_was_asked() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json(r#"{"text":"Hello."}"#)));
    let cassette = folder.open(Mode::Record);
    let form = "--b0\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nmodels/whisper-large\r\n\
        --b0\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n--b0--\r\n";
    let url = format!("{}/v1/audio/transcriptions", provider.url());
    let asked = client(&cassette).post(url).header("content-type", "multipart/form-data; boundary=b0");
    let asked = asked.body(form).send().await.unwrap();
    asked.bytes().await.unwrap();
    cassette.finish().unwrap();
    assert!(folder.text().contains("\nmodel: models/whisper-large\n"), "{}", folder.text());
}

#[tokio::test]
async fn the_order_of_vectors_that_come_as_bytes_is_kept_and_other_headers_are_named() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let told = r#"{"model":"m","data":[{"index":0,"start":0,"end":8}],"usage":{"prompt_tokens":3,"total_tokens":3}}"#;
    let vectors = Reply::new(200)
        .header("content-type", "application/octet-stream")
        .header("metadata", told)
        .header("x-vector-order", "0,1")
        .header("date", "Mon, 30 Nov 2026 12:00:00 GMT");
    provider.on(Script::raw(vectors.chunks(vec![vec![0, 1, 2, 3], vec![4, 5, 6, 255]])));
    let cassette = folder.open(Mode::Record);
    let url = format!("{}/v1/embeddings", provider.url());
    let asked = r#"{"model":"m","input":"a","encoding_format":"bytes"}"#;
    post(&client(&cassette), &url, asked.to_owned()).await.unwrap().bytes().await.unwrap();
    let report = cassette.finish().unwrap();
    assert_eq!(report.headers_left_out, ["x-vector-order"]);
    assert!(report.to_string().ends_with("headers left out: x-vector-order"), "{report}");
    assert!(folder.text().contains("input_tokens: 3"), "{}", folder.text());

    let replay = folder.open(Mode::Replay);
    let mut played = post(&client(&replay), &url, asked.to_owned()).await.unwrap();
    assert_eq!(played.headers()["metadata"], told);
    let mut chunks = Vec::new();
    while let Some(chunk) = played.chunk().await.unwrap() {
        chunks.push(chunk.len());
    }
    assert_eq!(chunks, [4, 4], "bytes that were sent while they were made come in the same chunks");
}
