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

/// What a program gets of an answer that says its own key, in the recording and in replay.
async fn echoed(key: &str) -> (String, String) {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let answer = format!(r#"{{"choices":[{{"message":{{"content":"I start {key} at once"}}}}]}}"#);
    provider.on(Script::raw(Reply::json(answer)));
    let mut bodies = Vec::new();
    for mode in [Mode::Record, Mode::Replay] {
        let cassette = folder.open(mode);
        let asked = client(&cassette).post(format!("{}/v1/chat/completions", provider.url()));
        let asked = asked.header("content-type", "application/json");
        let asked = asked.header("authorization", format!("Bearer {key}")).body(chat("Hi", false));
        bodies.push(asked.send().await.unwrap().text().await.unwrap());
        cassette.finish().unwrap();
    }
    let replayed = bodies.remove(1);
    (bodies.remove(0), replayed)
}

#[tokio::test]
async fn the_key_of_a_gateway_on_this_machine_is_a_secret_and_what_stands_in_for_one_changes_no_answer() {
    for key in ["gw7Kq2Zt9xWv4Lm8", "sk-litellm-7f3a9c2e51d84b06", "0d6c1b2e9a554f7a0b5d3f9c1f2a7e1f"] {
        let (live, replayed) = echoed(key).await;
        assert!(live.contains(key) && !replayed.contains(key), "{key}: {replayed}");
    }
    for key in
        ["lm-studio", "token-abc123", "llama.cpp", "sk-anything", "ollama", "sk-no-key-required", "EMPTY"]
    {
        let (live, replayed) = echoed(key).await;
        assert_eq!(live, replayed, "{key}");
    }
}
