//! `rig`: the cassette is a middleware of the client below it.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use futures_util::TryStreamExt as _;
use llm_cassette::Cassette;
use reqwest_middleware::ClientBuilder;
use rig_core::completion::{CompletionRequest, Message, ToolDefinition};
use rig_core::driver::Model;
use rig_core::message::{ToolName, ToolResultContent};
use rig_core::providers::openai::OpenAIConfig;
use rig_core::providers::openai::wire::Chat;
use rig_reqwest::ReqwestMiddlewareClient;
use serde_json::json;
use support::{a_miss_is_found, records_and_replays};

fn model(cassette: &Cassette, base: &str) -> Model<Chat> {
    let http = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
    let mut config = OpenAIConfig::new("test");
    config.base_url = format!("{base}/v1");
    config.connect(ReqwestMiddlewareClient::from(http)).chat("gpt-4o-mini")
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |cassette, base| {
        let response = model(cassette, base).call("Name three rivers.").await.unwrap();
        assert!(!response.text().is_empty());
        response.text()
    })
    .await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |cassette, base| {
        let stream = model(cassette, base).stream("Name three rivers.").unwrap();
        let events: Vec<_> = stream.try_collect().await.unwrap();
        assert!(events.len() > 3);
        format!("{events:?}")
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |cassette, base| {
        let model = model(cassette, base);
        let parameters =
            json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        let tool = ToolDefinition::new(ToolName::new("get_weather").unwrap(), "The weather", parameters);
        let question = Message::user("What is the weather in Oslo?");
        let first = model.call(CompletionRequest::new(question.clone()).tool(tool.clone())).await.unwrap();
        let call = first.tool_calls().next().unwrap();
        let result = call.result(vec![ToolResultContent::text("4 degrees, light rain")]);
        let turns = vec![question, first.message().unwrap(), Message::tool_results(vec![result])];
        let second = model.call(CompletionRequest::from(turns).tool(tool)).await.unwrap();
        assert!(!second.text().is_empty());
        (call.clone(), second.text())
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |cassette, base| {
        model(cassette, base).call("Name three rivers.").await.unwrap_err()
    })
    .await;
    a_miss_is_found(async |cassette, base| {
        let stream = model(cassette, base).stream("Name three rivers.").unwrap();
        stream.try_collect::<Vec<_>>().await.unwrap_err()
    })
    .await;
}
