//! Bedrock's Converse, and the embeddings of a model that it hosts.

use super::*;

const CONVERSE: &str = "http://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";
const STREAM: &str = "http://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream";

fn call(url: &'static str, body: &str, reply: Reply) -> Call {
    let reply = with(
        reply,
        &[
            ("date", "Tue, 18 Nov 2025 15:14:50 GMT"),
            ("x-amzn-requestid", "7e3c9a51-d2b8-4f06-8a1d-c5e7f9b30246"),
        ],
    );
    let headers = &[
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20251118/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=test",
        ),
        ("x-amz-date", "20251118T151450Z"),
        ("amz-sdk-invocation-id", "0f4d8b2c-6e1a-4735-9c0b-d3a7e5f18264"),
        ("amz-sdk-request", "attempt=1; max=3"),
    ];
    Call { url, headers, body: flat(body), reply }
}

fn stream(events: &str) -> Reply {
    Reply::new(200).header("content-type", "application/vnd.amazon.eventstream").chunks(frames(events))
}

#[tokio::test]
async fn streams_an_answer() {
    let question = r#"{"messages":[{"role":"user","content":[{"text":"What is there to see in Bergen?"}]}],
        "system":[{"text":"You are a travel guide. Answer in one sentence."}],"inferenceConfig":{"maxTokens":100,"temperature":0.2}}"#;
    let answer = stream(
        r#"messageStart {"p":"abcdefghijklmnopqrstuv","role":"assistant"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"Bergen has"},"p":"abcdefghijk"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"text":" the wooden houses"},"p":"abcdefghijklmnopqrstuvwxyzABCDEF"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"text":" of Bryggen."},"p":"abcde"}
        contentBlockStop {"contentBlockIndex":0,"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"}
        messageStop {"p":"abcdefghijklmnopqr","stopReason":"end_turn"}
        metadata {"metrics":{"latencyMs":1184},"p":"abcdefghijklmnopq","usage":{"inputTokens":28,"outputTokens":14,"totalTokens":42}}"#,
    );
    reads_as("bedrock_streams_an_answer", &[call(STREAM, question, answer)]).await;
}

#[tokio::test]
async fn streams_a_tool_call() {
    let question = r#"{"messages":[{"role":"user","content":[{"text":"How is the weather in Bergen?"}]}],
        "toolConfig":{"tools":[{"toolSpec":{"name":"get_weather","description":"The weather of a city, now.","inputSchema":{"json":
        {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}}]}}"#;
    let answer = stream(
        r#"messageStart {"p":"abcdefghijkl","role":"assistant"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"I will look"},"p":"abcdefghijklmnopqrstuvwxyzAB"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"text":" it up."},"p":"abcdef"}
        contentBlockStop {"contentBlockIndex":0,"p":"abcdefghijklmnopqrstu"}
        contentBlockStart {"contentBlockIndex":1,"p":"abcdefg","start":{"toolUse":{"name":"get_weather","toolUseId":"tooluse_mK4vQ9xTSb2nRz7LwYcHpg"}}}
        contentBlockDelta {"contentBlockIndex":1,"delta":{"toolUse":{"input":""}},"p":"abcdefghijklmnopqrst"}
        contentBlockDelta {"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"city\": "}},"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHI"}
        contentBlockDelta {"contentBlockIndex":1,"delta":{"toolUse":{"input":"\"Bergen\"}"}},"p":"abc"}
        contentBlockStop {"contentBlockIndex":1,"p":"abcdefghijklmnopqrstuvwxyz"}
        messageStop {"p":"abcdefghijklmnop","stopReason":"tool_use"}
        metadata {"metrics":{"latencyMs":1702},"p":"abcdefghijklmnopqrstuvwx","usage":{"inputTokens":392,"outputTokens":62,"totalTokens":454}}"#,
    );
    reads_as("bedrock_streams_a_tool_call", &[call(STREAM, question, answer)]).await;
}

