//! Which requests are the same request, from the client's end.

use llm_cassette::{Builder, Cassette, Error, ErrorKind, Mode};
use serde_json::{Value, json};

use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

const CHAT: &str = "/v1/chat/completions";

async fn send(cassette: &Cassette, url: &str, body: &str) -> Result<String, ErrorKind> {
    match post(&client(cassette), url, body.to_owned()).await {
        Ok(response) => Ok(response.text().await.unwrap()),
        Err(error) => Err(Error::find_in(&error).expect("an error of the cassette").kind()),
    }
}

/// A cassette with one recorded request.
async fn recorded(url: &str, body: &str) -> Folder {
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    send(&cassette, url, body).await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    folder
}

#[tokio::test]
async fn key_order_white_space_and_escapes_do_not_matter() {
    let provider = StandIn::start().await;
    let url = provider.url() + CHAT;
    let folder = recorded(
        &url,
        r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Où est l'été?"}],"temperature":0.5}"#,
    )
    .await;
    for same in [
        "{\"temperature\": 0.5,\n  \"messages\": [ {\"content\": \"Où est l'été?\", \"role\": \"user\"} ],\n\"model\":\"gpt-4o-mini\"}\n",
        r#"{"\u006dodel":"gpt-4o-mini","messages":[{"role":"user","content":"O\u00f9 est l'\u00E9t\u00e9?"}],"temperature":0.5}"#,
    ] {
        assert!(send(&folder.open(Mode::Replay), &url, same).await.is_ok(), "{same}");
    }
    for other in [
        r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Où est l'été ?"}],"temperature":0.5}"#,
        r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Où est l'été?"}],"temperature":"0.5"}"#,
        r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Où est l'été?"}]}"#,
    ] {
        assert_eq!(send(&folder.open(Mode::Replay), &url, other).await, Err(ErrorKind::NoMatch), "{other}");
    }
}

#[tokio::test]
async fn the_query_is_compared_without_its_order() {
    let provider = StandIn::start().await;
    let url = |query: &str| format!("{}{CHAT}?{query}", provider.url());
    let folder = recorded(&url("b=2&a=%41%2f"), &chat("Hi", false)).await;
    assert!(send(&folder.open(Mode::Replay), &url("a=A%2F&b=2"), &chat("Hi", false)).await.is_ok());
    let other = send(&folder.open(Mode::Replay), &url("a=A%2F&b=3"), &chat("Hi", false)).await;
    assert_eq!(other, Err(ErrorKind::NoMatch));
}

/// An agent of two turns: asks, is told to call a tool, and comes back with the result. The id of the call is the
/// provider's.
async fn two_turns(cassette: &Cassette, url: &str) -> String {
    let question = json!({"role": "user", "content": "Weather in Oslo?"});
    let body = |messages: Value| json!({"model": "gpt-4o-mini", "messages": messages}).to_string();
    let first = send(cassette, url, &body(json!([question]))).await.unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    let call = &first["choices"][0]["message"];
    let result =
        json!({"role": "tool", "tool_call_id": call["tool_calls"][0]["id"], "content": "12 degrees"});
    send(cassette, url, &body(json!([question, call, result]))).await.unwrap()
}

fn calls_a_tool(id: &str, arguments: &str) -> Script {
    let call =
        json!({"id": id, "type": "function", "function": {"name": "get_weather", "arguments": arguments}});
    let message = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let answer = json!({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]});
    Script::raw(Reply::json(answer.to_string()))
        .when(|seen| seen.json()["messages"].as_array().unwrap().len() == 1)
}

