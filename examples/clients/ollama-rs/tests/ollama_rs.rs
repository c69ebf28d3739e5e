//! `ollama-rs`, which takes no middleware: its requests go to the cassette's server, by its URL.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use futures_util::StreamExt as _;
use ollama_rs::Ollama;
use ollama_rs::generation::chat::request::ChatMessageRequest;
use ollama_rs::generation::chat::{ChatMessage, ChatMessageResponse};
use ollama_rs::generation::tools::ToolInfo;
use serde_json::{Value, json};
use support::served::{a_miss_is_found, records_and_replays};

fn client(base: &str) -> Ollama {
    Ollama::from_url(format!("{base}/").parse().unwrap())
}

fn request(messages: Vec<ChatMessage>) -> ChatMessageRequest {
    ChatMessageRequest::new("llama3.2".to_owned(), messages)
}

fn rivers() -> ChatMessageRequest {
    request(vec![ChatMessage::user("Name three rivers.".to_owned())])
}

/// What can be compared.
fn seen(response: &ChatMessageResponse) -> Value {
    serde_json::to_value(response).unwrap()
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |base| {
        let response = client(base).send_chat_messages(rivers()).await.unwrap();
        assert!(!response.message.content.is_empty());
        seen(&response)
    })
    .await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |base| {
        let stream = client(base).send_chat_messages_stream(rivers()).await.unwrap();
        let lines: Vec<Value> = stream.map(|line| seen(&line.unwrap())).collect().await;
        assert!(lines.len() > 2);
        lines
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |base| {
        let client = client(base);
        let tool: ToolInfo = serde_json::from_value(json!({"type": "function", "function": {
            "name": "get_weather",
            "description": "The weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        }}))
        .unwrap();
        let question = ChatMessage::user("What is the weather in Oslo?".to_owned());
        let call = request(vec![question.clone()]).tools(vec![tool.clone()]);
        let first = client.send_chat_messages(call).await.unwrap();
        assert_eq!(first.message.tool_calls[0].function.name, "get_weather");
        let result = ChatMessage::tool("4 degrees, light rain".to_owned());
        let call = request(vec![question, first.message.clone(), result]).tools(vec![tool]);
        let second = client.send_chat_messages(call).await.unwrap();
        (seen(&first), seen(&second))
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |base| client(base).send_chat_messages(rivers()).await.unwrap_err()).await;
    a_miss_is_found(async |base| client(base).send_chat_messages_stream(rivers()).await.err().unwrap()).await;
}
