//! `anthropic-ai-sdk`, which takes no middleware: its requests go to the cassette's server, by its base URL.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use anthropic_ai_sdk::client::AnthropicClient;
use anthropic_ai_sdk::types::message::{CreateMessageParams, MessageClient as _, MessageError};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use support::served::{a_miss_is_found, records_and_replays};

fn client(base: &str) -> AnthropicClient {
    let client = AnthropicClient::builder("test", "2023-06-01").with_api_base_url(format!("{base}/v1"));
    client.build::<MessageError>().unwrap()
}

fn request(more: Value) -> CreateMessageParams {
    let mut request = json!({"model": "claude-haiku-4-5", "max_tokens": 256});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(request).unwrap()
}

fn rivers() -> Value {
    json!({"messages": [{"role": "user", "content": "Name three rivers."}]})
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |base| {
        let response = client(base).create_message(Some(&request(rivers()))).await.unwrap();
        serde_json::to_value(&response).unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |base| {
        let (client, mut request) = (client(base), request(rivers()));
        request.stream = Some(true);
        let stream = client.create_message_streaming(&request).await.unwrap();
        let events: Vec<_> = stream.try_collect().await.unwrap();
        assert!(events.len() > 3);
        serde_json::to_value(&events).unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |base| {
        let client = client(base);
        let tool = json!({
            "name": "get_weather",
            "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        });
        let mut messages = json!([{"role": "user", "content": "What is the weather in Oslo?"}]);
        let ask = |messages: &Value| request(json!({"messages": messages, "tools": [tool]}));
        let first = client.create_message(Some(&ask(&messages))).await.unwrap();
        let content = serde_json::to_value(&first.content).unwrap();
        let call = content.as_array().unwrap().iter().find(|block| block["type"] == "tool_use").unwrap();
        let result = json!({"type": "tool_result", "tool_use_id": call["id"], "content": "4 degrees, light rain"});
        let turns = messages.as_array_mut().unwrap();
        turns.push(json!({"role": "assistant", "content": content}));
        turns.push(json!({"role": "user", "content": [result]}));
        let second = client.create_message(Some(&ask(&messages))).await.unwrap();
        serde_json::to_value((&first, &second)).unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |base| client(base).create_message(Some(&request(rivers()))).await.unwrap_err())
        .await;
    a_miss_is_found(async |base| {
        let (client, mut request) = (client(base), request(rivers()));
        request.stream = Some(true);
        let answer = client.create_message_streaming(&request).await;
        match answer {
            Ok(stream) => stream.try_collect::<Vec<_>>().await.unwrap_err(),
            Err(error) => error,
        }
    })
    .await;
}
