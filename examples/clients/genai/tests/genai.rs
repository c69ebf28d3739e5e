//! `genai`, which takes no client: its requests go to the cassette's server, by the endpoint of a resolver.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use futures_util::TryStreamExt as _;
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatRequest, ChatStreamEvent, Tool, ToolResponse};
use genai::resolver::{AuthData, Endpoint, ServiceTargetResolver};
use genai::{Client, ModelIden, ServiceTarget};
use serde_json::json;
use support::served::{a_miss_is_found, records_and_replays};

const MODEL: &str = "gpt-4o-mini";

fn client(base: &str) -> Client {
    let endpoint = format!("{base}/v1/");
    let resolver = ServiceTargetResolver::from_resolver_fn(move |target: ServiceTarget| {
        let endpoint = Endpoint::from_owned(endpoint.clone());
        let model = ModelIden::new(AdapterKind::OpenAI, target.model.model_name);
        Ok(ServiceTarget { endpoint, auth: AuthData::from_single("test"), model })
    });
    Client::builder().with_service_target_resolver(resolver).build().unwrap()
}

fn rivers() -> ChatRequest {
    ChatRequest::from_user("Name three rivers.")
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |base| {
        let response = client(base).exec_chat(MODEL, rivers(), None).await.unwrap();
        response.first_text().unwrap().to_owned()
    })
    .await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |base| {
        let response = client(base).exec_chat_stream(MODEL, rivers(), None).await.unwrap();
        let events: Vec<_> = response.stream.try_collect().await.unwrap();
        let pieces: Vec<_> = events
            .into_iter()
            .filter_map(|event| match event {
                ChatStreamEvent::Chunk(chunk) => Some(chunk.content),
                _ => None,
            })
            .collect();
        assert!(pieces.len() > 2);
        pieces
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |base| {
        let client = client(base);
        let schema =
            json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        let tool = Tool::new("get_weather").with_schema(schema);
        let question = ChatMessage::user("What is the weather in Oslo?");
        let request = ChatRequest::new(vec![question]).with_tools(vec![tool]);
        let calls = client.exec_chat(MODEL, request.clone(), None).await.unwrap().into_tool_calls();
        let result = ToolResponse::new(calls[0].call_id.clone(), "4 degrees, light rain");
        let request = request.append_message(calls.clone()).append_message(result);
        let second = client.exec_chat(MODEL, request, None).await.unwrap();
        (format!("{calls:?}"), second.first_text().unwrap().to_owned())
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |base| client(base).exec_chat(MODEL, rivers(), None).await.unwrap_err()).await;
    a_miss_is_found(async |base| match client(base).exec_chat_stream(MODEL, rivers(), None).await {
        Ok(response) => response.stream.try_collect::<Vec<_>>().await.unwrap_err(),
        Err(error) => error,
    })
    .await;
}
