//! `warm` records ahead of time: what is there is not asked again, and what fails is told.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};

use llm_cassette::{Cassette, Mode};
use reqwest_middleware::ClientBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{Ran, command};
use crate::stand_in::{Cut, Framing, Gate, Script, Seen, StandIn};

/// A line that asks a question, called by it.
fn line(question: &str) -> String {
    json!({"custom_id": question, "method": "POST", "url": "/v1/chat/completions", "body": body(question)})
        .to_string()
}

fn body(question: &str) -> Value {
    json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": question}]})
}

fn folder(lines: &[String]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ask.jsonl"), lines.join("\n")).unwrap();
    folder
}

fn questions(names: &[&str]) -> TempDir {
    folder(&names.iter().map(|name| line(name)).collect::<Vec<_>>())
}

fn prepared(folder: &Path, base: &str, more: &[&str]) -> std::process::Command {
    let mut command = command(folder);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LLM_CASSETTE_")) {
        command.env_remove(name);
    }
    command.args(["warm", "ask.jsonl", "--cassette", "faq.yaml", "--base-url", base]).args(more);
    command
}

fn warm(folder: &TempDir, base: &str, more: &[&str]) -> Ran {
    prepared(folder.path(), base, more).output().unwrap().into()
}

fn started(folder: &TempDir, base: &str, more: &[&str]) -> Child {
    prepared(folder.path(), base, more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn asks(words: &'static str) -> impl Fn(&Seen) -> bool + Send + 'static {
    move |seen| String::from_utf8_lossy(&seen.body).contains(words)
}

/// What the library plays for a request, without any network.
async fn played(folder: &TempDir, url: &str, body: &Value) -> Option<Value> {
    ask(folder, Mode::Replay, url, body).await
}

async fn ask(folder: &TempDir, mode: Mode, url: &str, body: &Value) -> Option<Value> {
    let cassette =
        Cassette::builder(folder.path().join("faq.yaml")).mode(mode).tolerate_misses(true).open().unwrap();
    let client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
    let mut request = client.post(url).header("content-type", "application/json").body(body.to_string());
    if url.ends_with("/messages") {
        request = request.header("anthropic-version", "2023-06-01");
    }
    let answer = request.send().await.ok()?.bytes().await.unwrap();
    Some(serde_json::from_slice(&answer).unwrap())
}

#[tokio::test]
async fn requests_are_recorded_and_a_second_run_asks_nothing() {
    let provider = StandIn::start().await;
    let folder = questions(&["one", "two", "one"]);
    let ran = warm(&folder, &provider.url(), &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout, @"recorded 2, repeated 1 · 50 tokens · $0.000016");
    let url = format!("{}/v1/chat/completions", provider.url());
    for question in ["one", "two"] {
        let answer = played(&folder, &url, &body(question)).await.unwrap();
        assert_eq!(answer["object"], "chat.completion");
    }
    let before = std::fs::read(folder.path().join("faq.yaml")).unwrap();
    let ran = warm(&folder, &provider.url(), &[]);
    assert_eq!((ran.code, provider.calls()), (0, 2));
    insta::assert_snapshot!(ran.stdout, @"recorded 0, already there 2, repeated 1");
    assert_eq!(std::fs::read(folder.path().join("faq.yaml")).unwrap(), before);
}

#[tokio::test]
async fn documents_stand_in_the_order_of_the_lines_however_the_answers_come() {
    let provider = StandIn::start().await;
    let (first, gate) = (Gate::closed(), Gate::closed());
    provider.on(Script::answer().when(asks("one")).hold(&first));
    provider.on(Script::answer().when(asks("two")).hold(&gate));
    let folder = questions(&["one", "two"]);
    let process = started(&folder, &provider.url(), &[]);
    first.arrived(1).await;
    gate.open();
    gate.finished(1).await;
    first.open();
    let ran: Ran = process.wait_with_output().unwrap().into();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = std::fs::read_to_string(folder.path().join("faq.yaml")).unwrap();
    assert!(text.find("content: one").unwrap() < text.find("content: two").unwrap(), "{text}");
}

#[tokio::test]
async fn a_busy_provider_is_asked_again() {
    let provider = StandIn::start().await;
    provider.on(Script::status(429).header("retry-after", "0").times(2));
    provider.on(Script::status(503).header("retry-after", "0"));
    let folder = questions(&["one"]);
    let ran = warm(&folder, &provider.url(), &[]);
    assert_eq!((ran.code, ran.stderr.as_str(), provider.calls()), (0, "", 4));
}

#[tokio::test]
async fn a_provider_that_asks_for_an_hour_is_not_waited_for() {
    let provider = StandIn::start().await;
    provider.on(Script::status(429).header("retry-after", "3600").always());
    let ran = warm(&questions(&["one", "two", "three"]), &provider.url(), &["-j", "1"]);
    assert_eq!((ran.code, provider.calls()), (1, 1));
    insta::assert_snapshot!(ran.stdout.replace(&provider.url(), "http://host"), @r#"
    recorded 0, failed 1, not sent 2
    stopped: http://host asked clients to wait 3600 s
    hint: wait that long and run the same command again; what is recorded is kept

    id   line  attempts  why
    one  1     1         HTTP 429: requests: Rate limit reached for requests. Please try again in 1s.
    "#);
}

#[tokio::test]
async fn a_server_that_asks_for_time_is_left_alone_by_all_calls_while_another_is_asked() {
    // With a retry it is the call itself that has to wait, without one it is the next call to the same server.
    for (retries, next) in [("1", None), ("0", Some("busy too"))] {
        let (busy, other) = (StandIn::start().await, StandIn::start().await);
        let (turned_away, answered) = (Gate::closed(), Gate::closed());
        busy.on(Script::status(429).header("retry-after", "600").hold(&turned_away));
        other.on(Script::answer().chunks(Cut::Whole).framing(Framing::Length).hold(&answered).always());
        let to = |server: &StandIn, question: &str| {
            let mut line: Value = serde_json::from_str(&line(question)).unwrap();
            line["url"] = json!(format!("{}/v1/chat/completions", server.url()));
            line.to_string()
        };
        let mut lines = vec![to(&busy, "busy"), to(&other, "first")];
        lines.extend(next.map(|question| to(&busy, question)));
        lines.extend((0..8).map(|number| to(&other, &format!("other {number}"))));
        let folder = folder(&lines);
        let mut process = started(&folder, &other.url(), &["--jobs", "2", "--retries", retries]);
        answered.arrived(1).await;
        turned_away.open();
        turned_away.finished(1).await;
        // Who waits for the busy server takes one of two places; the other place serves nine calls meanwhile.
        answered.open();
        answered.finished(9).await;
        assert_eq!((busy.calls(), other.calls()), (1, 9), "{retries}");
        process.kill().unwrap();
        process.wait().unwrap();
    }
}

#[tokio::test]
async fn failures_are_summed_up_and_the_next_run_asks_only_for_them() {
    let provider = StandIn::start().await;
    provider.on(Script::status(400).when(asks("bad")));
    provider.on(Script::status(429).header("retry-after", "0").when(asks("busy")).times(2));
    provider.on(Script::hang_up().when(asks("cut")));
    let folder = questions(&["good", "bad", "busy", "cut"]);
    let arguments = ["--retries", "1", "-j", "1"];
    let ran = warm(&folder, &provider.url(), &["--retries", "1", "-j", "1", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    let failed: Vec<_> =
        said["failures"].as_array().unwrap().iter().map(|one| one["custom_id"].as_str().unwrap()).collect();
    assert_eq!((&said["recorded"], failed), (&json!(2), vec!["bad", "busy"]));

    provider.on(Script::status(400).when(asks("bad")));
    let ran = warm(&folder, &provider.url(), &arguments);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    recorded 1, already there 2, failed 1 · 25 tokens · $0.0000078

    id   line  attempts  why
    bad  2     1         HTTP 400: invalid_request_error: We could not parse the JSON body of your request.
    "#);
    assert_eq!(provider.calls(), 1 + 1 + 2 + 2 + 2);
}

#[tokio::test]
async fn no_more_calls_are_under_way_than_allowed() {
    let provider = StandIn::start().await;
    let gate = Gate::closed();
    // With a length, an answer is one step.
    provider.on(Script::answer().chunks(Cut::Whole).framing(Framing::Length).hold(&gate).always());
    let names: Vec<String> = (0..7).map(|number| format!("q{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let folder = questions(&names);
    let process = started(&folder, &provider.url(), &["--jobs", "3"]);
    for done in 0..=4 {
        gate.arrived(done + 3).await;
        // A further call would have to be sent before an answer is out.
        assert_eq!(provider.calls(), done + 3);
        gate.release(1);
        gate.finished(done + 1).await;
    }
    gate.open();
    let ran: Ran = process.wait_with_output().unwrap().into();
    assert_eq!((ran.code, provider.calls()), (0, 7));
}

#[tokio::test]
async fn a_killed_run_loses_nothing_that_was_answered_and_goes_on_where_it_was() {
    let provider = StandIn::start().await;
    let never = Gate::closed();
    provider.on(Script::answer().when(asks("three")).hold(&never));
    let folder = questions(&["one", "two", "three", "four"]);
    let mut process = started(&folder, &provider.url(), &["-j", "1"]);
    never.arrived(1).await;
    process.kill().unwrap();
    process.wait().unwrap();
    let ran = warm(&folder, &provider.url(), &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @"recorded 2, already there 2 · 51 tokens · $0.000016");
    assert_eq!(provider.calls(), 5);
}

#[tokio::test]
async fn a_budget_stops_the_run_and_says_what_was_not_sent() {
    let provider = StandIn::start().await;
    let folder = questions(&["one", "two", "three"]);
    let ran = warm(&folder, &provider.url(), &["--budget", "calls=1", "-j", "1"]);
    assert_eq!((ran.code, ran.stderr.as_str(), provider.calls()), (1, "", 1));
    let said = ran.stdout.replace(folder.path().canonicalize().unwrap().to_str().unwrap(), "");
    insta::assert_snapshot!(said.replace(folder.path().to_str().unwrap(), ""), @r#"
    recorded 1, not sent 2 · 25 tokens · $0.0000078
    stopped: faq.yaml: no more calls are sent: the cap is 1 call; spent: 1 call, 25 tokens, $0.0000078
    hint: raise the budget and run the same command again; what is recorded is kept
    "#);
    let ran = warm(&folder, &provider.url(), &[]);
    assert_eq!((ran.code, provider.calls()), (0, 3));
}

#[tokio::test]
async fn pairs_are_recorded_without_a_call_and_play() {
    let provider = StandIn::start().await;
    let folder = folder(&[
        json!({"custom_id": "river", "question": "Which river?", "answer": "The Danube."}).to_string(),
        json!({"prompt": "Which river?", "completion": "The Rhine.", "provider": "anthropic", "model": "claude-x",
            "system": "Be brief.", "params": {"max_tokens": 64}})
        .to_string(),
        json!({"question": "Which river?", "answer": "The Elbe.", "provider": "gemini"}).to_string(),
    ]);
    let ran = warm(&folder, &provider.url(), &["--model", "gpt-4o-mini", "--tag", "faq"]);
    assert_eq!((ran.code, ran.stderr.as_str(), provider.calls()), (0, "", 0));
    insta::assert_snapshot!(ran.stdout, @"recorded 0, written 3");

    let text = std::fs::read_to_string(folder.path().join("faq.yaml")).unwrap();
    let labels = "tags: [faq]\nmetadata: {source: written by hand}\npinned: true\n";
    assert_eq!(text.matches(labels).count(), 3, "{text}");
    let at = |path: &str| format!("{}{path}", provider.url());
    let answer = played(&folder, &at("/v1/chat/completions"), &body("Which river?")).await.unwrap();
    assert_eq!(answer["choices"][0]["message"]["content"], "The Danube.");
    assert!(answer.get("usage").is_none());
    let asked = json!({"model": "claude-x", "system": "Be brief.", "max_tokens": 64,
        "messages": [{"role": "user", "content": "Which river?"}]});
    let answer = played(&folder, &at("/v1/messages"), &asked).await.unwrap();
    assert_eq!(answer["content"][0]["text"], "The Rhine.");
    let asked = json!({"contents": [{"role": "user", "parts": [{"text": "Which river?"}]}]});
    let answer = played(&folder, &at("/v1beta/models/gpt-4o-mini:generateContent"), &asked).await.unwrap();
    assert_eq!(answer["candidates"][0]["content"]["parts"][0]["text"], "The Elbe.");
    assert_eq!(provider.calls(), 0);
}

#[tokio::test]
async fn a_refresh_leaves_a_pair_as_it_is() {
    let provider = StandIn::start().await;
    let folder = folder(&[
        json!({"question": "Which river?", "answer": "The Danube.", "model": "gpt-4o-mini"}).to_string(),
    ]);
    assert_eq!(warm(&folder, &provider.url(), &[]).code, 0);
    let url = format!("{}/v1/chat/completions", provider.url());
    let answer = ask(&folder, Mode::Refresh, &url, &body("Which river?")).await.unwrap();
    assert_eq!(answer["choices"][0]["message"]["content"], "The Danube.");
    assert_eq!(provider.calls(), 0);
}

#[tokio::test]
async fn what_is_too_old_is_recorded_again_where_that_is_wanted() {
    let provider = StandIn::start().await;
    let folder = questions(&["one"]);
    assert_eq!(warm(&folder, &provider.url(), &[]).code, 0);
    let file = folder.path().join("faq.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, after) = text.split_once("recorded_at: \"").unwrap();
    std::fs::write(&file, format!("{before}recorded_at: \"2020{}", &after[4..])).unwrap();
    for (age, calls) in [("30d", 1), ("30d,record", 2), ("30d,record", 2)] {
        let mut command = prepared(folder.path(), &provider.url(), &[]);
        let ran: Ran = command.env("LLM_CASSETTE_TTL", age).output().unwrap().into();
        assert_eq!((ran.code, provider.calls()), (0, calls), "{age}: {}{}", ran.stdout, ran.stderr);
    }
}

#[tokio::test]
async fn the_most_frequent_requests_of_a_log_are_recorded() {
    let provider = StandIn::start().await;
    let call = |question: &str| json!({"url": "/v1/chat/completions", "body": body(question)});
    let nested = |question: &str| json!({"ts": 1, "request": call(question)}).to_string();
    // The order of keys does not make it another request.
    let turned = r#"{"url":"/v1/chat/completions","body":{"messages":[{"content":"often","role":"user"}],"model":"gpt-4o-mini"}}"#;
    let lines = [
        nested("seldom"),
        nested("often"),
        "plain text".to_owned(),
        nested("twice"),
        turned.to_owned(),
        call("twice").to_string(),
        nested("often"),
    ];
    let folder = folder(&lines);
    let ask = |more: &[&str]| -> Ran {
        let mut command = command(folder.path());
        command.args(["warm", "--from-log", "ask.jsonl", "--cassette", "faq.yaml", "--top", "2"]);
        command.args(["--base-url", &provider.url()]).args(more).output().unwrap().into()
    };
    let ran = ask(&["--dry-run"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout.replace(&provider.url(), "http://host"), @r#"
    would record 2, other lines 1

    id  line  request                                          times
    -   2     POST http://host/v1/chat/completions      3
    -   4     POST http://host/v1/chat/completions      2
    "#);
    assert!(!folder.path().join("faq.yaml").exists());
    let ran = ask(&[]);
    assert_eq!((ran.code, provider.calls()), (0, 2));
    let url = format!("{}/v1/chat/completions", provider.url());
    assert!(played(&folder, &url, &body("often")).await.is_some());
    assert!(played(&folder, &url, &body("seldom")).await.is_none());
}

#[tokio::test]
async fn bad_lines_are_told_with_file_and_line_before_anything_is_sent() {
    let provider = StandIn::start().await;
    let folder = folder(&[line("one"), "{\"url\": 7}".to_owned(), "oops".to_owned()]);
    let ran = warm(&folder, &provider.url(), &[]);
    assert_eq!((ran.code, ran.stdout.as_str(), provider.calls()), (2, "", 0));
    insta::assert_snapshot!(ran.stderr, @r#"
    error: ask.jsonl:2: `url` has to be text
    ask.jsonl:3: this is not JSON; each line has to be one whole object
    hint: fix these lines and run the command again; nothing was sent
    "#);
}

#[tokio::test]
async fn a_dry_run_neither_sends_nor_writes() {
    let provider = StandIn::start().await;
    let folder = questions(&["one", "two"]);
    let ran = warm(&folder, &provider.url(), &["--dry-run", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str(), provider.calls()), (0, "", 0));
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(said["record"][1]["custom_id"], "two");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["ask.jsonl"]);
}

#[tokio::test]
async fn a_key_from_a_header_reaches_the_provider_and_neither_the_cassette_nor_the_output() {
    let provider = StandIn::start().await;
    provider.on(Script::bad_key());
    let folder = questions(&["one", "two"]);
    let mut command =
        prepared(folder.path(), &provider.url(), &["-j", "1", "--header", "Authorization: Bearer $MINE"]);
    let ran: Ran = command.env("MINE", "very-private-words").output().unwrap().into();
    assert_eq!(ran.code, 1);
    let sent = provider.requests();
    assert!(sent.iter().all(|seen| seen.header("authorization") == Some("Bearer very-private-words")));
    let text = std::fs::read_to_string(folder.path().join("faq.yaml")).unwrap();
    assert!(![text, ran.stdout, ran.stderr].concat().contains("very-private-words"));

    let ran = warm(&folder, &provider.url(), &["--header", "Authorization: Bearer $SURELY_NOT_SET"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("SURELY_NOT_SET is not set"), "{}", ran.stderr);
}

#[tokio::test]
async fn a_header_does_not_go_to_several_hosts() {
    let (one, other) = (StandIn::start().await, StandIn::start().await);
    let at = |provider: &StandIn, question: &str| {
        json!({"url": format!("{}/v1/chat/completions", provider.url()), "body": body(question)}).to_string()
    };
    let folder = folder(&[at(&one, "one"), at(&other, "two")]);
    let ran = warm(&folder, &one.url(), &["--header", "x-a: b"]);
    assert_eq!((ran.code, one.calls(), other.calls()), (2, 0, 0));
    assert!(ran.stderr.contains("one host at a time"), "{}", ran.stderr);
    assert_eq!(warm(&folder, &one.url(), &[]).code, 0);
}

#[tokio::test]
async fn a_key_that_a_known_host_needs_is_asked_for_before_anything_is_sent() {
    let folder = questions(&["one"]);
    let mut command = prepared(folder.path(), "https://api.openai.com", &[]);
    let ran: Ran = command.env_remove("OPENAI_API_KEY").output().unwrap().into();
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r#"
    error: OPENAI_API_KEY is not set, and there are requests for api.openai.com
    hint: set OPENAI_API_KEY, or give the key of another variable with `--header 'Authorization: Bearer $NAME'`
    "#);
}

#[tokio::test]
async fn a_redirect_is_neither_followed_nor_recorded() {
    let (provider, other) = (StandIn::start().await, StandIn::start().await);
    provider.on(Script::status(307).header("location", &other.url()));
    let ran = warm(&questions(&["one"]), &provider.url(), &[]);
    assert_eq!((ran.code, other.calls()), (1, 0));
    assert!(ran.stdout.contains("HTTP 307"), "{}", ran.stdout);
}

#[test]
fn the_command_speaks_https() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let greeting = std::thread::spawn(move || {
        let mut greeting = [0; 2];
        listener.accept()?.0.read_exact(&mut greeting)?;
        std::io::Result::Ok(greeting)
    });
    let ran = warm(&questions(&["one"]), &format!("https://{address}"), &["--retries", "0"]);
    // Whoever waits for a greeting that never came waits no longer.
    drop(TcpStream::connect(address));
    // The record that begins a handshake of TLS: its type, and the first half of its version.
    assert_eq!(greeting.join().unwrap().unwrap(), [0x16, 0x03], "{}", ran.stdout);
    assert_eq!(ran.code, 1, "nobody shook hands");
}

#[tokio::test]
async fn streams_are_recorded_as_they_come() {
    let provider = StandIn::start().await;
    let mut asked = body("Count to 5");
    asked["stream"] = true.into();
    let folder = folder(&[json!({"url": "/v1/chat/completions", "body": asked}).to_string()]);
    assert_eq!(warm(&folder, &provider.url(), &[]).code, 0);
    let text = std::fs::read_to_string(folder.path().join("faq.yaml")).unwrap();
    assert!(text.contains("  sse:\n"), "{text}");
}
