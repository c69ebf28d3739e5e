//! Streams pass through untouched while they are recorded, and come back chunk by chunk.

use llm_cassette::{Error, ErrorKind, Mode};
use reqwest::Response;

use crate::stand_in::{Cut, Gate, Script, StandIn};
use crate::support::*;

async fn chunks(mut response: Response) -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        chunks.push(chunk.to_vec());
    }
    chunks
}

/// A stream of each protocol: where to post what.
fn protocols() -> [(&'static str, &'static str, String); 5] {
    let text = "Count to 20";
    let user = serde_json::json!([{"role": "user", "content": text}]);
    [
        ("OpenAI chat", "/v1/chat/completions", chat(text, true)),
        ("OpenAI responses", "/v1/responses", serde_json::json!({"model": "gpt-4o-mini", "input": text, "stream": true}).to_string()),
        ("Anthropic", "/v1/messages", serde_json::json!({"model": "claude-sonnet-4-5", "max_tokens": 99, "messages": user, "stream": true}).to_string()),
        ("Gemini", "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", serde_json::json!({"contents": [{"role": "user", "parts": [{"text": text}]}]}).to_string()),
        ("Ollama", "/api/chat", serde_json::json!({"model": "llama3.2", "messages": user}).to_string()),
    ]
}

#[tokio::test]
async fn a_chunk_reaches_the_caller_before_the_next_one_is_sent() {
    let provider = StandIn::start().await;
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    gate.release(1);
    let url = format!("{}/v1/chat/completions", provider.url());
    let mut live = post(&client(&cassette), &url, chat("Count to 20", true)).await.unwrap();
    // The provider sends a chunk only once the one before has been read here: anything that collected chunks on their
    // way would wait for ever.
    let mut count = 0;
    while let Some(chunk) = live.chunk().await.unwrap() {
        assert!(chunk.starts_with(b"data: "));
        count += 1;
        gate.release(1);
    }
    assert!(count > 3);
    assert_eq!(cassette.finish().unwrap().recorded, 1);
}

