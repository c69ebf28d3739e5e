//! Identical requests are takes, played in the order in which they began.

use llm_cassette::{Builder, Error, ErrorKind, Mode, Repeats};
use reqwest_middleware::ClientWithMiddleware;

use crate::stand_in::{Gate, Script, StandIn};
use crate::support::*;

async fn text(client: &ClientWithMiddleware, base: &str, question: &str) -> String {
    ask(client, base, question).await.unwrap().text().await.unwrap()
}

/// Asks the same so many times; what the model says is all that is kept of an answer.
async fn asked(builder: Builder, base: &str, times: usize) -> Vec<String> {
    let cassette = builder.open().unwrap();
    let client = client(&cassette);
    let mut said = Vec::new();
    for _ in 0..times {
        let answer: serde_json::Value = serde_json::from_str(&text(&client, base, "Again?").await).unwrap();
        said.push(answer["choices"][0]["message"]["content"].as_str().unwrap().to_owned());
    }
    cassette.finish().unwrap();
    said
}

fn says(provider: &StandIn, words: &[&str]) {
    for word in words {
        provider.on(Script::says(word));
    }
}

fn usage_counts(folder: &Folder) -> Vec<u64> {
    let text = folder.text();
    text.lines().filter_map(|line| line.strip_prefix("usage_count: ")?.parse().ok()).collect()
}

#[tokio::test]
async fn takes_play_in_the_order_they_were_recorded() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    says(&provider, &["one", "two", "three"]);
    let recorded = asked(folder.builder(Mode::Record), &provider.url(), 3).await;
    assert_eq!(recorded, ["one", "two", "three"]);
    assert_eq!(asked(folder.builder(Mode::Replay), &provider.url(), 3).await, recorded);
    assert_eq!(provider.calls(), 3);
}

#[tokio::test]
async fn takes_play_in_the_order_they_began_though_they_ended_in_another() {
    for tidy in [true, false] {
        let folder = Folder::new();
        let provider = StandIn::start().await;
        let cassette = folder.open(Mode::Record);
        let client = client(&cassette);
        let mut calls = Vec::new();
        for word in ["one", "two", "three"] {
            let gate = Gate::closed();
            provider.on(Script::says(word).hold(&gate));
            let (client, base) = (client.clone(), provider.url());
            let call = tokio::spawn(async move { text(&client, &base, "Again?").await });
            gate.arrived(1).await;
            calls.push((gate, call));
        }
        for (gate, call) in calls.into_iter().rev() {
            gate.open();
            call.await.unwrap();
        }
        if tidy {
            cassette.finish().unwrap();
        } else {
            // The end of the run, where documents are put in order, is never reached.
            std::mem::forget(cassette);
        }
        let played = asked(folder.builder(Mode::Replay), &provider.url(), 3).await;
        assert_eq!(played, ["one", "two", "three"], "tidy: {tidy}");
    }
}

#[tokio::test]
async fn a_take_too_many_is_a_miss_in_replay() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    says(&provider, &["one", "two"]);
    asked(folder.builder(Mode::Record), &provider.url(), 2).await;
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    text(&client, &provider.url(), "Again?").await;
    text(&client, &provider.url(), "Again?").await;
    let error = ask(&client, &provider.url(), "Again?").await.unwrap_err();
    let error = Error::find_in(&error).unwrap();
    assert_eq!(error.kind(), ErrorKind::UsedUp);
    assert!(error.message().contains("recorded twice, and both takes have been played"), "{error}");
    assert_eq!(provider.calls(), 2);
    assert_eq!(cassette.finish().unwrap_err().kind(), ErrorKind::Unfinished);
}

#[tokio::test]
async fn a_take_too_many_is_sent_and_recorded_in_record() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    says(&provider, &["one", "two", "three"]);
    asked(folder.builder(Mode::Record), &provider.url(), 2).await;
    let before = folder.text();
    assert_eq!(asked(folder.builder(Mode::Record), &provider.url(), 3).await, ["one", "two", "three"]);
    assert_eq!(provider.calls(), 3, "the first two are played");
    assert!(folder.text().starts_with(&before));
    assert_eq!(asked(folder.builder(Mode::Replay), &provider.url(), 3).await, ["one", "two", "three"]);
}

