//! Recordings that are older than they may be: a warning, a failure, or a new recording; never one in replay.

use std::time::Duration;

use llm_cassette::{Builder, Error, ErrorKind, Expiry, Mode, Repeats};
use tokio::process::Command;

use crate::child;
use crate::stand_in::{Script, StandIn};
use crate::support::*;

const MONTH: Duration = Duration::from_secs(30 * 86_400);

/// Makes the document with some words as old as a document can be.
fn age(folder: &Folder, words: &str) {
    let text = folder.text();
    let young = documents(&text).into_iter().find(|document| document.contains(words)).unwrap();
    let line = young.lines().find(|line| line.starts_with("recorded_at:")).unwrap();
    let old = young.replacen(line, "recorded_at: \"2001-01-01T00:00:00Z\"", 1);
    std::fs::write(folder.file(), text.replacen(young, &old, 1)).unwrap();
}

/// Three recordings, the second of them old.
async fn recorded(provider: &StandIn) -> Folder {
    let folder = Folder::new();
    record(&folder, &provider.url(), &["first", "second", "third"]).await;
    age(&folder, "second");
    folder
}

const ALL: [&str; 3] = ["first", "second", "third"];

/// Documents without what time and seals make of them.
fn timeless(text: &str) -> Vec<String> {
    let line = |line: &str| if line.starts_with("recorded_at:") { "recorded_at:" } else { line }.to_owned();
    documents(text).iter().map(|document| document.lines().map(line).collect::<Vec<_>>().join("\n")).collect()
}

#[tokio::test]
async fn what_is_too_old_is_played_and_counted() {
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    for policy in [Expiry::Warn, Expiry::Record] {
        let report =
            asking(folder.builder(Mode::Replay).ttl(MONTH).expiry(policy), &provider.url(), &ALL).await;
        assert_eq!((report.played, report.expired), (3, 1));
        assert!(report.to_string().contains(", expired 1"), "{report}");
    }
    assert_eq!(provider.calls(), 3, "a replay never records by itself");
    assert_eq!(asking(folder.builder(Mode::Replay), &provider.url(), &ALL).await.expired, 0);
}

#[tokio::test]
async fn what_is_too_old_fails_where_that_is_asked_for_with_place_age_and_cure() {
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    for mode in [Mode::Replay, Mode::Record] {
        let cassette = folder.builder(mode).ttl(MONTH).expiry(Expiry::Fail).open().unwrap();
        let client = client(&cassette);
        ask(&client, &provider.url(), "first").await.unwrap();
        for _again in 0..2 {
            let error = ask(&client, &provider.url(), "second").await.unwrap_err();
            let error = Error::find_in(&error).unwrap();
            assert_eq!(error.kind(), ErrorKind::Expired);
            let text = folder.text();
            let before = &text[..text.find("2001-01-01").unwrap()];
            let line = before[..before.rfind("\n---").unwrap() + 1].lines().count();
            let place = format!("{}:{}: the recording of POST", folder.file().display(), line + 1);
            assert!(error.message().starts_with(&place), "{error}");
            assert!(error.message().contains("d old, and 30d is allowed"), "{error}");
            let cure = format!("LLM_CASSETTE_MODE=record LLM_CASSETTE_TTL=record {}", child::runner());
            assert!(error.hint().unwrap().contains(&cure), "{error}");
        }
        assert_eq!(cassette.finish().unwrap_err().kind(), ErrorKind::Expired, "clients swallow errors");
    }
    assert_eq!(provider.calls(), 3);
}

#[tokio::test]
async fn record_mode_records_what_is_too_old_in_its_place_and_nothing_else() {
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    let before = folder.text();
    provider.answers(2);
    let builder = || folder.builder(Mode::Record).ttl(MONTH).expiry(Expiry::Record);
    let report = asking(builder(), &provider.url(), &["fourth", "third", "second", "first"]).await;
    assert_eq!((report.recorded, report.played, report.expired), (2, 2, 1));
    let after = folder.text();
    let (before, now) = (documents(&before), documents(&after));
    assert_eq!((now.len(), now[0], now[2]), (4, before[0], before[2]));
    assert!(now[1].contains("second") && now[1].contains("version 2"), "{after}");
    assert!(now[3].contains("fourth"));
    let report = asking(builder(), &provider.url(), &ALL).await;
    assert_eq!((report.recorded, report.expired), (0, 0), "it is new now");
}