#[tokio::test]
async fn replay_gives_the_chunks_exactly_as_they_came() {
    for cut in [Cut::Event, Cut::Whole, Cut::Byte, Cut::Sizes(vec![1, 2, 3, 50, 7])] {
        for (name, path, body) in protocols() {
            let provider = StandIn::start().await;
            let gate = Gate::closed();
            provider.on(Script::answer().chunks(cut.clone()).hold(&gate));
            let folder = Folder::new();
            let url = format!("{}{path}", provider.url());
            let cassette = folder.open(Mode::Record);
            gate.release(1);
            let mut live = post(&client(&cassette), &url, body.clone()).await.unwrap();
            let mut recorded = Vec::new();
            while let Some(chunk) = live.chunk().await.unwrap() {
                recorded.push(chunk.to_vec());
                gate.release(1);
            }
            cassette.finish().unwrap();
            provider.stop().await;

            let cassette = folder.open(Mode::Replay);
            let played = chunks(post(&client(&cassette), &url, body).await.unwrap()).await;
            assert!(played == recorded, "{name}, {cut:?}: {} chunks, not {}", played.len(), recorded.len());
        }
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_at_the_end_of_the_protocol_has_the_whole_recorded() {
    for (name, path, body) in protocols() {
        let provider = StandIn::start().await;
        provider.stable(true);
        let url = format!("{}{path}", provider.url());
        let folder = Folder::new();
        let whole =
            post(&client(&folder.open(Mode::Off)), &url, body.clone()).await.unwrap().text().await.unwrap();
        let counting = whole.replace('\r', "").matches(if name == "Ollama" { "\n" } else { "\n\n" }).count();
        // All chunks, but never the end of the body.
        let gate = Gate::closed();
        provider.on(Script::answer().hold(&gate));
        gate.release(counting);
        let cassette = folder.open(Mode::Record);
        let mut live = post(&client(&cassette), &url, body.clone()).await.unwrap();
        let mut recorded: Vec<Vec<u8>> = Vec::new();
        // A client may meet a chunk in two pieces, so it is the bytes that tell when all have come.
        while recorded.concat().len() < whole.len() {
            recorded.push(live.chunk().await.unwrap().unwrap().to_vec());
        }
        // It is on disk already, should the client not even get to hang up.
        assert!(folder.file().exists(), "{name}");
        drop(live);
        assert_eq!(cassette.finish().unwrap().recorded, 1, "{name}");
        assert!(!folder.text().contains("client_aborted"), "{name}");
        let played = chunks(post(&client(&folder.open(Mode::Replay)), &url, body).await.unwrap()).await;
        assert!(played == recorded, "{name}");
    }
}

#[tokio::test]
async fn what_follows_the_end_of_the_protocol_is_recorded_too() {
    let provider = StandIn::start().await;
    let reply = crate::stand_in::Reply::new(200).header("content-type", "text/event-stream").chunks(vec![
        b"data: {\"choices\":[]}\n\n".to_vec(),
        b"data: [DONE]\n\n".to_vec(),
        b": bye\n\n".to_vec(),
    ]);
    let gate = Gate::closed();
    provider.on(Script::raw(reply).hold(&gate));
    let folder = Folder::new();
    let url = format!("{}/v1/chat/completions", provider.url());
    let cassette = folder.open(Mode::Record);
    gate.release(1);
    let mut live = post(&client(&cassette), &url, chat("Hello", true)).await.unwrap();
    let mut recorded = Vec::new();
    while let Some(chunk) = live.chunk().await.unwrap() {
        recorded.push(chunk.to_vec());
        gate.release(1);
    }
    assert_eq!(recorded.len(), 3);
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    let cassette = folder.open(Mode::Replay);
    assert_eq!(chunks(post(&client(&cassette), &url, chat("Hello", true)).await.unwrap()).await, recorded);
    assert_eq!(folder.text().matches("\nkey: ").count(), 1);
}

#[tokio::test]
async fn a_client_that_hangs_up_earlier_is_recorded_as_such_and_can_read_no_further() {
    let provider = StandIn::start().await;
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    gate.release(2);
    let folder = Folder::new();
    let url = format!("{}/v1/chat/completions", provider.url());
    let cassette = folder.open(Mode::Record);
    let mut live = post(&client(&cassette), &url, chat("Count to 20", true)).await.unwrap();
    let recorded = [live.chunk().await.unwrap().unwrap(), live.chunk().await.unwrap().unwrap()];
    drop(live);
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    assert!(folder.text().contains("client_aborted: true"));

    let cassette = folder.open(Mode::Replay);
    let mut played = post(&client(&cassette), &url, chat("Count to 20", true)).await.unwrap();
    for chunk in &recorded {
        assert_eq!(played.chunk().await.unwrap().as_ref(), Some(chunk));
    }
    let error = played.chunk().await.unwrap_err();
    let error = Error::find_in(&error).expect("our error is in the client's");
    assert_eq!(error.kind(), ErrorKind::ClientAborted);
    assert!(error.to_string().contains("the client closed the connection after"), "{error}");
}

#[tokio::test]
async fn a_stream_that_breaks_is_not_recorded_and_breaks_for_the_caller_alike() {
    let provider = StandIn::start().await;
    provider.on(Script::break_after(2));
    let folder = Folder::new();
    let url = format!("{}/v1/chat/completions", provider.url());
    let cassette = folder.open(Mode::Record);
    let live = post(&client(&cassette), &url, chat("Count to 20", true)).await.unwrap();
    assert!(live.bytes().await.is_err());
    let report = cassette.finish().unwrap();
    assert_eq!(report.recorded, 0);
    assert!(report.skipped[0].reason.starts_with("the transfer broke"), "{report}");
    assert!(!folder.file().exists());
}