#[tokio::test]
async fn reuse_plays_the_last_take_again() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    says(&provider, &["one", "two"]);
    asked(folder.builder(Mode::Record), &provider.url(), 2).await;
    let before = folder.text();
    for mode in [Mode::Replay, Mode::Record] {
        let builder = folder.builder(mode).repeats(Repeats::Reuse);
        assert_eq!(asked(builder, &provider.url(), 4).await, ["one", "two", "two", "two"], "{mode}");
    }
    assert_eq!(provider.calls(), 2);
    assert_eq!(folder.text(), before, "uses are counted by the run that records");
}

#[tokio::test]
async fn reuse_is_counted_by_the_run_that_records() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    says(&provider, &["one"]);
    let builder = folder.builder(Mode::Record).repeats(Repeats::Reuse);
    assert_eq!(asked(builder, &provider.url(), 5).await, ["one"; 5]);
    assert_eq!(provider.calls(), 1);
    assert_eq!(usage_counts(&folder), [5]);
    // The count is no part of what is matched or played.
    assert_eq!(asked(folder.builder(Mode::Replay), &provider.url(), 1).await, ["one"]);
}

#[tokio::test]
async fn without_reuse_each_take_was_used_once() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    says(&provider, &["one", "two"]);
    asked(folder.builder(Mode::Record), &provider.url(), 2).await;
    assert_eq!(usage_counts(&folder), [1, 1]);
}

#[tokio::test]
async fn a_cassette_opened_twice_plays_from_its_beginning_for_each() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    says(&provider, &["one", "two"]);
    asked(folder.builder(Mode::Record), &provider.url(), 2).await;
    let (ann, bob) = (folder.open(Mode::Replay), folder.open(Mode::Replay));
    let clients = [client(&ann), client(&bob)];
    for word in ["one", "two"] {
        for client in &clients {
            assert!(text(client, &provider.url(), "Again?").await.contains(word));
        }
    }
    for cassette in [ann, bob] {
        assert_eq!(cassette.finish().unwrap().played, 2);
    }
}

#[tokio::test]
async fn clones_and_clients_of_one_handle_share_its_place_on_the_tape() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    says(&provider, &["one", "two"]);
    asked(folder.builder(Mode::Record), &provider.url(), 2).await;
    let cassette = folder.open(Mode::Replay);
    for word in ["one", "two"] {
        assert!(text(&client(&cassette.clone()), &provider.url(), "Again?").await.contains(word));
    }
    assert_eq!(cassette.finish().unwrap().played, 2);
}

/// The second request of an agent, with the id that its first answer brought.
fn second_turn(id: &str) -> String {
    serde_json::json!({"model": "gpt-4o-mini", "messages": [
        {"role": "user", "content": "What is the weather?"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": id, "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
        ]},
        {"role": "tool", "tool_call_id": id, "content": "rain"},
    ]})
    .to_string()
}

#[tokio::test]
async fn among_takes_alike_but_for_ids_the_one_with_the_very_same_ids_comes_first() {
    const ANN: &str = "call_Ann0000000000000000001";
    const BOB: &str = "call_Bob0000000000000000002";
    const NEW: &str = "call_New0000000000000000003";
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let chats = format!("{}/v1/chat/completions", provider.url());
    let turn = async |client: &ClientWithMiddleware, id: &str| {
        post(client, &chats, second_turn(id)).await.unwrap().text().await.unwrap()
    };
    says(&provider, &["says Ann", "says Bob"]);
    let cassette = folder.open(Mode::Record);
    let recording = client(&cassette);
    turn(&recording, ANN).await;
    turn(&recording, BOB).await;
    assert_eq!(cassette.finish().unwrap().recorded, 2);

    for (asked, heard) in [([BOB, ANN], ["Bob", "Ann"]), ([ANN, BOB], ["Ann", "Bob"])] {
        let cassette = folder.open(Mode::Replay);
        let client = client(&cassette);
        for (id, name) in asked.iter().zip(heard) {
            assert!(turn(&client, id).await.contains(&format!("says {name}")));
        }
    }
    // Ids that were never recorded: the takes come in their order, until there are none.
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    assert!(turn(&client, NEW).await.contains("says Ann"));
    assert!(turn(&client, NEW).await.contains("says Bob"));
    let error = post(&client, &chats, second_turn(NEW)).await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::UsedUp);
}

