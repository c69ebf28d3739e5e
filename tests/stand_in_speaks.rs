//! The stand-in is what the other tests trust, so this file holds it to what they need of it.
//!
//! The client here is a bare socket: it shows the chunks as they were sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, to fail is to say so")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a test skips, it says")]

mod stand_in;

use serde_json::{Value, json};
use stand_in::{Cut, Framing, Gate, Reply, Script, StandIn, event_frame};
use std::collections::HashSet;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

const RIVERS: &str = "Name three rivers. One a line.";

struct Client(BufReader<TcpStream>);

#[derive(Debug)]
struct Got {
    status: u16,
    headers: Vec<(String, String)>,
    chunks: Vec<Vec<u8>>,
    /// Whether the body came to the end that its headers promised.
    whole: bool,
}

impl Client {
    async fn to(server: &StandIn) -> Client {
        let address = server.url().trim_start_matches("http://").to_owned();
        Client(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    async fn send(&mut self, request: &str) {
        self.0.write_all(request.as_bytes()).await.unwrap();
    }

    async fn post(&mut self, path: &str, headers: &str, body: &Value) -> Got {
        self.send(&post(path, headers, body)).await;
        self.answer("POST").await
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }

    async fn head(&mut self) -> Got {
        let line = self.line().await;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let mut headers = Vec::new();
        while let Some((name, value)) = self.line().await.split_once(": ") {
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        Got { status, headers, chunks: Vec::new(), whole: false }
    }

    /// The next chunk of a chunked body: empty at its end, none when it broke.
    async fn chunk(&mut self) -> Option<Vec<u8>> {
        let mut line = String::new();
        self.0.read_line(&mut line).await.ok()?;
        let mut chunk = vec![0; usize::from_str_radix(line.trim_end(), 16).ok()? + 2];
        self.0.read_exact(&mut chunk).await.ok()?;
        chunk.truncate(chunk.len() - 2);
        Some(chunk)
    }

    async fn answer(&mut self, method: &str) -> Got {
        let mut got = self.head().await;
        if method == "HEAD" || [204, 304].contains(&got.status) {
            got.whole = true;
        } else if got.header("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = self.chunk().await {
                got.whole = chunk.is_empty();
                if got.whole {
                    break;
                }
                got.chunks.push(chunk);
            }
        } else if let Some(length) = got.header("content-length") {
            let (length, mut body) = (length.parse().unwrap(), Vec::new());
            (&mut self.0).take(length).read_to_end(&mut body).await.unwrap();
            got.whole = body.len() as u64 == length;
            got.chunks.push(body);
        } else {
            let mut body = Vec::new();
            got.whole = self.0.read_to_end(&mut body).await.is_ok();
            got.chunks.push(body);
        }
        got
    }
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn text(&self) -> String {
        String::from_utf8(self.chunks.concat()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// The JSON of each event or line of a stream.
    fn events(&self) -> Vec<Value> {
        let data = |line: &str| line.strip_prefix("data: ").unwrap_or(line).to_owned();
        self.text().lines().filter_map(|line| serde_json::from_str(&data(line)).ok()).collect()
    }
}

fn post(path: &str, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
}

fn chat(text: &str, stream: bool) -> Value {
    json!({"model": "gpt-4o-mini", "stream": stream, "messages": [{"role": "user", "content": text}]})
}

/// Every endpoint that streams: its path, a request, whether it streams then, and where the text is in an event.
fn dialects(text: &str, stream: bool) -> Vec<(&'static str, Value, &'static str)> {
    let messages = json!([{"role": "user", "content": text}]);
    let gemini = json!({"contents": [{"role": "user", "parts": [{"text": text}]}]});
    let gemini_path = if stream {
        "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
    } else {
        "/v1beta/models/gemini-2.5-flash:generateContent"
    };
    let pointer = |streamed, whole| if stream { streamed } else { whole };
    let claude =
        json!({"model": "claude-haiku-4-5", "max_tokens": 99, "stream": stream, "messages": messages});
    vec![
        (
            "/v1/chat/completions",
            chat(text, stream),
            pointer("/choices/0/delta/content", "/choices/0/message/content"),
        ),
        (
            "/v1/responses",
            json!({"model": "gpt-4.1", "input": text, "stream": stream}),
            pointer("/delta", "/output/0/content/0/text"),
        ),
        ("/v1/messages", claude, pointer("/delta/text", "/content/0/text")),
        (gemini_path, gemini, "/candidates/0/content/parts/0/text"),
        (
            "/api/chat",
            json!({"model": "llama3.2", "messages": messages, "stream": stream}),
            "/message/content",
        ),
        ("/api/generate", json!({"model": "llama3.2", "prompt": text, "stream": stream}), "/response"),
    ]
}

fn text_at(events: &[Value], pointer: &str) -> String {
    events.iter().filter_map(|event| event.pointer(pointer)?.as_str()).collect()
}

#[tokio::test]
async fn every_provider_says_the_same_whole_and_streamed() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    for stream in [false, true] {
        for (path, body, pointer) in dialects(RIVERS, stream) {
            let got = client.post(path, "", &body).await;
            assert_eq!(got.status, 200, "{path}");
            assert!(got.whole, "{path}");
            let events = if stream { got.events() } else { vec![got.json()] };
            assert_eq!(text_at(&events, pointer), "Danube\nLoire\nTagus", "{path} {stream}");
            assert_eq!(got.chunks.len() > 1, stream, "{path}: an event is a chunk, a whole answer is one");
        }
    }
    assert_eq!(server.calls(), 12);
    assert_eq!(server.requests()[0].json(), chat(RIVERS, false));
}

#[tokio::test]
async fn streams_end_as_their_protocols_do() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    let ends = [
        "data: [DONE]\n\n",
        "event: response.completed\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        "\"finishReason\": \"STOP\"",
        "\"done\":true",
        "\"done\":true",
    ];
    for ((path, body, _), end) in dialects("What is 6 times 7?", true).into_iter().zip(ends) {
        let got = client.post(path, "", &body).await;
        let last = String::from_utf8(got.chunks.last().unwrap().clone()).unwrap();
        assert!(last.contains(end), "{path}: {last}");
    }
    let path = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";
    let got = client.post(path, "", &json!({"contents": [{"parts": [{"text": RIVERS}]}]})).await;
    let array = got.json();
    let rivers = text_at(array.as_array().unwrap(), "/candidates/0/content/parts/0/text");
    assert_eq!(rivers, "Danube\nLoire\nTagus", "without alt=sse the stream is one JSON array");
}

#[tokio::test]
async fn a_tool_that_the_user_speaks_of_is_called_and_its_result_told() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    let schema =
        json!({"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}});
    let ask = "How is the weather in New York for 3 days?";
    let arguments = json!({"city": "New York", "days": 3});
    let function = json!({"name": "get_weather", "parameters": schema});

    let mut body = chat(ask, true);
    body["tools"] = json!([{"type": "function", "function": function}]);
    let streamed = client.post("/v1/chat/completions", "", &body).await.events();
    let pieces = text_at(&streamed, "/choices/0/delta/tool_calls/0/function/arguments");
    assert_eq!(serde_json::from_str::<Value>(&pieces).unwrap(), arguments);

    let call =
        json!({"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": pieces}});
    body["stream"] = json!(false);
    body["messages"] = json!([
        {"role": "user", "content": ask},
        {"role": "assistant", "content": null, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
    ]);
    let told = client.post("/v1/chat/completions", "", &body).await.json();
    assert_eq!(told["choices"][0]["message"]["content"], "The tool says: sunny");

    let body = json!({"model": "gpt-4.1", "input": ask, "tools": [{"type": "function", "name": "get_weather", "parameters": schema}]});
    let item = &client.post("/v1/responses", "", &body).await.json()["output"][0];
    assert_eq!(serde_json::from_str::<Value>(item["arguments"].as_str().unwrap()).unwrap(), arguments);

    let messages = json!([{"role": "user", "content": ask}]);
    let body = json!({"messages": messages, "tools": [{"name": "get_weather", "input_schema": schema}]});
    let got = client.post("/v1/messages", "", &body).await.json();
    assert_eq!((&got["content"][0]["input"], &got["stop_reason"]), (&arguments, &json!("tool_use")));

    let body =
        json!({"contents": [{"parts": [{"text": ask}]}], "tools": [{"functionDeclarations": [function]}]});
    let got = client.post("/v1beta/models/gemini-2.5-flash:generateContent", "", &body).await.json();
    assert_eq!(got["candidates"][0]["content"]["parts"][0]["functionCall"]["args"], arguments);

    let body =
        json!({"messages": messages, "stream": false, "tools": [{"type": "function", "function": function}]});
    let got = client.post("/api/chat", "", &body).await.json();
    assert_eq!(got["message"]["tool_calls"][0]["function"]["arguments"], arguments);
}

#[tokio::test]
async fn thoughts_are_shown_on_request() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    let mut shown = Vec::new();
    for (path, mut body, _) in dialects("What is 6 times 7?", true) {
        body["thinking"] = json!({"type": "enabled"}); // Anthropic's word
        body["think"] = json!(true); // Ollama's
        body["reasoning"] = json!({"effort": "low"}); // OpenAI's
        body["generationConfig"] = json!({"thinkingConfig": {"includeThoughts": true}}); // Gemini's
        shown.push(client.post(path, "", &body).await.events());
    }
    let expected = "The user says \"What is 6 times 7? …\".\nI should answer briefly.";
    let summary: Vec<_> = shown[1]
        .iter()
        .filter(|event| event["type"] == "response.reasoning_summary_text.delta")
        .cloned()
        .collect();
    assert_eq!(text_at(&summary, "/delta"), expected);
    assert_eq!(text_at(&shown[2], "/delta/thinking"), expected);
    assert_eq!(
        shown[3][0]["candidates"][0]["content"]["parts"][0],
        json!({"text": expected, "thought": true})
    );
    assert_eq!(text_at(&shown[4], "/message/thinking"), expected);
}

#[tokio::test]
async fn ids_differ_from_call_to_call_and_what_is_said_does_not() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    let mut ask = async || client.post("/v1/chat/completions", "", &chat("Hello, you!", false)).await.json();
    let (first, second) = (ask().await, ask().await);
    assert_ne!((&first["id"], &first["created"]), (&second["id"], &second["created"]));
    assert_eq!(first["choices"], second["choices"]);

    server.stable(true);
    assert_eq!(ask().await, ask().await);
    server.salt(7);
    assert_ne!(ask().await["id"], {
        server.salt(8);
        ask().await["id"].clone()
    });
    server.answers(2);
    assert_ne!(ask().await["choices"], first["choices"]);
}

#[tokio::test]
async fn errors_have_the_shape_of_their_provider() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    let kinds = ["/error/type", "/error/type", "/error/type", "/error/status", "/error", "/error"];
    for ((path, body, _), kind) in dialects(RIVERS, true).into_iter().zip(kinds) {
        for status in [400, 401, 403, 404, 429, 500, 503, 529] {
            server.on(Script::status(status));
            let got = client.post(path, "", &body).await;
            assert_eq!(got.status, status);
            assert!(
                got.json().pointer(kind).is_some_and(Value::is_string),
                "{path} {status}: {}",
                got.text()
            );
            assert_eq!(got.header("retry-after").is_some(), status == 429);
        }
        server.on(Script::error_event(2));
        let got = client.post(path, "", &body).await;
        assert_eq!((got.status, got.chunks.len(), got.whole), (200, 3, true));
        assert!(String::from_utf8_lossy(&got.chunks[2]).contains("error"), "{path}: {}", got.text());
    }
    server.on(Script::bad_key());
    let got = client.post("/v1/responses", "authorization: Bearer sk-proj-123\r\n", &chat("Hi", false)).await;
    assert!(got.json()["error"]["message"].as_str().unwrap().contains("provided: sk-proj-123."));
    server.on(Script::error_in_200());
    let got = client.post("/v1/chat/completions", "", &chat("Hi", false)).await;
    assert_eq!((got.status, &got.json()["error"]["code"]), (200, &json!(502)));
}

