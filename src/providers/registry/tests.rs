//! What the events of each protocol add up to.

use super::start_assembly;
use crate::model::json;
use crate::providers::assembly::Part;

/// The parts of a stream, a line each.
fn parts(events: &[&str]) -> String {
    let mut assembly = start_assembly();
    for event in events {
        assembly.event(&json::parse(event.as_bytes()).unwrap());
    }
    let line =
        |part: &Part| format!("{} {:?} {} {} {:?}", part.choice, part.kind, part.name, part.id, part.content);
    assembly.parts().iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn anthropic() {
    insta::assert_snapshot!(parts(&[
        r#"{"type":"message_start","message":{"id":"msg_1","content":[]}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"abc"}}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"It is "}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"cold."}}"#,
        r#"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"get","input":{}}}"#,
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\""}}"#,
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}"#,
    ]), @r#"
      0 Reasoning   "Hm"
      0 Text   "It is cold."
      0 ToolCall get toolu_1 "{\"a\":1}"
    "#);
}

#[test]
fn responses() {
    insta::assert_snapshot!(parts(&[
        r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"message","content":[]}}"#,
        r#"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"It is "}"#,
        r#"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"cold."}"#,
        r#"{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"It is cold."}"#,
        r#"{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","call_id":"call_1","name":"get","arguments":""}}"#,
        r#"{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{}"}"#,
        r#"{"type":"response.completed","response":{"output":[{"type":"message","content":[{"type":"output_text","text":"It is cold."}]},{"type":"function_call","call_id":"call_1","name":"get","arguments":"{}"}]}}"#,
    ]), @r#"
      0 Text   "It is cold."
      0 ToolCall get call_1 "{}"
    "#);
}

