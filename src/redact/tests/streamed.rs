//! A model that repeats a secret does so piece by piece.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::model::wire::eventstream;
use crate::redact::frames;

const PIECES: [&str; 6] = ["it is kQ7", "+w/x9\"Z", "t$2", " b.m[", "4]Lp", ", yes"];

/// The whole answer that a client would put together.
fn told(events: &[Value], path: &str) -> String {
    events.iter().filter_map(|event| event.pointer(path)?.as_str()).collect()
}

fn server_sent(events: &[Value], end: &str) -> String {
    events.iter().map(|event| format!("data: {event}{end}{end}")).collect()
}

fn read_server_sent(body: &str) -> Vec<Value> {
    body.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect()
}

#[test]
fn a_secret_in_pieces_is_replaced_where_it_begins() {
    type Wrap = fn(usize, &str) -> Value;
    let protocols: [(&str, Wrap); 8] = [
        (
            "/choices/0/delta/content",
            |_, text| json!({"choices": [{"delta": {"content": text}, "index": 0}]}),
        ),
        (
            "/choices/0/delta/tool_calls/0/function/arguments",
            |_, text| json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}}]}),
        ),
        (
            "/delta/text",
            |_, text| json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": text}}),
        ),
        (
            "/delta/partial_json",
            |_, text| json!({"type": "content_block_delta", "index": 1, "delta": {"partial_json": text}}),
        ),
        (
            "/delta",
            |at, text| json!({"type": "response.output_text.delta", "item_id": at.to_string(), "output_index": 0, "delta": text}),
        ),
        (
            "/candidates/0/content/parts/0/text",
            |_, text| json!({"candidates": [{"content": {"parts": [{"text": text}]}}]}),
        ),
        (
            "/message/content",
            |_, text| json!({"message": {"role": "assistant", "content": text}, "done": false}),
        ),
        ("/response", |_, text| json!({"response": text, "done": false})),
    ];
    for (path, wrap) in protocols {
        // Another choice speaks in between.
        let mut events = vec![];
        for (at, piece) in PIECES.iter().enumerate() {
            events.push(wrap(at, piece));
            events.push(json!({"choices": [{"index": 1, "delta": {"content": "other"}}], "index": 7, "delta": {"text": 1}}));
        }
        let lines = events.iter().map(|event| format!("{event}\n")).collect::<String>();
        let array = serde_json::to_string_pretty(&events).unwrap();
        for body in [server_sent(&events, "\n"), server_sent(&events, "\r\n"), lines, array] {
            let clean = stored(&redactor(), body.clone());
            let after: Vec<Value> = if clean.starts_with('[') {
                serde_json::from_str(&clean).unwrap()
            } else {
                clean
                    .lines()
                    .filter_map(|line| serde_json::from_str(line.trim_start_matches("data: ")).ok())
                    .collect()
            };
            let own = events.iter().step_by(2).count();
            assert_eq!(after.len(), events.len(), "{clean}");
            let spoken: Vec<Value> = after.into_iter().step_by(2).collect();
            assert_eq!(spoken.len(), own);
            assert_eq!(told(&spoken, path), "it is [REDACTED], yes", "{path}: {clean}");
            assert_eq!(stored(&redactor(), clean.clone()), clean);
        }
    }
}

#[test]
fn a_key_of_a_known_shape_is_found_however_it_was_cut() {
    let redactor = with_env(&[]);
    for key in keys() {
        for size in [1, 3, 7] {
            let text = format!("Your key: {key}\nKeep it.");
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            let events: Vec<Value> = pieces
                .iter()
                .map(|piece| json!({"choices": [{"index": 0, "delta": {"content": String::from_utf8_lossy(piece)}}]}))
                .collect();
            let clean = stored(&redactor, server_sent(&events, "\n"));
            let spoken = told(&read_server_sent(&clean), "/choices/0/delta/content");
            assert_eq!(spoken, "Your key: [REDACTED]\nKeep it.", "{key}");
        }
    }
}

