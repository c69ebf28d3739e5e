//! Requests.

use super::{asked, conversation, line};
use crate::providers::conversation::Conversation;

fn request(body: &str) -> Conversation {
    conversation(("application/json", body.as_bytes()), ("application/json", b""))
}

#[test]
fn chat_in_all_its_spellings() {
    for (body, expected) in [
        (
            r#"{"messages":[{"role":"system","content":"A"},{"role":"user","content":"B"}]}"#,
            vec!["system: A", "user: B"],
        ),
        (r#"{"messages":[{"role":"developer","content":[{"type":"text","text":"A"}]}]}"#, vec!["system: A"]),
        // The older way to call functions.
        (
            r#"{"messages":[{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"x\":1}"}},{"role":"function","name":"f","content":"2"}]}"#,
            vec!["assistant: f(x: 1)", "tool: f → 2"],
        ),
        // Arguments that a model wrote wrongly stay as it wrote them.
        (
            r#"{"messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":"}}]}]}"#,
            vec![r#"assistant: f("{\"x\":")"#],
        ),
        (
            r#"{"messages":[{"role":"assistant","reasoning_content":"Hm.","content":"Yes."}]}"#,
            vec!["assistant: (Hm.) | Yes."],
        ),
        (r#"{"messages":[{"role":"critic","content":"No."}]}"#, vec!["critic: No."]),
        (
            r#"{"messages":[{"role":"user","content":[{"type":"hologram","x":1}]}]}"#,
            vec![r#"user: JSON {"type":"hologram","x":1}"#],
        ),
        (r#"{"messages":["bare"]}"#, vec!["message: bare"]),
    ] {
        assert_eq!(asked(body), expected, "{body}");
    }
}

#[test]
fn results_have_the_name_of_the_call_they_answer() {
    let told = asked(
        r#"{"messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"b","content":"2"},{"role":"tool","tool_call_id":"a","content":"1"}]}"#,
    );
    assert_eq!(told, ["assistant: f() | g()", "tool: g → 2", "tool: f → 1"]);
}

#[test]
fn responses_with_text_items_and_instructions() {
    for (body, expected) in [
        (r#"{"input":"Hi","instructions":"Be brief."}"#, vec!["system: Be brief.", "user: Hi"]),
        (
            r#"{"input":[{"role":"user","content":"Hi"},{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]},{"type":"custom_tool_call","call_id":"a","name":"sql","input":"select 1"},{"type":"custom_tool_call_output","call_id":"a","output":"1"}]}"#,
            vec!["user: Hi", r#"assistant: (Hm.) | sql("select 1")"#, "tool: sql → 1"],
        ),
        (
            r#"{"input":[{"type":"mcp_call","id":"m","name":"roll","arguments":"{\"n\":2}","output":"4","server_label":"dice"}]}"#,
            vec!["assistant: roll(n: 2) | roll → 4"],
        ),
        (
            r#"{"input":[{"type":"message","role":"user","content":[{"type":"input_file","filename":"a.txt","file_data":"data:text/plain;base64,aGk="}]}]}"#,
            vec!["user: [text/plain sha256:8f434346, 2 bytes]"],
        ),
        (
            r#"{"input":[{"type":"item_reference","id":"msg_1"}]}"#,
            vec![r#"user: JSON {"type":"item_reference","id":"msg_1"}"#],
        ),
    ] {
        assert_eq!(asked(body), expected, "{body}");
    }
}

#[test]
fn what_is_no_conversation_is_said_by_the_user() {
    for (body, expected) in [
        (r#"{"model":"e","input":["a","b"]}"#, "user: a | b"),
        (r#"{"model":"e","input":[1,2]}"#, "user: JSON [1,2]"),
        (r#"{"model":"tts-1","input":"Read this.","voice":"alloy"}"#, "user: Read this."),
        (r#"{"prompt":"Roses are red,"}"#, "user: Roses are red,"),
        (r#"{"prompt":["a","b"]}"#, "user: a | b"),
        (r#"{"inputText":"Name a river."}"#, "user: Name a river."),
        (r#"{"texts":["a","b"],"input_type":"classification"}"#, "user: a | b"),
        (r#"{"query":"Who?","documents":["a","b"]}"#, "user: Who?"),
        (r#"{"requests":[{"model":"m","content":{"parts":[{"text":"a"}]}}]}"#, "user: a"),
        (r#"{"content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY"}"#, "user: a"),
        (
            r#"{"prompt":"What is it?","images":["aGk="]}"#,
            "user: What is it? | [image sha256:8f434346, 2 bytes]",
        ),
        (r#"{"input":{"text":"Why?"},"retrieveAndGenerateConfiguration":{}}"#, "user: Why?"),
    ] {
        assert_eq!(asked(body), [expected], "{body}");
    }
}

#[test]
fn anthropic_with_blocks() {
    for (body, expected) in [
        (
            r#"{"system":"A","messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]}]}"#,
            vec!["system: A", "user: [image https://example.com/a.png]"],
        ),
        (
            r#"{"messages":[{"role":"user","content":[{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"abc"}}]}]}"#,
            vec!["user: [text/plain T, 3 bytes]"],
        ),
        (
            r#"{"messages":[{"role":"assistant","content":[{"type":"redacted_thinking","data":"AAAA"},{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","url":"u","title":"t"}]}]}]}"#,
            vec![
                r#"assistant: [redacted thinking, 4 bytes] | web_search(query: "q") | web_search → {"type": "web_search_result", "url": "u", "title": "t"}"#,
            ],
        ),
        // What the user says beside a result stays the user's.
        (
            r#"{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":"4"},{"type":"text","text":"Go on."}]}]}"#,
            vec!["user: result → 4 | Go on."],
        ),
    ] {
        assert_eq!(asked(body), expected, "{body}");
    }
}

#[test]
fn gemini_in_both_spellings() {
    for (body, expected) in [
        (
            r#"{"system_instruction":{"parts":[{"text":"A"}]},"contents":[{"parts":[{"text":"B"},{"inline_data":{"mime_type":"audio/wav","data":"aGk="}}]}]}"#,
            vec!["system: A", "user: B | [audio/wav sha256:8f434346, 2 bytes]"],
        ),
        (
            r#"{"contents":[{"role":"user","parts":[{"fileData":{"mimeType":"video/mp4","fileUri":"gs://b/v.mp4"}}]},{"role":"model","parts":[{"executableCode":{"language":"PYTHON","code":"1+1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"2"}}]}]}"#,
            vec![
                "user: [video/mp4 gs://b/v.mp4]",
                r#"assistant: code_execution(language: "PYTHON", code: "1+1") | code_execution → 2"#,
            ],
        ),
        (r#"{"contents":"B"}"#, vec!["user: B"]),
        (
            r#"{"contents":[{"role":"function","parts":[{"functionResponse":{"name":"f","response":{"error":"gone"}}}]}]}"#,
            vec![r#"tool: f → error: {"error": "gone"}"#],
        ),
        (
            r#"{"input":[{"type":"text","text":"A"},{"type":"image","data":"aGk=","mime_type":"image/png"}]}"#,
            vec!["user: A | [image/png sha256:8f434346, 2 bytes]"],
        ),
    ] {
        assert_eq!(asked(body), expected, "{body}");
    }
}

#[test]
fn bedrock_and_cohere() {
    for (body, expected) in [
        (
            r#"{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"Guide","source":{"bytes":"aGk="}}},{"cachePoint":{"type":"default"}},{"guardContent":{"text":{"text":"Safe?"}}}]}]}"#,
            vec!["user: [document/pdf Guide, 2 bytes] | Safe?"],
        ),
        (
            r#"{"messages":[{"role":"user","content":[{"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://b/v.mp4"}}}}]}]}"#,
            vec!["user: [video/mp4 s3://b/v.mp4]"],
        ),
        (
            r#"{"preamble":"A","chat_history":[{"role":"USER","message":"B"},{"role":"CHATBOT","message":"C"}],"message":"D"}"#,
            vec!["system: A", "user: B", "assistant: C", "user: D"],
        ),
        (
            r#"{"messages":[{"role":"assistant","tool_plan":"Look.","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}]}"#,
            vec!["assistant: (Look.) | f()"],
        ),
    ] {
        assert_eq!(asked(body), expected, "{body}");
    }
}

#[test]
fn a_form_says_its_fields_and_its_files() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b\r\nContent-Disposition: form-data; \
                name=\"file\"; filename=\"speech.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\nID3\r\n--b\r\nContent-Disposition: \
                form-data; name=\"prompt\"\r\n\r\nNames of rivers\r\n--b\r\nContent-Disposition: form-data; \
                name=\"language\"\r\n\r\nen\r\n--b--\r\n";
    let told = conversation(
        ("multipart/form-data; boundary=b", body.as_bytes()),
        ("application/json", br#"{"text":"The Danube."}"#),
    );
    let messages: Vec<_> = told.messages.iter().map(|one| line(one.role.name(), &one.parts)).collect();
    assert_eq!(messages, ["user: Names of rivers | [audio/mpeg speech.mp3, 3 bytes]"]);
    assert_eq!(told.model.as_deref(), Some("whisper-1"));
    assert_eq!(told.settings, [("language".to_owned(), "en".into())]);
    assert_eq!(line("-", &told.answers[0].parts), "-: The Danube.");
}

#[test]
fn tools_of_every_provider_have_their_names() {
    for (body, expected) in [
        (r#"{"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{}}}]}"#, "f"),
        (
            r#"{"tools":[{"type":"function","name":"f","parameters":{}},{"type":"web_search"}]}"#,
            "f web_search",
        ),
        (r#"{"functions":[{"name":"f","parameters":{}}]}"#, "f"),
        (r#"{"tools":[{"name":"f","input_schema":{}},{"type":"bash_20250124","name":"bash"}]}"#, "f bash"),
        (
            r#"{"tools":[{"function_declarations":[{"name":"f"},{"name":"g"}]},{"googleSearch":{}}]}"#,
            "f g googleSearch",
        ),
        (
            r#"{"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{}}}}],"toolChoice":{"any":{}}}}"#,
            "f",
        ),
        (r#"{"tools":[{"type":"mcp","server_label":"dice","server_url":"https://example.com"}]}"#, "dice"),
    ] {
        let names: Vec<String> = request(body).tools.into_iter().map(|tool| tool.name).collect();
        assert_eq!(names.join(" "), expected, "{body}");
    }
}

#[test]
fn what_is_said_nowhere_else_is_a_setting() {
    let told = request(
        r#"{"model":"m","messages":[],"temperature":0.20,"generationConfig":{"topK":3},"prompt":{"id":"pmpt_1"},"toolConfig":{"tools":[],"toolChoice":{"any":{}}}}"#,
    );
    let settings: Vec<String> =
        told.settings.iter().map(|(name, value)| format!("{name}={}", value.compact())).collect();
    assert_eq!(
        settings,
        [
            "temperature=0.20",
            "generationConfig.topK=3",
            r#"prompt={"id":"pmpt_1"}"#,
            r#"toolChoice={"any":{}}"#
        ]
    );
    assert_eq!(told.model.as_deref(), Some("m"));
}

#[test]
fn interactions_with_steps_turns_or_a_text() {
    for (body, expected) in [
        (r#"{"model":"m","system_instruction":"S","input":"A"}"#, vec!["system: S", "user: A"]),
        (
            r#"{"input":[{"type":"text","text":"A"},{"type":"image","mime_type":"image/png","uri":"https://a.example/1.png"}]}"#,
            vec!["user: A | [image/png https://a.example/1.png]"],
        ),
        (
            r#"{"input":[{"role":"user","content":"A"},{"role":"model","content":[{"type":"text","text":"B"}]}]}"#,
            vec!["user: A", "assistant: B"],
        ),
        (
            r#"{"previous_interaction_id":"v1_a","input":[{"type":"function_result","call_id":"c","name":"f","result":"2"}]}"#,
            vec!["tool: f → 2"],
        ),
        (
            r#"{"input":[{"type":"user_input","content":[{"type":"text","text":"A"}]},{"type":"thought","signature":"abc"},{"type":"function_call","id":"c","name":"f","arguments":{"x":1}},{"type":"function_result","call_id":"c","result":[{"type":"text","text":"2"}]}]}"#,
            vec!["user: A", "assistant: [encrypted reasoning, 3 bytes] | f(x: 1)", "tool: f → 2"],
        ),
    ] {
        assert_eq!(asked(body), expected, "{body}");
    }
}

#[test]
fn what_others_than_openai_put_into_an_object_called_input() {
    for (body, expected) in [
        (
            r#"{"model":"qwen-x","input":{"messages":[{"role":"system","content":"S"},{"role":"user","content":"A"}]},"parameters":{}}"#,
            vec!["system: S", "user: A"],
        ),
        (r#"{"model":"emb-x","input":{"texts":["A","B"]},"parameters":{}}"#, vec!["user: A | B"]),
        (r#"{"model":"rank-x","input":{"query":"A","documents":["B"]}}"#, vec!["user: A | B"]),
        (
            r#"{"version":"0a","input":{"prompt":"A","system_prompt":"S","top_k":3}}"#,
            vec!["system: S", r#"user: A | JSON {"top_k":3}"#],
        ),
        (r#"{"input":{"text":"A"}}"#, vec!["user: A"]),
    ] {
        assert_eq!(asked(body), expected, "{body}");
    }
}

#[test]
fn an_agent_that_is_asked_is_the_model_of_the_conversation() {
    let told = request(r#"{"agent":"deep-x","input":"A","generation_config":{"temperature":0.5}}"#);
    assert_eq!(told.model.as_deref(), Some("deep-x"));
    let names: Vec<&str> = told.settings.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["generation_config.temperature"]);
}