#[tokio::test]
async fn streams_reasoning() {
    let question = r#"{"messages":[{"role":"user","content":[{"text":"Is 91 a prime?"}]}],
        "inferenceConfig":{"maxTokens":2000},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}}}"#;
    let answer = stream(
        r#"messageStart {"p":"abcdefghijklmn","role":"assistant"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"91 divided by 7"}},"p":"abcdefghijklmnopq"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":" is 13."}},"p":"abcdefghijklmnopqrstuvwxyzABCDE"}
        contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"EqQBCkgIChABGAIqQHh2bVnRw4TzK9qXcLpY7sJdFg3mUe1oAiBvWtNrZyQkPhSl6fDxCjMu0EaGb5HnTOw8sVKz"}},"p":"abcd"}
        contentBlockStop {"contentBlockIndex":0,"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"}
        contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"No: it is"},"p":"abcdefgh"}
        contentBlockDelta {"contentBlockIndex":1,"delta":{"text":" 7 times 13."},"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"}
        contentBlockStop {"contentBlockIndex":1,"p":"abcdefghi"}
        messageStop {"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ","stopReason":"end_turn"}
        metadata {"metrics":{"latencyMs":2230},"p":"abcdefghijklm","usage":{"inputTokens":43,"outputTokens":41,"totalTokens":84}}"#,
    );
    reads_as("bedrock_streams_reasoning", &[call(STREAM, question, answer)]).await;
}

/// An answer that is not streamed.
fn answered(message: &str, reason: &str, [input, output]: [u32; 2]) -> Reply {
    let total = input + output;
    whole(&format!(
        r#"{{"metrics":{{"latencyMs":1393}},"output":{{"message":{message}}},"stopReason":"{reason}","usage":{{"cacheReadInputTokens":0,"cacheWriteInputTokens":0,"inputTokens":{input},"outputTokens":{output},"serverToolUsage":{{}},"totalTokens":{total}}}}}"#
    ))
}

#[tokio::test]
async fn is_shown_an_image() {
    let picture = picture();
    let question = format!(
        r#"{{"messages":[{{"role":"user","content":[{{"image":{{"format":"png","source":{{"bytes":"{picture}"}}}}}},{{"text":"What is in this picture?"}}]}}]}}"#
    );
    let message =
        r#"{"content":[{"text":"Noise: grey and white points without any pattern."}],"role":"assistant"}"#;
    let answer = answered(message, "end_turn", [85, 14]);
    reads_as("bedrock_is_shown_an_image", &[call(CONVERSE, &question, answer)]).await;
}

#[tokio::test]
async fn embeds_a_text() {
    let question = r#"{"inputText":"Bergen is rainy.","dimensions":256,"normalize":true}"#;
    let numbers = vector(7);
    let answer = whole(&format!(
        r#"{{"embedding":{numbers},"embeddingsByType":{{"float":{numbers}}},"inputTextTokenCount":7}}"#
    ));
    let answer = answer.header("x-amzn-bedrock-input-token-count", "7");
    let answer = answer.header("x-amzn-bedrock-invocation-latency", "64");
    let url = "http://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke";
    reads_as("bedrock_embeds_a_text", &[call(url, question, answer)]).await;
}

#[tokio::test]
async fn goes_on_for_three_turns() {
    let asked = r#"{"role":"user","content":[{"text":"Do I need an umbrella in Bergen today, or a warm coat, or both?"}]}"#;
    let called = r#"{"role":"assistant","content":[{"toolUse":{"toolUseId":"tooluse_Hc7LwYpgRz2nTSb9xmK4vQ","name":"get_weather","input":{"city":"Bergen"}}}]}"#;
    let looked_up = r#"{"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_Hc7LwYpgRz2nTSb9xmK4vQ","content":[{"text":"11 °C, light rain until 18:00"}]}}]}"#;
    let said =
        r#"{"role":"assistant","content":[{"text":"An umbrella will do: it rains lightly until six."}]}"#;
    let thanked = r#"{"role":"user","content":[{"text":"And after six?"}]}"#;
    let last = r#"{"role":"assistant","content":[{"text":"After six it stays dry."}]}"#;
    let turn = |messages: &[&str], answer: Reply| {
        let request = format!(
            r#"{{"messages":[{}],"system":[{{"text":"You help travellers. You may look up the weather, and you never guess it. Answer in one sentence, in the language of the question."}}],"toolConfig":{{"tools":[{{"toolSpec":{{"name":"get_weather","description":"The weather of a city, now and in the next hours.","inputSchema":{{"json":{{"type":"object","properties":{{"city":{{"type":"string","description":"The name of the city, in English."}}}},"required":["city"]}}}}}}}}]}}}}"#,
            messages.join(",")
        );
        call(CONVERSE, &request, answer)
    };
    let calls = [
        turn(&[asked], answered(called, "tool_use", [431, 39])),
        turn(&[asked, called, looked_up], answered(said, "end_turn", [502, 16])),
        turn(&[asked, called, looked_up, said, thanked], answered(last, "end_turn", [529, 10])),
    ];
    reads_as("bedrock_goes_on_for_three_turns", &calls).await;
}
