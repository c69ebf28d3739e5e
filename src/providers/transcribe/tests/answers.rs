//! Whole answers.

use super::answered;

#[test]
fn answers_of_every_protocol() {
    for (body, expected) in [
        (
            r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"A"},"finish_reason":"stop"},{"index":1,"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]}"#,
            vec!["stop: A", "stop: refusal: No."],
        ),
        (
            r#"{"choices":[{"message":{"content":null,"audio":{"id":"audio_1","data":"aGk=","transcript":"Hi."}},"finish_reason":"stop"}]}"#,
            vec!["stop: Hi. | [audio sha256:8f434346, 2 bytes]"],
        ),
        (
            r#"{"choices":[{"message":{"content":"Here.","images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]},"finish_reason":"stop"}]}"#,
            vec!["stop: Here. | [image/png sha256:8f434346, 2 bytes]"],
        ),
        (r#"{"choices":[{"text":"A","index":0,"finish_reason":"length"}]}"#, vec!["length: A"]),
        (
            r#"{"object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"image_generation_call","result":"aGk="},{"type":"code_interpreter_call","id":"c","code":"1+1"}]}"#,
            vec![r#"max_output_tokens: [image sha256:8f434346, 2 bytes] | code_interpreter(code: "1+1")"#],
        ),
        (
            r#"{"type":"message","role":"assistant","content":[{"type":"text","text":"A"},{"type":"tool_use","id":"t","name":"f","input":{}}],"stop_reason":"tool_use"}"#,
            vec!["tool_use: A | f()"],
        ),
        (
            r#"{"type":"completion","completion":" A","stop_reason":"stop_sequence"}"#,
            vec!["stop_sequence:  A"],
        ),
        (
            r#"{"candidates":[{"content":{"parts":[{"text":"A"},{"functionCall":{"name":"f","args":{"x":1}}}]},"finishReason":"STOP"}]}"#,
            vec!["STOP: A | f(x: 1)"],
        ),
        (r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#, vec!["SAFETY: refusal: SAFETY"]),
        (
            r#"{"output":{"message":{"role":"assistant","content":[{"text":"A"}]}},"stopReason":"end_turn"}"#,
            vec!["end_turn: A"],
        ),
        (
            r#"{"model_id":"m","results":[{"generated_text":"A","stop_reason":"eos_token"}]}"#,
            vec!["eos_token: A"],
        ),
        (r#"[{"generated_text":"A"}]"#, vec!["-: A"]),
        (
            r#"{"generated_text":"A","details":{"finish_reason":"length","generated_tokens":1}}"#,
            vec!["length: A"],
        ),
        (
            r#"{"model_version":"m","completions":[{"completion":"A","finish_reason":"end_of_text"}]}"#,
            vec!["end_of_text: A"],
        ),
        (
            r#"{"request_id":"r","output":{"text":"A","finish_reason":"stop"},"usage":{"output_tokens":1}}"#,
            vec!["stop: A"],
        ),
        (
            r#"{"id":"p","input":{"prompt":"?"},"output":["A"," b"],"status":"succeeded","urls":{"get":"https://x"}}"#,
            vec!["-: A b"],
        ),
        (r#"{"metadata":{},"results":{"channels":[{"alternatives":[{"transcript":"A"}]}]}}"#, vec!["-: A"]),
        (r#"{"content":"A","stop":true,"id_slot":0,"stop_type":"limit"}"#, vec!["limit: A"]),
        (
            r#"{"object":"list","data":[{"index":0,"object":"score","score":0.5},{"index":1,"object":"score","score":0.25}]}"#,
            vec!["-: document 0: 0.5\ndocument 1: 0.25"],
        ),
        (r#"{"results":[{"outputText":"A","completionReason":"FINISH"}]}"#, vec!["FINISH: A"]),
        (r#"{"generation":"A","stop_reason":"stop"}"#, vec!["stop: A"]),
        (r#"{"outputs":[{"text":"A","stop_reason":"stop"}]}"#, vec!["stop: A"]),
        (
            r#"{"completions":[{"data":{"text":"A"},"finishReason":{"reason":"endoftext"}}]}"#,
            vec!["endoftext: A"],
        ),
        (r#"{"output":{"text":"A"},"citations":[],"sessionId":"s"}"#, vec!["-: A"]),
        (
            r#"{"message":{"role":"assistant","content":[{"type":"text","text":"A"}]},"finish_reason":"COMPLETE"}"#,
            vec!["COMPLETE: A"],
        ),
        (r#"{"text":"A","generation_id":"g","finish_reason":"COMPLETE"}"#, vec!["COMPLETE: A"]),
        (r#"{"generations":[{"text":"A","finish_reason":"COMPLETE"}]}"#, vec!["COMPLETE: A"]),
        (
            r#"{"results":[{"index":1,"relevance_score":0.7},{"index":0,"relevance_score":0.5}]}"#,
            vec!["-: document 1: 0.7\ndocument 0: 0.5"],
        ),
        (
            r#"{"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"x":1}}}]},"done":true,"done_reason":"stop"}"#,
            vec!["stop: f(x: 1)"],
        ),
        (r#"{"response":"A","thinking":"Hm.","done":true,"done_reason":"stop"}"#, vec!["stop: (Hm.) | A"]),
    ] {
        assert_eq!(answered("application/json", body.as_bytes()), expected, "{body}");
    }
}

#[test]
fn what_is_no_message() {
    for (body, expected) in [
        (r#"{"data":[{"embedding":[0.1,0.2]},{"embedding":[0.3,0.4]}]}"#, "-: [2 × 2 numbers]"),
        // Base64 of 32-bit floats.
        (r#"{"data":[{"embedding":"AACAPwAAAEA="}]}"#, "-: [1 × 2 numbers]"),
        (r#"{"embedding":{"values":[0.1]}}"#, "-: [1 × 1 numbers]"),
        (r#"{"embeddings":[{"values":[0.1,0.2]}]}"#, "-: [1 × 2 numbers]"),
        (r#"{"embeddings":{"float":[[0.1,0.2]]}}"#, "-: [1 × 2 numbers]"),
        (r#"{"embedding":[0.1,0.2],"inputTextTokenCount":2}"#, "-: [1 × 2 numbers]"),
        (r#"{"data":[{"url":"https://example.com/a.png"}]}"#, "-: [image https://example.com/a.png]"),
        (r#"{"images":["aGk="]}"#, "-: [image sha256:8f434346, 2 bytes]"),
        (r#"{"text":"The Danube.","usage":{}}"#, "-: The Danube."),
        (r#"{"results":[{"flagged":false,"categories":{"hate":false}}]}"#, "-: not flagged"),
        (r#"{"object":"list","data":[]}"#, r#"-: JSON {"object":"list","data":[]}"#),
    ] {
        assert_eq!(answered("application/json", body.as_bytes()), [expected], "{body}");
    }
    assert_eq!(answered("audio/mpeg", b"ID3\xff"), ["-: [audio/mpeg sha256:0ceba2aa, 4 bytes]"]);
    assert_eq!(answered("text/plain", b"1\n00:00 Hi"), ["-: 1\n00:00 Hi"]);
    assert_eq!(answered("application/json", b""), [""; 0]);
}

#[test]
fn interactions_are_told_step_by_step() {
    for (body, expected) in [
        (
            r#"{"status":"completed","steps":[{"type":"thought","signature":"abc"},{"type":"model_output","content":[{"type":"text","text":"A"}]}]}"#,
            "completed: [encrypted reasoning, 3 bytes] | A",
        ),
        (
            r#"{"status":"requires_action","steps":[{"type":"thought","summary":[{"type":"text","text":"Hm."}]},{"type":"function_call","id":"c","name":"f","arguments":{"x":1}}]}"#,
            "requires_action: (Hm.) | f(x: 1)",
        ),
        (
            r#"{"status":"completed","steps":[{"type":"google_search_call","id":"s","arguments":{"queries":["a"]}},{"type":"google_search_result","call_id":"s","result":[{"type":"text","text":"B"}]}]}"#,
            r#"completed: google_search(queries: ["a"]) | google_search → B"#,
        ),
        // As they were before there were steps.
        (
            r#"{"status":"completed","outputs":[{"type":"text","text":"A"},{"type":"image","mime_type":"image/png","uri":"https://a.example/1.png"}]}"#,
            "completed: A | [image/png https://a.example/1.png]",
        ),
    ] {
        assert_eq!(answered("application/json", body.as_bytes()), [expected], "{body}");
    }
}
