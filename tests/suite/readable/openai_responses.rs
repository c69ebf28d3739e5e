//! OpenAI's responses.

use super::*;

fn call(body: &str, reply: Reply) -> Call {
    let reply = with(
        reply,
        &[
            ("date", "Tue, 18 Nov 2025 14:20:47 GMT"),
            ("openai-organization", "acme-travel"),
            ("openai-processing-ms", "58"),
            ("openai-version", "2020-10-01"),
            ("x-request-id", "req_c9d4f2a17e6b4830b5a1d0f8e7c62394"),
            ("server", "cloudflare"),
        ],
    );
    let url = "http://api.openai.com/v1/responses";
    Call { url, headers: &[("authorization", "Bearer sk-test")], body: flat(body), reply }
}

/// A response as it stands in an answer and in the events of a stream.
fn response(id: &str, status: &str, rest: [&str; 3], usage: &str) -> String {
    let [model, output, tools] = rest;
    let tier = if status == "completed" { "default" } else { "auto" };
    format!(
        r#"{{"id":"{id}","object":"response","created_at":1763475647,"status":"{status}","background":false,"error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"max_tool_calls":null,"model":"{model}","output":[{output}],"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,"reasoning":{{"effort":null,"summary":null}},"safety_identifier":null,"service_tier":"{tier}","store":true,"temperature":1.0,"text":{{"format":{{"type":"text"}},"verbosity":"medium"}},"tool_choice":"auto","tools":[{tools}],"top_logprobs":0,"top_p":1.0,"truncation":"disabled","usage":{usage},"user":null,"metadata":{{}}}}"#
    )
}

const ID: &str = "resp_0a7c5e3f9b1d2846006d1c7a3f5be88194b2c0d9e7f6a31528";