#[tokio::test]
async fn the_same_answer_only_makes_a_recording_young() {
    let provider = StandIn::start().await;
    for mode in [Mode::Record, Mode::Refresh] {
        let folder = recorded(&provider).await;
        let before = folder.text();
        let builder = folder.builder(mode).ttl(MONTH).expiry(Expiry::Record);
        let report = asking(builder, &provider.url(), &ALL).await;
        assert_eq!(report.unchanged, report.recorded, "{mode}");
        let after = folder.text();
        assert_eq!(timeless(&after), timeless(&before), "{mode}");
        assert!(!after.contains("2001-01-01"), "{mode}");
        assert_eq!(
            (documents(&after)[0], documents(&after)[2]),
            (documents(&before)[0], documents(&before)[2])
        );
    }
}

#[tokio::test]
async fn a_take_that_is_recorded_again_keeps_its_turn() {
    let provider = StandIn::start().await;
    for answer in ["one", "two", "three", "four"] {
        provider.on(Script::says(answer));
    }
    let folder = Folder::new();
    record(&folder, &provider.url(), &["same", "same", "same"]).await;
    age(&folder, "content: two");
    let builder = || folder.builder(Mode::Record).ttl(MONTH).expiry(Expiry::Record);
    asking(builder(), &provider.url(), &["same", "same", "same"]).await;
    plays_in_turn(&folder, &provider.url(), "same", &["one", "four", "three"]).await;
}

#[tokio::test]
async fn what_failed_is_asked_again_in_the_same_place() {
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    provider.on(Script::error(500, "not now"));
    let cassette = folder.builder(Mode::Record).ttl(MONTH).expiry(Expiry::Record).open().unwrap();
    let client = client(&cassette);
    for _attempt in 0..2 {
        ask(&client, &provider.url(), "second").await.unwrap().bytes().await.unwrap();
    }
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.skipped.len(), report.expired), (1, 1, 1));
    assert_eq!(documents(&folder.text()).len(), 3);
    assert!(!folder.text().contains("2001-01-01"));
}

#[tokio::test]
async fn a_failed_recording_leaves_the_old_one() {
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    let before = folder.text();
    provider.on(Script::error(500, "not now"));
    let builder = folder.builder(Mode::Record).ttl(MONTH).expiry(Expiry::Record);
    assert_eq!(asking(builder, &provider.url(), &["second"]).await.recorded, 0);
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn a_repeated_request_gets_the_new_recording() {
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    provider.answers(2);
    let builder = folder.builder(Mode::Record).ttl(MONTH).expiry(Expiry::Record).repeats(Repeats::Reuse);
    let cassette = builder.open().unwrap();
    let client = client(&cassette);
    for _time in 0..3 {
        let answer = ask(&client, &provider.url(), "second").await.unwrap().text().await.unwrap();
        assert!(answer.contains("version 2"), "{answer}");
    }
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.played), (1, 2));
    assert!(documents(&folder.text())[1].contains("\nusage_count: 3\n"));
}

#[tokio::test]
async fn two_runs_that_record_it_again_at_once_leave_it_there_once() {
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    provider.answers(2);
    let open = || folder.builder(Mode::Record).ttl(MONTH).expiry(Expiry::Record).open().unwrap();
    let (one, other) = (open(), open());
    for cassette in [&one, &other] {
        let answer = ask(&client(cassette), &provider.url(), "second").await.unwrap().text().await.unwrap();
        assert!(answer.contains("version 2"), "{answer}");
    }
    for cassette in [one, other] {
        assert_eq!(cassette.finish().unwrap().recorded, 1);
    }
    assert_eq!(documents(&folder.text()).len(), 3);
    assert_eq!(asking(folder.builder(Mode::Replay).ttl(MONTH), &provider.url(), &ALL).await.expired, 0);
}