/// What a call said, of so many identical ones at once.
async fn at_once(cassette: &llm_cassette::Cassette, base: &str, times: usize) -> Vec<Result<String, String>> {
    let client = client(cassette);
    let calls: Vec<_> = (0..times)
        .map(|_| {
            let (client, base) = (client.clone(), base.to_owned());
            tokio::spawn(async move {
                let answer = ask(&client, &base, "Again?").await.map_err(|error| error.to_string())?;
                let answer: serde_json::Value =
                    serde_json::from_str(&answer.text().await.map_err(|error| error.to_string())?).unwrap();
                Ok(answer["choices"][0]["message"]["content"].as_str().unwrap().to_owned())
            })
        })
        .collect();
    let mut said = Vec::new();
    for call in calls {
        said.push(call.await.unwrap());
    }
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_calls_at_once_are_given_each_take_once() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let words: Vec<String> = (0..200).map(|number| format!("answer {number:03}")).collect();
    words.iter().for_each(|word| provider.on(Script::says(word)));
    let cassette = folder.open(Mode::Record);
    let mut recorded: Vec<String> =
        at_once(&cassette, &provider.url(), 200).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(cassette.finish().unwrap().recorded, 200);
    recorded.sort();
    assert_eq!(recorded, words);
    for repeats in [Repeats::Refuse, Repeats::Reuse] {
        let cassette = folder.builder(Mode::Replay).repeats(repeats).tolerate_misses(true).open().unwrap();
        let mut said: Vec<String> =
            at_once(&cassette, &provider.url(), 200).await.into_iter().map(Result::unwrap).collect();
        said.sort();
        assert_eq!(said, words);
        let more = at_once(&cassette, &provider.url(), 10).await;
        assert!(more.iter().all(|said| said.is_ok() == (repeats == Repeats::Reuse)), "{more:?}");
        let report = cassette.finish().unwrap();
        assert_eq!(report.played, if repeats == Repeats::Reuse { 210 } else { 200 });
    }
    assert_eq!(provider.calls(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refresh_of_many_takes_at_once_replaces_each_of_them_once() {
    for repeats in [Repeats::Refuse, Repeats::Reuse] {
        let folder = Folder::new();
        let provider = StandIn::start().await;
        (0..50).for_each(|number| provider.on(Script::says(&format!("old {number:03}"))));
        let cassette = folder.open(Mode::Record);
        assert!(at_once(&cassette, &provider.url(), 50).await.iter().all(Result::is_ok));
        drop(cassette.finish().unwrap());
        let words: Vec<String> = (0..50).map(|number| format!("new {number:03}")).collect();
        words.iter().for_each(|word| provider.on(Script::says(word)));
        let cassette = folder.builder(Mode::Refresh).repeats(repeats).open().unwrap();
        let mut said: Vec<String> =
            at_once(&cassette, &provider.url(), 50).await.into_iter().map(Result::unwrap).collect();
        said.sort();
        assert_eq!(said, words, "{repeats:?}");
        let report = cassette.finish().unwrap();
        assert_eq!((report.recorded, provider.calls()), (50, 100), "{repeats:?}");
        assert_eq!(documents(&folder.text()).len(), 50);
        assert!(!folder.text().contains("old 0"), "{repeats:?}");
    }
}

#[tokio::test]
async fn of_takes_that_differ_in_layout_alone_the_one_asked_byte_for_byte_comes_first() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    says(&provider, &["to the compact one", "to the spaced one"]);
    let url = format!("{}/v1/chat/completions", provider.url());
    let compact = chat("Again?", false);
    let spaced = compact.replacen('{', "{ ", 1);
    let cassette = folder.open(Mode::Record);
    for body in [&compact, &spaced] {
        post(&client(&cassette), &url, body.clone()).await.unwrap().text().await.unwrap();
    }
    cassette.finish().unwrap();
    let cassette = folder.open(Mode::Replay);
    for (body, wanted) in [(&spaced, "to the spaced one"), (&compact, "to the compact one")] {
        let answer = post(&client(&cassette), &url, body.clone()).await.unwrap().text().await.unwrap();
        assert!(answer.contains(wanted), "{answer}");
    }
}