/// A stream: what stands between its first events and its last, and the output of the last.
fn stream(model: &str, tools: &str, events: &[String], output: &str, usage: &str) -> Reply {
    let begun = response(ID, "in_progress", [model, "", tools], "null");
    let done = response(ID, "completed", [model, output, tools], usage);
    let first =
        ["created", "in_progress"].map(|name| format!(r#"{{"type":"response.{name}","response":{begun}}}"#));
    let last = format!(r#"{{"type":"response.completed","response":{done}}}"#);
    let all: Vec<String> = first.iter().chain(events).chain([&last]).enumerate().map(numbered).collect();
    Reply::new(200).header("content-type", "text/event-stream; charset=utf-8").chunks(named(&all.join("\n")))
}

/// The events carry their numbers behind their types.
fn numbered((number, event): (usize, &String)) -> String {
    event.replacen(r#"","#, &format!(r#"","sequence_number":{number},"#), 1)
}

/// The events of a message: it is added, its text comes in pieces, and then all of it again and again.
fn message(place: usize, pieces: &[&str]) -> (Vec<String>, String) {
    let id = "msg_0a7c5e3f9b1d2846006d1c7a4181f08194a6d3b9c2e5f70418";
    let text = pieces.concat();
    let part =
        |text: &str| format!(r#"{{"type":"output_text","annotations":[],"logprobs":[],"text":"{text}"}}"#);
    let item = |status: &str, content: &str| {
        format!(
            r#"{{"id":"{id}","type":"message","status":"{status}","content":[{content}],"role":"assistant"}}"#
        )
    };
    let at = format!(r#""item_id":"{id}","output_index":{place},"content_index":0"#);
    let mut events = vec![
        format!(
            r#"{{"type":"response.output_item.added","output_index":{place},"item":{}}}"#,
            item("in_progress", "")
        ),
        format!(r#"{{"type":"response.content_part.added",{at},"part":{}}}"#, part("")),
    ];
    events.extend(pieces.iter().map(|piece| {
        format!(r#"{{"type":"response.output_text.delta",{at},"delta":"{piece}","logprobs":[],"obfuscation":"{}"}}"#, &"q7LxVb2RnTz9Kw"[piece.len() % 7..])
    }));
    let whole = item("completed", &part(&text));
    events.push(format!(r#"{{"type":"response.output_text.done",{at},"text":"{text}","logprobs":[]}}"#));
    events.push(format!(r#"{{"type":"response.content_part.done",{at},"part":{}}}"#, part(&text)));
    events.push(format!(r#"{{"type":"response.output_item.done","output_index":{place},"item":{whole}}}"#));
    (events, whole)
}

fn usage(input: u32, output: u32, reasoning: u32) -> String {
    let total = input + output;
    format!(
        r#"{{"input_tokens":{input},"input_tokens_details":{{"cached_tokens":0}},"output_tokens":{output},"output_tokens_details":{{"reasoning_tokens":{reasoning}}},"total_tokens":{total}}}"#
    )
}

const MODEL: &str = "gpt-4o-mini-2024-07-18";

#[tokio::test]
async fn streams_an_answer() {
    let question = r#"{"model":"gpt-4o-mini","instructions":null,"input":"What is there to see in Bergen?","stream":true}"#;
    let (events, output) =
        message(0, &["Bergen", " has", " the", " wooden", " houses", " of", " Bryggen", "."]);
    let answer = stream(MODEL, "", &events, &output, &usage(15, 9, 0));
    reads_as("openai_responses_streams_an_answer", &[call(question, answer)]).await;
}

#[tokio::test]
async fn streams_a_tool_call() {
    let tool = r#"{"type":"function","description":"The weather of a city, now.","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false},"strict":true}"#;
    let question = format!(
        r#"{{"model":"gpt-4o-mini","input":[{{"role":"user","content":"How is the weather in Bergen?"}}],"tools":[{tool}],"stream":true}}"#
    );
    let id = "fc_0a7c5e3f9b1d2846006d1c7b0c24d08194b7e9f1a3c5d62807";
    let item = |status: &str, arguments: &str| {
        format!(
            r#"{{"id":"{id}","type":"function_call","status":"{status}","arguments":"{arguments}","call_id":"call_pV6nYq2KzWt8RxLb4DsGh1Jm","name":"get_weather"}}"#
        )
    };
    let whole = item("completed", r#"{\"city\":\"Bergen\"}"#);
    let at = format!(r#""item_id":"{id}","output_index":0"#);
    let mut events = vec![format!(
        r#"{{"type":"response.output_item.added","output_index":0,"item":{}}}"#,
        item("in_progress", "")
    )];
    for (piece, filling) in [
        (r#"{\""#, "zT4kQw9XnBv1"),
        ("city", "R8mLp3YcHd"),
        (r#"\":\""#, "W2"),
        ("Bergen", "jF6sUeKo"),
        (r#"\"}"#, "aN0"),
    ] {
        events.push(format!(
            r#"{{"type":"response.function_call_arguments.delta",{at},"delta":"{piece}","obfuscation":"{filling}"}}"#
        ));
    }
    events.push(format!(
        r#"{{"type":"response.function_call_arguments.done",{at},"arguments":"{{\"city\":\"Bergen\"}}"}}"#
    ));
    events.push(format!(r#"{{"type":"response.output_item.done","output_index":0,"item":{whole}}}"#));
    let answer = stream(MODEL, tool, &events, &whole, &usage(52, 15, 0));
    reads_as("openai_responses_streams_a_tool_call", &[call(&question, answer)]).await;
}

#[tokio::test]
async fn streams_reasoning() {
    let question = r#"{"model":"gpt-5-mini","input":"Is 91 a prime?","reasoning":{"effort":"low","summary":"auto"},"stream":true}"#;
    let id = "rs_0a7c5e3f9b1d2846006d1c7c5a10b48194d8c7b6a5f4e3d2c1";
    let at = format!(r#""item_id":"{id}","output_index":0,"summary_index":0"#);
    let text = r"**Checking for divisors**\n\n91 is 7 times 13.";
    let part = |text: &str| format!(r#"{{"type":"summary_text","text":"{text}"}}"#);
    let item = |summary: &str| format!(r#"{{"id":"{id}","type":"reasoning","summary":[{summary}]}}"#);
    let thought = item(&part(text));
    let mut events = vec![
        format!(r#"{{"type":"response.output_item.added","output_index":0,"item":{}}}"#, item("")),
        format!(r#"{{"type":"response.reasoning_summary_part.added",{at},"part":{}}}"#, part("")),
    ];
    for (piece, filling) in
        [("**Checking for divisors**", "Yw3"), (r"\n\n91", "kP8vLs2DqZ"), (" is 7 times 13.", "Hf")]
    {
        events.push(format!(
            r#"{{"type":"response.reasoning_summary_text.delta",{at},"delta":"{piece}","obfuscation":"{filling}"}}"#
        ));
    }
    events.push(format!(r#"{{"type":"response.reasoning_summary_text.done",{at},"text":"{text}"}}"#));
    events.push(format!(r#"{{"type":"response.reasoning_summary_part.done",{at},"part":{}}}"#, part(text)));
    events.push(format!(r#"{{"type":"response.output_item.done","output_index":0,"item":{thought}}}"#));
    let (said, output) = message(1, &["No", ":", " it is", " 7 times 13", "."]);
    events.extend(said);
    let answer =
        stream("gpt-5-mini-2025-08-07", "", &events, &format!("{thought},{output}"), &usage(12, 84, 64));
    reads_as("openai_responses_streams_reasoning", &[call(question, answer)]).await;
}

/// An answer that is not streamed.
fn answered(id: &str, item: &str, tools: &str, [input, output]: [u32; 2]) -> Reply {
    whole(&response(id, "completed", [MODEL, item, tools], &usage(input, output, 0)))
}

#[tokio::test]
async fn is_shown_an_image() {
    let picture = picture();
    let question = format!(
        r#"{{"model":"gpt-4o-mini","input":[{{"role":"user","content":[{{"type":"input_text","text":"What is in this picture?"}},
        {{"type":"input_image","image_url":"data:image/png;base64,{picture}","detail":"low"}}]}}]}}"#
    );
    let (_, output) = message(0, &["Noise: grey and white points without any pattern."]);
    let answer = answered(ID, &output, "", [2847, 12]);
    reads_as("openai_responses_is_shown_an_image", &[call(&question, answer)]).await;
}

#[tokio::test]
async fn goes_on_for_three_turns() {
    let tool = r#"{"type":"function","description":"The weather of a city, now and in the next hours.","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string","description":"The name of the city, in English."}},"required":["city"],"additionalProperties":false},"strict":true}"#;
    let item = |id: &str, text: &str| {
        format!(
            r#"{{"id":"{id}","type":"message","status":"completed","content":[{{"type":"output_text","annotations":[],"logprobs":[],"text":"{text}"}}],"role":"assistant"}}"#
        )
    };
    let asked = r#"{"role":"user","content":"Do I need an umbrella in Bergen?"}"#;
    let called = r#"{"id":"fc_0c2b4d6e8f1a3957006d1c7e02f8a881a4c6d5e7f9b0a1c2d3","type":"function_call","status":"completed","arguments":"{\"city\":\"Bergen\"}","call_id":"call_Jm1hGsD4bLxR8tWzK2qYn6pV","name":"get_weather"}"#;
    let looked_up = r#"{"type":"function_call_output","call_id":"call_Jm1hGsD4bLxR8tWzK2qYn6pV","output":"11 °C, light rain until 18:00"}"#;
    let said =
        item("msg_0c2b4d6e8f1a3957006d1c7e1b40c881a49e8d7c6b5a4f3e21", "Yes, it rains lightly until six.");
    let thanked = r#"{"role":"user","content":"And after six?"}"#;
    let last = item("msg_0c2b4d6e8f1a3957006d1c7e2d91e481a4f0e1d2c3b4a59687", "After six it stays dry.");
    let turn = |input: &[&str], id: &str, output: &str, tokens: [u32; 2]| {
        let request = format!(
            r#"{{"model":"gpt-4o-mini","instructions":"You help travellers. You may look up the weather, and you never guess it. Answer in one sentence, in the language of the question.","input":[{}],"tools":[{tool}]}}"#,
            input.join(",")
        );
        call(&request, answered(id, output, tool, tokens))
    };
    let calls = [
        turn(&[asked], "resp_0c2b4d6e8f1a3957006d1c7dfe30a081a4b1c2d3e4f5061728", called, [97, 15]),
        turn(
            &[asked, called, looked_up],
            "resp_0c2b4d6e8f1a3957006d1c7e18c0d481a4a9b8c7d6e5f40312",
            &said,
            [131, 10],
        ),
        turn(
            &[asked, called, looked_up, &said, thanked],
            "resp_0c2b4d6e8f1a3957006d1c7e2a55b881a4d4c3b2a1f0e9d8c7",
            &last,
            [152, 8],
        ),
    ];
    reads_as("openai_responses_goes_on_for_three_turns", &calls).await;
}

/// A picture comes twice: first as far as it has got, then whole and once more at the end.
#[tokio::test]
async fn streams_a_picture() {
    let question = r#"{"model":"gpt-4.1-mini","input":"Draw noise.","tools":[{"type":"image_generation","partial_images":1,"size":"1024x1024","quality":"low"}],"stream":true}"#;
    let tool = r#"{"type":"image_generation","background":"auto","moderation":"auto","n":1,"output_compression":100,"output_format":"png","partial_images":1,"quality":"low","size":"1024x1024"}"#;
    let picture = picture();
    let partial = STANDARD.encode(&STANDARD.decode(&picture).unwrap()[..900]);
    let id = "ig_0a7c5e3f9b1d2846006d1c7f4e63208194c1d2e3f4a5b69788";
    let done = format!(
        r#"{{"id":"{id}","type":"image_generation_call","status":"completed","background":"opaque","output_format":"png","quality":"low","result":"{picture}","revised_prompt":"Grey and white noise without any pattern.","size":"1024x1024"}}"#
    );
    let at = format!(r#""item_id":"{id}","output_index":0"#);
    let events = [
        format!(
            r#"{{"type":"response.output_item.added","output_index":0,"item":{{"id":"{id}","type":"image_generation_call","status":"in_progress"}}}}"#
        ),
        format!(r#"{{"type":"response.image_generation_call.in_progress",{at}}}"#),
        format!(r#"{{"type":"response.image_generation_call.generating",{at}}}"#),
        format!(
            r#"{{"type":"response.image_generation_call.partial_image",{at},"background":"opaque","output_format":"png","partial_image_b64":"{partial}","partial_image_index":0,"quality":"low","size":"1024x1024"}}"#
        ),
        format!(r#"{{"type":"response.image_generation_call.completed",{at}}}"#),
        format!(r#"{{"type":"response.output_item.done","output_index":0,"item":{done}}}"#),
    ];
    let answer = stream("gpt-4.1-mini-2025-04-14", tool, &events, &done, &usage(2201, 42, 0));
    reads_as("openai_responses_streams_a_picture", &[call(question, answer)]).await;
}