#[tokio::test]
async fn what_goes_on_from_a_recording_that_is_renewed_says_what_it_said() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let base = provider.url();
    let long = "The quick brown fox jumps over the lazy dog. ".repeat(20);
    let turn = |more: &[&str]| {
        let texts = [long.as_str()].into_iter().chain(more.iter().copied());
        let messages: Vec<_> =
            texts.map(|text| serde_json::json!({"role": "user", "content": text})).collect();
        serde_json::json!({"model": "gpt-4o-mini", "messages": messages}).to_string()
    };
    let url = format!("{base}/v1/chat/completions");
    let cassette = folder.open(Mode::Record);
    for body in [turn(&[]), turn(&["and then?"])] {
        post(&client(&cassette), &url, body).await.unwrap().bytes().await.unwrap();
    }
    cassette.finish().unwrap();
    assert!(folder.text().contains("extends:"));
    age(&folder, "The quick brown fox");
    provider.answers(2);
    let cassette = folder.builder(Mode::Record).ttl(MONTH).expiry(Expiry::Record).open().unwrap();
    post(&client(&cassette), &url, turn(&[])).await.unwrap().bytes().await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    let cassette = folder.open(Mode::Replay);
    let first = post(&client(&cassette), &url, turn(&[])).await.unwrap().text().await.unwrap();
    let second = post(&client(&cassette), &url, turn(&["and then?"])).await.unwrap().text().await.unwrap();
    assert!(first.contains("version 2") && !second.contains("version 2"), "{first} {second}");
}

#[tokio::test]
async fn tags_and_functions_choose_the_age() {
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    let expired = async |builder: Builder| asking(builder, &provider.url(), &ALL).await.expired;
    let builder = || folder.builder(Mode::Replay);
    assert_eq!(expired(builder().ttl_by(|_| Some(MONTH))).await, 1);
    let ages = builder().ttl(MONTH).ttl_by(|request| {
        let body = String::from_utf8_lossy(request.body().unwrap_or_default()).into_owned();
        body.contains("second").then_some(Duration::MAX)
    });
    assert_eq!(expired(ages).await, 0);
    assert_eq!(expired(builder().ttl_of_tag("slow", MONTH)).await, 0);
    let tagged = folder.text().replace("\nusage_count: 1\n", "\nusage_count: 1\ntags: [slow]\n");
    std::fs::write(folder.file(), tagged).unwrap();
    assert_eq!(expired(builder().ttl_of_tag("slow", MONTH)).await, 1);
    assert_eq!(expired(builder().ttl(MONTH).ttl_of_tag("slow", MONTH * 10_000)).await, 0);
}

#[tokio::test]
async fn what_is_pinned_is_never_too_old() {
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    let pinned = folder.text().replace("\nusage_count: 1\n", "\nusage_count: 1\npinned: true\n");
    std::fs::write(folder.file(), pinned).unwrap();
    for mode in [Mode::Replay, Mode::Record] {
        for policy in [Expiry::Fail, Expiry::Record] {
            let report = asking(folder.builder(mode).ttl(MONTH).expiry(policy), &provider.url(), &ALL).await;
            assert_eq!((report.played, report.expired), (3, 0));
        }
    }
}

#[tokio::test]
async fn the_environment_sets_age_and_policy_for_a_whole_run() {
    let here = || {};
    if let Some(role) = child::role() {
        let cassette = match role.builder(Mode::Replay).repeats(Repeats::Reuse).open() {
            Ok(cassette) => cassette,
            Err(error) => return eprintln!("said: {error}"),
        };
        // A second time, the warning has been said.
        for _time in 0..2 {
            if let Err(error) = ask(&client(&cassette), &role.base, "second").await {
                return eprintln!("said: {}", Error::find_in(&error).unwrap());
            }
        }
        return eprintln!("said: expired {}", cassette.finish().unwrap().expired);
    }
    let provider = StandIn::start().await;
    let folder = recorded(&provider).await;
    let again = format!("LLM_CASSETTE_TTL=30d,record {}", child::runner());
    for (value, wanted) in [
        ("30d", "said: expired 1"),
        ("off", "said: expired 0"),
        ("100y", "said: expired 0"),
        ("30d,record", "said: expired 1"),
        ("30d,fail", "has expired"),
        ("30d,fail", again.as_str()),
        ("soon", "LLM_CASSETTE_TTL is \"soon\", and \"soon\" is not an age"),
    ] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(child::arguments(&here)).env("LLM_CASSETTE_TTL", value);
        let child = child::prepare(&mut command, "reader", &folder.file(), &provider.url());
        let (code, said) = child::outcome(child).await;
        assert_eq!(code, Some(0), "{value}: {said}");
        assert!(said.contains(wanted), "{value}: {said}");
        let warned = said.matches("llm-cassette: ").count();
        // What is refused is said when it happens, and again as the cassette is dropped without `finish`.
        let times = match value {
            "30d" | "30d,record" => 1,
            "30d,fail" => 2,
            _ => 0,
        };
        assert_eq!(warned, times, "{value}: {said}");
    }
    assert_eq!(provider.calls(), 3, "a replay never records by itself");
}