#[tokio::test]
async fn a_first_turn_that_is_recorded_again_does_not_orphan_the_second() {
    let provider = StandIn::start().await;
    let url = provider.url() + CHAT;
    let folder = Folder::new();
    provider.on(calls_a_tool("call_old", r#"{"city":"Oslo","days":1}"#));
    let cassette = folder.open(Mode::Record);
    let second = two_turns(&cassette, &url).await;
    assert_eq!(cassette.finish().unwrap().recorded, 2);

    let text = folder.text();
    let (first, next) = (text.find("---").unwrap(), text.rfind("\n---").unwrap() + 1);
    std::fs::write(folder.file(), format!("{}{}", &text[..first], &text[next..])).unwrap();
    // Another id, and the same arguments written in another way.
    provider.on(calls_a_tool("call_new", r#"{ "days": 1, "city": "Oslo" }"#));
    let cassette = folder.open(Mode::Record);
    assert_eq!(two_turns(&cassette, &url).await, second);
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.played), (1, 1));
    assert_eq!(provider.calls(), 3);
}

#[tokio::test]
async fn among_recordings_that_match_the_one_with_the_very_same_ids_comes_first() {
    let provider = StandIn::start().await;
    let url = provider.url() + CHAT;
    let folder = Folder::new();
    let turn = |id: &str| {
        json!({"messages": [
            {"role": "assistant", "tool_calls": [{"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": id, "content": "1"}]})
        .to_string()
    };
    let cassette = folder.open(Mode::Record);
    let mut answers = Vec::new();
    for id in ["call_1", "call_2", "call_3"] {
        provider.on(Script::says(&format!("to {id}")));
        answers.push(send(&cassette, &url, &turn(id)).await.unwrap());
    }
    cassette.finish().unwrap();
    let cassette = folder.open(Mode::Replay);
    assert_eq!(send(&cassette, &url, &turn("call_2")).await.as_ref(), Ok(&answers[1]));
    assert_eq!(send(&cassette, &url, &turn("call_new")).await.as_ref(), Ok(&answers[0]));
    assert_eq!(send(&cassette, &url, &turn("call_3")).await.as_ref(), Ok(&answers[2]));
    assert_eq!(send(&cassette, &url, &turn("call_4")).await, Err(ErrorKind::UsedUp));
}

#[tokio::test]
async fn ids_in_prose_are_text_like_any_other() {
    let provider = StandIn::start().await;
    let url = provider.url() + CHAT;
    let folder = recorded(&url, &chat("What is call_1?", false)).await;
    assert_eq!(
        send(&folder.open(Mode::Replay), &url, &chat("What is call_2?", false)).await,
        Err(ErrorKind::NoMatch)
    );
}

#[tokio::test]
async fn a_new_rule_applies_to_what_was_recorded_without_it() {
    let provider = StandIn::start().await;
    let here = provider.url() + CHAT;
    let there = "https://gateway.example/v1/chat/completions".to_owned();
    let body = |day: &str, run: &str| {
        json!({"messages": [{"role": "user", "content": format!("Today is {day}.")}], "metadata": {"run": run}}).to_string()
    };
    let folder = recorded(&here, &body("2026-11-21", "1")).await;
    let before = folder.text();
    type Rule = fn(Builder) -> Builder;
    let rows: [(&str, &str, String, Rule); 3] = [
        ("ignore", &here, body("2026-11-21", "2"), |builder| builder.ignore("/metadata/run")),
        ("replace", &here, body("2027-01-02", "1"), |builder| builder.replace(r"\d{4}-\d\d-\d\d", "DATE")),
        ("ignore_host", &there, body("2026-11-21", "1"), |it| it.ignore_host(true)),
    ];
    for (name, url, body, rule) in rows {
        assert_eq!(send(&folder.open(Mode::Replay), url, &body).await, Err(ErrorKind::NoMatch), "{name}");
        let with_rule = rule(folder.builder(Mode::Replay)).open().unwrap();
        assert!(send(&with_rule, url, &body).await.is_ok(), "{name}");
    }
    let all = folder
        .builder(Mode::Replay)
        .ignore("/metadata")
        .replace("2027-01-02", "2026-11-21")
        .ignore_host(true);
    assert!(send(&all.open().unwrap(), &there, &body("2027-01-02", "7")).await.is_ok());
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn a_rule_never_makes_two_requests_one_that_differ_elsewhere() {
    let provider = StandIn::start().await;
    let url = provider.url() + CHAT;
    let folder = recorded(&url, &chat("One", false)).await;
    let cassette = folder.builder(Mode::Replay).ignore("/metadata").replace("2026", "2027").open().unwrap();
    assert_eq!(send(&cassette, &url, &chat("Two", false)).await, Err(ErrorKind::NoMatch));
}

#[tokio::test]
async fn a_header_counts_when_a_rule_says_so() {
    let provider = StandIn::start().await;
    let url = provider.url() + CHAT;
    let ask = async |cassette: Cassette, tenant: &str| {
        let request = client(&cassette).post(&url).header("content-type", "application/json");
        let response = request.header("x-tenant", tenant).body(chat("Hi", false)).send().await;
        response.map(|_| ()).map_err(|error| Error::find_in(&error).unwrap().kind())
    };
    let folder = Folder::new();
    let with_rule = |mode| folder.builder(mode).match_header("X-Tenant").open().unwrap();
    ask(with_rule(Mode::Record), "one").await.unwrap();
    assert_eq!(ask(with_rule(Mode::Replay), "one").await, Ok(()));
    assert_eq!(ask(with_rule(Mode::Replay), "two").await, Err(ErrorKind::NoMatch));
    assert_eq!(ask(folder.open(Mode::Replay), "two").await, Ok(()));
}

#[tokio::test]
async fn distinct_requests_may_come_in_any_order_and_at_once() {
    let provider = StandIn::start().await;
    let url = provider.url() + CHAT;
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    let mut answers = Vec::new();
    for n in 0..12 {
        let body = chat(&format!("Question {n}"), n % 2 == 0);
        answers.push((body.clone(), send(&cassette, &url, &body).await.unwrap()));
    }
    cassette.finish().unwrap();
    answers.reverse();
    let cassette = folder.open(Mode::Replay);
    let mut tasks = tokio::task::JoinSet::new();
    for (body, answer) in answers {
        let (cassette, url) = (cassette.clone(), url.clone());
        tasks.spawn(async move { assert_eq!(send(&cassette, &url, &body).await, Ok(answer)) });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(cassette.finish().unwrap().played, 12);
    assert_eq!(provider.calls(), 12);
}

#[test]
fn a_rule_that_does_not_hold_up_is_told_when_the_cassette_is_opened() {
    let open = |builder: Builder| {
        let error = builder.mode(Mode::Replay).open().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadSetting);
        error.to_string()
    };
    let mut all = open(Cassette::builder("x").ignore("metadata")) + "\n\n";
    all += &(open(Cassette::builder("x").match_header("x tenant")) + "\n\n");
    all += &open(Cassette::builder("x").replace("(", ""));
    insta::assert_snapshot!(all, @r#"
    "metadata" is not a JSON pointer
    hint: write a pointer that starts with `/`, as in `/metadata/run_id`

    "x tenant" is not the name of a header
    hint: write a name such as `x-tenant`

    "(" is not a regular expression: regex parse error:
        (
        ^
    error: unclosed group
    hint: fix the pattern
    "#);
}

#[tokio::test]
async fn two_requests_that_want_other_media_types_get_their_own_answers_in_any_order() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let url = provider.url() + "/v1/tts";
    let wants = async |cassette: &Cassette, accept: &str| {
        let request = client(cassette).post(&url).header("accept", accept).body(r#"{"text":"hello"}"#);
        request.send().await.unwrap().bytes().await.unwrap()
    };
    provider
        .on(Script::raw(Reply::new(200).header("content-type", "audio/mpeg").chunk(b"ID3\x04\x00".to_vec())));
    provider.on(Script::raw(Reply::json(r#"{"audio_base64":"SUQz"}"#)));
    let cassette = folder.open(Mode::Record);
    wants(&cassette, "audio/mpeg").await;
    wants(&cassette, "application/json").await;
    cassette.finish().unwrap();
    assert!(folder.text().contains("accept: audio/mpeg"), "{}", folder.text());
    let cassette = folder.open(Mode::Replay);
    assert_eq!(wants(&cassette, "application/json;q=0.9").await, r#"{"audio_base64":"SUQz"}"#);
    assert_eq!(wants(&cassette, "audio/mpeg").await, b"ID3\x04\x00".as_slice());
    assert_eq!(cassette.finish().unwrap().played, 2);
}

#[tokio::test]
async fn what_a_form_makes_up_can_be_replaced_in_its_texts_and_names_of_files() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let url = provider.url() + "/v1/files";
    provider.on(Script::raw(Reply::json("{}")));
    let upload = async |mode, run: &str| {
        let builder = folder.builder(mode).replace(r"run-\w+", "RUN").replace(r"/tmp/\.tmp\w+", "TMP");
        let cassette = builder.open().unwrap();
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"run-{run}.jsonl\"\r\n\r\n\
             {{\"path\": \"/tmp/.tmp{run}/a\"}}\r\n--b--\r\n"
        );
        let request = client(&cassette).post(&url).header("content-type", "multipart/form-data; boundary=b");
        request.body(body).send().await.unwrap();
        cassette.finish().unwrap()
    };
    assert_eq!(upload(Mode::Record, "A1").await.recorded, 1);
    assert_eq!(upload(Mode::Replay, "B2").await.played, 1);
}
