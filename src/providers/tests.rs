use super::{Facts, Provider, StreamWatch, facts, model_asked_for, recognise, registry};
use crate::model::json;
use crate::model::wire::eventstream::{self, Message, Value};
use base64::Engine;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
}

fn answered(status: u16, body: &[u8]) -> Facts {
    let url = "https://api.openai.com/v1/chat/completions";
    let status = StatusCode::from_u16(status).unwrap();
    facts(url, &HeaderMap::new(), None, status, &HeaderMap::new(), body)
}

fn usage(body: &[u8]) -> String {
    let fields = answered(200, body).usage.unwrap_or_default().fields();
    fields.iter().map(|(name, count)| format!("{name}={count}")).collect::<Vec<_>>().join(" ")
}

fn frame(headers: &[(&str, &str)], payload: String) -> Vec<u8> {
    let headers =
        headers.iter().map(|&(name, value)| (name.to_owned(), Value::String(value.to_owned()))).collect();
    eventstream::encode(&Message { headers, payload: payload.into() }).unwrap()
}

fn event(kind: &str, payload: &str) -> Vec<u8> {
    frame(&[(":message-type", "event"), (":event-type", kind)], payload.to_owned())
}

fn native_chunk(inner: &str) -> Vec<u8> {
    let inner = base64::engine::general_purpose::STANDARD.encode(inner);
    event("chunk", &format!(r#"{{"bytes":"{inner}","p":"abc"}}"#))
}

#[test]
fn a_provider_is_known_by_host_then_path_then_body() {
    let rows = [
        ("https://api.openai.com/v1/files", "openai"),
        ("https://eu.api.openai.com/v1/responses", "openai"),
        (
            "https://me.openai.azure.com/openai/deployments/x/chat/completions?api-version=1",
            "azure.ai.openai",
        ),
        ("https://api.anthropic.com/v1/messages", "anthropic"),
        ("https://generativelanguage.googleapis.com/v1beta/models/m:generateContent", "gcp.gemini"),
        ("https://europe-west1-aiplatform.googleapis.com/v1/x", "gcp.vertex_ai"),
        ("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse", "aws.bedrock"),
        ("https://openrouter.ai/api/v1/messages", "openrouter"),
        ("https://API.GROQ.com:443/openai/v1/chat/completions", "groq"),
        ("http://localhost:11434/v1/chat/completions", "ollama"),
        ("http://127.0.0.1:4010/v1/chat/completions", "openai"),
        ("http://[::1]:4010/v1/embeddings", "openai"),
        ("http://user:pass@localhost/proxy/chat/completions", "openai"),
        ("http://localhost/v1beta/models/m:streamGenerateContent?alt=sse", "gcp.gemini"),
        ("http://localhost/model/m%3A0/converse-stream", "aws.bedrock"),
        ("https://notapi.openai.com.evil.example/v1/x", "-"),
        ("https://fakeapi.openai.com/x", "-"),
        ("https://s3.amazonaws.com/bucket", "-"),
        ("https://shop.example/api/chat", "-"),
        ("https://shop.example/responses", "-"),
    ];
    for (url, expected) in rows {
        let found = recognise(url, &HeaderMap::new(), None);
        assert_eq!(found.map_or("-", Provider::name), expected, "{url}");
    }
    let body = |text: &str| json::parse(text.as_bytes()).unwrap();
    let by_body = |path: &str, text: &str| {
        let url = format!("http://localhost:9{path}");
        recognise(&url, &HeaderMap::new(), Some(&body(text))).map(Provider::name)
    };
    assert_eq!(by_body("/api/chat", r#"{"model":"llama3","messages":[]}"#), Some("ollama"));
    assert_eq!(by_body("/v1/messages", r#"{"messages":[]}"#), Some("anthropic"));
    assert_eq!(by_body("/llm", r#"{"model":"m","messages":[{"role":"user"}]}"#), Some("openai"));
    assert_eq!(by_body("/llm", r#"{"contents":[{"parts":[]}]}"#), Some("gcp.gemini"));
    assert_eq!(by_body("/llm", r#"{"model":"T","wheels":4}"#), None);
    let anthropic = headers(&[("anthropic-version", "2023-06-01")]);
    assert_eq!(recognise("http://localhost/claude", &anthropic, None), registry::provider("anthropic"));
}

#[test]
fn the_model_is_the_one_that_answered_or_else_the_one_asked_for() {
    let model = |url: &str, request: &str, body: &str| {
        let request = json::parse(request.as_bytes()).ok();
        facts(url, &HeaderMap::new(), request.as_ref(), StatusCode::OK, &HeaderMap::new(), body.as_bytes())
            .model
    };
    let chat = "https://api.openai.com/v1/chat/completions";
    let asked = r#"{"model":"gpt"}"#;
    assert_eq!(model(chat, asked, r#"{"model":"gpt-2024"}"#).unwrap(), "gpt-2024");
    assert_eq!(
        model(chat, asked, "data: {\"model\":\"\"}\n\ndata: {\"model\":\"gpt-x\"}\n\n").unwrap(),
        "gpt-x"
    );
    assert_eq!(model(chat, asked, "{}").unwrap(), "gpt");
    let google = "https://generativelanguage.googleapis.com/v1beta/models/gemini-x:generateContent";
    assert_eq!(model(google, "", r#"{"modelVersion":"gemini-x-001"}"#).unwrap(), "gemini-x-001");
    assert_eq!(model(google, "", "{}").unwrap(), "gemini-x");
    let bedrock = "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova%3A0/converse";
    assert_eq!(model(bedrock, "", "{}").unwrap(), "amazon.nova:0");
    assert_eq!(model("https://shop.example/cars", asked, r#"{"model":"T"}"#), None);
}

#[test]
fn usage_means_the_same_whoever_reports_it() {
    let rows = [
        // Cached tokens are part of the input here …
        (
            r#"{"usage":{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,
                "prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":5}}}"#,
            "input_tokens=31 output_tokens=12 cache_read_input_tokens=8 reasoning_output_tokens=5",
        ),
        (
            r#"{"usage":{"input_tokens":31,"input_tokens_details":{"cached_tokens":8},"output_tokens":12,
                "output_tokens_details":{"reasoning_tokens":0}}}"#,
            "input_tokens=31 output_tokens=12 cache_read_input_tokens=8 reasoning_output_tokens=0",
        ),
        (r#"{"usage":{"prompt_tokens":4,"total_tokens":4}}"#, "input_tokens=4"),
        // … and beside it here.
        (
            r#"{"usage":{"input_tokens":3,"cache_creation_input_tokens":10,"cache_read_input_tokens":100,"output_tokens":7}}"#,
            "input_tokens=113 output_tokens=7 cache_read_input_tokens=100 cache_creation_input_tokens=10",
        ),
        (
            r#"{"usage":{"inputTokens":11,"outputTokens":2,"cacheReadInputTokens":0,"cacheWriteInputTokens":1028,"totalTokens":1041}}"#,
            "input_tokens=1039 output_tokens=2 cache_read_input_tokens=0 cache_creation_input_tokens=1028",
        ),
        // Reasoning is beside the output at Gemini, and at xAI where the total says so.
        (
            r#"{"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":4,"thoughtsTokenCount":9,"toolUsePromptTokenCount":2}}"#,
            "input_tokens=10 output_tokens=13 reasoning_output_tokens=9",
        ),
        (
            r#"{"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":35,"completion_tokens_details":{"reasoning_tokens":20}}}"#,
            "input_tokens=10 output_tokens=25 reasoning_output_tokens=20",
        ),
        (
            r#"{"model":"l","done":true,"prompt_eval_count":26,"eval_count":298}"#,
            "input_tokens=26 output_tokens=298",
        ),
        (
            r#"{"usage":{"billed_units":{"input_tokens":6},"tokens":{"input_tokens":50.0,"output_tokens":3},"cached_tokens":9}}"#,
            "input_tokens=50 output_tokens=3 cache_read_input_tokens=9",
        ),
        // Anthropic has two prices for what is written to its cache, and OpenAI and Google their own for sound.
        (
            r#"{"usage":{"input_tokens":3,"cache_creation_input_tokens":30,"cache_read_input_tokens":0,"output_tokens":7,
                "cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20}}}"#,
            "input_tokens=33 output_tokens=7 cache_read_input_tokens=0 cache_creation_input_tokens=30 \
             cache_creation_5m_input_tokens=10 cache_creation_1h_input_tokens=20",
        ),
        (
            r#"{"usage":{"prompt_tokens":31,"completion_tokens":12,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":9},
                "completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":8}}}"#,
            "input_tokens=31 output_tokens=12 cache_read_input_tokens=0 reasoning_output_tokens=0 audio_input_tokens=9 \
             audio_output_tokens=8",
        ),
        (
            r#"{"usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":0,"audio_tokens":14},
                "output_tokens":45,"total_tokens":59}}"#,
            "input_tokens=14 output_tokens=45 audio_input_tokens=14",
        ),
        (
            r#"{"usageMetadata":{"promptTokenCount":40,"candidatesTokenCount":4,
                "promptTokensDetails":[{"modality":"TEXT","tokenCount":8},{"modality":"AUDIO","tokenCount":32}]}}"#,
            "input_tokens=40 output_tokens=4 audio_input_tokens=32",
        ),
        (r#"{"usage":null}"#, ""),
    ];
    for (body, expected) in rows {
        assert_eq!(usage(body.as_bytes()), expected, "{body}");
    }
    let counted =
        headers(&[("x-amzn-bedrock-input-token-count", "5"), ("x-amzn-bedrock-output-token-count", "6")]);
    let native =
        facts("http://h/", &HeaderMap::new(), None, StatusCode::OK, &counted, br#"{"generation":"hi"}"#);
    assert_eq!(native.usage.unwrap().fields(), [("input_tokens", 5), ("output_tokens", 6)]);
}

#[test]
fn cached_tokens_that_a_gateway_counts_beside_the_prompt_are_added_to_it() {
    let copied = br#"{"object":"chat.completion","usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":1112,
        "prompt_tokens_details":{"cached_tokens":100},"cache_read_input_tokens":100,"cache_creation_input_tokens":1000}}"#;
    assert_eq!(
        usage(copied),
        "input_tokens=1110 output_tokens=2 cache_read_input_tokens=100 cache_creation_input_tokens=1000"
    );
}

#[test]
fn usage_is_gathered_from_all_events_of_a_stream() {
    let anthropic = b"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,\
        \"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n\
        event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":20}}\n\n";
    assert_eq!(usage(anthropic), "input_tokens=103 output_tokens=20 cache_read_input_tokens=100");
    let gemini = b"data: {\"usageMetadata\":{\"promptTokenCount\":8,\"candidatesTokenCount\":1}}\r\n\r\n\
        data: {\"usageMetadata\":{\"promptTokenCount\":8,\"candidatesTokenCount\":30}}\r\n\r\n";
    assert_eq!(usage(gemini), "input_tokens=8 output_tokens=30");
    let chat = b"data: {\"choices\":[],\"usage\":null}\n\ndata: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
    assert_eq!(usage(chat), "input_tokens=1 output_tokens=2");
    let responses = b"event: response.completed\n\
        data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":14,\"output_tokens\":9}}}\n\n";
    assert_eq!(usage(responses), "input_tokens=14 output_tokens=9");
    let converse = event("metadata", r#"{"usage":{"inputTokens":24,"outputTokens":230}}"#);
    assert_eq!(usage(&converse), "input_tokens=24 output_tokens=230");
    let native =
        native_chunk(r#"{"amazon-bedrock-invocationMetrics":{"inputTokenCount":7,"outputTokenCount":4}}"#);
    assert_eq!(usage(&native), "input_tokens=7 output_tokens=4");
    let array = br#"[{"usageMetadata":{"promptTokenCount":8}},{"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":2}}]"#;
    assert_eq!(usage(array), "input_tokens=8 output_tokens=2");
}

#[test]
fn an_error_is_told_from_an_answer_that_mentions_one() {
    let wrong = [
        (r#"{"error":{"message":"No endpoints","code":404}}"#, "404: No endpoints"),
        (r#"{"error":"model not found"}"#, "model not found"),
        (r#"[{"error":{"status":"INVALID_ARGUMENT","message":"Bad"}}]"#, "INVALID_ARGUMENT: Bad"),
        (r#"{"type":"error","error":{"type":"api_error","message":"Oops"}}"#, "api_error: Oops"),
        (
            r#"{"object":"response","status":"failed","error":{"code":"server_error","message":"Broke"}}"#,
            "server_error: Broke",
        ),
        (r#"{"choices":[{"error":{"code":502,"message":"Upstream"}}]}"#, "502: Upstream"),
        ("event: error\ndata: overload\n\n", "overload"),
        (
            "data: {\"a\":1}\n\ndata: {\"error\":{\"type\":\"server_error\",\"message\":\"x\"}}\n\n",
            "server_error: x",
        ),
        ("data: {\"choices\":[{\"finish_reason\":\"error\"}]}\n\n", "the provider reported an error"),
        (
            "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"c\",\"message\":\"m\"}}}\n\n",
            "c: m",
        ),
        ("{\"model\":\"l\",\"done\":false}\n{\"error\":\"out of memory\"}\n", "out of memory"),
        (
            r#"{"object":"interaction","status":"failed","errors":[{"code":"INTERNAL","message":"Broke"}]}"#,
            "INTERNAL: Broke",
        ),
        (
            "data: {\"event_type\":\"interaction.completed\",\"interaction\":{\"object\":\"interaction\",\"status\":\"failed\"}}\n\n",
            "the provider reported an error",
        ),
        (
            "event: error\ndata: {\"event_type\":\"error\",\"error\":{\"code\":\"INTERNAL\",\"message\":\"m\"}}\n\n",
            "INTERNAL: m",
        ),
    ];
    for (body, words) in wrong {
        assert_eq!(answered(200, body.as_bytes()).error.as_deref(), Some(words), "{body}");
    }
    let thrown = frame(
        &[(":message-type", "exception"), (":exception-type", "modelStreamErrorException")],
        r#"{"message":"gone"}"#.to_owned(),
    );
    assert_eq!(answered(200, &thrown).error.as_deref(), Some("modelStreamErrorException: gone"));

    let right = [
        r#"{"object":"fine_tuning.job","error":{}}"#,
        r#"{"object":"fine_tuning.job","error":{"code":null,"message":null,"param":null}}"#,
        r#"{"object":"fine_tuning.job","status":"failed","error":{"code":"bad_file","message":"x"}}"#,
        r#"{"object":"batch","errors":null}"#,
        "{\"custom_id\":\"a\",\"error\":null}\n{\"custom_id\":\"b\",\"error\":{\"code\":\"expired\"}}\n",
        r#"{"object":"thread.run","status":"failed","last_error":{"code":"rate_limit_exceeded"}}"#,
        r#"{"object":"response","status":"completed","error":null}"#,
        r#"{"object":"interaction","status":"incomplete"}"#,
        r#"{"choices":[{"message":{"content":"{\"error\": {\"message\": \"no\"}}"},"finish_reason":"stop"}]}"#,
        "data: {\"type\":\"response.created\",\"response\":{\"error\":null}}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"event: error\"}}]}\n\n",
    ];
    for body in right {
        assert_eq!(answered(200, body.as_bytes()).error, None, "{body}");
    }
    assert_eq!(answered(503, b"<html>").error.as_deref(), Some("HTTP 503 Service Unavailable"));
}

#[test]
fn errors_about_the_account_are_known_as_such() {
    let rows: &[(u16, &str, bool)] = &[
        (401, "", true),
        (402, "", true),
        (403, "{}", true),
        (429, "{}", true),
        (529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, true),
        (
            400,
            r#"{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
            true,
        ),
        (
            400,
            r#"{"error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#,
            true,
        ),
        (400, r#"{"__type":"ThrottlingException","message":"slow"}"#, true),
        (200, r#"{"error":{"code":429,"message":"m"}}"#, true),
        (200, "data: {\"error\":{\"type\":\"insufficient_quota\",\"message\":\"m\"}}\n\n", true),
        (
            400,
            r#"{"error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"too long"}}"#,
            false,
        ),
        (404, r#"{"error":{"message":"no such model","code":"model_not_found"}}"#, false),
        (500, "", false),
    ];
    for (status, body, expected) in rows {
        assert_eq!(answered(*status, body.as_bytes()).credential_or_quota, *expected, "{status} {body}");
    }
    let denied = headers(&[("x-amzn-errortype", "UnrecognizedClientException:http://x/")]);
    let facts =
        facts("http://h/", &HeaderMap::new(), None, StatusCode::BAD_REQUEST, &denied, br#"{"message":"m"}"#);
    assert_eq!(facts.error.as_deref(), Some("UnrecognizedClientException: m"));
    assert!(facts.credential_or_quota);
}

#[test]
fn the_words_of_an_error_hold_no_key_and_stay_short() {
    let words = |message: &str| {
        answered(401, format!(r#"{{"error":{{"message":"{message}"}}}}"#).as_bytes()).error.unwrap()
    };
    assert_eq!(
        words("Incorrect API key provided: sk-abc*def. See docs."),
        "Incorrect API key provided: **** See docs."
    );
    assert_eq!(words("key=AIzaSyA1 (0123456789abcdef0123456789abcdef)"), "key=**** (****)");
    assert_eq!(words("model gpt-4o-mini-2024-07-18 is unknown"), "model gpt-4o-mini-2024-07-18 is unknown");
    assert_eq!(words(&"é ".repeat(500)).chars().count(), 200);
}

#[test]
fn a_stream_has_ended_when_its_protocol_says_so_and_not_before() {
    let line = |json: &str| format!("{json}\n").into_bytes();
    let data = |json: &str| format!("data: {json}\n\n").into_bytes();
    let named = |name: &str| format!("event: {name}\ndata: {{\"type\":\"{name}\"}}\n\n").into_bytes();
    let rows = [
        (data(r#"{"choices":[{"finish_reason":"stop"}]}"#), data("[DONE]")),
        (data(r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#), named("message_stop")),
        (
            data(r#"{"type":"completion","stop_reason":null}"#),
            data(r#"{"type":"completion","stop_reason":"stop"}"#),
        ),
        (named("response.output_text.done"), named("response.completed")),
        (named("response.created"), named("response.incomplete")),
        (named("image_generation.partial_image"), named("image_generation.completed")),
        (named("image_edit.partial_image"), named("image_edit.completed")),
        (named("transcript.text.delta"), named("transcript.text.done")),
        (named("speech.audio.delta"), named("speech.audio.done")),
        (line(r#"{"model":"l","done":false}"#), line(r#"{"model":"l","done":true}"#)),
        (
            data(r#"{"candidates":[{"finishReason":"STOP"},{"index":1}]}"#),
            data(r#"{"candidates":[{"finishReason":"STOP"},{"finishReason":"STOP"}]}"#),
        ),
        (data("{}"), data(r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#)),
        (event("messageStop", r#"{"stopReason":"end_turn"}"#), event("metadata", r#"{"usage":{}}"#)),
        (native_chunk(r#"{"a":1}"#), native_chunk(r#"{"amazon-bedrock-invocationMetrics":{}}"#)),
        (data("{}"), data(r#"{"type":"message-end"}"#)),
        (data(r#"{"event_type":"step.stop"}"#), data(r#"{"event_type":"interaction.completed"}"#)),
        (data(r#"{"event_type":"content.stop"}"#), data(r#"{"event_type":"interaction.complete"}"#)),
        (b"event: output\nid: 1:0\ndata: the\n\n".to_vec(), b"event: done\nid: 2:0\ndata: {}\n\n".to_vec()),
        (
            event("PayloadPart", "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\nda"),
            event("PayloadPart", "ta: [DONE]\n\n"),
        ),
    ];
    for (before, last) in rows {
        for size in 1..=before.len() {
            let mut watch = StreamWatch::new(&HeaderMap::new());
            before.chunks(size).for_each(|chunk| watch.push(chunk));
            assert!(!watch.ended(), "{}", String::from_utf8_lossy(&before));
            last.chunks(size).for_each(|chunk| watch.push(chunk));
            assert!(watch.ended(), "{} by {size}", String::from_utf8_lossy(&last));
            assert_eq!(watch.error(), None);
        }
    }
}

/// What is wrong with a stream that ended in good order: its error, or what it lacks.
fn wrong(kind: &'static str, body: &str) -> String {
    let headers = headers(&[("content-type", kind)]);
    let asked = json::parse(br#"{"model":"m","messages":[{"role":"user"}]}"#).unwrap();
    let url = "http://127.0.0.1:8000/v1/chat/completions";
    let facts = facts(url, &HeaderMap::new(), Some(&asked), StatusCode::OK, &headers, body.as_bytes());
    facts.error.or(facts.missing).unwrap_or_default()
}

#[test]
fn an_error_in_a_stream_whose_json_is_broken_is_an_error() {
    let begun = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    for data in [
        r#"{"error": "the engine said "no" and stopped"}"#,
        r#"{"error":{"message":"the engine said "no""}}"#,
        "{'error': 'out of memory'}",
    ] {
        let told = wrong("text/event-stream", &format!("{begun}data: {data}\n\ndata: [DONE]\n\n"));
        assert!(told.contains("no") || told.contains("memory"), "{told}");
        let told = wrong("application/x-ndjson", &format!("{data}\n"));
        assert!(told.contains("error"), "{told}");
    }
    // What a model says of errors is none.
    let said = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"{\\\"error\\\": x}\"},\"finish_reason\":\"stop\"}]}\n\n";
    assert_eq!(wrong("text/event-stream", &format!("{said}data: [DONE]\n\n")), "");
}

#[test]
fn an_answer_that_the_server_gave_up_is_an_error() {
    let aborted =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"abort\"}]}\n\ndata: [DONE]\n\n";
    assert_eq!(wrong("text/event-stream", aborted), "abort");
    let whole = r#"{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"abort"}]}"#;
    assert_eq!(wrong("application/json", whole), "abort");
}

#[test]
fn a_messages_stream_that_never_says_why_it_stopped_lacks_its_end() {
    let event = |json: &str| format!("data: {json}\n\n");
    let start = event(r#"{"type":"message_start","message":{"model":"m","content":[],"stop_reason":null}}"#);
    let text = event(r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#);
    let silent =
        event(r#"{"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":1}}"#);
    let told =
        event(r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#);
    let stop = event(r#"{"type":"message_stop"}"#);
    let lacks = "its `stop_reason`, or `message_stop`";
    for (middle, wanted) in [(silent, lacks), (String::new(), lacks), (told, "")] {
        let body = format!("{start}{text}{middle}{stop}");
        assert_eq!(wrong("text/event-stream", &body), wanted, "{body}");
        let mut watch = StreamWatch::new(&HeaderMap::new());
        watch.push(body.as_bytes());
        assert_eq!(watch.ended(), wanted.is_empty(), "{body}");
    }
}

#[test]
fn counting_tokens_is_asked_of_anthropic_by_the_path() {
    let asked = json::parse(br#"{"model":"m","messages":[]}"#).unwrap();
    let who = |path: &str| {
        let url = format!("http://127.0.0.1:8000{path}");
        recognise(&url, &HeaderMap::new(), Some(&asked)).map(Provider::name)
    };
    assert_eq!(who("/v1/messages/count_tokens"), Some("anthropic"));
    assert_eq!(who("/v1/messages"), Some("anthropic"));
}

#[test]
fn a_folder_of_models_is_part_of_a_name_but_at_google() {
    let asked = json::parse(br#"{"model":"models/m.gguf"}"#).unwrap();
    for (url, wanted) in [
        ("http://127.0.0.1:8000/v1/chat/completions", "models/m.gguf"),
        ("https://generativelanguage.googleapis.com/v1beta/openai/chat/completions", "m.gguf"),
        ("https://llm.example.com/v1beta/models/m.gguf:batchEmbedContents", "m.gguf"),
    ] {
        assert_eq!(model_asked_for(url, Some(&asked)).as_deref(), Some(wanted), "{url}");
    }
}

#[test]
fn a_stream_of_plain_text_that_never_says_that_it_is_done_lacks_its_end() {
    let said = "event: output\nid: 1:0\ndata: 12\n\nevent: logs\nid: 1:1\ndata: took 3 s\n\n";
    assert_eq!(wrong("text/event-stream", said), "its event `done`");
    let failed = "event: error\nid: 1:2\ndata: {\"detail\":\"out of memory\"}\n\n";
    let done = "event: done\nid: 1:3\ndata: {\"reason\":\"error\"}\n\n";
    assert_eq!(wrong("text/event-stream", &format!("{said}{failed}{done}")), "out of memory");
    assert_eq!(wrong("text/event-stream", &format!("{said}{done}")), "");
}

#[test]
fn a_stream_that_frames_carry_in_pieces_lacks_its_end_or_tells_of_an_error_as_by_itself() {
    let carried = |pieces: &[&str]| -> String {
        let frames: Vec<u8> = pieces.iter().flat_map(|piece| event("PayloadPart", piece)).collect();
        let kind = headers(&[("content-type", "application/vnd.amazon.eventstream")]);
        let url = "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/e/invocations-response-stream";
        let facts = facts(url, &HeaderMap::new(), None, StatusCode::OK, &kind, &frames);
        facts.error.or(facts.missing).unwrap_or_default()
    };
    let going = r#"{"index":1,"token":{"id":1,"text":"a"},"generated_text":null}"#;
    let last = r#"{"index":2,"token":{"id":2,"text":"b"},"generated_text":"ab"}"#;
    assert_eq!(carried(&["data:", going, "\n\n"]), "`generated_text`");
    assert_eq!(carried(&["data:", going, "\n\ndata:", last]), "");
    assert_eq!(carried(&[&going[..20], &going[20..], "\n", last]), "");
    assert_eq!(carried(&["data:", going, "\n\ndata:{\"err", "or\":\"out of memory\"}\n\n"]), "out of memory");
}

#[test]
fn a_reason_to_finish_is_taken_back_by_an_event_without_one() {
    let mut watch = StreamWatch::new(&HeaderMap::new());
    watch.push(b"data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\r\n\r\n");
    assert!(watch.ended());
    watch.push(b"data: {\"candidates\":[{\"content\":{}}]}\r\n\r\n");
    assert!(!watch.ended());
}

#[test]
fn an_error_in_a_stream_is_seen_while_it_passes() {
    let mut sse = StreamWatch::new(&headers(&[("content-type", "text/event-stream")]));
    for byte in b"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Busy\"}}\n\n" {
        sse.push(&[*byte]);
    }
    assert_eq!(sse.error(), Some("overloaded_error: Busy"));
    let mut cut_off = StreamWatch::new(&headers(&[("content-type", "application/x-ndjson")]));
    cut_off.push(b"{\"error\":\"gone\"}");
    assert_eq!(cut_off.error(), None);
    cut_off.finish();
    assert_eq!(cut_off.error(), Some("gone"));
}