#[tokio::test]
async fn a_script_waits_for_its_path_and_ends_after_its_times() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    server.on(Script::status(503).path("/v1/messages").times(2));
    server.on(Script::says("none of your business").when(|seen| seen.json()["input"] == "secret"));
    let mut statuses = Vec::new();
    for path in ["/v1/chat/completions", "/v1/messages", "/v1/messages", "/v1/messages"] {
        statuses.push(client.post(path, "", &chat(RIVERS, false)).await.status);
    }
    assert_eq!(statuses, [200, 503, 503, 200]);
    let got = client.post("/v1/responses", "", &json!({"input": "secret"})).await.json();
    assert_eq!(got["output"][0]["content"][0]["text"], "none of your business");
    let got = client.post("/v1/chat/completions", "x-stand-in: status=418\r\n", &chat(RIVERS, false)).await;
    assert_eq!(got.status, 418, "a request may ask for it itself");
}

#[tokio::test]
async fn streams_break_and_end_where_they_are_told() {
    let server = StandIn::start().await;
    let body = chat("Count to 9", true);
    for (header, chunks, whole) in [("break=3", 3, false), ("reset=3", 3, false), ("end=3", 3, true)] {
        let mut client = Client::to(&server).await;
        let got = client.post("/v1/chat/completions", &format!("x-stand-in: {header}\r\n"), &body).await;
        assert_eq!((got.chunks.len(), got.whole), (chunks, whole), "{header}");
    }
    let mut client = Client::to(&server).await;
    client.send(&post("/v1/chat/completions", "x-stand-in: reset=0\r\n", &body)).await;
    client.head().await;
    let error = client.0.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "a reset is not an end");
    server.on(Script::break_after(1).framing(Framing::Length).chunks(Cut::Sizes(vec![100])));
    let got = Client::to(&server).await.post("/v1/chat/completions", "", &chat(RIVERS, false)).await;
    assert_eq!((got.text().len(), got.whole), (100, false));
    server.on(Script::hang_up());
    assert_eq!(Client::to(&server).await.post("/v1/chat/completions", "", &body).await.status, 0);
}

