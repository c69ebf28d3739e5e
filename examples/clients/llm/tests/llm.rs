//! `llm`, which takes no client: its requests go to the cassette's server, by its base URL.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use futures_util::TryStreamExt as _;
use llm::builder::{FunctionBuilder, LLMBackend, LLMBuilder, ParamBuilder};
use llm::chat::ChatMessage;
use llm::{FunctionCall, LLMProvider, ToolCall};
use support::served::{a_miss_is_found, records_and_replays};

fn client(base: &str) -> Box<dyn LLMProvider> {
    let weather = FunctionBuilder::new("get_weather")
        .description("The weather")
        .param(ParamBuilder::new("city").type_of("string").description("Where"))
        .required(vec!["city".to_owned()]);
    let client = LLMBuilder::new().backend(LLMBackend::OpenAI).api_key("test").model("gpt-4o-mini");
    client.base_url(format!("{base}/v1/")).function(weather).build().unwrap()
}

fn asks(text: &str) -> ChatMessage {
    ChatMessage::user().content(text).build()
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |base| {
        let response = client(base).chat(&[asks("Name three rivers.")]).await.unwrap();
        response.text().unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |base| {
        let stream = client(base).chat_stream(&[asks("Name three rivers.")]).await.unwrap();
        let pieces: Vec<_> = stream.try_collect().await.unwrap();
        assert!(pieces.len() > 2);
        pieces
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |base| {
        let client = client(base);
        let mut messages = vec![asks("What is the weather in Oslo?")];
        let first = client.chat_with_tools(&messages, client.tools()).await.unwrap();
        let calls = first.tool_calls().unwrap();
        let result = ToolCall {
            id: calls[0].id.clone(),
            call_type: "function".to_owned(),
            function: FunctionCall {
                name: calls[0].function.name.clone(),
                arguments: "4 degrees, light rain".to_owned(),
            },
        };
        messages.push(ChatMessage::assistant().tool_use(calls.clone()).content("").build());
        messages.push(ChatMessage::user().tool_result(vec![result]).content("").build());
        let second = client.chat_with_tools(&messages, client.tools()).await.unwrap();
        (format!("{calls:?}"), second.text().unwrap())
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |base| client(base).chat(&[asks("Name three rivers.")]).await.err().unwrap()).await;
    a_miss_is_found(async |base| match client(base).chat_stream(&[asks("Name three rivers.")]).await {
        Ok(response) => response.try_collect::<Vec<_>>().await.unwrap_err(),
        Err(error) => error,
    })
    .await;
}
