//! Anthropic's messages. It has no embeddings.

use super::*;

fn call(body: &str, reply: Reply) -> Call {
    let reply = with(
        reply,
        &[
            ("date", "Tue, 18 Nov 2025 13:40:11 GMT"),
            ("anthropic-ratelimit-requests-remaining", "49"),
            ("anthropic-organization-id", "0d6c5a41-7b0e-4f6d-9f53-2a1f8c5e9b70"),
            ("request-id", "req_011CVFq8yT3mNwKxLrZ5pB2d"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
            ("via", "1.1 google"),
            ("server", "cloudflare"),
            ("cf-ray", "9a07f05b7c1d2e3f-FRA"),
        ],
    );
    let url = "http://api.anthropic.com/v1/messages";
    let headers = &[("x-api-key", "sk-ant-test"), ("anthropic-version", "2023-06-01")];
    Call { url, headers, body: flat(body), reply }
}

fn stream(events: &str) -> Reply {
    let reply = Reply::new(200).header("content-type", "text/event-stream; charset=utf-8");
    reply.header("cache-control", "no-cache").chunks(named(events))
}

#[tokio::test]
async fn streams_an_answer() {
    let question = r#"{"model":"claude-sonnet-4-5","max_tokens":100,"system":"You are a travel guide. Answer in one sentence.",
        "messages":[{"role":"user","content":"What is there to see in Bergen?"}],"stream":true}"#;
    let answer = stream(
        r#"{"type":"message_start","message":{"model":"claude-sonnet-4-5-20250929","id":"msg_01Hq7YvTz3RkWx8NbLcP5mGe","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":28,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":1,"service_tier":"standard"}}   }
        {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}              }
        {"type":"ping"}
        {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Bergen has"}    }
        {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" the wooden houses"}          }
        {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" of Bryggen."}}
        {"type":"content_block_stop","index":0       }
        {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":28,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":14}             }
        {"type":"message_stop"     }"#,
    );
    reads_as("anthropic_streams_an_answer", &[call(question, answer)]).await;
}

#[tokio::test]
async fn streams_a_tool_call() {
    let question = r#"{"model":"claude-sonnet-4-5","max_tokens":200,"messages":[{"role":"user","content":"How is the weather in Bergen?"}],
        "tools":[{"name":"get_weather","description":"The weather of a city, now.","input_schema":
        {"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["city"]}}],"stream":true}"#;
    let answer = stream(
        r#"{"type":"message_start","message":{"model":"claude-sonnet-4-5-20250929","id":"msg_01Kw4ZsLm8TnQy2RbXvD7cFh","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":592,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":3,"service_tier":"standard"}}}
        {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}
        {"type":"ping"}
        {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"I will"}}
        {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" look it up."}}
        {"type":"content_block_stop","index":0}
        {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_01Rv6NkYc9JqHt3WxPbZ5sLd","name":"get_weather","input":{}}}
        {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}
        {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"city\": \"Ber"}}
        {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"gen\", \"unit\":"}}
        {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":" \"celsius\"}"}}
        {"type":"content_block_stop","index":1}
        {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":592,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":79}}
        {"type":"message_stop"}"#,
    );
    reads_as("anthropic_streams_a_tool_call", &[call(question, answer)]).await;
}

#[tokio::test]
async fn streams_thinking() {
    let question = r#"{"model":"claude-sonnet-4-5","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":1024},
        "messages":[{"role":"user","content":"Is 91 a prime?"}],"stream":true}"#;
    let signature = "EqoBCkgICRABGAIiQL2ZkT0xYf5vQwJm8R7sHhUe3pNn1cKd6bXyA4tGiWqOoLzVrE9uFjMsBxC5DgPaT8IhYkRvZlQnS2weJ0oSDHK1m7cXfV9aLrT3yBoMq5eUzWdNpGhJt4iY8xRwIjC6vSAbEkFnOuQ2lP0gXsZyMdHrCtVaBeLfKjWnUoIiTqSpDxYhGmRvJzNcEwA=";
    let answer = stream(&format!(
        r#"{{"type":"message_start","message":{{"model":"claude-sonnet-4-5-20250929","id":"msg_01Bt5QxWn7KyRm9VzLcJ3hPs","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{{"input_tokens":43,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0}},"output_tokens":2,"service_tier":"standard"}}}}}}
        {{"type":"content_block_start","index":0,"content_block":{{"type":"thinking","thinking":"","signature":""}}}}
        {{"type":"content_block_delta","index":0,"delta":{{"type":"thinking_delta","thinking":"91 divided by 7"}}}}
        {{"type":"ping"}}
        {{"type":"content_block_delta","index":0,"delta":{{"type":"thinking_delta","thinking":" is 13,\nso 91 = 7 × 13."}}}}
        {{"type":"content_block_delta","index":0,"delta":{{"type":"signature_delta","signature":"{signature}"}}}}
        {{"type":"content_block_stop","index":0}}
        {{"type":"content_block_start","index":1,"content_block":{{"type":"text","text":""}}}}
        {{"type":"content_block_delta","index":1,"delta":{{"type":"text_delta","text":"No:"}}}}
        {{"type":"content_block_delta","index":1,"delta":{{"type":"text_delta","text":" it is 7 times 13."}}}}
        {{"type":"content_block_stop","index":1}}
        {{"type":"message_delta","delta":{{"stop_reason":"end_turn","stop_sequence":null}},"usage":{{"input_tokens":43,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":41}}}}
        {{"type":"message_stop"}}"#
    ));
    reads_as("anthropic_streams_thinking", &[call(question, answer)]).await;
}

#[tokio::test]
async fn is_shown_an_image() {
    let picture = picture();
    let question = format!(
        r#"{{"model":"claude-sonnet-4-5","max_tokens":50,"messages":[{{"role":"user","content":[
        {{"type":"image","source":{{"type":"base64","media_type":"image/png","data":"{picture}"}}}},
        {{"type":"text","text":"What is in this picture?"}}]}}]}}"#
    );
    let answer = whole(
        r#"{"model":"claude-sonnet-4-5-20250929","id":"msg_01Dy8LkTv2WqXn6RzPbM4cHs","type":"message","role":"assistant",
        "content":[{"type":"text","text":"Noise: grey and white points without any pattern."}],"stop_reason":"end_turn","stop_sequence":null,
        "usage":{"input_tokens":85,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,
        "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":14,"service_tier":"standard"}}"#,
    );
    reads_as("anthropic_is_shown_an_image", &[call(&question, answer)]).await;
}

