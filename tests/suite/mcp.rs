//! MCP and other JSON-RPC: clients count their calls and are given a session, and another run has other ids.

use llm_cassette::{Cassette, Error, ErrorKind, Mode};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

const BOTH: &str = "application/json, text/event-stream";

/// What a client of MCP says.
struct Client<'c> {
    cassette: &'c Cassette,
    url: String,
    /// The session that it says it is in, whatever the server says.
    session: &'c str,
}

impl Client<'_> {
    async fn send(
        &self,
        method: Method,
        accept: &str,
        body: Option<Value>,
    ) -> Result<reqwest::Response, reqwest_middleware::Error> {
        let mut request = client(self.cassette).request(method, &self.url).header("accept", accept);
        if !self.session.is_empty() {
            request = request.header("mcp-session-id", self.session);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        request.send().await
    }

    /// What a call under an id is answered.
    async fn call(&self, id: Value, method: &str, params: Value) -> String {
        let body = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let response = self.send(Method::POST, BOTH, Some(body)).await.unwrap();
        let session = response.headers().get("mcp-session-id").map(|id| id.to_str().unwrap().to_owned());
        if let Some(session) = session.filter(|_| !self.session.is_empty()) {
            assert_eq!(session, self.session);
        }
        response.text().await.unwrap()
    }
}

fn in_stream(session: &str, message: &Value) -> Script {
    let reply = Reply::new(200).header("content-type", "text/event-stream").header("mcp-session-id", session);
    Script::raw(reply.chunk(format!("event: message\nid: 7_1\ndata: {message}\n\n")))
}

fn result(id: &Value, result: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": result})
}

#[tokio::test]
async fn a_call_is_replayed_under_another_id_and_in_another_session() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    for id in [json!(1), json!(2)] {
        provider.on(in_stream(
            "s-1",
            &result(&id, json!({"content": [{"type": "text", "text": id.to_string()}]})),
        ));
    }
    let url = provider.url() + "/mcp";
    let call = |text: &str| json!({"name": "echo", "arguments": {"text": text}});
    let cassette = folder.open(Mode::Record);
    let recorder = Client { cassette: &cassette, url: url.clone(), session: "s-1" };
    recorder.call(json!(1), "tools/call", call("one")).await;
    recorder.call(json!(2), "tools/call", call("two")).await;
    assert_eq!(cassette.finish().unwrap().recorded, 2);
    assert!(folder.text().contains("mcp-session-id: s-1"), "{}", folder.text());

    let cassette = folder.open(Mode::Replay);
    let player = Client { cassette: &cassette, url, session: "s-2" };
    for (id, text, was) in [(json!("x-9"), "two", "2"), (json!(40), "one", "1")] {
        let answer = player.call(id.clone(), "tools/call", call(text)).await;
        let message = result(&id, json!({"content": [{"type": "text", "text": was}]}));
        assert_eq!(answer, format!("event: message\nid: 7_1\ndata: {message}\n\n"));
    }
    assert_eq!(cassette.finish().unwrap().played, 2);
}

#[tokio::test]
async fn whether_there_is_a_session_makes_two_requests() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json(result(&json!(1), json!({})).to_string())));
    let url = provider.url() + "/mcp";
    let cassette = folder.open(Mode::Record);
    Client { cassette: &cassette, url: url.clone(), session: "" }.call(json!(1), "ping", json!({})).await;
    cassette.finish().unwrap();

    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {}});
    let other = Client { cassette: &cassette, url, session: "s-2" };
    let error = other.send(Method::POST, BOTH, Some(body)).await.unwrap_err();
    let error = Error::find_in(&error).unwrap();
    assert_eq!(error.kind(), ErrorKind::NoMatch);
    assert!(error.message().contains("header `mcp-session-id` added"), "{error}");
}

#[tokio::test]
async fn an_error_object_of_json_rpc_is_an_answer_and_so_is_that_there_is_no_stream_and_no_session_to_end() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let error =
        |code: i32| json!({"jsonrpc": "2.0", "id": 2, "error": {"code": code, "message": "no such thing"}});
    provider.on(Script::raw(Reply::json(error(-32601).to_string())));
    provider.on(in_stream("s-1", &error(-32602)));
    let refused = Reply::new(400).header("content-type", "application/json");
    provider.on(Script::raw(refused.chunk(error(-32000).to_string())));
    provider.on(Script::status(405));
    provider.on(Script::raw(Reply::new(405)));
    let url = provider.url() + "/mcp";
    let talk = async |cassette: &Cassette| {
        let client = Client { cassette, url: url.clone(), session: "s-1" };
        let mut told = Vec::new();
        for method in ["prompts/list", "resources/list", "server/discover"] {
            told.push(client.call(json!(2), method, json!({})).await);
        }
        for method in [Method::GET, Method::DELETE] {
            let response = client.send(method, "text/event-stream", None).await.unwrap();
            told.push(response.status().to_string());
        }
        told
    };
    let cassette = folder.open(Mode::Record);
    let recorded = talk(&cassette).await;
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.skipped.len()), (5, 0), "{report}");
    let cassette = folder.open(Mode::Replay);
    assert_eq!(talk(&cassette).await, recorded);
    assert_eq!(cassette.finish().unwrap().played, 5);
}

