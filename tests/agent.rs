//! A test as users write them: an agent that calls a tool, and a stream, played from `cassettes/agent/`.
//!
//! `LLM_CASSETTE_MODE=refresh cargo test --test agent` records them again, from the stand-in provider.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, to fail is to say so")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a test skips, it says")]

#[path = "stand_in/mod.rs"]
mod stand_in;

use llm_cassette::{Cassette, cassette};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde_json::{Value, json};
use stand_in::StandIn;

/// A client of a chat model.
struct Model {
    client: ClientWithMiddleware,
    base: String,
    key: String,
    _provider: Option<StandIn>,
}

impl Model {
    async fn new(cassette: &Cassette) -> Model {
        let client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
        let provider = if cassette.mode().may_call_out() { Some(StandIn::start().await) } else { None };
        let base = provider.as_ref().map_or_else(|| "http://127.0.0.1:1".to_owned(), StandIn::url);
        Model { client, base, key: "sk-any-key-will-do".to_owned(), _provider: provider }
    }

    async fn chat(&self, body: &Value) -> reqwest::Response {
        let request = self.client.post(format!("{}/v1/chat/completions", self.base)).bearer_auth(&self.key);
        request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()
    }
}

#[tokio::test]
async fn looks_up_the_weather() {
    let cassette = cassette!(builder).ignore_host(true).open().unwrap();
    let model = Model::new(&cassette).await;
    let mut messages = vec![
        json!({"role": "system", "content": "You help travellers.\nAnswer in one sentence."}),
        json!({"role": "user", "content": "What is the weather in Oslo?"}),
    ];
    let tools = json!([{"type": "function", "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "Name of the city"}}, "required": ["city"]},
    }}]);

    let body = json!({"model": "gpt-4o-mini", "messages": messages, "tools": tools});
    let answer: Value = serde_json::from_slice(&model.chat(&body).await.bytes().await.unwrap()).unwrap();
    let call = &answer["choices"][0]["message"]["tool_calls"][0];
    assert_eq!(call["function"]["name"], "get_weather");
    messages.push(answer["choices"][0]["message"].clone());
    messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": "4 °C, light rain"}));

    let body = json!({"model": "gpt-4o-mini", "messages": messages, "tools": tools});
    let answer: Value = serde_json::from_slice(&model.chat(&body).await.bytes().await.unwrap()).unwrap();
    assert!(answer["choices"][0]["message"]["content"].as_str().unwrap().contains("4 °C"), "{answer}");
    let report = cassette.finish().unwrap();
    assert_eq!(report.played + report.recorded, 2);
}

#[tokio::test]
async fn streams_a_count() {
    let cassette = cassette!(builder).ignore_host(true).open().unwrap();
    let model = Model::new(&cassette).await;
    let body = json!({"model": "gpt-4o-mini", "stream": true, "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": "Count to 5."}]});
    let text = model.chat(&body).await.text().await.unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"));
    assert!(cassette.finish().unwrap().output_tokens > 0);
}
