//! Streamed answers. How text is put together is the business of the assembly; here is what comes beside it.

use super::{answered, conversation};
use crate::model::wire::eventstream::{self, Message, Value};

fn sse(events: &[&str]) -> Vec<String> {
    let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    answered("text/event-stream", body.as_bytes())
}

fn ndjson(lines: &[&str]) -> Vec<String> {
    answered("application/x-ndjson", (lines.join("\n") + "\n").as_bytes())
}

#[test]
fn chat_with_text_calls_and_several_choices() {
    assert_eq!(
        sse(&[
            r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":"A"},"finish_reason":null}]}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"B"},"finish_reason":null}]}"#,
            r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"x\""}}]}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}"#,
            r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
            r#"{"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}"#,
            "[DONE]",
        ]),
        ["tool_calls: A | f(x: 1)", "stop: B"]
    );
}

#[test]
fn the_fingerprint_is_found() {
    let body = b"data: {\"system_fingerprint\":\"fp_1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"A\"}}]}\n\n";
    let told = conversation(("application/json", b"{}"), ("text/event-stream", body));
    assert_eq!(told.fingerprint.as_deref(), Some("fp_1"));
}

#[test]
fn responses_count_as_they_are_said_at_the_end() {
    assert_eq!(
        sse(&[
            r#"{"type":"response.created","response":{"object":"response","status":"in_progress","output":[]}}"#,
            r#"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"A"}"#,
            r#"{"type":"response.completed","response":{"object":"response","status":"completed","output":[{"type":"web_search_call","id":"w","action":{"query":"q"}},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"A"}]}]}}"#,
        ]),
        [r#"completed: web_search(query: "q") | A"#]
    );
}

#[test]
fn calls_whose_arguments_are_objects_come_whole() {
    assert_eq!(
        sse(&[
            r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"x":1}}}]},"index":0,"finishReason":"STOP"}]}"#
        ]),
        ["STOP: f(x: 1)"]
    );
    assert_eq!(
        ndjson(&[
            r#"{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"x":1}}}]},"done":false}"#,
            r#"{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}"#,
        ]),
        ["stop: f(x: 1)"]
    );
}

#[test]
fn sound_in_pieces_is_one_sound() {
    assert_eq!(
        sse(&[
            r#"{"type":"speech.audio.delta","audio":"aGk="}"#,
            r#"{"type":"speech.audio.done","usage":{}}"#,
        ]),
        ["-: [audio sha256:8f434346, 2 bytes]"]
    );
}

