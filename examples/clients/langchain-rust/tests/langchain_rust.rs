//! `langchain-rust`, which makes its client itself: its requests go to the cassette's server, by the base URL of its configuration.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use futures_util::TryStreamExt as _;
use langchain_rust::language_models::llm::LLM as _;
use langchain_rust::language_models::options::CallOptions;
use langchain_rust::llm::OpenAIConfig;
use langchain_rust::llm::openai::OpenAI;
use langchain_rust::schemas::{FunctionDefinition, Message};
use serde_json::json;
use support::served::{a_miss_is_found, records_and_replays};

fn client(base: &str) -> OpenAI<OpenAIConfig> {
    OpenAI::new(OpenAIConfig::new().with_api_base(format!("{base}/v1")).with_api_key("test"))
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |base| client(base).invoke("Name three rivers.").await.unwrap()).await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |base| {
        let question = [Message::new_human_message("Name three rivers.")];
        let stream = client(base).stream(&question).await.unwrap();
        let pieces: Vec<_> = stream.try_collect().await.unwrap();
        assert!(pieces.len() > 2);
        pieces.into_iter().map(|piece| piece.value).collect::<Vec<_>>()
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |base| {
        let parameters =
            json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        let weather = FunctionDefinition::new("get_weather", "The weather", parameters);
        let client = client(base).with_options(CallOptions::new().with_functions(vec![weather]));
        let mut turns = vec![Message::new_human_message("What is the weather in Oslo?")];
        let first = client.generate(&turns).await.unwrap();
        let call = first.tool_calls[0].clone();
        turns.push(Message::new_ai_message_with_tool_calls("", &first.tool_calls));
        turns.push(Message::new_tool_message("4 degrees, light rain", call.id.clone()));
        let second = client.generate(&turns).await.unwrap();
        (first.generation, second.generation)
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |base| client(base).invoke("Name three rivers.").await.unwrap_err()).await;
    a_miss_is_found(async |base| {
        match client(base).stream(&[Message::new_human_message("Name three rivers.")]).await {
            Ok(response) => response.try_collect::<Vec<_>>().await.err().unwrap(),
            Err(error) => error,
        }
    })
    .await;
}