#[tokio::test]
async fn chunks_are_cut_as_asked_and_hold_the_same_bytes() {
    let server = StandIn::start().await;
    server.stable(true);
    let mut client = Client::to(&server).await;
    let body = chat("Grüß Gott, 東京 🦀!", true);
    let mut sizes = Vec::new();
    let mut bodies = HashSet::new();
    for cut in [Cut::Event, Cut::Whole, Cut::Byte, Cut::Sizes(vec![7, 400])] {
        server.on(Script::answer().chunks(cut));
        let got = client.post("/v1/chat/completions", "", &body).await;
        sizes.push(got.chunks.iter().take(3).map(Vec::len).collect::<Vec<_>>());
        bodies.insert(got.text());
    }
    assert_eq!(bodies.len(), 1);
    assert_eq!((sizes[1].len(), &sizes[2], &sizes[3]), (1, &vec![1, 1, 1], &vec![7, 400, 7]));
}

#[tokio::test]
async fn answers_can_repeat_what_they_should_not_and_hold_random_filling() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    server.obfuscate(true);
    for ((path, body, pointer), filled) in dialects("a secret", true).into_iter().zip([true, false, true]) {
        server.on(Script::echo_authorization());
        let got = client.post(path, "x-api-key: sk-ant-0123456789abcdef\r\n", &body).await;
        assert!(
            text_at(&got.events(), pointer).contains("The key is sk-ant-0123456789abcdef here."),
            "{path}"
        );
        assert_eq!(
            got.text().contains("\"obfuscation\":") || got.text().contains(" }\n\n"),
            filled,
            "{path}"
        );
        server.on(Script::echo_request());
        assert!(
            text_at(&client.post(path, "", &body).await.events(), pointer).contains("a secret"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_gate_decides_when_each_chunk_leaves() {
    let server = StandIn::start().await;
    let gate = Gate::closed();
    server.on(Script::answer().hold_body(&gate));
    let mut client = Client::to(&server).await;
    client.send(&post("/v1/chat/completions", "", &chat(RIVERS, true))).await;
    gate.arrived(1).await;
    assert_eq!(client.head().await.status, 200, "the head is here before any chunk");
    gate.release(1);
    gate.sent(1).await;
    assert!(client.chunk().await.unwrap().starts_with(b"data: {"));
    // A whole other answer comes meanwhile.
    let mut other = Client::to(&server).await;
    assert_eq!(other.post("/v1/chat/completions", "", &chat(RIVERS, false)).await.status, 200);
    assert_eq!(gate.sent_so_far(), 1, "the second chunk is still held");
    gate.open();
    gate.finished(1).await;
    assert!(client.chunk().await.is_some());
}

#[tokio::test]
async fn gates_decide_which_of_two_answers_comes_first() {
    let server = StandIn::start().await;
    let (first, second) = (Gate::closed(), Gate::closed());
    server.on(Script::says("one").hold(&first));
    server.on(Script::says("two").hold(&second));
    let (mut one, mut two) = (Client::to(&server).await, Client::to(&server).await);
    one.send(&post("/v1/messages", "", &chat("Hi", false))).await;
    server.arrived(1).await;
    two.send(&post("/v1/messages", "", &chat("Hi", false))).await;
    server.arrived(2).await;
    second.open();
    assert_eq!(two.answer("POST").await.json()["content"][0]["text"], "two");
    first.open();
    assert_eq!(one.answer("POST").await.json()["content"][0]["text"], "one");
}

#[tokio::test]
async fn odd_bodies_arrive_as_written() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    let bytes = b"data: caf\xe9\r\n\r\n".to_vec();
    server.on(Script::raw(Reply::new(200).chunk(bytes.clone()).header("content-encoding", "gzip")));
    let got = client.post("/x", "", &Value::Null).await;
    assert_eq!((got.chunks.concat(), got.header("content-encoding")), (bytes, Some("gzip")));

    server.on(Script::raw(Reply::new(204)));
    server.on(Script::raw(Reply::new(304).header("etag", "\"1\"")));
    assert_eq!(client.post("/x", "", &Value::Null).await.status, 204);
    assert_eq!(client.post("/x", "", &Value::Null).await.status, 304);
    client.send("HEAD /v1/models HTTP/1.1\r\n\r\n").await;
    assert_eq!(client.answer("HEAD").await.status, 200);
    client.send("GET /v1/models HTTP/1.1\r\n\r\n").await;
    assert_eq!(
        client.answer("GET").await.json()["data"][0]["id"],
        "gpt-4o-mini",
        "the connection is still in step"
    );

    // The first check of a frame is over its first eight bytes, the second over all before it.
    let frame = event_frame("exception", "throttlingException", "{\"message\":\"Too many requests\"}");
    assert_eq!(u32::from_be_bytes(frame[..4].try_into().unwrap()) as usize, frame.len());
    assert_eq!(frame[8..12], crc32fast::hash(&frame[..8]).to_be_bytes());
    assert_eq!(frame[frame.len() - 4..], crc32fast::hash(&frame[..frame.len() - 4]).to_be_bytes());

    let lying = Reply::new(200).header("content-length", "10").chunk("short").framing(Framing::Bare);
    server.on(Script::raw(lying));
    let got = client.post("/x", "", &Value::Null).await;
    assert_eq!((got.text().as_str(), got.whole), ("short", false));
}

#[tokio::test]
async fn chunked_requests_are_put_together() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    let head = "POST /v1/responses HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
    client.send(head).await;
    assert_eq!(client.head().await.status, 100);
    client.send("8\r\n{\"input\"\r\n13;x=y\r\n: \"Count to three\"}\r\n0\r\n\r\n").await;
    assert_eq!(client.answer("POST").await.json()["output"][0]["content"][0]["text"], "1\n2\n3");
}

#[tokio::test]
async fn embeddings_depend_on_the_input_alone_in_either_encoding() {
    let server = StandIn::start().await;
    let mut client = Client::to(&server).await;
    let body = json!({"model": "text-embedding-3-small", "input": ["a", "b", "a"], "dimensions": 8});
    let got = client.post("/v1/embeddings", "", &body).await.json();
    let vector = |n: usize| &got["data"][n]["embedding"];
    assert_eq!((vector(0), vector(0).as_array().unwrap().len()), (vector(2), 8));
    assert_ne!(vector(0), vector(1));
    let body = json!({"input": "a", "dimensions": 2, "encoding_format": "base64"});
    let coded = client.post("/v1/embeddings", "", &body).await.json()["data"][0]["embedding"].clone();
    assert_eq!(coded.as_str().unwrap().len(), 12, "eight bytes: {coded}");
    let got = client.post("/api/embed", "", &json!({"model": "all-minilm", "input": "a"})).await.json();
    assert_eq!(got["embeddings"][0].as_array().unwrap().len(), 384);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_connections_are_served_at_once_and_none_after_the_stop() {
    let server = std::sync::Arc::new(StandIn::start().await);
    let gate = Gate::closed();
    server.on(Script::answer().hold(&gate).times(50));
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..50 {
        let server = server.clone();
        callers.spawn(async move {
            let body = chat(&format!("What is {n} plus 1?"), false);
            let got = Client::to(&server).await.post("/v1/chat/completions", "", &body).await.json();
            assert_eq!(got["choices"][0]["message"]["content"], format!("{n} plus 1 is {}.", n + 1));
            got["id"].to_string()
        });
    }
    server.arrived(50).await; // none has been answered: all are open at the same time
    gate.open();
    let ids: HashSet<_> = callers.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 50);

    let address = server.url().trim_start_matches("http://").to_owned();
    std::sync::Arc::into_inner(server).unwrap().stop().await;
    assert!(TcpStream::connect(address).await.is_err());
}