#[test]
fn a_password_in_streamed_arguments_is_found_by_its_name() {
    let events: Vec<Value> = ["{\"user\": \"anna\", \"pass", "word\": \"hun", "ter", "2\", \"n\": 1}"]
        .iter()
        .map(|piece| json!({"type": "content_block_delta", "index": 0, "delta": {"partial_json": piece}}))
        .collect();
    let clean = stored(&with_env(&[]), server_sent(&events, "\n"));
    let spoken = told(&read_server_sent(&clean), "/delta/partial_json");
    assert_eq!(spoken, r#"{"user": "anna", "password": "[REDACTED]", "n": 1}"#);
}

#[test]
fn the_tokens_of_a_plain_answer_are_read_together_too() {
    let tokens: Vec<Value> =
        PIECES.iter().map(|piece| json!({"token": piece, "logprob": -0.5, "bytes": [1, 2]})).collect();
    let body =
        json!({"choices": [{"index": 0, "message": {"content": "x"}, "logprobs": {"content": tokens}}]})
            .to_string();
    let clean: Value = serde_json::from_str(&stored(&redactor(), body)).unwrap();
    let spoken: String = clean["choices"][0]["logprobs"]["content"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["token"].as_str().unwrap())
        .collect();
    assert_eq!(spoken, "it is [REDACTED], yes");
}

#[test]
fn a_secret_across_chunks_is_found_and_the_chunks_keep_their_places() {
    let body = format!("data: {{\"a\":\"{}\"}}\n\ndata: [DONE]\n\n", "Wq8zLk3vN0pR");
    let mut all = answer(body);
    all.response.body.chunks = vec![14, 3, 3, 100 - 20];
    all.response.body.chunks[3] = all.response.body.bytes.len() - 20;
    let clean = with_env(&[("A_SECRET", "Wq8zLk3vN0pR")]).redact(all).unwrap().into_inner().response.body;
    assert_eq!(&clean.bytes[..], b"data: {\"a\":\"[REDACTED]\"}\n\ndata: [DONE]\n\n");
    assert_eq!(clean.chunks, [14, 3, 3, clean.bytes.len() - 20]);
}

fn message(payload: &[u8]) -> Vec<u8> {
    let headers = b"\x0b:event-type\x07\x00\x05chunk";
    let mut out = Vec::new();
    out.extend_from_slice(&((16 + headers.len() + payload.len()) as u32).to_be_bytes());
    out.extend_from_slice(&(headers.len() as u32).to_be_bytes());
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    out.extend_from_slice(headers);
    out.extend_from_slice(payload);
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    out
}

#[test]
fn binary_messages_are_built_anew_with_right_checksums() {
    for wrapped in [false, true] {
        let payload = |piece: &str| {
            let event =
                json!({"type": "content_block_delta", "index": 0, "delta": {"text": piece}}).to_string();
            if wrapped { json!({"bytes": STANDARD.encode(event), "p": "abc"}).to_string() } else { event }
        };
        let messages: Vec<Vec<u8>> = PIECES.iter().map(|piece| message(payload(piece).as_bytes())).collect();
        let mut all = answer(messages.concat());
        all.response.body.chunks = messages.iter().map(Vec::len).collect();
        let clean = redactor().redact(all).unwrap().into_inner();
        let body = &clean.response.body;
        let frames = eventstream::frames(&body.bytes);
        assert_eq!(frames.len(), PIECES.len());
        assert_eq!(frames.iter().map(|frame| frame.range.len()).collect::<Vec<_>>(), body.chunks);
        for frame in &frames {
            let (message, crc) = body.bytes[frame.range.clone()].split_last_chunk::<4>().unwrap();
            assert_eq!(crc32fast::hash(message), u32::from_be_bytes(*crc));
        }
        let events: Vec<Value> = frames::texts(&body.bytes)
            .unwrap()
            .iter()
            .map(|text| serde_json::from_slice(text).unwrap())
            .collect();
        assert_eq!(told(&events, "/delta/text"), "it is [REDACTED], yes");
        let again = redactor().redact(clean.clone()).unwrap().into_inner();
        assert_eq!(again.response, clean.response);
    }
}
