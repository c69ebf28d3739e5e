use super::same_answer;
use crate::model::exchange::{Cut, Response, ResponseBody};
use crate::model::wire::eventstream::{self, Message, Value};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, Version, header};

fn answer(content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let body = ResponseBody { bytes: body.into(), ..ResponseBody::default() };
    Response { status: StatusCode::OK, version: Version::HTTP_11, url: None, headers, body }
}

fn json(body: &str) -> Response {
    answer("application/json", body.to_owned())
}

fn sse(data: &[&str]) -> Response {
    answer("text/event-stream", data.iter().map(|data| format!("data: {data}\n\n")).collect::<String>())
}

fn converse(payloads: &[&str]) -> Response {
    let frames = payloads.iter().flat_map(|payload| {
        let headers = vec![(":event-type".to_owned(), Value::String("contentBlockDelta".to_owned()))];
        eventstream::encode(&Message { headers, payload: Bytes::from((*payload).to_owned()) }).unwrap()
    });
    answer("application/vnd.amazon.eventstream", frames.collect::<Vec<u8>>())
}

#[test]
fn ids_times_and_fingerprints_are_no_change() {
    let rows = [
        (
            r#"{"id":"chatcmpl-A1","created":1,"system_fingerprint":"fp_a","choices":[{"message":{"content":"hi"}}]}"#,
            r#"{"created":2,"id":"chatcmpl-B2","system_fingerprint":null,"choices":[{"message":{"content":"hi"}}]}"#,
        ),
        (
            r#"{"content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{"id":"x1"}}]}"#,
            r#"{"content":[{"type":"tool_use","id":"toolu_2","name":"f","input":{"id":"x1"}}]}"#,
        ),
        (
            r#"{"a":{"call_id":"call_1"},"b":{"call_id":"call_1"}}"#,
            r#"{"a":{"call_id":"call_2"},"b":{"call_id":"call_2"}}"#,
        ),
        (
            r#"{"model":"l","created_at":"2026-01-01","total_duration":5,"eval_count":3}"#,
            r#"{"model":"l","created_at":"2026-01-02","total_duration":6,"eval_count":3}"#,
        ),
        (
            r#"{"in_progress_at":1764460001,"endedAt":"2026-11-30T01:00:00Z","n":1}"#,
            r#"{"in_progress_at":1764460002,"endedAt":"2026-11-30T02:00:00Z","n":1}"#,
        ),
        (
            r#"{"content":[{"type":"thinking","thinking":"t","signature":"0f3c9a52e1b84d7796a1c05dd2e84b17"}]}"#,
            r#"{"content":[{"type":"thinking","thinking":"t","signature":"a1b2c3d4e5f60718293a4b5c6d7e8f90"}]}"#,
        ),
        (
            r#"{"content":"hi","timings":{"cache_n":0,"prompt_n":31,"prompt_ms":40.25,"predicted_n":2}}"#,
            r#"{"content":"hi","timings":{"cache_n":30,"prompt_n":1,"prompt_ms":4.5,"predicted_n":2}}"#,
        ),
        (
            r#"{"metrics":{"latencyMs":1},"responseId":"aB1"}"#,
            r#"{"metrics":{"latencyMs":2},"responseId":"cD2"}"#,
        ),
    ];
    for (a, b) in rows {
        assert!(same_answer(&json(a), &json(b)), "{a}");
    }
}

