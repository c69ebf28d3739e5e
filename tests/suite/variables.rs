//! What a test makes up is made once, kept in the cassette, and given back.

use std::sync::{Barrier, mpsc};
use std::time::{Duration, SystemTime};

use llm_cassette::{Cassette, Error, ErrorKind, Mode};

use crate::stand_in::StandIn;
use crate::support::*;

/// Asks about a day that the test makes up.
async fn asks_about_today(folder: &Folder, mode: Mode, base: &str, today: &str) -> String {
    let cassette = folder.open(mode);
    let day = cassette.variable("today", || today.to_owned()).unwrap();
    let question = format!("What is special about {day}?");
    ask(&client(&cassette), base, &question).await.unwrap().bytes().await.unwrap();
    let _ = cassette.finish().unwrap();
    day
}

#[tokio::test]
async fn a_replay_gets_the_value_that_the_recording_made() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    for (mode, today) in [
        (Mode::Record, "2026-11-21"),
        (Mode::Replay, "2027-01-01"),
        (Mode::Record, "2027-02-02"),
        (Mode::Refresh, "2028"),
    ] {
        assert_eq!(asks_about_today(&folder, mode, &provider.url(), today).await, "2026-11-21", "{mode}");
    }
    assert!(folder.text().starts_with("# llm-cassette 1\n# variable today: \"2026-11-21\"\n--- #"));
}

#[tokio::test]
async fn a_refresh_keeps_a_new_variable_only_when_it_succeeds() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    let before = folder.text();
    let cassette = folder.open(Mode::Refresh);
    cassette.variable("seed", || "7".to_owned()).unwrap();
    assert_eq!(folder.text(), before);
    ask(&client(&cassette), &provider.url(), "first").await.unwrap().bytes().await.unwrap();
    let _ = cassette.finish().unwrap();
    assert!(folder.text().contains("# variable seed: \"7\"\n"));
}

#[tokio::test]
async fn what_cannot_be_kept_or_found_is_an_error_that_says_so() {
    let folder = Folder::new();
    let cassette = folder.open(Mode::Replay);
    let error = cassette.variable("today", || unreachable!()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoMatch);
    assert!(error.hint().unwrap().contains("LLM_CASSETTE_MODE=record"));
    assert_eq!(cassette.variable("to day", || unreachable!()).unwrap_err().kind(), ErrorKind::BadName);
    drop(cassette);
    let cassette = folder.builder(Mode::Record).secret("hunter2hunter2").open().unwrap();
    let error = cassette.variable("password", || "hunter2hunter2".to_owned()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unrecordable);
    assert!(!folder.file().exists());
}

#[tokio::test]
async fn off_makes_a_value_each_time_and_keeps_none() {
    let folder = Folder::new();
    let cassette = folder.open(Mode::Off);
    assert_eq!(cassette.variable("n", || "1".to_owned()).unwrap(), "1");
    assert_eq!(cassette.variable("n", || "2".to_owned()).unwrap(), "2");
    assert!(folder.listing().is_empty());
}

#[tokio::test]
async fn a_test_can_freeze_its_clock_at_the_recording() {
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    let recorded = cassette.frozen_now().unwrap();
    drop(cassette);
    let text = folder.text();
    let (head, time) = text.split_once("frozen_now: \"").unwrap();
    let kept: jiff::Timestamp = time.trim_end().trim_end_matches('"').parse().unwrap();
    assert_eq!(SystemTime::from(kept), recorded);
    std::fs::write(folder.file(), format!("{head}frozen_now: \"2020-02-03T04:05:06Z\"\n")).unwrap();
    let replayed = folder.open(Mode::Replay).frozen_now().unwrap();
    assert_eq!(replayed.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs(), 1_580_702_706);
}

/// What this gives, unless it hangs: the time is a guard, and nothing is measured by it.
fn unless_it_hangs<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(Duration::from_secs(30)).expect("it hangs, or it has panicked")
}

#[test]
fn what_makes_a_variable_may_ask_for_others() {
    for mode in [Mode::Record, Mode::Refresh] {
        let folder = Folder::new();
        let cassette = folder.open(mode);
        let (asked, day) = unless_it_hangs(move || {
            let day = cassette.variable("day", || {
                let now = cassette.frozen_now().unwrap();
                let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
                cassette.variable("seconds", || seconds.to_string()).unwrap()
            });
            (cassette.variable("seconds", || unreachable!()).unwrap(), day.unwrap())
        });
        assert_eq!(asked, day, "{mode}");
    }
}