#[test]
fn transcripts_and_images_are_read_from_their_last_event() {
    assert_eq!(sse(&[r#"{"type":"transcript.text.done","text":"The Danube."}"#]), ["-: The Danube."]);
    assert_eq!(
        sse(&[r#"{"type":"image_generation.completed","b64_json":"aGk="}"#]),
        ["-: [image sha256:8f434346, 2 bytes]"]
    );
}

#[test]
fn messages_of_assistants_are_read_when_they_are_complete() {
    assert_eq!(
        sse(&[
            r#"{"id":"msg_1","object":"thread.message","status":"in_progress","content":[]}"#,
            r#"{"id":"msg_1","object":"thread.message","status":"completed","content":[{"type":"text","text":{"value":"A","annotations":[]}}]}"#,
        ]),
        ["-: A"]
    );
}

#[test]
fn a_message_of_assistants_that_broke_off_is_told_as_far_as_it_came() {
    assert_eq!(
        sse(&[
            r#"{"id":"msg_1","object":"thread.message","status":"in_progress","content":[]}"#,
            r#"{"id":"msg_1","object":"thread.message.delta","delta":{"content":[{"index":0,"type":"text","text":{"value":"It","annotations":[]}}]}}"#,
            r#"{"id":"msg_1","object":"thread.message.delta","delta":{"content":[{"index":0,"type":"text","text":{"value":" is"}}]}}"#,
        ]),
        ["-: It is"]
    );
}

#[test]
fn calls_that_assistants_wait_for_are_told_beside_what_they_said() {
    assert_eq!(
        sse(&[
            r#"{"id":"msg_1","object":"thread.message","status":"completed","content":[{"type":"text","text":{"value":"A","annotations":[]}}]}"#,
            r#"{"id":"run_1","object":"thread.run","status":"requires_action","required_action":{"type":"submit_tool_outputs","submit_tool_outputs":{"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]}}}"#,
        ]),
        ["-: A", "-: f(x: 1)"]
    );
}

#[test]
fn events_of_nobody_stay_what_they_are() {
    assert_eq!(
        sse(&[r#"{"wish":"pony"}"#, "plain text"]),
        [r#"-: JSON {"wish":"pony"} | JSON "plain text""#]
    );
}

#[test]
fn a_stream_without_a_word_that_is_understood_is_not_told_as_nothing() {
    assert_eq!(
        sse(&[r#"{"says":"Hello"}"#, r#"{"stop_reason":"end"}"#]),
        [r#"end: JSON {"says":"Hello"} | JSON {"stop_reason":"end"}"#]
    );
}

#[test]
fn a_stream_that_says_nothing_and_ends_is_told_as_nothing() {
    assert_eq!(
        sse(&[
            r#"{"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}"#,
            r#"{"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}"#,
            r#"{"id":"c","object":"chat.completion.chunk","model":"m","choices":[],"usage":{"prompt_tokens":9}}"#,
            "[DONE]",
        ]),
        ["content_filter: "]
    );
    assert_eq!(
        sse(&[
            r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","usage":{"input_tokens":9}}}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1}}"#,
            r#"{"type":"message_stop"}"#,
        ]),
        ["end_turn: "]
    );
}

#[test]
fn streams_of_those_who_speak_as_nobody_else_does() {
    let watsonx = |text: &str, reason: &str| {
        format!(r#"{{"model_id":"m","results":[{{"generated_text":"{text}","stop_reason":"{reason}"}}]}}"#)
    };
    assert_eq!(sse(&[&watsonx("It ", "not_finished"), &watsonx("is.", "eos_token")]), ["eos_token: It is."]);
    let dashscope = |text: &str, reason: &str, tokens: u64| {
        format!(
            r#"{{"output":{{"choices":[{{"message":{{"role":"assistant","content":"{text}"}},"finish_reason":"{reason}"}}]}},"usage":{{"output_tokens":{tokens}}},"request_id":"r"}}"#
        )
    };
    // Piece by piece, or all of it again in each.
    let pieces = [dashscope("It ", "null", 1), dashscope("is cold.", "null", 40), dashscope("", "stop", 40)];
    assert_eq!(sse(&pieces.each_ref().map(String::as_str)), ["stop: It is cold."]);
    let again =
        [dashscope("It ", "null", 1), dashscope("It is", "null", 2), dashscope("It is cold.", "stop", 4)];
    assert_eq!(sse(&again.each_ref().map(String::as_str)), ["stop: It is cold."]);
    let token = |text: &str, special: bool, whole: &str| {
        format!(
            r#"{{"token":{{"text":"{text}","special":{special}}},"generated_text":{whole},"details":null}}"#
        )
    };
    let texts =
        [token("It ", false, "null"), token("is.", false, "null"), token("</s>", true, r#""It is.""#)];
    assert_eq!(sse(&texts.each_ref().map(String::as_str)), ["-: It is."]);
    assert_eq!(
        sse(&[
            r#"{"type":"stream_chunk","index":0,"completion":"It "}"#,
            r#"{"type":"stream_chunk","index":0,"completion":"is."}"#,
            r#"{"type":"stream_summary","index":0,"model_version":"m","finish_reason":"end_of_text"}"#,
            r#"{"type":"completion_summary","num_tokens_generated":2}"#,
        ]),
        ["end_of_text: It is."]
    );
    // llama.cpp, of two prompts.
    assert_eq!(
        sse(&[
            r#"{"index":0,"content":"A","stop":false,"id_slot":0}"#,
            r#"{"index":1,"content":"B","stop":false,"id_slot":1}"#,
            r#"{"index":0,"content":"","stop":true,"id_slot":0,"stop_type":"eos"}"#,
        ]),
        ["eos: A", "-: B"]
    );
}

#[test]
fn interactions_with_calls_of_the_provider_and_the_way_they_end() {
    assert_eq!(
        sse(&[
            r#"{"interaction":{"status":"in_progress"},"event_type":"interaction.created"}"#,
            r#"{"index":0,"step":{"type":"google_search_call","id":"s","arguments":{}},"event_type":"step.start"}"#,
            r#"{"index":0,"delta":{"type":"google_search_call","arguments":{"queries":["a"]}},"event_type":"step.delta"}"#,
            r#"{"index":1,"step":{"type":"model_output"},"event_type":"step.start"}"#,
            r#"{"index":1,"delta":{"text":"A","type":"text"},"event_type":"step.delta"}"#,
            r#"{"index":1,"delta":{"type":"image","mime_type":"image/png","data":"aGk="},"event_type":"step.delta"}"#,
            r#"{"index":2,"step":{"id":"c","type":"function_call","name":"f","arguments":{}},"event_type":"step.start"}"#,
            r#"{"index":2,"delta":{"arguments":"{\"x\":1}","type":"arguments_delta"},"event_type":"step.delta"}"#,
            r#"{"interaction":{"status":"requires_action"},"event_type":"interaction.completed"}"#,
            "[DONE]",
        ]),
        [
            r#"requires_action: google_search(queries: ["a"]) | A | [image/png sha256:8f434346, 2 bytes] | f(x: 1)"#
        ]
    );
}

#[test]
fn events_of_plain_text_are_what_is_said() {
    let body = "event: output\nid: 1:0\ndata: The\n\nevent: output\nid: 1:1\ndata:  12\n\nevent: output\nid: 1:2\ndata: \ndata: \n\n\
                event: logs\nid: 1:3\ndata: loading\n\nevent: output\nid: 1:4\ndata: 7\n\nevent: done\nid: 1:5\ndata: {}\n\n";
    assert_eq!(answered("text/event-stream", body.as_bytes()), ["-: The 12\n7"]);
}

#[test]
fn a_stream_that_frames_carry_in_pieces_reads_as_by_itself() {
    let frame = |piece: &str| {
        let text = |text: &str| Value::String(text.to_owned());
        let headers = vec![
            (":message-type".to_owned(), text("event")),
            (":event-type".to_owned(), text("PayloadPart")),
        ];
        eventstream::encode(&Message { headers, payload: piece.to_owned().into() }).unwrap()
    };
    let events = "data:{\"token\":{\"text\":\"The\"},\"generated_text\":null}\n\n\
                  data:{\"token\":{\"text\":\" end\"},\"generated_text\":\"The end\",\"details\":{\"finish_reason\":\"length\"}}\n\n";
    for size in [1, 7, 1000] {
        let pieces = events.as_bytes().chunks(size).map(|piece| std::str::from_utf8(piece).unwrap());
        let body: Vec<u8> = pieces.flat_map(frame).collect();
        assert_eq!(answered("application/vnd.amazon.eventstream", &body), ["length: The end"], "by {size}");
    }
    assert_eq!(
        answered("application/vnd.amazon.eventstream", &frame("{\"generated_text\":\"The end\"}")),
        ["-: The end"]
    );
}