/// The mark for the cache moves to the last message with every turn.
#[tokio::test]
async fn goes_on_for_three_turns() {
    let asked = |mark: &str| {
        format!(
            r#"{{"role":"user","content":[{{"type":"text","text":"Do I need an umbrella in Bergen today, or a warm coat, or both of them?"{mark}}}]}}"#
        )
    };
    let called = r#"{"role":"assistant","content":[{"type":"tool_use","id":"toolu_01Mf3WzXq7NvRk5TbYcL9hPd","name":"get_weather","input":{"city":"Bergen"}}]}"#;
    let looked_up = |mark: &str| {
        format!(
            r#"{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"toolu_01Mf3WzXq7NvRk5TbYcL9hPd","content":"11 °C, light rain until 18:00"{mark}}}]}}"#
        )
    };
    let said = r#"{"role":"assistant","content":[{"type":"text","text":"An umbrella will do: it rains lightly until six."}]}"#;
    let thanked = |mark: &str| {
        format!(r#"{{"role":"user","content":[{{"type":"text","text":"And after six?"{mark}}}]}}"#)
    };
    let turn = |messages: &[&str], id: &str, content: &str, reason: &str, [new, cached, output]: [u32; 3]| {
        let request = format!(
            r#"{{"model":"claude-sonnet-4-5","max_tokens":300,"system":[{{"type":"text","text":"You help travellers. You may look up the weather, and you never guess it. Answer in one sentence, in the language of the question.","cache_control":{{"type":"ephemeral"}}}}],"messages":[{}],"tools":[{{"name":"get_weather","description":"The weather of a city, now and in the next hours.","input_schema":{{"type":"object","properties":{{"city":{{"type":"string","description":"The name of the city, in English."}}}},"required":["city"]}}}}]}}"#,
            messages.join(",")
        );
        let answer = format!(
            r#"{{"model":"claude-sonnet-4-5-20250929","id":"{id}","type":"message","role":"assistant","content":[{content}],"stop_reason":"{reason}","stop_sequence":null,
            "usage":{{"input_tokens":4,"cache_creation_input_tokens":{new},"cache_read_input_tokens":{cached},"cache_creation":{{"ephemeral_5m_input_tokens":{new},"ephemeral_1h_input_tokens":0}},"output_tokens":{output},"service_tier":"standard"}}}}"#
        );
        call(&request, whole(&answer))
    };
    let mark = r#","cache_control":{"type":"ephemeral"}"#;
    let calls = [
        turn(
            &[&asked(mark)],
            "msg_01Vx9KqYb4TnRw2LzPcJ6mHs",
            r#"{"type":"tool_use","id":"toolu_01Mf3WzXq7NvRk5TbYcL9hPd","name":"get_weather","input":{"city":"Bergen"}}"#,
            "tool_use",
            [1208, 0, 39],
        ),
        turn(
            &[&asked(""), called, &looked_up(mark)],
            "msg_01Wc2HvNt8XkQy5RbZmP7dLs",
            r#"{"type":"text","text":"An umbrella will do: it rains lightly until six."}"#,
            "end_turn",
            [71, 1208, 16],
        ),
        turn(
            &[&asked(""), called, &looked_up(""), said, &thanked(mark)],
            "msg_01Xd6JwRv3YnTz9LbPqK4cHm",
            r#"{"type":"text","text":"After six it stays dry."}"#,
            "end_turn",
            [27, 1279, 10],
        ),
    ];
    reads_as("anthropic_goes_on_for_three_turns", &calls).await;
}
