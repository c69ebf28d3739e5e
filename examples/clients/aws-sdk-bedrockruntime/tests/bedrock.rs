//! `aws-sdk-bedrockruntime`: the cassette is the HTTP client of its configuration.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, ConverseStreamOutput, Message, StopReason, Tool, ToolConfiguration,
    ToolInputSchema, ToolResultBlock, ToolResultContentBlock, ToolSpecification,
};
use aws_smithy_types::Document;
use llm_cassette::Cassette;
use support::stand_in::{Reply, Script, StandIn, event_frame};
use support::{a_miss_is_found, records_and_replays_from};

const MODEL: &str = "anthropic.claude-3-5-haiku-20241022-v1:0";

fn client(cassette: &Cassette, base: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(base)
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(cassette.aws())
        .build();
    Client::from_conf(config)
}

fn says(role: ConversationRole, content: ContentBlock) -> Message {
    Message::builder().role(role).content(content).build().unwrap()
}

fn asks(text: &str) -> Message {
    says(ConversationRole::User, ContentBlock::Text(text.to_owned()))
}

fn answer(content: &str, stop_reason: &str) -> Script {
    let body = format!(
        r#"{{"metrics":{{"latencyMs":321}},"output":{{"message":{{"content":[{content}],"role":"assistant"}}}},"stopReason":"{stop_reason}","usage":{{"inputTokens":9,"outputTokens":7,"totalTokens":16}}}}"#
    );
    Script::raw(Reply::json(body))
}

fn stream(words: &[&str]) -> Script {
    let delta = |word| format!(r#"{{"contentBlockIndex":0,"delta":{{"text":"{word}"}},"p":"abcd"}}"#);
    let mut frames = vec![event_frame("event", "messageStart", r#"{"p":"ab","role":"assistant"}"#)];
    frames.extend(words.iter().map(|word| event_frame("event", "contentBlockDelta", &delta(word))));
    frames.push(event_frame("event", "contentBlockStop", r#"{"contentBlockIndex":0,"p":"abc"}"#));
    frames.push(event_frame("event", "messageStop", r#"{"p":"a","stopReason":"end_turn"}"#));
    let usage = r#"{"metrics":{"latencyMs":321},"p":"abcde","usage":{"inputTokens":9,"outputTokens":7,"totalTokens":16}}"#;
    frames.push(event_frame("event", "metadata", usage));
    Script::raw(Reply::new(200).header("content-type", "application/vnd.amazon.eventstream").chunks(frames))
}

#[tokio::test]
async fn an_answer_replays() {
    let provider = StandIn::start().await;
    provider.on(answer(r#"{"text":"Danube, Rhine, Elbe."}"#, "end_turn"));
    records_and_replays_from(provider, async |cassette, base| {
        let call = client(cassette, base).converse().model_id(MODEL).messages(asks("Name three rivers."));
        let response = call.send().await.unwrap();
        assert_eq!(response.stop_reason, StopReason::EndTurn);
        (response.output, response.usage)
    })
    .await;
}

#[tokio::test]
async fn a_stream_replays() {
    let provider = StandIn::start().await;
    provider.on(stream(&["Danube,", " Rhine,", " Elbe."]));
    records_and_replays_from(provider, async |cassette, base| {
        let call =
            client(cassette, base).converse_stream().model_id(MODEL).messages(asks("Name three rivers."));
        let mut stream = call.send().await.unwrap().stream;
        let mut events = Vec::new();
        while let Some(event) = stream.recv().await.unwrap() {
            events.push(event);
        }
        assert!(matches!(events.last(), Some(ConverseStreamOutput::Metadata(_))));
        assert_eq!(events.len(), 7);
        events
    })
    .await;
}

#[tokio::test]
async fn a_tool_call_and_the_turn_behind_it_replay() {
    let provider = StandIn::start().await;
    let call = r#"{"toolUse":{"input":{"city":"Oslo"},"name":"get_weather","toolUseId":"tooluse_1"}}"#;
    provider.on(answer(call, "tool_use"));
    provider.on(answer(r#"{"text":"4 degrees."}"#, "end_turn"));
    records_and_replays_from(provider, async |cassette, base| {
        let of_type = |name: &str| ("type".to_owned(), Document::from(name));
        let city = Document::Object([of_type("string")].into());
        let properties = Document::Object([("city".to_owned(), city)].into());
        let schema = Document::Object([of_type("object"), ("properties".to_owned(), properties)].into());
        let tool =
            ToolSpecification::builder().name("get_weather").input_schema(ToolInputSchema::Json(schema));
        let tools =
            ToolConfiguration::builder().tools(Tool::ToolSpec(tool.build().unwrap())).build().unwrap();
        let client = client(cassette, base);
        let call = |messages: Vec<Message>| {
            let call = client.converse().model_id(MODEL).tool_config(tools.clone());
            call.set_messages(Some(messages)).send()
        };
        let question = asks("What is the weather in Oslo?");
        let first = call(vec![question.clone()]).await.unwrap().output.unwrap();
        let message = first.as_message().unwrap().clone();
        let wanted = message.content[0].as_tool_use().unwrap();
        let result = ToolResultBlock::builder()
            .tool_use_id(wanted.tool_use_id())
            .content(ToolResultContentBlock::Text("4 degrees, light rain".to_owned()))
            .build()
            .unwrap();
        let result = says(ConversationRole::User, ContentBlock::ToolResult(result));
        let second = call(vec![question, message, result]).await.unwrap().output;
        (first, second)
    })
    .await;
}

#[tokio::test]
async fn a_miss_is_found_in_its_error() {
    a_miss_is_found(async |cassette, base| {
        let call = client(cassette, base).converse().model_id(MODEL).messages(asks("Name three rivers."));
        call.send().await.unwrap_err()
    })
    .await;
    a_miss_is_found(async |cassette, base| {
        let call =
            client(cassette, base).converse_stream().model_id(MODEL).messages(asks("Name three rivers."));
        call.send().await.unwrap_err()
    })
    .await;
}
