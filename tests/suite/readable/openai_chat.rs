//! OpenAI's chat completions, and its embeddings.

use super::*;

const CHAT: &str = "http://api.openai.com/v1/chat/completions";

fn call(url: &'static str, body: &str, reply: Reply) -> Call {
    let headers = [
        ("date", "Tue, 18 Nov 2025 13:21:05 GMT"),
        ("openai-organization", "acme-travel"),
        ("openai-processing-ms", "412"),
        ("openai-version", "2020-10-01"),
        ("x-ratelimit-remaining-requests", "9999"),
        ("x-ratelimit-reset-requests", "8.64s"),
        ("x-request-id", "req_5b1c0a7f3d9e4c82a6f01d7b9e3c4f58"),
        ("server", "cloudflare"),
        ("cf-ray", "9a07c3d1ef2b9b1a-FRA"),
    ];
    Call {
        url,
        headers: &[("authorization", "Bearer sk-test")],
        body: flat(body),
        reply: with(reply, &headers),
    }
}

/// A stream of chunks, each given as its delta, why it finished, and perhaps more fields.
fn stream(model: &str, deltas: &[(&str, &str)], usage: &str) -> Reply {
    let head = format!(
        r#"{{"id":"chatcmpl-CdK2vQx7LhT9mWb4RzYn1sPf8JgAe","object":"chat.completion.chunk","created":1763472065,"model":"{model}","service_tier":"default","system_fingerprint":"fp_560af6e559""#
    );
    let mut events: Vec<String> = deltas
        .iter()
        .map(|(delta, finish)| format!(r#"{head},"choices":[{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{finish}}}],"usage":null}}"#))
        .collect();
    events.push(format!(r#"{head},"choices":[],"usage":{usage}}}"#));
    events.push("[DONE]".to_owned());
    Reply::new(200)
        .header("content-type", "text/event-stream; charset=utf-8")
        .chunks(data(&events.join("\n")))
}

#[tokio::test]
async fn answers_in_several_lines_with_dashes_and_bullets() {
    let question =
        r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Why Bergen? – in short…"}]}"#;
    let answer = r#"{"id":"chatcmpl-CdK9","object":"chat.completion","created":1763472065,"model":"gpt-4o-mini-2024-07-18",
        "choices":[{"index":0,"message":{"role":"assistant","content":"Three reasons — all of them wet:\n\n• Bryggen’s “old” houses\n• 8 °C in May…\n• a café – or two"},
        "logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":14,"completion_tokens":31,"total_tokens":45}}"#;
    let answer = whole(answer);
    reads_as("openai_chat_answers_in_several_lines", &[call(CHAT, question, answer)]).await;
}

#[tokio::test]
async fn streams_probabilities() {
    let question = r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Is Bergen wet?"}],
        "logprobs":true,"top_logprobs":2,"stream":true}"#;
    let head = r#"{"id":"chatcmpl-CdKp","object":"chat.completion.chunk","created":1763472065,"model":"gpt-4o-mini-2024-07-18""#;
    let likely = |token: &str, logprob: &str| {
        let bytes: Vec<String> = token.bytes().map(|byte| byte.to_string()).collect();
        format!(r#"{{"token":"{token}","logprob":{logprob},"bytes":[{}]}}"#, bytes.join(","))
    };
    let chunk = |(token, logprob, other, less): (&str, &str, &str, &str)| {
        let (token_is, other_is) = (likely(token, logprob), likely(other, less));
        let is = token_is.strip_suffix('}').unwrap();
        format!(
            r#"{head},"choices":[{{"index":0,"delta":{{"content":"{token}"}},"logprobs":{{"content":[{is},"top_logprobs":[{token_is},{other_is}]}}],"refusal":null}},"finish_reason":null}}]}}"#
        )
    };
    let tokens = [
        ("Yes", "-0.000123", "It", "-9.125"),
        (",", "-0.01235", "!", "-4.5124"),
        (" very", "-0.69315", " quite", "-0.91629"),
        (".", "-2.3e-05", "!", "-10.75"),
    ];
    let mut events: Vec<String> = tokens.into_iter().map(chunk).collect();
    events.push(format!(
        r#"{head},"choices":[{{"index":0,"delta":{{}},"logprobs":null,"finish_reason":"stop"}}]}}"#
    ));
    events.push("[DONE]".to_owned());
    let answer = Reply::new(200)
        .header("content-type", "text/event-stream; charset=utf-8")
        .chunks(data(&events.join("\n")));
    reads_as("openai_chat_streams_probabilities", &[call(CHAT, question, answer)]).await;
}

#[tokio::test]
async fn streams_an_answer() {
    let question = r#"{"model":"gpt-4o-mini","messages":[
        {"role":"system","content":"You are a travel guide. Answer in one sentence."},
        {"role":"user","content":"What is there to see in Bergen?"}],
        "temperature":0.2,"stream":true,"stream_options":{"include_usage":true}}"#;
    let answer = stream(
        "gpt-4o-mini-2024-07-18",
        &[
            (r#"{"role":"assistant","content":"","refusal":null}"#, "null"),
            (r#"{"content":"Bergen"}"#, "null"),
            (r#"{"content":" has"}"#, "null"),
            (r#"{"content":" the"}"#, "null"),
            (r#"{"content":" wooden"}"#, "null"),
            (r#"{"content":" houses"}"#, "null"),
            (r#"{"content":" of"}"#, "null"),
            (r#"{"content":" Bryggen"}"#, "null"),
            (r#"{"content":"."}"#, "null"),
            ("{}", r#""stop""#),
        ],
        r#"{"prompt_tokens":29,"completion_tokens":9,"total_tokens":38,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}"#,
    );
    reads_as("openai_chat_streams_an_answer", &[call(CHAT, question, answer)]).await;
}

#[tokio::test]
async fn streams_a_tool_call() {
    let question = r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"How is the weather in Oslo and Bergen?"}],
        "tools":[{"type":"function","function":{"name":"get_weather","description":"The weather of a city, now.","parameters":
        {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],
        "stream":true,"stream_options":{"include_usage":true}}"#;
    let answer = stream(
        "gpt-4o-mini-2024-07-18",
        &[
            (r#"{"role":"assistant","content":null}"#, "null"),
            (
                r#"{"tool_calls":[{"index":0,"id":"call_9fKqLr2VtXw8NbYc5DhJm3Ze","type":"function","function":{"name":"get_weather","arguments":""}}]}"#,
                "null",
            ),
            (r#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"ci"}}]}"#, "null"),
            (r#"{"tool_calls":[{"index":0,"function":{"arguments":"ty\": "}}]}"#, "null"),
            (r#"{"tool_calls":[{"index":0,"function":{"arguments":"\"Oslo"}}]}"#, "null"),
            (r#"{"tool_calls":[{"index":0,"function":{"arguments":"\"}"}}]}"#, "null"),
            (
                r#"{"tool_calls":[{"index":1,"id":"call_T7mPz4RsGd1QkWxE6uHbVnLa","type":"function","function":{"name":"get_weather","arguments":""}}]}"#,
                "null",
            ),
            (r#"{"tool_calls":[{"index":1,"function":{"arguments":"{\"ci"}}]}"#, "null"),
            (r#"{"tool_calls":[{"index":1,"function":{"arguments":"ty\": "}}]}"#, "null"),
            (r#"{"tool_calls":[{"index":1,"function":{"arguments":"\"Bergen\"}"}}]}"#, "null"),
            ("{}", r#""tool_calls""#),
        ],
        r#"{"prompt_tokens":58,"completion_tokens":45,"total_tokens":103,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}"#,
    );
    reads_as("openai_chat_streams_a_tool_call", &[call(CHAT, question, answer)]).await;
}

/// OpenAI keeps its reasoning to itself here; DeepSeek, which speaks the same protocol, does not.
#[tokio::test]
async fn streams_reasoning() {
    let question = r#"{"model":"deepseek-reasoner","messages":[{"role":"user","content":"Is 91 a prime?"}],"stream":true}"#;
    let deltas = [
        (r#"{"role":"assistant","content":null,"reasoning_content":""}"#, "null"),
        (r#"{"content":null,"reasoning_content":"91"}"#, "null"),
        (r#"{"content":null,"reasoning_content":" = 7"}"#, "null"),
        (r#"{"content":null,"reasoning_content":" × 13."}"#, "null"),
        (r#"{"content":"No:","reasoning_content":null}"#, "null"),
        (r#"{"content":" it is 7","reasoning_content":null}"#, "null"),
        (r#"{"content":" times 13.","reasoning_content":null}"#, "null"),
    ];
    let head = r#"{"id":"f1c7a9d2-5b0e-4e83-9a6d-2c4b8e7f1035","object":"chat.completion.chunk","created":1763472301,"model":"deepseek-reasoner","system_fingerprint":"fp_ffc7281d48_prod0820_fp8_kvcache""#;
    let mut events: Vec<String> = deltas
        .iter()
        .map(|(delta, finish)| {
            format!(r#"{head},"choices":[{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{finish}}}]}}"#)
        })
        .collect();
    events.push(format!(r#"{head},"choices":[{{"index":0,"delta":{{"content":"","reasoning_content":null}},"logprobs":null,"finish_reason":"stop"}}],"usage":{{"prompt_tokens":11,"completion_tokens":19,"total_tokens":30,"prompt_tokens_details":{{"cached_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":9}},"prompt_cache_hit_tokens":0,"prompt_cache_miss_tokens":11}}}}"#));
    events.push("[DONE]".to_owned());
    // A comment keeps the connection open while the model is thinking.
    let mut chunks = vec![b": keep-alive\n\n".to_vec()];
    chunks.extend(data(&events.join("\n")));
    let reply = Reply::new(200)
        .header("content-type", "text/event-stream; charset=utf-8")
        .header("x-ds-trace-id", "3f0a5d1c8b7e4290a6c1d2e3f4051627")
        .chunks(chunks);
    let url = "http://api.deepseek.com/chat/completions";
    let headers = &[("authorization", "Bearer sk-test")];
    reads_as("openai_chat_streams_reasoning", &[Call { url, headers, body: flat(question), reply }]).await;
}

#[tokio::test]
async fn is_shown_an_image() {
    let picture = picture();
    let question = format!(
        r#"{{"model":"gpt-4o-mini","messages":[{{"role":"user","content":[{{"type":"text","text":"What is in this picture?"}},
        {{"type":"image_url","image_url":{{"url":"data:image/png;base64,{picture}","detail":"low"}}}}]}}],"max_tokens":50}}"#
    );
    let answer = Reply::json(
        r#"{
  "id": "chatcmpl-CdKAn4Yt2BvQe8XsLw6RjMz0HpFuG",
  "object": "chat.completion",
  "created": 1763472547,
  "model": "gpt-4o-mini-2024-07-18",
  "choices": [
    {
      "index": 0,
      "message": {
        "role": "assistant",
        "content": "Noise: grey and white points without any pattern.",
        "refusal": null,
        "annotations": []
      },
      "logprobs": null,
      "finish_reason": "stop"
    }
  ],
  "usage": {
    "prompt_tokens": 2847,
    "completion_tokens": 11,
    "total_tokens": 2858,
    "prompt_tokens_details": {
      "cached_tokens": 0,
      "audio_tokens": 0
    },
    "completion_tokens_details": {
      "reasoning_tokens": 0,
      "audio_tokens": 0,
      "accepted_prediction_tokens": 0,
      "rejected_prediction_tokens": 0
    }
  },
  "service_tier": "default",
  "system_fingerprint": "fp_560af6e559"
}
"#,
    );
    reads_as("openai_chat_is_shown_an_image", &[call(CHAT, &question, answer)]).await;
}

#[tokio::test]
async fn embeds_two_texts() {
    let question = r#"{"model":"text-embedding-3-small","input":["Bergen is rainy.","Oslo is cold."],"dimensions":64,"encoding_format":"float"}"#;
    let [one, two] = [vector(1), vector(2)];
    let answer = whole(&format!(
        r#"{{"object":"list","data":[{{"object":"embedding","index":0,"embedding":{one}}},{{"object":"embedding","index":1,"embedding":{two}}}],
        "model":"text-embedding-3-small","usage":{{"prompt_tokens":10,"total_tokens":10}}}}"#
    ));
    let url = "http://api.openai.com/v1/embeddings";
    reads_as("openai_chat_embeds_two_texts", &[call(url, question, answer)]).await;
}

#[tokio::test]
async fn goes_on_for_three_turns() {
    let system = r#"{"role":"system","content":"You help travellers. You may look up the weather, and you never guess it. Answer in one sentence, in the language of the question."}"#;
    let asked = r#"{"role":"user","content":"Do I need an umbrella in Bergen?"}"#;
    let called = r#"{"role":"assistant","content":null,"tool_calls":[{"id":"call_Xw3kPq8RzVn5LtYb1DsGh7Jm","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Bergen\"}"}}]}"#;
    let looked_up = r#"{"role":"tool","tool_call_id":"call_Xw3kPq8RzVn5LtYb1DsGh7Jm","content":"11 °C, light rain until 18:00"}"#;
    let said = r#"{"role":"assistant","content":"Yes, it rains lightly until six."}"#;
    let thanked = r#"{"role":"user","content":"And after six?"}"#;
    let turn = |messages: &[&str], id: &str, message: &str, finish: &str, tokens: [u32; 2]| {
        let request = format!(
            r#"{{"model":"gpt-4o-mini","messages":[{}],"tools":[{{"type":"function","function":{{"name":"get_weather","description":"The weather of a city, now and in the next hours.","parameters":{{"type":"object","properties":{{"city":{{"type":"string","description":"The name of the city, in English."}}}},"required":["city"],"additionalProperties":false}},"strict":true}}}}]}}"#,
            messages.join(",")
        );
        let [input, output] = tokens;
        let answer = format!(
            r#"{{"id":"{id}","object":"chat.completion","created":1763472600,"model":"gpt-4o-mini-2024-07-18","choices":[{{"index":0,"message":{message},"logprobs":null,"finish_reason":"{finish}"}}],
            "usage":{{"prompt_tokens":{input},"completion_tokens":{output},"total_tokens":{}}},"service_tier":"default","system_fingerprint":"fp_560af6e559"}}"#,
            input + output
        );
        call(CHAT, &request, whole(&answer))
    };
    let calls = [
        turn(&[system, asked], "chatcmpl-CdKBq1Ru5XwHt7ZmNc3VyLd9SgKeP", called, "tool_calls", [98, 15]),
        turn(
            &[system, asked, called, looked_up],
            "chatcmpl-CdKBrM8fTj2YvEp6WxQa4LkHs0UdZ",
            said,
            "stop",
            [131, 9],
        ),
        turn(
            &[system, asked, called, looked_up, said, thanked],
            "chatcmpl-CdKBsG5nKz9CbRw1XyPf7JtVq3LhA",
            r#"{"role":"assistant","content":"After six it stays dry."}"#,
            "stop",
            [151, 7],
        ),
    ];
    reads_as("openai_chat_goes_on_for_three_turns", &calls).await;
}
