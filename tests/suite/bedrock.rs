//! Bedrock streams in binary frames: read as text in the cassette, the very bytes for the client.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use llm_cassette::Mode;

use crate::stand_in::{Gate, Reply, Script, StandIn, event_frame};
use crate::support::*;

const CONVERSE: &str = "/model/amazon.nova-lite-v1:0/converse-stream";
const INVOKE: &str = "/model/anthropic.claude-sonnet-4-v1:0/invoke-with-response-stream";

/// An answer of Converse, a frame an event.
fn converse(words: &[&str]) -> Vec<Vec<u8>> {
    let event = |name: &str, json: &str| event_frame("event", name, json);
    let mut frames = vec![event("messageStart", r#"{"p":"abcdefgh","role":"assistant"}"#)];
    frames.extend(words.iter().map(|word| {
        event(
            "contentBlockDelta",
            &format!(r#"{{"contentBlockIndex":0,"delta":{{"text":"{word}"}},"p":"abcd"}}"#),
        )
    }));
    frames.push(event("contentBlockStop", r#"{"contentBlockIndex":0,"p":"abcdefghijk"}"#));
    frames.push(event("contentBlockStart", r#"{"contentBlockIndex":1,"p":"ab","start":{"toolUse":{"name":"get_weather","toolUseId":"tooluse_1"}}}"#));
    for piece in [r#"{\"city\""#, r#":\"Oslo\"}"#] {
        let json =
            format!(r#"{{"contentBlockIndex":1,"delta":{{"toolUse":{{"input":"{piece}"}}}},"p":"abcde"}}"#);
        frames.push(event("contentBlockDelta", &json));
    }
    frames.push(event("contentBlockStop", r#"{"contentBlockIndex":1,"p":"abcdef"}"#));
    frames.push(event("messageStop", r#"{"p":"a","stopReason":"tool_use"}"#));
    let usage = r#"{"metrics":{"latencyMs":321},"p":"abc","usage":{"inputTokens":9,"outputTokens":12,"totalTokens":21}}"#;
    frames.push(event("metadata", usage));
    frames
}

/// An answer of Claude in its own words.
fn invoke() -> Vec<Vec<u8>> {
    let events = [
        r#"{"type":"message_start","message":{"id":"msg_bdrk_1","type":"message","role":"assistant","model":"claude-sonnet-4","content":[],"stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Oslo"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" is cold"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" – today."}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":7}}"#,
        r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9,"outputTokenCount":7,"invocationLatency":480,"firstByteLatency":300}}"#,
    ];
    let frame = |(index, json): (usize, &&str)| {
        let padding = &"abcdefghijklmnopqrstuvwxyz"[..3 * index + 1];
        event_frame("event", "chunk", &format!(r#"{{"bytes":"{}","p":"{padding}"}}"#, STANDARD.encode(json)))
    };
    events.iter().enumerate().map(frame).collect()
}

/// Reads a stream to its end, chunk by chunk, and lets the provider send the next one each time.
async fn read(folder: &Folder, mode: Mode, url: &str, gate: &Gate) -> Vec<Vec<u8>> {
    let cassette = folder.open(mode);
    gate.release(1);
    let body = r#"{"messages":[{"role":"user","content":[{"text":"How is Oslo?"}]}]}"#.to_owned();
    let mut response = post(&client(&cassette), url, body).await.unwrap();
    let mut chunks = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        chunks.push(chunk.to_vec());
        gate.release(1);
    }
    cassette.finish().unwrap();
    chunks
}

/// Records what is sent, has the cassette edited, and gives what is played.
async fn edited(
    folder: &Folder,
    path: &str,
    sent: &[Vec<u8>],
    edit: impl Fn(String) -> String,
) -> Vec<Vec<u8>> {
    let provider = StandIn::start().await;
    let reply = Reply::new(200).header("content-type", "application/vnd.amazon.eventstream");
    let gate = Gate::closed();
    provider.on(Script::raw(reply.chunks(sent.to_vec())).hold(&gate));
    let url = format!("{}{path}", provider.url());
    assert_eq!(read(folder, Mode::Record, &url, &gate).await, sent);
    std::fs::write(folder.file(), edit(folder.text())).unwrap();
    let played = read(folder, Mode::Replay, &url, &gate).await;
    assert_eq!(provider.calls(), 1);
    played
}

/// Records what is sent and gives what is played.
async fn played(folder: &Folder, path: &str, sent: &[Vec<u8>]) -> Vec<Vec<u8>> {
    edited(folder, path, sent, |text| text).await
}

/// The answer as the cassette has it, but for when its chunks came.
fn answer(folder: &Folder) -> String {
    let text = folder.text();
    let start = text.find("\nresponse:").unwrap() + 1;
    text[start..].split_inclusive('\n').filter(|line| !line.starts_with("  times: ")).collect()
}

#[tokio::test]
async fn converse_reads_as_its_message_and_comes_back_frame_by_frame() {
    let folder = Folder::new();
    let sent = converse(&["Let", " me", " look."]);
    assert_eq!(played(&folder, CONVERSE, &sent).await, sent);
    insta::assert_snapshot!(answer(&folder), @r#"
    response:
      status: 200
      headers: {content-type: application/vnd.amazon.eventstream}
      eventstream:
        message:
          - {text: Let me look.}
          - tool_call: {name: get_weather, id: tooluse_1, arguments: {city: Oslo}}
        templates:
          delta: {$event: contentBlockDelta, contentBlockIndex: 0, delta: {text: {$piece: 1}},
            $pad: true}
          stop: {$event: contentBlockStop, contentBlockIndex: {$column: 1}, $pad: true}
          delta2: {$event: contentBlockDelta, contentBlockIndex: 1,
            delta: {toolUse: {input: {$piece: 2}}}, $pad: true}
        events:
          - {$event: messageStart, role: assistant, $pad: 8}
          - [delta, [3, 3, 6], 4]
          - [stop, 0, 11]
          - {$event: contentBlockStart, contentBlockIndex: 1, start: {toolUse: {name: {$name: 2}, toolUseId: {$id: 2}}}, $pad: 2}
          - [delta2, [7, 8], 5]
          - [stop, 1, 6]
          - {$event: messageStop, stopReason: tool_use, $pad: 1}
          - {$event: metadata, metrics: {latencyMs: 321}, usage: {inputTokens: 9, outputTokens: 12, totalTokens: 21}, $pad: 3}
    ...
    "#);
}

#[tokio::test]
async fn a_native_answer_reads_as_its_message_and_comes_back_frame_by_frame() {
    let folder = Folder::new();
    let sent = invoke();
    assert_eq!(played(&folder, INVOKE, &sent).await, sent);
    insta::assert_snapshot!(answer(&folder), @r#"
    response:
      status: 200
      headers: {content-type: application/vnd.amazon.eventstream}
      eventstream:
        message:
          - {text: Oslo is cold – today.}
        templates:
          delta: {$event: chunk, $bytes: true, type: content_block_delta, index: 0,
            delta: {type: text_delta, text: {$piece: 1}}, $pad: true}
        events:
          - {$event: chunk, $bytes: true, type: message_start, message: {id: msg_bdrk_1, type: message, role: assistant, model: claude-sonnet-4, content: [], stop_reason: null, usage: {input_tokens: 9, output_tokens: 1}}, $pad: 1}
          - {$event: chunk, $bytes: true, type: content_block_start, index: 0, content_block: {type: text, text: ""}, $pad: 4}
          - [delta, [4, 8, 9], [7, 10, 13]]
          - {$event: chunk, $bytes: true, type: content_block_stop, index: 0, $pad: 16}
          - {$event: chunk, $bytes: true, type: message_delta, delta: {stop_reason: end_turn, stop_sequence: null}, usage: {output_tokens: 7}, $pad: 19}
          - {$event: chunk, $bytes: true, type: message_stop, amazon-bedrock-invocationMetrics: {inputTokenCount: 9, outputTokenCount: 7, invocationLatency: 480, firstByteLatency: 300}, $pad: 22}
    ...
    "#);
}

#[tokio::test]
async fn chunks_that_cut_through_frames_are_cut_there_again() {
    for frames in [converse(&["It", " is"]), invoke()] {
        let body = frames.concat();
        for size in [1, 50, 333, body.len()] {
            let folder = Folder::new();
            let sent: Vec<Vec<u8>> = body.chunks(size).map(<[u8]>::to_vec).collect();
            let played = played(&folder, CONVERSE, &sent).await;
            assert!(played == sent, "{size}: {} chunks", played.len());
            assert!(folder.text().contains("    message:\n"), "{size}: {}", folder.text());
        }
    }
}

#[tokio::test]
async fn a_stream_with_a_frame_that_is_damaged_comes_back_with_the_damage() {
    for at in [9, 40, 150] {
        let mut sent = converse(&["It", " is"]);
        sent[2][at] ^= 1;
        let folder = Folder::new();
        assert_eq!(played(&folder, CONVERSE, &sent).await, sent, "byte {at}");
    }
}

/// The payloads of frames whose checksums are right, decoded where they are native.
fn payloads(body: &[u8]) -> Vec<String> {
    let number = |at: usize| u32::from_be_bytes(body[at..at + 4].try_into().unwrap());
    let (mut at, mut payloads) = (0, Vec::new());
    while at < body.len() {
        let (end, headers) = (at + number(at) as usize, number(at + 4) as usize);
        assert_eq!(number(at + 8), crc32fast::hash(&body[at..at + 8]));
        assert_eq!(number(end - 4), crc32fast::hash(&body[at..end - 4]));
        let payload: serde_json::Value = serde_json::from_slice(&body[at + 12 + headers..end - 4]).unwrap();
        let inner = payload["bytes"].as_str().map(|coded| STANDARD.decode(coded).unwrap());
        payloads.push(inner.map_or_else(|| payload.to_string(), |inner| String::from_utf8(inner).unwrap()));
        at = end;
    }
    payloads
}

#[tokio::test]
async fn a_secret_in_a_frame_is_taken_out_and_the_stream_stays_one() {
    let (head, tail) = ("sk-ant-api03-Qx7Lw2Zt9Vb4Nc8", "Md1Rf6Hj3Kp5Gs0Ya-Ue8Wi2QoAA");
    let native = |text: &str| {
        let json = format!(
            r#"{{"type":"content_block_delta","index":0,"delta":{{"type":"text_delta","text":"{text}"}}}}"#
        );
        event_frame("event", "chunk", &format!(r#"{{"bytes":"{}","p":"abc"}}"#, STANDARD.encode(json)))
    };
    let words = ["Your key is ", head, tail, ", keep it."];
    let reason = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#;
    let reason =
        event_frame("event", "chunk", &format!(r#"{{"bytes":"{}","p":"ab"}}"#, STANDARD.encode(reason)));
    let stop = r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"outputTokenCount":9}}"#;
    let stop = event_frame("event", "chunk", &format!(r#"{{"bytes":"{}","p":"a"}}"#, STANDARD.encode(stop)));
    let in_own_words = words.map(native).into_iter().chain([reason, stop]).collect();
    for sent in [converse(&words), in_own_words] {
        let folder = Folder::new();
        let played = played(&folder, CONVERSE, &sent).await;
        let text = folder.text();
        assert!(!text.contains(head) && !text.contains(tail), "{text}");
        assert!(text.contains("Your key is [REDACTED], keep it."), "{text}");
        assert_eq!(played.len(), sent.len());
        let payloads = payloads(&played.concat());
        assert_eq!(payloads.len(), sent.len());
        assert!(payloads.concat().contains("[REDACTED]"));
    }
}

#[tokio::test]
async fn an_edited_message_is_streamed_in_valid_frames() {
    for frames in [converse(&["Oslo", " is cold", " today."]), invoke()] {
        let folder = Folder::new();
        let edit = |text: String| text.replacen("Oslo is cold", "Rome is warm and dry", 1);
        let played = edited(&folder, CONVERSE, &frames, edit).await;
        let payloads = payloads(&played.concat());
        assert_eq!(payloads.len(), frames.len());
        assert!(payloads.concat().contains(r#""Rome""#), "{payloads:?}");
    }
}
