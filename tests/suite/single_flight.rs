//! Under `Repeats::Reuse`, identical requests that are under way at once are one call, and nobody waits in vain.

use llm_cassette::{Cassette, Expiry, Mode, Repeats};
use reqwest_middleware::ClientWithMiddleware;
use tokio::task::JoinHandle;

use crate::stand_in::{Gate, Script, StandIn};
use crate::support::*;

fn reusing(folder: &Folder, mode: Mode) -> Cassette {
    folder.builder(mode).repeats(Repeats::Reuse).open().unwrap()
}

/// Asks the same question again; the status and what came.
fn asked(client: &ClientWithMiddleware, base: &str) -> JoinHandle<(u16, String)> {
    let (client, base) = (client.clone(), base.to_owned());
    tokio::spawn(async move {
        let answer = ask(&client, &base, "What is 6 times 7?").await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}

/// A recording that is older than it may be, and a cassette that records such again.
async fn with_an_old_recording(provider: &StandIn) -> (Folder, Cassette) {
    let folder = Folder::new();
    record(&folder, &provider.url(), &["What is 6 times 7?"]).await;
    let cassette = grown_old(&folder);
    provider.answers(2);
    (folder, cassette)
}

/// The cassette of a folder, in which the only recording has become too old and is to be recorded again.
fn grown_old(folder: &Folder) -> Cassette {
    let text = folder.text();
    let line = text.lines().find(|line| line.starts_with("recorded_at:")).unwrap();
    std::fs::write(folder.file(), text.replacen(line, "recorded_at: \"2001-01-01T00:00:00Z\"", 1)).unwrap();
    let builder = folder.builder(Mode::Record).repeats(Repeats::Reuse);
    let month = std::time::Duration::from_secs(30 * 86_400);
    builder.ttl(month).expiry(Expiry::Record).open().unwrap()
}

async fn all_are_answered(calls: Vec<JoinHandle<(u16, String)>>, words: &str) {
    for call in calls {
        let (status, text) = call.await.unwrap();
        assert!(status == 200 && text.contains(words), "{status}: {text}");
    }
}

/// Sends a request for a stream and gives the answer unread.
async fn streamed(client: &ClientWithMiddleware, base: &str) -> reqwest::Response {
    post(client, &format!("{base}/v1/chat/completions"), chat("What is 6 times 7?", true)).await.unwrap()
}

#[tokio::test]
async fn twenty_identical_calls_at_once_go_out_once() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = reusing(&folder, Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    let calls: Vec<_> = (0..20).map(|_| asked(&client, &base)).collect();
    gate.arrived(1).await;
    gate.open();
    all_are_answered(calls, "42").await;
    assert_eq!(provider.calls(), 1);
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.played), (1, 19));
    assert_eq!(documents(&folder.text()).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_many_threads_too() {
    let provider = StandIn::start().await;
    let cassette = reusing(&Folder::new(), Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    for round in 0..20 {
        let ask_once = || {
            let (client, base) = (client.clone(), base.clone());
            tokio::spawn(async move {
                let answer = ask(&client, &base, &format!("What is {round} times 7?")).await.unwrap();
                answer.text().await.unwrap()
            })
        };
        let calls: Vec<_> = (0..20).map(|_| ask_once()).collect();
        for call in calls {
            assert!(call.await.unwrap().contains(&format!("is {}.", round * 7)));
        }
        assert_eq!(provider.calls(), round + 1);
    }
}

#[tokio::test]
async fn when_the_first_fails_the_next_one_goes_out_itself() {
    let provider = StandIn::start().await;
    let cassette = reusing(&Folder::new(), Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    let gate = Gate::closed();
    provider.on(Script::status(500).hold(&gate));
    let calls: Vec<_> = (0..4).map(|_| asked(&client, &base)).collect();
    gate.arrived(1).await;
    gate.open();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap().0);
    }
    assert_eq!(statuses, [500, 200, 200, 200]);
    assert_eq!(provider.calls(), 2);
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.played, report.skipped.len()), (1, 2, 1));
}

