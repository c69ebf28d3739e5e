//! Ollama's own protocol.

use super::*;

const CHAT: &str = "http://localhost:11434/api/chat";

fn call(url: &'static str, body: &str, reply: Reply) -> Call {
    Call {
        url,
        headers: &[],
        body: flat(body),
        reply: with(reply, &[("date", "Tue, 18 Nov 2025 14:45:02 GMT")]),
    }
}

/// A stream of messages; the last one says how long all took.
fn stream(model: &str, messages: &[&str], last: &str, counts: [u32; 2]) -> Reply {
    let head = |at: usize| {
        format!(
            r#"{{"model":"{model}","created_at":"2025-11-18T14:45:0{}.{}Z""#,
            2 + at / 4,
            104_729_331 + at * 97_213_457 % 800_000_000
        )
    };
    let mut events: Vec<String> = messages
        .iter()
        .enumerate()
        .map(|(at, message)| {
            format!(r#"{},"message":{{"role":"assistant",{message}}},"done":false}}"#, head(at))
        })
        .collect();
    events.push(format!(
        r#"{},"message":{{"role":"assistant",{last}}},{}}}"#,
        head(messages.len()),
        done(counts)
    ));
    Reply::new(200).header("content-type", "application/x-ndjson").chunks(ndjson(&events.join("\n")))
}

/// What the last event of a stream has, and every answer that is not streamed.
fn done([input, output]: [u32; 2]) -> String {
    format!(
        r#""done":true,"done_reason":"stop","total_duration":1284093750,"load_duration":71208334,"prompt_eval_count":{input},"prompt_eval_duration":163902417,"eval_count":{output},"eval_duration":1027781625"#
    )
}

#[tokio::test]
async fn streams_an_answer() {
    let question = r#"{"model":"llama3.2","messages":[
        {"role":"system","content":"You are a travel guide. Answer in one sentence."},
        {"role":"user","content":"What is there to see in Bergen?"}],"options":{"temperature":0,"seed":42},"stream":true}"#;
    let answer = stream(
        "llama3.2",
        &[
            r#""content":"Berg""#,
            r#""content":"en""#,
            r#""content":" has""#,
            r#""content":" the""#,
            r#""content":" wooden""#,
            r#""content":" houses of""#,
            r#""content":" Bryggen.""#,
        ],
        r#""content":"""#,
        [44, 12],
    );
    reads_as("ollama_streams_an_answer", &[call(CHAT, question, answer)]).await;
}

/// The whole of a tool call comes in one event.
#[tokio::test]
async fn streams_a_tool_call() {
    let question = r#"{"model":"qwen3","messages":[{"role":"user","content":"How is the weather in Bergen?"}],
        "tools":[{"type":"function","function":{"name":"get_weather","description":"The weather of a city, now.","parameters":
        {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],"think":false,"stream":true}"#;
    let answer = stream(
        "qwen3",
        &[
            r#""content":"","tool_calls":[{"id":"call_h2v8wq5t","function":{"index":0,"name":"get_weather","arguments":{"city":"Bergen"}}}]"#,
        ],
        r#""content":"""#,
        [161, 19],
    );
    reads_as("ollama_streams_a_tool_call", &[call(CHAT, question, answer)]).await;
}

#[tokio::test]
async fn streams_thinking() {
    let question = r#"{"model":"qwen3","messages":[{"role":"user","content":"Is 91 a prime?"}],"think":true,"stream":true}"#;
    let answer = stream(
        "qwen3",
        &[
            r#""content":"","thinking":"91""#,
            r#""content":"","thinking":" = 7""#,
            r#""content":"","thinking":" × 13.\n""#,
            r#""content":"No:""#,
            r#""content":" it is 7""#,
            r#""content":" times 13.""#,
        ],
        r#""content":"""#,
        [15, 23],
    );
    reads_as("ollama_streams_thinking", &[call(CHAT, question, answer)]).await;
}

/// An answer that is not streamed.
fn answered(model: &str, message: &str, counts: [u32; 2]) -> Reply {
    whole(&format!(
        r#"{{"model":"{model}","created_at":"2025-11-18T14:45:09.517302958Z","message":{message},{}}}"#,
        done(counts)
    ))
    .header("content-type", "application/json; charset=utf-8")
}

#[tokio::test]
async fn is_shown_an_image() {
    let picture = picture();
    let question = format!(
        r#"{{"model":"llava","messages":[{{"role":"user","content":"What is in this picture?","images":["{picture}"]}}],"stream":false}}"#
    );
    let message = r#"{"role":"assistant","content":" Noise: grey and white points without any pattern."}"#;
    reads_as("ollama_is_shown_an_image", &[call(CHAT, &question, answered("llava", message, [596, 13]))])
        .await;
}

#[tokio::test]
async fn embeds_a_text() {
    let question = r#"{"model":"nomic-embed-text","input":"Bergen is rainy."}"#;
    let answer = whole(&format!(
        r#"{{"model":"nomic-embed-text","embeddings":[{}],"total_duration":48213917,"load_duration":1509583,"prompt_eval_count":7}}"#,
        vector(5)
    ));
    let answer = answer.header("content-type", "application/json; charset=utf-8");
    reads_as("ollama_embeds_a_text", &[call("http://localhost:11434/api/embed", question, answer)]).await;
}

#[tokio::test]
async fn goes_on_for_three_turns() {
    let system = r#"{"role":"system","content":"You help travellers. You may look up the weather, and you never guess it. Answer in one sentence, in the language of the question."}"#;
    let asked = r#"{"role":"user","content":"Do I need an umbrella in Bergen?"}"#;
    let called = r#"{"role":"assistant","content":"","tool_calls":[{"function":{"name":"get_weather","arguments":{"city":"Bergen"}}}]}"#;
    let looked_up = r#"{"role":"tool","tool_name":"get_weather","content":"11 °C, light rain until 18:00"}"#;
    let said = r#"{"role":"assistant","content":"Yes, it rains lightly until six."}"#;
    let thanked = r#"{"role":"user","content":"And after six?"}"#;
    let turn = |messages: &[&str], message: &str, counts: [u32; 2]| {
        let request = format!(
            r#"{{"model":"qwen3","messages":[{}],"tools":[{{"type":"function","function":{{"name":"get_weather","description":"The weather of a city, now and in the next hours.","parameters":{{"type":"object","properties":{{"city":{{"type":"string","description":"The name of the city, in English."}}}},"required":["city"]}}}}}}],"think":false,"stream":false}}"#,
            messages.join(",")
        );
        call(CHAT, &request, answered("qwen3", message, counts))
    };
    let calls = [
        turn(&[system, asked], called, [203, 19]),
        turn(&[system, asked, called, looked_up], said, [251, 10]),
        turn(
            &[system, asked, called, looked_up, said, thanked],
            r#"{"role":"assistant","content":"After six it stays dry."}"#,
            [276, 8],
        ),
    ];
    reads_as("ollama_goes_on_for_three_turns", &calls).await;
}
