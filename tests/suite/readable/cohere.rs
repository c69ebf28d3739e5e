//! Cohere's second chat protocol, and its embeddings.

use super::*;

const CHAT: &str = "http://api.cohere.com/v2/chat";

fn call(url: &'static str, body: &str, reply: Reply) -> Call {
    let reply = with(
        reply,
        &[
            ("date", "Tue, 18 Nov 2025 15:02:33 GMT"),
            ("cache-control", "no-cache, no-store, no-transform, must-revalidate, private, max-age=0"),
            ("num_chars", "214"),
            ("num_tokens", "31"),
            ("x-debug-trace-id", "4b9d7e2f1c6a8053d9e4b7f0a2c1586d"),
            ("x-envoy-upstream-service-time", "287"),
            ("x-trial-endpoint-call-remaining", "17"),
            ("server", "envoy"),
        ],
    );
    Call { url, headers: &[("authorization", "Bearer test")], body: flat(body), reply }
}

/// A stream: what stands between its first event and its last, and what the last says.
fn stream(events: &str, finish: &str, [input, output]: [u32; 2]) -> Reply {
    let begun = r#"{"id":"6c1f8a3e-9d47-4b25-8e0a-7f3b2c5d9164","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}"#;
    let used = input + 480;
    let done = format!(
        r#"{{"type":"message-end","delta":{{"finish_reason":"{finish}","usage":{{"billed_units":{{"input_tokens":{input},"output_tokens":{output}}},"tokens":{{"input_tokens":{used},"output_tokens":{output}}},"cached_tokens":0}}}}}}"#
    );
    let chunks = named(&format!("{begun}\n{events}\n{done}"));
    Reply::new(200).header("content-type", "text/event-stream").chunks(chunks)
}

#[tokio::test]
async fn streams_an_answer() {
    let question = r#"{"model":"command-a-03-2025","messages":[
        {"role":"system","content":"You are a travel guide. Answer in one sentence."},
        {"role":"user","content":"What is there to see in Bergen?"}],"temperature":0.2,"seed":42,"stream":true}"#;
    let events = r#"{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}
        {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Bergen"}}}}
        {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":" has the"}}}}
        {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":" wooden houses"}}}}
        {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":" of Bryggen."}}}}
        {"type":"content-end","index":0}"#;
    reads_as("cohere_streams_an_answer", &[call(CHAT, question, stream(events, "COMPLETE", [19, 10]))]).await;
}

#[tokio::test]
async fn streams_a_tool_call() {
    let question = r#"{"model":"command-a-03-2025","messages":[{"role":"user","content":"How is the weather in Bergen?"}],
        "tools":[{"type":"function","function":{"name":"get_weather","description":"The weather of a city, now.","parameters":
        {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],"stream":true}"#;
    let events = r#"{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I will look up"}}}
        {"type":"tool-plan-delta","delta":{"message":{"tool_plan":" the weather"}}}
        {"type":"tool-plan-delta","delta":{"message":{"tool_plan":" in Bergen."}}}
        {"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"get_weather_qk2v9x7tb4mz","type":"function","function":{"name":"get_weather","arguments":""}}}}}
        {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"city\""}}}}}
        {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":":\"Ber"}}}}}
        {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"gen\"}"}}}}}
        {"type":"tool-call-end","index":0}"#;
    reads_as("cohere_streams_a_tool_call", &[call(CHAT, question, stream(events, "TOOL_CALL", [24, 21]))])
        .await;
}

#[tokio::test]
async fn streams_thinking() {
    let question = r#"{"model":"command-a-reasoning-08-2025","messages":[{"role":"user","content":"Is 91 a prime?"}],"thinking":{"type":"enabled"},"stream":true}"#;
    let events = r#"{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}}
        {"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"91 divided"}}}}
        {"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":" by 7 is 13."}}}}
        {"type":"content-end","index":0}
        {"type":"content-start","index":1,"delta":{"message":{"content":{"type":"text","text":""}}}}
        {"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"No: it is"}}}}
        {"type":"content-delta","index":1,"delta":{"message":{"content":{"text":" 7 times 13."}}}}
        {"type":"content-end","index":1}"#;
    reads_as("cohere_streams_thinking", &[call(CHAT, question, stream(events, "COMPLETE", [8, 27]))]).await;
}

