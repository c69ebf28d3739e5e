//! Mistral's chat completions, which differ from OpenAI's in what thinking looks like, and its embeddings.

use super::*;

const CHAT: &str = "http://api.mistral.ai/v1/chat/completions";

fn call(url: &'static str, body: &str, reply: Reply) -> Call {
    let reply = with(
        reply,
        &[
            ("date", "Tue, 18 Nov 2025 14:31:19 GMT"),
            ("mistral-correlation-id", "019a9733-5c1e-7d42-8b0f-6e3a9c5d2f71"),
            ("x-kong-request-id", "019a9733-5c1e-7d42-8b0f-6e3a9c5d2f71"),
            ("x-ratelimit-remaining-req-minute", "59"),
            ("x-envoy-upstream-service-time", "212"),
            ("server", "cloudflare"),
        ],
    );
    Call { url, headers: &[("authorization", "Bearer test")], body: flat(body), reply }
}

/// A stream of chunks: the delta of each, what follows it in the choice, and what follows the choices.
fn stream(model: &str, chunks: &[(&str, &str, &str)]) -> Reply {
    let mut events: Vec<String> = chunks
        .iter()
        .map(|(delta, finish, rest)| {
            format!(
                r#"{{"id":"5d8e2b7c4f1a49c0a3b6d9e8f7c2510b","object":"chat.completion.chunk","created":1763476279,"model":"{model}","choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]{rest}}}"#
            )
        })
        .collect();
    events.push("[DONE]".to_owned());
    Reply::new(200)
        .header("content-type", "text/event-stream; charset=utf-8")
        .chunks(data(&events.join("\n")))
}