#[test]
fn assistants() {
    insta::assert_snapshot!(parts(&[
        r#"{"id":"msg_1","object":"thread.message","status":"in_progress","content":[]}"#,
        r#"{"id":"msg_1","object":"thread.message.delta","delta":{"content":[{"index":0,"type":"text","text":{"value":"It is ","annotations":[]}}]}}"#,
        r#"{"id":"msg_1","object":"thread.message.delta","delta":{"content":[{"index":0,"type":"text","text":{"value":"cold."}},{"index":1,"type":"text","text":{"value":"So"}}]}}"#,
        r#"{"id":"msg_1","object":"thread.message.delta","delta":{"content":[{"index":1,"type":"text","text":{"value":" it is."}}]}}"#,
        r#"{"id":"msg_1","object":"thread.message","status":"completed","content":[{"type":"text","text":{"value":"It is cold.","annotations":[]}},{"type":"text","text":{"value":"So it is.","annotations":[]}}]}"#,
        r#"{"id":"msg_2","object":"thread.message.delta","delta":{"content":[{"index":0,"type":"refusal","refusal":"No."}]}}"#,
        r#"{"id":"step_1","object":"thread.run.step.delta","delta":{"step_details":{"type":"tool_calls","tool_calls":[{"index":0,"type":"code_interpreter","code_interpreter":{"input":"1+1"}}]}}}"#,
        r#"{"id":"step_2","object":"thread.run.step.delta","delta":{"step_details":{"type":"tool_calls","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get","arguments":"","output":null}}]}}}"#,
        r#"{"id":"step_2","object":"thread.run.step.delta","delta":{"step_details":{"type":"tool_calls","tool_calls":[{"index":0,"type":"function","function":{"arguments":"{\"a\""}}]}}}"#,
        r#"{"id":"step_2","object":"thread.run.step.delta","delta":{"step_details":{"type":"tool_calls","tool_calls":[{"index":0,"type":"function","function":{"arguments":":1}"}},{"index":1,"id":"call_2","type":"function","function":{"name":"stop","arguments":"{}"}}]}}}"#,
        r#"{"id":"run_1","object":"thread.run","status":"requires_action","required_action":{"type":"submit_tool_outputs","submit_tool_outputs":{"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get","arguments":"{\"a\":1}"}},{"id":"call_2","type":"function","function":{"name":"stop","arguments":"{}"}}]}}}"#,
        r#"{"id":"step_2","object":"thread.run.step","status":"completed","step_details":{"type":"tool_calls","tool_calls":[{"id":"call_1","type":"function","function":{"name":"get","arguments":"{\"a\":1}","output":"4"}}]}}"#,
    ]), @r#"
    0 Text   "It is cold."
    0 Text   "So it is."
    0 Refusal   "No."
    0 ToolCall get call_1 "{\"a\":1}"
    0 ToolCall stop call_2 "{}"
    "#);
}

#[test]
fn gemini_ollama_bedrock_cohere_mistral_and_completions() {
    insta::assert_snapshot!(parts(&[
        r#"{"candidates":[{"content":{"parts":[{"text":"Hm","thought":true},{"text":"It "}],"role":"model"},"index":0}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"is"}]},"finishReason":"STOP","index":0}]}"#,
    ]), @r#"
      0 Reasoning   "Hm"
      0 Text   "It is"
    "#);
    insta::assert_snapshot!(parts(&[
        r#"{"model":"l","message":{"role":"assistant","content":"It ","thinking":"Hm"},"done":false}"#,
        r#"{"model":"l","message":{"role":"assistant","content":"is"},"done":true}"#,
    ]), @r#"
      0 Text   "It is"
      0 Reasoning   "Hm"
    "#);
    insta::assert_snapshot!(parts(&[
        r#"{"contentBlockIndex":0,"delta":{"text":"It "},"p":"ab"}"#,
        r#"{"contentBlockIndex":0,"delta":{"text":"is"},"p":"abc"}"#,
        r#"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t1","name":"get"}}}"#,
        r#"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{}"}}}"#,
    ]), @r#"
      0 Text   "It is"
      0 ToolCall get t1 "{}"
    "#);
    insta::assert_snapshot!(parts(&[
        r#"{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"It is"}}}}"#,
        r#"{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c1","type":"function","function":{"name":"get","arguments":""}}}}}"#,
        r#"{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{}"}}}}}"#,
    ]), @r#"
      0 Text   "It is"
      0 ToolCall get c1 "{}"
    "#);
    insta::assert_snapshot!(parts(&[
        r#"{"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"It "}]}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"is"}}]}"#,
    ]), @r#"
      0 Reasoning   "Hm"
      0 Text   "It is"
    "#);
    insta::assert_snapshot!(parts(&[r#"{"choices":[{"index":1,"text":"It is","finish_reason":null}]}"#]), @r#"
      1 Text   "It is"
    "#);
}

#[test]
fn models_of_bedrock_in_their_own_words() {
    for events in [
        [
            r#"{"outputText":"It ","index":0,"completionReason":null}"#,
            r#"{"outputText":"is","index":0,"completionReason":"FINISH"}"#,
        ],
        [
            r#"{"generation":"It ","generation_token_count":1}"#,
            r#"{"generation":"is","generation_token_count":2}"#,
        ],
        [
            r#"{"outputs":[{"text":"It ","stop_reason":null}]}"#,
            r#"{"outputs":[{"text":"is","stop_reason":"stop"}]}"#,
        ],
        [r#"{"is_finished":false,"text":"It "}"#, r#"{"is_finished":false,"text":"is"}"#],
        [
            r#"{"completion":"It ","stop_reason":null,"stop":null}"#,
            r#"{"completion":"is","stop_reason":"end","stop":"x"}"#,
        ],
        [
            r#"{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"It "}}}"#,
            r#"{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"is"}}}"#,
        ],
    ] {
        assert_eq!(parts(&events), "0 Text   \"It is\"", "{events:?}");
    }
    insta::assert_snapshot!(parts(&[
        r#"{"contentBlockStart":{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t1","name":"get"}}}}"#,
        r#"{"contentBlockDelta":{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{}"}}}}"#,
    ]), @r#"0 ToolCall get t1 "{}""#);
}

#[test]
fn calls_that_come_whole_are_parts_each() {
    insta::assert_snapshot!(parts(&[
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"get","args":{"city": "Oslo","n":1.50}}}]},"index":0}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"id":"f1","name":"get","args":{}}},{"functionCall":{"name":"stop"}}]},"index":0}]}"#,
    ]), @r#"
    0 ToolCall get  "{\"city\":\"Oslo\",\"n\":1.50}"
    0 ToolCall get f1 "{}"
    0 ToolCall stop  ""
    "#);
    insta::assert_snapshot!(parts(&[
        r#"{"model":"l","message":{"role":"assistant","content":"","tool_calls":[{"id":"c1","function":{"index":0,"name":"get","arguments":{"city":"Oslo"}}},{"function":{"name":"get","arguments":{"city":"Oslo"}}}]},"done":false}"#,
        r#"{"model":"l","message":{"role":"assistant","content":""},"done":true}"#,
    ]), @r#"
    0 ToolCall get c1 "{\"city\":\"Oslo\"}"
    0 ToolCall get  "{\"city\":\"Oslo\"}"
    "#);
}

#[test]
fn what_is_said_again_in_other_words_is_no_claim() {
    let mut assembly = start_assembly();
    let mut claims = |text: &str| assembly.event(&json::parse(text.as_bytes()).unwrap()).len();
    assert_eq!(
        claims(r#"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"}"#),
        1
    );
    assert_eq!(
        claims(r#"{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"b"}"#),
        0
    );
}

#[test]
fn interactions_in_steps() {
    insta::assert_snapshot!(parts(&[
        r#"{"interaction":{"id":"v1_a","status":"in_progress"},"event_type":"interaction.created"}"#,
        r#"{"index":0,"step":{"type":"thought"},"event_type":"step.start"}"#,
        r#"{"index":0,"delta":{"content":{"text":"Hm, ","type":"text"},"type":"thought_summary"},"event_type":"step.delta"}"#,
        r#"{"index":0,"delta":{"content":{"text":"so.","type":"text"},"type":"thought_summary"},"event_type":"step.delta"}"#,
        r#"{"index":0,"delta":{"signature":"abc","type":"thought_signature"},"event_type":"step.delta"}"#,
        r#"{"index":0,"event_type":"step.stop"}"#,
        r#"{"index":1,"step":{"type":"model_output","content":[{"type":"text","text":"It "}]},"event_type":"step.start"}"#,
        r#"{"index":1,"delta":{"text":"is cold.","type":"text"},"event_type":"step.delta"}"#,
        r#"{"index":2,"step":{"id":"call_1","type":"function_call","name":"get","arguments":{}},"event_type":"step.start"}"#,
        r#"{"index":2,"delta":{"arguments":"{\"a\"","type":"arguments_delta"},"event_type":"step.delta"}"#,
        r#"{"index":2,"delta":{"arguments":":1}","type":"arguments_delta"},"event_type":"step.delta"}"#,
        r#"{"interaction":{"id":"v1_a","status":"requires_action"},"event_type":"interaction.completed"}"#,
    ]), @r#"
    0 Reasoning   "Hm, so."
    0 Text   "It is cold."
    0 ToolCall get call_1 "{\"a\":1}"
    "#);
}

#[test]
fn interactions_in_contents() {
    insta::assert_snapshot!(parts(&[
        r#"{"event_type":"content.start","index":0,"content":{"type":"thought"}}"#,
        r#"{"event_type":"content.delta","index":0,"delta":{"type":"thought_summary","text":"Hm."}}"#,
        r#"{"event_type":"content.start","index":1,"content":{"type":"text"}}"#,
        r#"{"event_type":"content.delta","index":1,"delta":{"type":"text","text":"It is "}}"#,
        r#"{"event_type":"content.delta","index":1,"delta":{"type":"text","text":"cold."}}"#,
        r#"{"event_type":"content.delta","index":2,"delta":{"type":"function_call","id":"call_1","name":"get","arguments":{"a":1}}}"#,
    ]), @r#"
    0 Reasoning   "Hm."
    0 Text   "It is cold."
    0 ToolCall get call_1 "{\"a\":1}"
    "#);
}
