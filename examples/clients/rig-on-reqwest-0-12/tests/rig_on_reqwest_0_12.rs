//! `rig` 0.30, the last one on `reqwest` 0.12: the same cassette, a middleware of the older version.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use futures_util::TryStreamExt as _;
use llm_cassette::Cassette;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use rig::OneOrMany;
use rig::client::CompletionClient as _;
use rig::completion::{AssistantContent, CompletionModel as _, Message, ToolDefinition};
use rig::message::{ToolResultContent, UserContent};
use rig::providers::openai::CompletionsClient;
use rig::providers::openai::completion::CompletionModel;
use rig::streaming::StreamedAssistantContent;
use serde_json::json;
use support::{a_miss_is_found, records_and_replays};

fn model(cassette: &Cassette, base: &str) -> CompletionModel<ClientWithMiddleware> {
    let http = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
    let client = <CompletionsClient>::builder().api_key("test").base_url(format!("{base}/v1"));
    client.http_client(http).build().unwrap().completion_model("gpt-4o-mini")
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |cassette, base| {
        let model = model(cassette, base);
        let request = model.completion_request("Name three rivers.").build();
        model.completion(request).await.unwrap().choice
    })
    .await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |cassette, base| {
        let model = model(cassette, base);
        let request = model.completion_request("Name three rivers.").build();
        let stream = model.stream(request).await.unwrap();
        let pieces: Vec<_> = stream.try_collect().await.unwrap();
        let texts: Vec<_> = pieces
            .iter()
            .filter_map(|piece| match piece {
                StreamedAssistantContent::Text(text) => Some(text.text.clone()),
                _ => None,
            })
            .collect();
        assert!(texts.len() > 2);
        texts
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |cassette, base| {
        let model = model(cassette, base);
        let tool = ToolDefinition {
            name: "get_weather".to_owned(),
            description: "The weather".to_owned(),
            parameters: json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}),
        };
        let question = Message::user("What is the weather in Oslo?");
        let request = model.completion_request(question.clone()).tool(tool.clone()).build();
        let first = model.completion(request).await.unwrap().choice;
        let AssistantContent::ToolCall(call) = first.first() else { panic!("no tool call: {first:?}") };
        let result = OneOrMany::one(ToolResultContent::text("4 degrees, light rain"));
        let result = Message::from(UserContent::tool_result(call.id.clone(), result));
        let turns = vec![question, Message::Assistant { id: None, content: first.clone() }];
        let request = model.completion_request(result).messages(turns).tool(tool).build();
        (first, model.completion(request).await.unwrap().choice)
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |cassette, base| {
        let model = model(cassette, base);
        let request = model.completion_request("Name three rivers.").build();
        model.completion(request).await.err().unwrap()
    })
    .await;
    a_miss_is_found(async |cassette, base| {
        let model = model(cassette, base);
        let request = model.completion_request("Name three rivers.").build();
        match model.stream(request).await {
            Ok(stream) => stream.try_collect::<Vec<_>>().await.err().unwrap(),
            Err(error) => error,
        }
    })
    .await;
}