#[tokio::test]
async fn when_the_first_client_goes_away_the_next_one_goes_out_itself() {
    let provider = StandIn::start().await;
    let cassette = reusing(&Folder::new(), Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    let first = asked(&client, &base);
    gate.arrived(1).await;
    let second = asked(&client, &base);
    tokio::task::yield_now().await;
    first.abort();
    assert_eq!(second.await.unwrap().0, 200);
    assert_eq!(provider.calls(), 2);
}

#[tokio::test]
async fn who_holds_an_answer_unread_can_ask_the_same_again() {
    let provider = StandIn::start().await;
    let cassette = reusing(&Folder::new(), Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    let held = streamed(&client, &base).await;
    let again = streamed(&client, &base).await.text().await.unwrap();
    assert!(again.contains("[DONE]"), "{again}");
    assert_eq!(provider.calls(), 1);
    assert_eq!(held.text().await.unwrap(), again, "what was read for the other is not lost to the first");
}

#[tokio::test]
async fn who_is_read_ahead_for_gets_the_same_chunks() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = reusing(&folder, Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    let gate = Gate::closed();
    provider.on(Script::answer().hold_body(&gate));
    let mut held = streamed(&client, &base).await;
    gate.release(1);
    let mut chunks = vec![held.chunk().await.unwrap().unwrap()];
    gate.open();
    let mut other = streamed(&client, &base).await;
    while let Some(chunk) = held.chunk().await.unwrap() {
        chunks.push(chunk);
    }
    let mut played = Vec::new();
    while let Some(chunk) = other.chunk().await.unwrap() {
        played.push(chunk);
    }
    assert!(chunks.len() > 1);
    assert_eq!(chunks, played);
}

#[tokio::test]
async fn who_hangs_up_on_a_stream_leaves_nobody_with_half_of_it() {
    let provider = StandIn::start().await;
    let cassette = reusing(&Folder::new(), Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    let gate = Gate::closed();
    provider.on(Script::answer().hold_body(&gate));
    let mut held = streamed(&client, &base).await;
    gate.release(1);
    held.chunk().await.unwrap().unwrap();
    let other = {
        let (client, base) = (client.clone(), base.clone());
        tokio::spawn(async move { streamed(&client, &base).await.text().await.unwrap() })
    };
    tokio::task::yield_now().await;
    drop(held);
    let text = other.await.unwrap();
    assert!(text.contains("[DONE]"), "{text}");
    assert_eq!(provider.calls(), 2);
}

#[tokio::test]
async fn a_transfer_that_breaks_breaks_for_the_first_alone() {
    let provider = StandIn::start().await;
    let cassette = reusing(&Folder::new(), Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    provider.on(Script::break_after(2));
    let held = streamed(&client, &base).await;
    let other = streamed(&client, &base).await.text().await.unwrap();
    assert!(other.contains("[DONE]"), "{other}");
    assert!(held.text().await.is_err());
    assert_eq!(provider.calls(), 2);
}

#[tokio::test]
async fn other_requests_do_not_wait() {
    let provider = StandIn::start().await;
    let cassette = reusing(&Folder::new(), Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    let first = asked(&client, &base);
    gate.arrived(1).await;
    assert_eq!(ask(&client, &base, "What is 7 times 6?").await.unwrap().status(), 200);
    gate.open();
    assert_eq!(first.await.unwrap().0, 200);
}

#[tokio::test]
async fn a_refresh_makes_as_many_calls_as_there_were_takes() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let base = provider.url();
    record(&folder, &base, &["What is 6 times 7?"; 2]).await;
    let cassette = reusing(&folder, Mode::Refresh);
    let client = client(&cassette);
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate).times(2));
    let calls: Vec<_> = (0..5).map(|_| asked(&client, &base)).collect();
    gate.arrived(2).await;
    gate.open();
    for call in calls {
        assert_eq!(call.await.unwrap().0, 200);
    }
    assert_eq!(provider.calls(), 4);
    assert_eq!(cassette.finish().unwrap().recorded, 2);
}

#[tokio::test]
async fn what_is_too_old_is_recorded_again_by_one_call_however_many_ask() {
    let provider = StandIn::start().await;
    let (folder, cassette) = with_an_old_recording(&provider).await;
    let (client, base) = (client(&cassette), provider.url());
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    let calls: Vec<_> = (0..5).map(|_| asked(&client, &base)).collect();
    gate.arrived(1).await;
    gate.open();
    all_are_answered(calls, "version 2").await;
    assert_eq!(provider.calls(), 2, "the first recorded what then was old");
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.played, report.expired), (1, 4, 1));
    let text = folder.text();
    assert_eq!(documents(&text).len(), 1, "{text}");
    assert!(text.contains("\nusage_count: 5\n"), "{text}");
}

#[tokio::test]
async fn when_recording_it_again_fails_the_next_one_tries_and_it_stands_there_once() {
    let provider = StandIn::start().await;
    let (folder, cassette) = with_an_old_recording(&provider).await;
    let (client, base) = (client(&cassette), provider.url());
    let gate = Gate::closed();
    provider.on(Script::status(500).hold(&gate));
    let calls: Vec<_> = (0..3).map(|_| asked(&client, &base)).collect();
    gate.arrived(1).await;
    gate.open();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap().0);
    }
    assert_eq!(statuses, [500, 200, 200]);
    assert_eq!(provider.calls(), 3);
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    assert_eq!(documents(&folder.text()).len(), 1);
}

#[tokio::test]
async fn who_hangs_up_on_a_new_recording_of_what_is_old_leaves_nobody_with_half_of_it() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let base = provider.url();
    let first = folder.open(Mode::Record);
    streamed(&client(&first), &base).await.bytes().await.unwrap();
    let _ = first.finish().unwrap();
    let cassette = grown_old(&folder);
    let client = client(&cassette);
    let gate = Gate::closed();
    provider.on(Script::answer().hold_body(&gate));
    let mut held = streamed(&client, &base).await;
    gate.release(1);
    held.chunk().await.unwrap().unwrap();
    drop(held);
    let text = streamed(&client, &base).await.text().await.unwrap();
    assert!(text.contains("[DONE]"), "{text}");
    assert_eq!(streamed(&client, &base).await.text().await.unwrap(), text);
    assert_eq!(provider.calls(), 3);
    let _ = cassette.finish().unwrap();
    let text = folder.text();
    assert!(documents(&text).len() == 1 && !text.contains("client_aborted"), "{text}");
}
