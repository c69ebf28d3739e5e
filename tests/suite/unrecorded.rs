//! What is never recorded cannot be replayed: a miss says how the call ended when it was made, and which setting keeps such
//! answers.

use llm_cassette::{Builder, Error, Mode, Policy};

use crate::child;
use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

/// What a replay says of a call that a recording could not keep.
async fn told(provider: &StandIn, folder: &Folder, fresh: bool, set: impl Fn(Builder) -> Builder) -> String {
    let url = format!("{}/mcp", provider.url());
    let send = async |cassette: &llm_cassette::Cassette| {
        client(cassette).get(&url).header("accept", "text/event-stream").send().await
    };
    let cassette = set(folder.builder(Mode::Record)).open().unwrap();
    if let Ok(response) = send(&cassette).await {
        let _ = response.bytes().await;
    }
    assert_eq!(cassette.finish().unwrap().skipped.len(), 1);
    if fresh {
        std::fs::remove_dir_all(folder.path().join(".llm-cassette")).unwrap();
    }
    let cassette = set(folder.builder(Mode::Replay)).open().unwrap();
    let error = send(&cassette).await.unwrap_err();
    Error::find_in(&error).expect("an error of the cassette").to_string()
}

#[tokio::test]
async fn a_miss_says_how_the_call_ended_when_it_was_made_and_names_the_setting() {
    let not_allowed = Reply::new(405)
        .header("content-type", "application/json")
        .chunk(r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Method not allowed."},"id":null}"#);
    for (script, reason, setting) in [
        (
            Script::raw(not_allowed),
            "HTTP 405: -32000: Method not allowed.",
            "`.record_errors(true)` records errors; ",
        ),
        (Script::status(401), "HTTP 401: ", "`.record_status(401)`; "),
        (Script::status(429), "HTTP 429: ", "`.record_status(429)`; "),
        (
            Script::raw(Reply::new(200).chunks(vec![vec![b'x'; 9]])).broken_after(0),
            "the transfer broke: ",
            "`.record_errors(true)` records a transfer up to its break; ",
        ),
        (
            Script::raw(
                Reply::new(200)
                    .header("content-type", "text/event-stream")
                    .chunk("data: {\"choices\":[]}\n\n"),
            ),
            "the answer ended early, without `finish_reason`",
            "`.record_errors(true)` records such a stream, marked as cut off; ",
        ),
        (Script::hang_up(), "no response: ", ""),
    ] {
        let folder = Folder::new();
        let provider = StandIn::start().await;
        provider.on(script);
        let told = told(&provider, &folder, false, |builder| builder).await;
        let said = format!("it was not recorded: {reason}");
        assert!(told.contains(&said), "{said}: {told}");
        assert!(told.contains("\n  when it was asked while recording, on 20"), "{told}");
        assert!(told.contains(setting), "{setting}: {told}");
        assert!(told.contains(&format!("LLM_CASSETTE_MODE=record {}", child::runner())), "{told}");
    }
}

#[tokio::test]
async fn a_miss_names_the_policy_that_did_not_want_the_answer() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json("{}")));
    let policy = |builder: Builder| builder.record_if(Policy::new(|_, _| false).because("not worth it"));
    let told = told(&provider, &folder, false, policy).await;
    assert!(told.contains("it was not recorded: not worth it"), "{told}");
    assert!(told.contains("`.record_if(…)`"), "{told}");
}

#[tokio::test]
async fn a_fresh_checkout_has_no_ledger_and_the_miss_says_what_may_have_been() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::status(405));
    let told = told(&provider, &folder, true, |builder| builder).await;
    assert!(told.contains("answers HTTP 405"), "{told}");
    assert!(told.contains("`.record_errors(true)` records errors; "), "{told}");
}

#[tokio::test]
async fn an_answer_that_was_recorded_later_is_not_told_as_one_that_was_not() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::status(500));
    let cassette = folder.open(Mode::Record);
    for _ in 0..2 {
        ask(&client(&cassette), &provider.url(), "Hello").await.unwrap().bytes().await.unwrap();
    }
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    ask(&client(&cassette), &provider.url(), "Hello").await.unwrap();
    let error = ask(&client(&cassette), &provider.url(), "Hello").await.unwrap_err();
    assert!(!error.to_string().contains("it was not recorded"), "{error}");
}

#[tokio::test]
async fn no_secret_of_an_error_reaches_the_ledger() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::error(500, "the password is hunter2hunter2 and\tthe\nrest"));
    let cassette = folder.builder(Mode::Record).secret("hunter2hunter2").open().unwrap();
    ask(&client(&cassette), &provider.url(), "Hello").await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    let log = std::fs::read_to_string(folder.path().join(".llm-cassette/ledger.log")).unwrap();
    assert!(log.contains("\tHTTP 500: ") && !log.contains("hunter2"), "{log}");
    assert_eq!(log.lines().count(), 2, "{log}");
}

#[tokio::test]
async fn request_ids_are_kept_and_are_no_change() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let names =
        ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid", "mistral-correlation-id"];
    let mut before = String::new();
    for (mode, id) in [(Mode::Record, "req_1a"), (Mode::Refresh, "req_2b"), (Mode::Replay, "-")] {
        let mut reply = Reply::json(r#"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#);
        for name in names {
            reply = reply.header(name, id);
        }
        if mode != Mode::Replay {
            provider.on(Script::raw(reply));
        }
        let cassette = folder.open(mode);
        let answer = ask(&client(&cassette), &provider.url(), "Hello").await.unwrap();
        let wanted = if mode == Mode::Replay { "req_1a" } else { id };
        for name in names {
            assert_eq!(answer.headers()[name], wanted, "{name}");
        }
        answer.bytes().await.unwrap();
        cassette.finish().unwrap();
        match mode {
            Mode::Record => before = folder.text(),
            _ => assert_eq!(folder.text(), before),
        }
    }
}
