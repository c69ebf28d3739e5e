//! A stream that ends before its protocol's end is no whole answer, however politely it ends.

use llm_cassette::{Error, ErrorKind, Mode};

use crate::stand_in::{Framing, Reply, Script, StandIn, event_frame};
use crate::support::*;

fn sse(events: &[&str]) -> Vec<Vec<u8>> {
    events.iter().map(|data| format!("data: {data}\n\n").into_bytes()).collect()
}

fn lines(values: &[&str]) -> Vec<Vec<u8>> {
    values.iter().map(|value| format!("{value}\n").into_bytes()).collect()
}

fn frames(events: &[(&str, &str)]) -> Vec<Vec<u8>> {
    events.iter().map(|(name, json)| event_frame("event", name, json)).collect()
}

/// A whole stream: its chunks, its content type, where it is asked for, and how many of its chunks are not enough.
struct Stream {
    name: &'static str,
    path: &'static str,
    kind: &'static str,
    chunks: Vec<Vec<u8>>,
    short: usize,
}

fn streams() -> Vec<Stream> {
    let chat = |delta: &str, index: u32, reason: &str| {
        format!(r#"{{"choices":[{{"index":{index},"delta":{delta},"finish_reason":{reason}}}]}}"#)
    };
    let said = |index| chat(r#"{"content":"Hi"}"#, index, "null");
    let ended = |index| chat("{}", index, r#""stop""#);
    let of_chat = |events: &[String]| sse(&events.iter().map(String::as_str).collect::<Vec<_>>());
    let gemini =
        |end: &str| format!(r#"{{"candidates":[{{"content":{{"parts":[{{"text":"Hi"}}]}}{end}}}]}}"#);
    let stream = |name, path, kind, chunks, short| Stream { name, path, kind, chunks, short };
    const SSE: &str = "text/event-stream";
    const FRAMES: &str = "application/vnd.amazon.eventstream";
    vec![
        stream(
            "chat",
            "/v1/chat/completions",
            SSE,
            of_chat(&[said(0), said(0), ended(0), "[DONE]".into()]),
            2,
        ),
        stream("chat without [DONE]", "/v1/chat/completions", SSE, of_chat(&[said(0), ended(0)]), 1),
        stream(
            "two answers, of which one ends first",
            "/v1/chat/completions",
            SSE,
            of_chat(&[said(0), said(1), ended(1), said(0), ended(0)]),
            4,
        ),
        stream(
            "counts behind the reason to end",
            "/v1/chat/completions",
            SSE,
            of_chat(&[said(0), ended(0), said(0), r#"{"choices":[],"usage":{"prompt_tokens":1}}"#.into()]),
            1,
        ),
        stream(
            "a server that has an empty reason in each event",
            "/v1/chat/completions",
            SSE,
            of_chat(&[chat(r#"{"content":"Hi"}"#, 0, r#""""#), ended(0)]),
            1,
        ),
        stream(
            "completions",
            "/v1/completions",
            SSE,
            sse(&[
                r#"{"choices":[{"text":"Hi","index":0,"finish_reason":null}]}"#,
                r#"{"choices":[{"text":"","index":0,"finish_reason":"length"}]}"#,
            ]),
            1,
        ),
        stream(
            "messages",
            "/v1/messages",
            SSE,
            sse(&[
                r#"{"type":"ping"}"#,
                r#"{"type":"message_start","message":{"id":"msg_1","model":"c","content":[]}}"#,
                r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
                r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#,
                r#"{"type":"content_block_stop","index":0}"#,
                r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#,
                r#"{"type":"message_stop"}"#,
            ]),
            6,
        ),
        stream(
            "responses",
            "/v1/responses",
            SSE,
            sse(&[
                r#"{"type":"response.created","response":{"status":"in_progress"}}"#,
                r#"{"type":"response.output_text.delta","delta":"Hi"}"#,
                r#"{"type":"response.output_text.done","text":"Hi"}"#,
                r#"{"type":"response.completed","response":{"status":"completed"}}"#,
            ]),
            3,
        ),
        stream(
            "responses that stopped at a limit",
            "/v1/responses",
            SSE,
            sse(&[
                r#"{"type":"response.output_text.delta","delta":"Hi"}"#,
                r#"{"type":"response.incomplete","response":{"status":"incomplete"}}"#,
            ]),
            1,
        ),
        stream(
            "gemini",
            "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
            SSE,
            sse(&[&gemini(""), &gemini(r#","finishReason":"STOP""#)]),
            1,
        ),
        stream(
            "gemini, of whose two candidates each ends in an event of its own, and sends counts behind that",
            "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
            SSE,
            sse(&[
                r#"{"candidates":[{"content":{},"index":0},{"content":{},"index":1}]}"#,
                r#"{"candidates":[{"finishReason":"STOP","index":1}]}"#,
                r#"{"candidates":[{"finishReason":"STOP","index":0}]}"#,
                r#"{"candidates":[{"content":{},"index":0}],"usageMetadata":{"promptTokenCount":1}}"#,
            ]),
            2,
        ),
        stream(
            "gemini as an array",
            "/v1beta/models/gemini-2.5-flash:streamGenerateContent",
            "application/json",
            vec![
                format!("[{}", gemini("")).into_bytes(),
                format!(",\n{}", gemini(r#","finishReason":"STOP""#)).into_bytes(),
                b"]".to_vec(),
            ],
            2,
        ),
        stream(
            "ollama",
            "/api/chat",
            "application/x-ndjson",
            lines(&[
                r#"{"model":"l","message":{"role":"assistant","content":"Hi"},"done":false}"#,
                r#"{"model":"l","message":{"role":"assistant","content":""},"done":true}"#,
            ]),
            1,
        ),
        stream(
            "cohere",
            "/v2/chat",
            SSE,
            sse(&[
                r#"{"type":"message-start","id":"1"}"#,
                r#"{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi"}}}}"#,
                r#"{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}"#,
            ]),
            2,
        ),
        stream(
            "interactions",
            "/v1beta/interactions",
            SSE,
            sse(&[
                r#"{"event_type":"interaction.start"}"#,
                r#"{"event_type":"content.delta","delta":{"type":"text","text":"Hi"}}"#,
                r#"{"event_type":"interaction.complete"}"#,
            ]),
            2,
        ),
        stream(
            "converse",
            "/model/amazon.nova-lite-v1%3A0/converse-stream",
            FRAMES,
            frames(&[
                ("messageStart", r#"{"role":"assistant"}"#),
                ("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#),
                ("contentBlockStop", r#"{"contentBlockIndex":0}"#),
                ("messageStop", r#"{"stopReason":"end_turn"}"#),
                ("metadata", r#"{"usage":{"inputTokens":1,"outputTokens":1}}"#),
            ]),
            3,
        ),
        stream(
            "speech",
            "/v1/audio/speech",
            SSE,
            sse(&[r#"{"type":"speech.audio.delta","audio":"aGk="}"#, r#"{"type":"speech.audio.done"}"#]),
            1,
        ),
        stream(
            "a protocol that nobody knows",
            "/agent",
            SSE,
            sse(&[r#"{"say":"Hi"}"#, r#"{"say":"there"}"#]),
            0,
        ),
    ]
}

#[tokio::test]
async fn a_stream_that_was_cut_off_anywhere_before_its_end_is_not_recorded_and_a_whole_one_is() {
    for Stream { name, path, kind, chunks, short } in streams() {
        let provider = StandIn::start().await;
        for count in 0..=chunks.len() {
            let folder = Folder::new();
            let reply = Reply::new(200).header("content-type", kind).chunks(chunks[..count].to_vec());
            provider.on(Script::raw(reply.framing(Framing::Chunked)));
            let cassette = folder.open(Mode::Record);
            let url = format!("{}{path}", provider.url());
            let body = chat("Hello", true);
            let live = post(&client(&cassette), &url, body).await.unwrap().bytes().await.unwrap();
            assert_eq!(live, chunks[..count].concat(), "the caller gets what came");
            let report = cassette.finish().unwrap();
            // Nothing at all may be the whole answer, unless a known provider says that it is a stream.
            let whole = count > short || (count == 0 && kind == "application/json");
            assert_eq!(report.recorded, usize::from(whole), "{name}, {count}: {:?}", report.skipped);
            if !whole {
                let reason = &report.skipped[0].reason;
                assert!(reason.starts_with("the answer ended early, without "), "{name}, {count}: {reason}");
            }
        }
    }
}

#[tokio::test]
async fn a_stream_that_was_announced_to_be_empty_is_whole() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let reply = Reply::new(200).header("content-type", "text/event-stream").framing(Framing::Length);
    provider.on(Script::raw(reply));
    let cassette = folder.open(Mode::Record);
    let url = format!("{}/v1/chat/completions", provider.url());
    post(&client(&cassette), &url, chat("Hello", true)).await.unwrap().bytes().await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
}

#[tokio::test]
async fn of_a_stream_that_the_client_unpacks_itself_nobody_can_tell_where_it_ends() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let reply = Reply::new(200).header("content-type", "text/event-stream").header("content-encoding", "br");
    provider.on(Script::raw(reply.chunk(b"{\x0b\x02\x80packed".to_vec())));
    let cassette = folder.open(Mode::Record);
    let url = format!("{}/v1/chat/completions", provider.url());
    post(&client(&cassette), &url, chat("Hello", true)).await.unwrap().bytes().await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
}

#[tokio::test]
async fn an_event_that_was_cut_off_in_its_midst_is_the_end_of_no_stream() {
    let provider = StandIn::start().await;
    for (kind, body, whole) in [
        ("text/event-stream", "data: {\"say\":\"Hi\"}\n\ndata: {\"say\":\"th", false),
        ("text/event-stream", "data: {\"say\":\"Hi\"}\n\ndata: {\"say\":\"there\"}", true),
        ("application/x-ndjson", "{\"say\":\"Hi\"}\n{\"say\":[1", false),
        ("application/x-ndjson", "{\"say\":\"Hi\"}\n{\"say\":[1]}", true),
    ] {
        let folder = Folder::new();
        provider.on(Script::raw(Reply::new(200).header("content-type", kind).chunk(body)));
        let cassette = folder.open(Mode::Record);
        let url = format!("{}/v1/chat/completions", provider.url());
        post(&client(&cassette), &url, chat("Hello", true)).await.unwrap().bytes().await.unwrap();
        assert_eq!(cassette.finish().unwrap().recorded, usize::from(whole), "{body}");
    }
    let frames = frames(&[("chunk", r#"{"bytes":"aGk="}"#), ("chunk", r#"{"bytes":"aGk="}"#)]).concat();
    let half = frames[..frames.len() - 3].to_vec();
    let folder = Folder::new();
    provider.on(Script::raw(
        Reply::new(200).header("content-type", "application/vnd.amazon.eventstream").chunk(half),
    ));
    let cassette = folder.open(Mode::Record);
    let url = format!("{}/agents/a/text", provider.url());
    post(&client(&cassette), &url, chat("Hello", true)).await.unwrap().bytes().await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 0);
}

#[tokio::test]
async fn half_a_stream_does_not_take_the_place_of_a_whole_one_in_a_refresh() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let url = format!("{}/v1/chat/completions", provider.url());
    let ask = async |mode| {
        let cassette = folder.builder(mode).one_test(true).open().unwrap();
        let body = post(&client(&cassette), &url, chat("Count to 9", true)).await.unwrap();
        (body.bytes().await.unwrap(), cassette.finish())
    };
    let (whole, report) = ask(Mode::Record).await;
    assert_eq!(report.unwrap().recorded, 1);
    let before = folder.text();
    provider.on(Script::end_after(4));
    let (half, report) = ask(Mode::Refresh).await;
    assert!(half.len() < whole.len());
    assert_eq!(report.unwrap().skipped.len(), 1);
    assert_eq!(folder.text(), before);
    assert_eq!(ask(Mode::Replay).await.0, whole);
}

#[tokio::test]
async fn a_stream_without_its_end_is_marked_where_errors_are_recorded_and_ends_as_it_did() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::end_after(3));
    let url = format!("{}/v1/chat/completions", provider.url());
    let cassette = folder.builder(Mode::Record).record_errors(true).open().unwrap();
    let live = post(&client(&cassette), &url, chat("Count to 9", true)).await.unwrap().bytes().await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    assert!(folder.text().contains("\n  ended_early: true\n"), "{}", folder.text());
    let played = post(&client(&folder.open(Mode::Replay)), &url, chat("Count to 9", true)).await.unwrap();
    assert_eq!(played.bytes().await.unwrap(), live);
}

#[tokio::test]
async fn a_transfer_that_broke_is_marked_where_errors_are_recorded_and_breaks_for_the_client_as_it_did() {
    for (script, stream) in [
        (Script::break_after(3), true),
        (Script::reset_after(3), true),
        (Script::break_after(1), false),
        (Script::break_after(3).framing(Framing::Chunked), true),
    ] {
        let folder = Folder::new();
        let provider = StandIn::start().await;
        provider.on(script);
        let url = format!("{}/v1/chat/completions", provider.url());
        let cassette = folder.builder(Mode::Record).record_errors(true).open().unwrap();
        let read = async |cassette: &llm_cassette::Cassette| {
            let mut response = post(&client(cassette), &url, chat("Count to 9", stream)).await.unwrap();
            let mut chunks = Vec::new();
            loop {
                match response.chunk().await {
                    Ok(Some(chunk)) => chunks.push(chunk),
                    Ok(None) => panic!("it came to an end: {chunks:?}"),
                    Err(error) => return (chunks.concat(), error),
                }
            }
        };
        let (live, broke) = read(&cassette).await;
        assert_eq!(cassette.finish().unwrap().recorded, 1);
        assert!(folder.text().contains("\n  transfer_broke: true\n"), "{}", folder.text());
        let (played, error) = read(&folder.open(Mode::Replay)).await;
        assert_eq!(played, live);
        let kinds = |error: &reqwest::Error| {
            [error.is_body(), error.is_decode(), error.is_timeout(), error.is_connect(), error.is_request()]
        };
        assert_eq!(kinds(&error), kinds(&broke), "{error:?}, {broke:?}");
        let ours = Error::find_in(&error).expect("our error is in the client's");
        assert_eq!(ours.kind(), ErrorKind::TransferBroke);
        assert!(ours.to_string().contains("it broke after"), "{ours}");
    }
}

#[tokio::test]
async fn a_client_that_resumes_a_broken_stream_does_so_in_replay() {
    let created = r#"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress"}}"#;
    let delta = r#"{"type":"response.output_text.delta","sequence_number":1,"delta":"Hi"}"#;
    let completed = r#"{"type":"response.completed","sequence_number":2,"response":{"id":"resp_1","status":"completed"}}"#;
    let events =
        |data: &[&str]| Reply::new(200).header("content-type", "text/event-stream").chunks(sse(data));
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::raw(events(&[created, delta, completed])).broken_after(1));
    provider.on(Script::raw(events(&[delta, completed])));
    let url = format!("{}/v1/responses", provider.url());
    for mode in [Mode::Record, Mode::Replay] {
        let cassette = folder.builder(mode).record_errors(true).open().unwrap();
        let client = client(&cassette);
        let mut broken = post(&client, &url, chat("Hello", true)).await.unwrap();
        assert!(broken.chunk().await.unwrap().is_some(), "{mode}");
        broken.chunk().await.unwrap_err();
        let rest = client.get(format!("{url}/resp_1?stream=true&starting_after=0")).send().await.unwrap();
        assert!(rest.text().await.unwrap().contains("response.completed"), "{mode}");
        cassette.finish().unwrap();
    }
    assert_eq!(provider.calls(), 2);
}
