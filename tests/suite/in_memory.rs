//! A cassette without a file: a cache for programs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use llm_cassette::{Budget, Cassette, ErrorKind, MemoryBuilder, Mode, Policy};

use crate::child;
use crate::stand_in::{Gate, Script, StandIn};
use crate::support::*;

async fn text(cassette: &Cassette, base: &str, question: &str) -> String {
    ask(&client(cassette), base, question).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn the_first_call_goes_out_and_its_answer_is_given_from_then_on() {
    let provider = StandIn::start().await;
    let base = provider.url();
    let cassette = Cassette::in_memory().open().unwrap();
    let first = text(&cassette, &base, "What is 6 times 7?").await;
    assert!(first.contains("42"), "{first}");
    for _ in 0..3 {
        assert_eq!(text(&cassette, &base, "What is 6 times 7?").await, first);
    }
    text(&cassette, &base, "What is 7 times 6?").await;
    assert_eq!(provider.calls(), 2);
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.played), (2, 3));
    assert!(report.saved_usd() > 0.0);
}

#[tokio::test]
async fn nothing_is_written_and_the_mode_of_tests_does_not_reach_it() {
    if let Some(role) = child::role() {
        let cassette = Cassette::in_memory().open().unwrap();
        assert_eq!(cassette.mode(), Mode::Record);
        assert_eq!(cassette.variable("today", || "Saturday".to_owned()).unwrap(), "Saturday");
        assert_eq!(cassette.variable("today", || "Sunday".to_owned()).unwrap(), "Saturday");
        for _ in 0..2 {
            text(&cassette, &role.base, "What is 6 times 7?").await;
        }
        assert_eq!(cassette.finish().unwrap().played, 1);
        return;
    }
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command.args(child::arguments(&|| {})).current_dir(folder.path());
    command.env("CARGO_MANIFEST_DIR", folder.path()).env("LLM_CASSETTE_MODE", "replay");
    let process = child::prepare(&mut command, "caches", &folder.file(), &provider.url());
    let (status, said) = child::outcome(process).await;
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(provider.calls(), 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_answer_is_asked_for_again_when_its_time_is_over() {
    let provider = StandIn::start().await;
    let (start, seconds) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let shown = Arc::clone(&seconds);
    let cassette = Cassette::in_memory()
        .ttl(Duration::from_secs(60))
        .clock(move || start + Duration::from_secs(shown.load(Ordering::Relaxed)))
        .open()
        .unwrap();
    for (now, calls) in [(0, 1), (59, 1), (60, 2), (119, 2), (120, 3)] {
        seconds.store(now, Ordering::Relaxed);
        text(&cassette, &provider.url(), "What is 6 times 7?").await;
        assert_eq!(provider.calls(), calls, "after {now} s");
    }
}

#[tokio::test]
async fn when_there_is_no_room_what_was_not_used_for_longest_goes() {
    let provider = StandIn::start().await;
    let base = provider.url();
    provider.on(Script::says(&"x".repeat(10_000)).always());
    let cassette = Cassette::in_memory().max_size(30_000).open().unwrap();
    for (question, calls) in [("a", 1), ("b", 2), ("a", 2), ("c", 3), ("a", 3), ("b", 4)] {
        text(&cassette, &base, question).await;
        assert_eq!(provider.calls(), calls, "{question}");
    }
}

#[tokio::test]
async fn an_answer_too_large_for_all_of_it_is_skipped() {
    let provider = StandIn::start().await;
    let cassette = Cassette::in_memory().max_size(100).open().unwrap();
    for calls in 1..=2 {
        text(&cassette, &provider.url(), "What is 6 times 7?").await;
        assert_eq!(provider.calls(), calls);
    }
    let report = cassette.finish().unwrap();
    assert_eq!(
        report.to_string(),
        "recorded 0, played 0, skipped 2 (larger than the cassette may be) · $0.000012"
    );
}

#[tokio::test]
async fn secrets_are_not_kept() {
    const KEY: &str = "sk-Vb3nT7qLw9XcR2mZk5HdY8pA";
    let provider = StandIn::start().await;
    provider.on(Script::echo_authorization());
    let cassette = Cassette::in_memory().open().unwrap();
    let ask_for_the_key = async || {
        let request = client(&cassette)
            .post(provider.url() + "/v1/chat/completions")
            .header("content-type", "application/json")
            .bearer_auth(KEY)
            .body(chat("Which key?", false));
        request.send().await.unwrap().text().await.unwrap()
    };
    assert!(ask_for_the_key().await.contains(KEY), "the first caller gets what the provider said");
    let again = ask_for_the_key().await;
    assert!(again.contains("[REDACTED]") && !again.contains(KEY), "{again}");
}

#[tokio::test]
async fn errors_half_answers_and_what_a_policy_refuses_are_not_kept() {
    let provider = StandIn::start().await;
    let base = provider.url();
    let cassette = Cassette::in_memory()
        .record_if(Policy::new(|request, _| {
            !String::from_utf8_lossy(request.body().unwrap_or_default()).contains("private")
        }))
        .open()
        .unwrap();
    provider.on(Script::status(500));
    for calls in [1, 2, 2] {
        text(&cassette, &base, "Hello").await;
        assert_eq!(provider.calls(), calls);
    }
    for calls in [3, 4] {
        text(&cassette, &base, "private").await;
        assert_eq!(provider.calls(), calls);
    }
    let gate = Gate::closed();
    provider.on(Script::answer().hold_body(&gate));
    let url = base + "/v1/chat/completions";
    let mut stream = post(&client(&cassette), &url, chat("Count", true)).await.unwrap();
    gate.release(1);
    stream.chunk().await.unwrap().unwrap();
    drop(stream);
    gate.open();
    let whole = post(&client(&cassette), &url, chat("Count", true)).await.unwrap().text().await.unwrap();
    assert!(whole.contains("[DONE]"), "{whole}");
    assert_eq!(provider.calls(), 6);
}

#[tokio::test]
async fn identical_requests_at_once_go_out_once() {
    let provider = StandIn::start().await;
    let cassette = Cassette::in_memory().open().unwrap();
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (cassette, base) = (cassette.clone(), provider.url());
            tokio::spawn(async move { text(&cassette, &base, "What is 6 times 7?").await })
        })
        .collect();
    gate.arrived(1).await;
    gate.open();
    for call in calls {
        assert!(call.await.unwrap().contains("42"));
    }
    assert_eq!(provider.calls(), 1);
}