#[test]
fn threads_that_make_a_variable_at_once_are_given_the_same_value() {
    let folder = Folder::new();
    let (record, refresh) = (folder.open(Mode::Record), Folder::new().open(Mode::Refresh));
    for cassette in [record, refresh, Cassette::in_memory().open().unwrap()] {
        let values = unless_it_hangs(move || {
            // Neither has made its value before the other one has begun to.
            let both_make = Barrier::new(2);
            let ask = |value: &str| {
                let make = || {
                    both_make.wait();
                    value.to_owned()
                };
                cassette.variable("seed", make).unwrap()
            };
            std::thread::scope(|threads| {
                let one = threads.spawn(|| ask("one"));
                let two = ask("two");
                [one.join().unwrap(), two, cassette.variable("seed", || unreachable!()).unwrap()]
            })
        });
        assert!(["one", "two"].contains(&values[0].as_str()));
        assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
    }
    let kept = folder.open(Mode::Replay).variable("seed", || unreachable!()).unwrap();
    assert_eq!(folder.text(), format!("# llm-cassette 1\n# variable seed: \"{kept}\"\n"));
}

#[tokio::test]
async fn a_miss_for_nothing_but_a_date_or_a_uuid_shows_the_cure() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let asked = [
        ("Today is 2026-11-21. Plan my day.", "Today is 2026-11-22. Plan my day.", "only a date differs"),
        ("It is Nov 21, 2026.", "It is Nov 22, 2026.", "only a date differs"),
        (
            "Saturday, November 21st, 2026, it is.",
            "Sunday, November 22nd, 2026, it is.",
            "only a date differs",
        ),
        ("Due on 11/21/2026 at last.", "Due on 12/1/2026 at last.", "only a date differs"),
        (
            "Run 6f1b24c4-0c0a-4d7a-8f6e-0d6d3b3a2f10",
            "Run 00000000-0c0a-4d7a-8f6e-0d6d3b3a2f11",
            "only a UUID differs",
        ),
        ("The clock says 10:15.", "The clock says 10:16.", "only a time differs"),
        (
            "2026-11-21, ticket 6f1b24c4-0c0a-4d7a-8f6e-0d6d3b3a2f10",
            "2026-11-22, ticket 00000000-0c0a-4d7a-8f6e-0d6d3b3a2f11",
            "only a UUID and a date differ,",
        ),
    ];
    record(&folder, &provider.url(), &asked.map(|(recorded, ..)| recorded)).await;
    for (_, live, wanted) in asked {
        let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
        let error = ask(&client(&cassette), &provider.url(), live).await.unwrap_err();
        let hint = Error::find_in(&error).unwrap().hint().unwrap().to_owned();
        assert!(hint.contains(wanted) && hint.contains("cassette.variable("), "{live}: {hint}");
    }
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    let error =
        ask(&client(&cassette), &provider.url(), "Today is 2026-11-22. Plan my week.").await.unwrap_err();
    assert!(!Error::find_in(&error).unwrap().hint().unwrap().contains("only"));
}

#[test]
fn twenty_threads_with_variables_of_variables_agree() {
    let folder = Folder::new();
    let refreshed = Folder::new();
    let all =
        [folder.open(Mode::Record), refreshed.open(Mode::Refresh), Cassette::in_memory().open().unwrap()];
    for cassette in all {
        let values = unless_it_hangs(move || {
            let start = Barrier::new(20);
            let ask = |number: usize| {
                start.wait();
                let outer = cassette.variable("outer", || {
                    let inner = cassette.variable("inner", || format!("inner-{number}")).unwrap();
                    format!("{inner}/{number}")
                });
                (outer.unwrap(), cassette.variable("inner", || unreachable!()).unwrap())
            };
            let ask = &ask;
            std::thread::scope(|threads| {
                let all: Vec<_> = (0..20).map(|number| threads.spawn(move || ask(number))).collect();
                all.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
            })
        });
        assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
        assert!(values[0].0.starts_with(&values[0].1), "{values:?}");
    }
    assert_eq!(folder.text().lines().count(), 3, "{}", folder.text());
}
