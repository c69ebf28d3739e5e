//! `async-openai`, by its feature `middleware`: the cassette is the service below it.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use async_openai::types::chat::CreateChatCompletionRequest;
use futures_util::TryStreamExt as _;
use llm_cassette::Cassette;
use serde_json::{Value, json};
use support::{a_miss_is_found, records_and_replays};

fn client(cassette: &Cassette, base: &str) -> Client<OpenAIConfig> {
    let config = OpenAIConfig::new().with_api_base(format!("{base}/v1")).with_api_key("test");
    let http = cassette
        .service(reqwest::Client::new())
        .built_by(|request: HttpRequestFactory| async move { request.build().await });
    Client::with_config(config).with_http_service(http)
}

fn request(more: Value) -> CreateChatCompletionRequest {
    let mut request = json!({"model": "gpt-4o-mini"});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(request).unwrap()
}

fn rivers() -> Value {
    json!({"messages": [{"role": "user", "content": "Name three rivers."}]})
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |cassette, base| {
        let response = client(cassette, base).chat().create(request(rivers())).await.unwrap();
        assert!(response.choices[0].message.content.is_some());
        response
    })
    .await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |cassette, base| {
        let stream = client(cassette, base).chat().create_stream(request(rivers())).await.unwrap();
        let chunks: Vec<_> = stream.try_collect().await.unwrap();
        assert!(chunks.len() > 2);
        chunks
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |cassette, base| {
        let client = client(cassette, base);
        let tool = json!({"type": "function", "function": {
            "name": "get_weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        }});
        let mut messages = json!([{"role": "user", "content": "What is the weather in Oslo?"}]);
        let ask = |messages: &Value| request(json!({"messages": messages, "tools": [tool]}));

        let first = client.chat().create(ask(&messages)).await.unwrap();
        let message = serde_json::to_value(&first.choices[0].message).unwrap();
        let id = message["tool_calls"][0]["id"].clone();
        assert!(id.is_string(), "{message}");
        let turns = messages.as_array_mut().unwrap();
        turns.push(message);
        turns.push(json!({"role": "tool", "tool_call_id": id, "content": "4 degrees, light rain"}));

        let second = client.chat().create(ask(&messages)).await.unwrap();
        assert!(second.choices[0].message.content.is_some());
        (first, second)
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |cassette, base| {
        let error = client(cassette, base).chat().create(request(rivers())).await.unwrap_err();
        assert!(matches!(error, OpenAIError::Boxed(_)));
        error
    })
    .await;
    a_miss_is_found(async |cassette, base| {
        match client(cassette, base).chat().create_stream(request(rivers())).await {
            Ok(stream) => stream.try_collect::<Vec<_>>().await.unwrap_err(),
            Err(error) => error,
        }
    })
    .await;
}