#[tokio::test]
async fn turned_off_every_call_goes_out() {
    let provider = StandIn::start().await;
    let cassette = Cassette::in_memory().off(true).open().unwrap();
    for calls in 1..=2 {
        text(&cassette, &provider.url(), "Hello").await;
        assert_eq!(provider.calls(), calls);
    }
}

#[test]
fn a_wrong_setting_of_a_cassette_in_memory_is_told_when_it_is_opened() {
    let error = Cassette::in_memory().replace("(", "x").open().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadSetting);
}

/// How many calls go out for two requests, and what the second one is answered with.
async fn asked_twice(builder: MemoryBuilder, script: Script, questions: [&str; 2]) -> (usize, String) {
    let provider = StandIn::start().await;
    provider.on(script.always());
    let cassette = builder.open().unwrap();
    let mut said = String::new();
    for question in questions {
        said = match ask(&client(&cassette), &provider.url(), question).await {
            Ok(answer) => answer.text().await.unwrap(),
            Err(error) => error.to_string(),
        };
    }
    (provider.calls(), said)
}

#[tokio::test]
async fn settings_for_what_is_the_same_and_what_is_kept_hold_without_a_file() {
    type Set = fn(MemoryBuilder) -> MemoryBuilder;
    type Case = (Set, fn() -> Script, [&'static str; 2], [usize; 2]);
    let says = || Script::says("It is emp-17.");
    let cases: [Case; 6] = [
        (|builder| builder.ignore("/messages/0/content"), || Script::says("x"), ["a", "b"], [2, 1]),
        (|builder| builder.replace(r"\d{4}", "YEAR"), || Script::says("x"), ["In 2025?", "In 2026?"], [2, 1]),
        (|builder| builder.normalize_whitespace(true), || Script::says("x"), ["a b", "a  b"], [2, 1]),
        (|builder| builder.pass_through(|_| true), || Script::says("x"), ["a", "a"], [1, 2]),
        (|builder| builder.record_errors(true), || Script::status(500), ["a", "a"], [2, 1]),
        (|builder| builder.budget(Budget::new().calls(1)), || Script::says("x"), ["a", "b"], [2, 1]),
    ];
    for (number, (set, script, questions, [without, with])) in cases.into_iter().enumerate() {
        assert_eq!(asked_twice(Cassette::in_memory(), script(), questions).await.0, without, "{number}");
        assert_eq!(asked_twice(set(Cassette::in_memory()), script(), questions).await.0, with, "{number}");
    }
    let secrets: [Set; 3] =
        [|builder| builder, |builder| builder.secret("emp-17"), |builder| builder.secret_pattern(r"emp-\d+")];
    for (number, set) in secrets.into_iter().enumerate() {
        let (calls, said) = asked_twice(set(Cassette::in_memory()), says(), ["a", "a"]).await;
        assert_eq!((calls, said.contains("emp-17")), (1, number == 0), "{said}");
    }
}