const BEGUN: (&str, &str, &str) = (r#"{"role":"assistant","content":""}"#, "null", "");

#[tokio::test]
async fn streams_an_answer() {
    let question = r#"{"model":"mistral-small-latest","messages":[
        {"role":"system","content":"You are a travel guide. Answer in one sentence."},
        {"role":"user","content":"What is there to see in Bergen?"}],"temperature":0.2,"random_seed":42,"stream":true}"#;
    let answer = stream(
        "mistral-small-latest",
        &[
            BEGUN,
            (r#"{"content":"Bergen"}"#, "null", r#","p":"abcdefghijkl""#),
            (r#"{"content":" has"}"#, "null", r#","p":"abcd""#),
            (r#"{"content":" the wooden"}"#, "null", r#","p":"abcdefghijklmnopqrstu""#),
            (r#"{"content":" houses of"}"#, "null", r#","p":"abcdefgh""#),
            (r#"{"content":" Bryggen."}"#, "null", r#","p":"abcdefghijklmnop""#),
            (
                r#"{"content":""}"#,
                r#""stop""#,
                r#","usage":{"prompt_tokens":27,"total_tokens":38,"completion_tokens":11,"prompt_tokens_details":{"cached_tokens":0}},"p":"abcdef""#,
            ),
        ],
    );
    reads_as("mistral_streams_an_answer", &[call(CHAT, question, answer)]).await;
}

/// The whole of a tool call comes in one chunk.
#[tokio::test]
async fn streams_a_tool_call() {
    let question = r#"{"model":"mistral-small-latest","messages":[{"role":"user","content":"How is the weather in Bergen?"}],
        "tools":[{"type":"function","function":{"name":"get_weather","description":"The weather of a city, now.","parameters":
        {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],"tool_choice":"auto","stream":true}"#;
    let answer = stream(
        "mistral-small-latest",
        &[
            BEGUN,
            (
                r#"{"tool_calls":[{"id":"kT4wXq9Zb","type":"function","function":{"name":"get_weather","arguments":"{\"city\": \"Bergen\"}"},"index":0}]}"#,
                r#""tool_calls""#,
                r#","usage":{"prompt_tokens":76,"total_tokens":88,"completion_tokens":12,"prompt_tokens_details":{"cached_tokens":0}},"p":"abcdefghi""#,
            ),
        ],
    );
    reads_as("mistral_streams_a_tool_call", &[call(CHAT, question, answer)]).await;
}

#[tokio::test]
async fn streams_thinking() {
    let question = r#"{"model":"magistral-small-latest","messages":[{"role":"user","content":"Is 91 a prime?"}],"stream":true}"#;
    let thinking = |text: &str| {
        format!(r#"{{"content":[{{"type":"thinking","thinking":[{{"type":"text","text":"{text}"}}]}}]}}"#)
    };
    let thoughts = [thinking("91 divided"), thinking(" by 7"), thinking(" is 13.")];
    let answer = stream(
        "magistral-small-latest",
        &[
            BEGUN,
            (&thoughts[0], "null", r#","p":"abcdefghijklmnopqrs""#),
            (&thoughts[1], "null", r#","p":"abc""#),
            (&thoughts[2], "null", r#","p":"abcdefghijk""#),
            (r#"{"content":[{"type":"text","text":"No:"}]}"#, "null", r#","p":"abcdefghijklmn""#),
            (r#"{"content":" it is 7"}"#, "null", r#","p":"abcde""#),
            (r#"{"content":" times 13."}"#, "null", r#","p":"abcdefghijklmnopqrstuvwxyz""#),
            (
                r#"{"content":""}"#,
                r#""stop""#,
                r#","usage":{"prompt_tokens":10,"total_tokens":34,"completion_tokens":24,"prompt_tokens_details":{"cached_tokens":0}},"p":"abcdefghij""#,
            ),
        ],
    );
    reads_as("mistral_streams_thinking", &[call(CHAT, question, answer)]).await;
}

/// An answer that is not streamed.
fn answered(id: &str, message: &str, finish: &str, [input, output]: [u32; 2]) -> Reply {
    let total = input + output;
    whole(&format!(
        r#"{{"id":"{id}","created":1763476340,"model":"mistral-small-latest","usage":{{"prompt_tokens":{input},"total_tokens":{total},"completion_tokens":{output},"prompt_tokens_details":{{"cached_tokens":0}}}},"object":"chat.completion","choices":[{{"index":0,"finish_reason":"{finish}","message":{message}}}]}}"#
    ))
}

#[tokio::test]
async fn is_shown_an_image() {
    let picture = picture();
    let question = format!(
        r#"{{"model":"mistral-small-latest","messages":[{{"role":"user","content":[{{"type":"text","text":"What is in this picture?"}},
        {{"type":"image_url","image_url":"data:image/png;base64,{picture}"}}]}}],"max_tokens":50}}"#
    );
    let message = r#"{"role":"assistant","tool_calls":null,"content":"Noise: grey and white points without any pattern."}"#;
    let answer = answered("8c3f6a1d9e2b47508f4d7c6b5a39e210", message, "stop", [74, 12]);
    reads_as("mistral_is_shown_an_image", &[call(CHAT, &question, answer)]).await;
}

#[tokio::test]
async fn embeds_a_text() {
    let question = r#"{"model":"mistral-embed","input":["Bergen is rainy."],"encoding_format":"float"}"#;
    let answer = whole(&format!(
        r#"{{"id":"2f7b1c9d5e8a4630b1d4c7f6a9e83502","object":"list","data":[{{"object":"embedding","embedding":{},"index":0}}],
        "model":"mistral-embed","usage":{{"prompt_audio_seconds":null,"prompt_tokens":7,"total_tokens":7,"completion_tokens":0,"request_count":null,"prompt_tokens_details":null,"prompt_token_details":null}}}}"#,
        vector(4)
    ));
    reads_as("mistral_embeds_a_text", &[call("http://api.mistral.ai/v1/embeddings", question, answer)]).await;
}

#[tokio::test]
async fn goes_on_for_three_turns() {
    let system = r#"{"role":"system","content":"You help travellers. You may look up the weather, and you never guess it. Answer in one sentence, in the language of the question."}"#;
    let asked = r#"{"role":"user","content":"Do I need an umbrella in Bergen?"}"#;
    let called = r#"{"role":"assistant","tool_calls":[{"id":"wQ7zRk2Lm","function":{"name":"get_weather","arguments":"{\"city\": \"Bergen\"}"},"index":0}],"content":""}"#;
    let looked_up = r#"{"role":"tool","name":"get_weather","tool_call_id":"wQ7zRk2Lm","content":"11 °C, light rain until 18:00"}"#;
    let said = r#"{"role":"assistant","tool_calls":null,"content":"Yes, it rains lightly until six."}"#;
    let thanked = r#"{"role":"user","content":"And after six?"}"#;
    let last = r#"{"role":"assistant","tool_calls":null,"content":"After six it stays dry."}"#;
    let turn = |messages: &[&str], answer: Reply| {
        let request = format!(
            r#"{{"model":"mistral-small-latest","messages":[{}],"tools":[{{"type":"function","function":{{"name":"get_weather","description":"The weather of a city, now and in the next hours.","parameters":{{"type":"object","properties":{{"city":{{"type":"string","description":"The name of the city, in English."}}}},"required":["city"]}}}}}}]}}"#,
            messages.join(",")
        );
        call(CHAT, &request, answer)
    };
    let calls = [
        turn(&[system, asked], answered("b1d4c7f6a9e835022f7b1c9d5e8a4630", called, "tool_calls", [118, 12])),
        turn(
            &[system, asked, called, looked_up],
            answered("c2e5d8a7b0f946133a8c2d0e6f9b5741", said, "stop", [159, 10]),
        ),
        turn(
            &[system, asked, called, looked_up, said, thanked],
            answered("d3f6e9b8c1a057244b9d3e1f7a0c6852", last, "stop", [176, 8]),
        ),
    ];
    reads_as("mistral_goes_on_for_three_turns", &calls).await;
}
