//! `openai_dive`, which takes no middleware: its requests go to the cassette's server, by its base URL.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use futures_util::TryStreamExt as _;
use openai_dive::v1::api::Client;
use openai_dive::v1::resources::chat::ChatCompletionParameters;
use serde_json::{Value, json};
use support::served::{a_miss_is_found, a_miss_surfaces, records_and_replays};

fn client(base: &str) -> Client {
    let mut client = Client::new("test".to_owned());
    client.set_base_url(&format!("{base}/v1"));
    client
}

fn request(messages: Value, tools: Value) -> ChatCompletionParameters {
    serde_json::from_value(json!({"model": "gpt-4o-mini", "messages": messages, "tools": tools})).unwrap()
}

fn rivers() -> ChatCompletionParameters {
    request(json!([{"role": "user", "content": "Name three rivers."}]), Value::Null)
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |base| client(base).chat().create(rivers()).await.unwrap()).await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |base| {
        let stream = client(base).chat().create_stream(rivers()).await.unwrap();
        let chunks: Vec<_> = stream.try_collect().await.unwrap();
        assert!(chunks.len() > 2);
        chunks
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |base| {
        let client = client(base);
        let tools = json!([{"type": "function", "function": {
            "name": "get_weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        }}]);
        let mut messages = json!([{"role": "user", "content": "What is the weather in Oslo?"}]);
        let first = client.chat().create(request(messages.clone(), tools.clone())).await.unwrap();
        let message = serde_json::to_value(&first.choices[0].message).unwrap();
        let id = message["tool_calls"][0]["id"].clone();
        assert!(id.is_string(), "{message}");
        let turns = messages.as_array_mut().unwrap();
        turns.push(message);
        turns.push(json!({"role": "tool", "tool_call_id": id, "content": "4 degrees, light rain"}));
        let second = client.chat().create(request(messages, tools)).await.unwrap();
        (first, second)
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |base| client(base).chat().create(rivers()).await.unwrap_err()).await;
}

// `reqwest-eventsource`, with which it reads streams, leaves the body of an error unread.
#[tokio::test]
async fn a_miss_of_a_stream_surfaces_at_once_with_its_status_alone() {
    let error = a_miss_surfaces(async |base| match client(base).chat().create_stream(rivers()).await {
        Ok(response) => response.try_collect::<Vec<_>>().await.unwrap_err(),
        Err(error) => error,
    })
    .await;
    assert!(error.to_string().contains("404"), "{error}");
}