#[tokio::test]
async fn what_json_rpc_tells_of_quota_or_a_broken_server_is_not_recorded() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let error =
        |message: &str| json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": message}});
    provider.on(Script::raw(Reply::json(error("rate limit exceeded").to_string())));
    for status in [401, 429, 500] {
        let reply = Reply::new(status).header("content-type", "application/json");
        provider.on(Script::raw(reply.chunk(error("sorry").to_string())));
    }
    let cassette = folder.open(Mode::Record);
    let client = Client { cassette: &cassette, url: provider.url() + "/mcp", session: "s-1" };
    for number in 0..4 {
        client.call(json!(number), "tools/list", json!({"n": number})).await;
    }
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.skipped.len()), (0, 4), "{report}");
}

#[tokio::test]
async fn a_refresh_whose_client_counts_otherwise_changes_no_line() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let url = provider.url() + "/mcp";
    for (mode, id, session) in [(Mode::Record, json!(1), "s-1"), (Mode::Refresh, json!("b-2"), "s-1")] {
        provider.on(in_stream(session, &result(&id, json!({"tools": []}))));
        let cassette = folder.open(mode);
        Client { cassette: &cassette, url: url.clone(), session }.call(id, "tools/list", json!({})).await;
        let before = std::fs::read_to_string(folder.file()).ok();
        cassette.finish().unwrap();
        if mode == Mode::Refresh {
            assert_eq!(before.as_deref(), Some(folder.text().as_str()));
        }
    }
}

#[tokio::test]
async fn tracing_makes_no_other_request() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json(result(&json!(1), json!({})).to_string())));
    let url = provider.url() + "/mcp";
    let traced = |trace: &str| json!({"_meta": {"traceparent": trace}});
    let cassette = folder.open(Mode::Record);
    let recorder = Client { cassette: &cassette, url: url.clone(), session: "" };
    recorder
        .call(json!(1), "tools/list", traced("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
        .await;
    cassette.finish().unwrap();
    for params in [traced("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), json!({})] {
        let cassette = folder.open(Mode::Replay);
        Client { cassette: &cassette, url: url.clone(), session: "" }
            .call(json!(1), "tools/list", params)
            .await;
        assert_eq!(cassette.finish().unwrap().played, 1);
    }
}

#[tokio::test]
async fn a_message_to_an_agent_is_replayed_under_another_id_and_comes_back_with_it() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let url = provider.url() + "/agent";
    let send = async |cassette: &Cassette, message: &str, text: &str| {
        let said = json!({"messageId": message, "role": "ROLE_USER", "parts": [{"text": text}]});
        let client = Client { cassette, url: url.clone(), session: "" };
        client.call(json!(message), "SendMessage", json!({"message": said})).await
    };
    let task = |message: &str, text: &str| {
        let history = json!([{"messageId": message, "parts": [{"text": text}]}]);
        result(&json!(message), json!({"task": {"id": "task-1", "history": history}}))
    };
    let messages = [("7d0f6a1c-one", "One?"), ("7d0f6a1c-two", "Two?")];
    let cassette = folder.open(Mode::Record);
    for (message, text) in messages {
        provider.on(Script::raw(Reply::json(task(message, text).to_string())));
        send(&cassette, message, text).await;
    }
    assert_eq!(cassette.finish().unwrap().recorded, 2);

    let cassette = folder.open(Mode::Replay);
    for (message, text) in [("0b6e2f94-new", "Two?"), ("0b6e2f94-newer", "One?")] {
        assert_eq!(send(&cassette, message, text).await, task(message, text).to_string());
    }
    assert_eq!(cassette.finish().unwrap().played, 2);
}

#[tokio::test]
async fn a_message_to_an_agent_by_plain_http_is_replayed_under_another_id() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json(json!({"task": {"id": "task-1"}}).to_string())));
    let url = provider.url() + "/v1/message:send";
    for (mode, message, context) in [(Mode::Record, "m-one", "c-one"), (Mode::Replay, "m-two", "c-two")] {
        let cassette = folder.open(mode);
        let said = json!({"messageId": message, "contextId": context, "parts": [{"text": "Hi"}]});
        let answer = post(&client(&cassette), &url, json!({"message": said}).to_string()).await.unwrap();
        assert_eq!(answer.text().await.unwrap(), json!({"task": {"id": "task-1"}}).to_string());
        cassette.finish().unwrap();
    }
}