/// An answer that is not streamed.
fn answered(id: &str, message: &str, finish: &str, [input, output]: [u32; 2]) -> Reply {
    let used = input + 480;
    whole(&format!(
        r#"{{"id":"{id}","message":{message},"finish_reason":"{finish}","usage":{{"billed_units":{{"input_tokens":{input},"output_tokens":{output}}},"tokens":{{"input_tokens":{used},"output_tokens":{output}}},"cached_tokens":0}}}}"#
    ))
}

#[tokio::test]
async fn is_shown_an_image() {
    let picture = picture();
    let question = format!(
        r#"{{"model":"command-a-vision-07-2025","messages":[{{"role":"user","content":[{{"type":"text","text":"What is in this picture?"}},
        {{"type":"image_url","image_url":{{"url":"data:image/png;base64,{picture}","detail":"auto"}}}}]}}]}}"#
    );
    let message = r#"{"role":"assistant","content":[{"type":"text","text":"Noise: grey and white points without any pattern."}]}"#;
    let answer = answered("e1d7c3b9-2f68-4a05-9c4e-8b6a1d3f7520", message, "COMPLETE", [266, 11]);
    reads_as("cohere_is_shown_an_image", &[call(CHAT, &question, answer)]).await;
}

#[tokio::test]
async fn embeds_a_text() {
    let question = r#"{"model":"embed-v4.0","texts":["Bergen is rainy."],"input_type":"search_document","embedding_types":["float"],"output_dimension":256}"#;
    let answer = whole(&format!(
        r#"{{"id":"a4c8e2f6-1b3d-4705-8e9a-5c7d9f1b3e46","texts":["Bergen is rainy."],"embeddings":{{"float":[{}]}},
        "meta":{{"api_version":{{"version":"2"}},"billed_units":{{"input_tokens":5}}}},"response_type":"embeddings_by_type"}}"#,
        vector(6)
    ));
    reads_as("cohere_embeds_a_text", &[call("http://api.cohere.com/v2/embed", question, answer)]).await;
}

#[tokio::test]
async fn goes_on_for_three_turns() {
    let system = r#"{"role":"system","content":"You help travellers. You may look up the weather, and you never guess it. Answer in one sentence, in the language of the question."}"#;
    let asked = r#"{"role":"user","content":"Do I need an umbrella in Bergen?"}"#;
    let called = r#"{"role":"assistant","tool_plan":"I will look up the weather in Bergen.","tool_calls":[{"id":"get_weather_4mzb7tx9qk2v","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Bergen\"}"}}]}"#;
    let looked_up = r#"{"role":"tool","tool_call_id":"get_weather_4mzb7tx9qk2v","content":"11 °C, light rain until 18:00"}"#;
    let said =
        r#"{"role":"assistant","content":[{"type":"text","text":"Yes, it rains lightly until six."}]}"#;
    let thanked = r#"{"role":"user","content":"And after six?"}"#;
    let last = r#"{"role":"assistant","content":[{"type":"text","text":"After six it stays dry."}]}"#;
    let turn = |messages: &[&str], answer: Reply| {
        let request = format!(
            r#"{{"model":"command-a-03-2025","messages":[{}],"tools":[{{"type":"function","function":{{"name":"get_weather","description":"The weather of a city, now and in the next hours.","parameters":{{"type":"object","properties":{{"city":{{"type":"string","description":"The name of the city, in English."}}}},"required":["city"]}}}}}}]}}"#,
            messages.join(",")
        );
        call(CHAT, &request, answer)
    };
    let calls = [
        turn(
            &[system, asked],
            answered("b9d5f1a7-3c6e-4820-9f7b-1a5c3e7d9b02", called, "TOOL_CALL", [61, 24]),
        ),
        turn(
            &[system, asked, called, looked_up],
            answered("c0e6a2b8-4d7f-4931-8a6c-2b6d4f8e0c13", said, "COMPLETE", [92, 9]),
        ),
        turn(
            &[system, asked, called, looked_up, said, thanked],
            answered("d1f7b3c9-5e80-4a42-9b7d-3c7e5a9f1d24", last, "COMPLETE", [106, 7]),
        ),
    ];
    reads_as("cohere_goes_on_for_three_turns", &calls).await;
}