#[test]
fn an_object_of_another_make_is_a_change_though_it_is_named_as_what_a_local_server_measures() {
    for (name, old, new) in [
        ("timings", r#"{"opens":"9:00"}"#, r#"{"opens":"10:00"}"#),
        ("prompt_progress", r#"{"step":1}"#, r#"{"step":2}"#),
        ("timings", r#"{"opens":"9:00"}"#, r#"{"prompt_n":1}"#),
    ] {
        let answer = |value: &str| json(&format!(r#"{{"content":"hi","{name}":{value}}}"#));
        assert!(!same_answer(&answer(old), &answer(new)), "{name}");
    }
}

#[test]
fn what_a_local_server_measures_is_no_change_in_a_stream() {
    let llama = |second: u32, times: &[(u32, &str)], text: &str| {
        let chunk = |at: u32, choices: &str, rest: &str| {
            let created = second + at;
            format!(
                r#"{{"choices":[{choices}],"created":{created},"id":"chatcmpl-A{second}","object":"chat.completion.chunk"{rest}}}"#
            )
        };
        let delta = |delta: &str| format!(r#"{{"finish_reason":null,"index":0,"delta":{delta}}}"#);
        let mut data = Vec::new();
        for (done, milliseconds) in times {
            let progress = format!(
                r#","prompt_progress":{{"total":90,"cache":0,"processed":{done},"time_ms":{milliseconds}}}"#
            );
            data.push(chunk(0, &delta(r#"{"role":"assistant","content":null}"#), &progress));
        }
        for (at, word) in text.split_inclusive(' ').enumerate() {
            let timings =
                format!(r#","timings":{{"prompt_n":90,"predicted_n":{at},"predicted_ms":{second}.25}}"#);
            let at = u32::try_from(at).unwrap_or(0) * second % 3;
            data.push(chunk(at, &delta(&format!(r#"{{"content":"{word}"}}"#)), &timings));
        }
        data.push(chunk(
            2,
            r#"{"finish_reason":"stop","index":0,"delta":{}}"#,
            r#","timings":{"cache_n":7}"#,
        ));
        data.push("[DONE]".to_owned());
        sse(&data.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let old = llama(1, &[(45, "12"), (90, "25")], "Oslo is cold.");
    assert!(same_answer(&old, &llama(2, &[(90, "19")], "Oslo is cold.")));
    assert!(!same_answer(&old, &llama(2, &[(90, "19")], "Oslo is warm.")));
}

#[test]
fn ids_that_requests_repeat_are_no_change_in_an_answer() {
    for name in ["call_id", "toolCallId", "toolUseId", "previous_interaction_id", "approval_request_id"] {
        let answer = |id: &str| json(&format!(r#"{{"a":{{"{name}":"{id}"}},"b":{{"{name}":"{id}"}}}}"#));
        assert!(same_answer(&answer("x_1"), &answer("x_2")), "{name}");
    }
}

#[test]
fn what_an_answer_says_is_a_change() {
    let rows = [
        (r#"{"content":"hi"}"#, r#"{"content":"ho"}"#),
        (r#"{"usage":{"prompt_tokens":1}}"#, r#"{"usage":{"prompt_tokens":2}}"#),
        (r#"{"input":{"id":"A1","created":1}}"#, r#"{"input":{"id":"B2","created":1}}"#),
        (r#"{"input":{"id":"A1","created":1}}"#, r#"{"input":{"id":"A1","created":2}}"#),
        (r#"{"id":"gpt-4","object":"model"}"#, r#"{"id":"gpt-5","object":"model"}"#),
        (r#"{"id":"web_search"}"#, r#"{"id":"code_run"}"#),
        (r#"{"expires_at":null}"#, r#"{"expires_at":17}"#),
        (
            r#"{"a":{"call_id":"call_1"},"b":{"call_id":"call_1"}}"#,
            r#"{"a":{"call_id":"call_2"},"b":{"call_id":"call_3"}}"#,
        ),
        (
            r#"{"a":{"call_id":"call_1"},"b":{"call_id":"call_2"}}"#,
            r#"{"a":{"call_id":"call_3"},"b":{"call_id":"call_3"}}"#,
        ),
        (r#"{"looked_at":1}"#, r#"{"looked_at":2}"#),
        (r#"{"arrives_at":"Oslo"}"#, r#"{"arrives_at":"Rome"}"#),
        (r#"{"signature":"abc"}"#, r#"{"signature":"abd"}"#),
        (r#"{"a":1}"#, r#"{"a":1,"b":2}"#),
        (r#"{"a":1}"#, r#"{"a":1.0}"#),
    ];
    for (a, b) in rows {
        assert!(!same_answer(&json(a), &json(b)), "{a}");
        assert!(!same_answer(&json(b), &json(a)), "{b}");
    }
}

#[test]
fn status_type_and_a_client_that_hung_up_are_a_change_and_chunks_are_not() {
    let one = json("{}");
    let mut other = one.clone();
    other.body.chunks = vec![1, 1];
    other.headers.insert("x-request-id", HeaderValue::from_static("7"));
    assert!(same_answer(&one, &other));
    assert!(!same_answer(&one, &answer("text/plain", "{}")));
    other.status = StatusCode::CREATED;
    assert!(!same_answer(&one, &other));
    other.status = one.status;
    other.body.cut = Cut::ClientAborted;
    assert!(!same_answer(&one, &other));
}

#[test]
fn a_file_of_results_is_the_same_whatever_its_type_says() {
    let file = |id: &str, text: &str| {
        let line = |n: u64| format!(r#"{{"id":"batch_req_{id}{n}","custom_id":"{n}","text":"{text}"}}"#);
        answer("application/octet-stream", format!("{}\n{}\n", line(1), line(2)))
    };
    assert!(same_answer(&file("A", "hi"), &file("B", "hi")));
    assert!(!same_answer(&file("A", "hi"), &file("B", "ho")));
}

#[test]
fn a_stream_may_be_cut_into_other_events() {
    let chat = |id: &str, texts: &[&str]| {
        let chunk = |delta: String, end: &str| {
            format!(
                r#"{{"id":"chatcmpl-{id}","created":{id},"choices":[{{"index":0,"delta":{delta},"finish_reason":{end}}}]}}"#
            )
        };
        let mut data = vec![chunk(r#"{"role":"assistant","content":""}"#.to_owned(), "null")];
        data.extend(texts.iter().map(|text| chunk(format!(r#"{{"content":"{text}"}}"#), "null")));
        data.push(chunk("{}".to_owned(), "\"stop\""));
        data.push("[DONE]".to_owned());
        sse(&data.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert!(same_answer(&chat("1", &["Hel", "lo"]), &chat("2", &["H", "el", "lo"])));
    assert!(!same_answer(&chat("1", &["Hel", "lo"]), &chat("2", &["Hel", "lo!"])));

    let gemini = |first: &str, last: &str, count: u64| {
        let event = |text: &str, end: &str, count: u64| {
            format!(
                r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{text}"}}]}}{end}}}],"usageMetadata":{{"candidatesTokenCount":{count}}}}}"#
            )
        };
        sse(&[&event(first, "", first.len() as u64), &event(last, r#","finishReason":"STOP""#, count)])
    };
    assert!(same_answer(&gemini("ab", "c", 9), &gemini("a", "bc", 9)));
    assert!(!same_answer(&gemini("ab", "c", 9), &gemini("a", "bc", 8)));

    assert!(same_answer(
        &converse(&[r#"{"contentBlockIndex":0,"delta":{"text":"ab"},"p":"x"}"#]),
        &converse(&[
            r#"{"contentBlockIndex":0,"delta":{"text":"a"},"p":"xyz"}"#,
            r#"{"contentBlockIndex":0,"delta":{"text":"b"},"p":""}"#
        ]),
    ));
}

#[test]
fn texts_of_different_blocks_are_kept_apart() {
    let blocks = |first: &str, second: &str| {
        let delta = |index: u64, text: &str| {
            format!(
                r#"{{"type":"content_block_delta","index":{index},"delta":{{"type":"text_delta","text":"{text}"}}}}"#
            )
        };
        sse(&[&delta(0, first), &delta(1, second)])
    };
    assert!(!same_answer(&blocks("ab", "c"), &blocks("a", "bc")));
    let parts = |first: &str, second: &str| {
        let thought =
            format!(r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{first}","thought":true}}]}}}}]}}"#);
        let said = format!(r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{second}"}}]}}}}]}}"#);
        sse(&[&thought, &said])
    };
    assert!(!same_answer(&parts("ab", "c"), &parts("a", "bc")));
}

#[test]
fn pings_comments_and_padding_are_no_change() {
    let body = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    let padded = "event: ping\ndata: {\"type\":\"ping\"}\n\n: wait\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"   }\n\n";
    assert!(same_answer(&answer("text/event-stream", body), &answer("text/event-stream", padded)));
}
