//! `gemini-rust`, which takes no middleware: its requests go to the cassette's server, by its base URL.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]
#![allow(deprecated, reason = "what it puts in their place speaks another protocol, the Interactions API")]

use futures_util::TryStreamExt as _;
use gemini_rust::{
    Content, ContentBuilder, FunctionDeclaration, Gemini, GenerationResponse, Message, Model, Role, Tool,
};
use serde_json::{Value, json};
use support::served::{a_miss_is_found, records_and_replays};

fn client(base: &str) -> Gemini {
    let url = format!("{base}/v1beta/").parse().unwrap();
    Gemini::with_model_and_base_url("test", Model::Gemini25Flash, url).unwrap()
}

/// What can be compared.
fn seen(response: &GenerationResponse) -> Value {
    serde_json::to_value(response).unwrap()
}

#[tokio::test]
async fn an_answer_replays() {
    records_and_replays(async |base| {
        let call = client(base).generate_content().with_user_message("Name three rivers.");
        let response = call.execute().await.unwrap();
        assert!(!response.text().is_empty());
        seen(&response)
    })
    .await;
}

#[tokio::test]
async fn a_stream_replays() {
    records_and_replays(async |base| {
        let call = client(base).generate_content().with_user_message("Name three rivers.");
        let chunks: Vec<_> = call.execute_stream().await.unwrap().try_collect().await.unwrap();
        assert!(chunks.len() > 1);
        chunks.iter().map(seen).collect::<Vec<_>>()
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    records_and_replays(async |base| {
        let client = client(base);
        let parameters =
            json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        let weather = FunctionDeclaration::new("get_weather", "The weather", None);
        let tool = Tool::new(weather.with_parameters_value(parameters));
        let ask = || -> ContentBuilder {
            let call = client.generate_content().with_user_message("What is the weather in Oslo?");
            call.with_tool(tool.clone())
        };
        let first = ask().execute().await.unwrap();
        let call = first.function_calls()[0].clone();
        let turn = Message { content: Content::function_call(call), role: Role::Model };
        let second = ask().with_message(turn);
        let result = json!({"says": "4 degrees, light rain"});
        let second = second.with_function_response("get_weather", result).unwrap().execute().await.unwrap();
        assert!(!second.text().is_empty());
        (seen(&first), seen(&second))
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |base| {
        let call = client(base).generate_content().with_user_message("Name three rivers.");
        call.execute().await.unwrap_err()
    })
    .await;
    a_miss_is_found(async |base| {
        match client(base).generate_content().with_user_message("Name three rivers.").execute_stream().await {
            Ok(response) => response.try_collect::<Vec<_>>().await.unwrap_err(),
            Err(error) => error,
        }
    })
    .await;
}
