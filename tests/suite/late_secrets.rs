//! What turns out to be a secret only after it was written is nowhere in what the run wrote.

use llm_cassette::{Cassette, Mode};
use reqwest_middleware::ClientWithMiddleware;

use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

const TICKET: &str = "tid=5f2c9b;exp=1764463600;st=dotcom;8kp=1:9f8e7d6c5b4a39281706f5e4d3c2b1a0";

/// A provider that hands out a ticket under a name that says nothing.
async fn provider() -> StandIn {
    let provider = StandIn::start().await;
    let answer = format!(r#"{{"id":"1","ticket":"{TICKET}","lasts":1500}}"#);
    provider.on(Script::raw(Reply::json(answer)).path("/ticket").always());
    provider
}

/// What the client reads of the ticket.
async fn fetch_ticket(client: &ClientWithMiddleware, base: &str) -> String {
    let answer = client.get(format!("{base}/ticket")).send().await.unwrap().text().await.unwrap();
    serde_json::from_str::<serde_json::Value>(&answer).unwrap()["ticket"].as_str().unwrap().to_owned()
}

async fn ask_with(client: &ClientWithMiddleware, base: &str, ticket: &str, text: &str) -> String {
    let request =
        client.post(format!("{base}/v1/chat/completions")).header("content-type", "application/json");
    let answer = request.header("authorization", format!("Bearer {ticket}")).body(chat(text, false)).send();
    answer.await.unwrap().text().await.unwrap()
}

/// The files of a folder in which a text stands, the ledger included.
fn files_with(folder: &Folder, text: &str) -> Vec<String> {
    let mut paths = folder.listing();
    paths.push(".llm-cassette/ledger.log".to_owned());
    let holds = |path: &String| {
        let bytes = std::fs::read(folder.path().join(path)).unwrap_or_default();
        memchr(&bytes, text.as_bytes())
    };
    paths.retain(holds);
    paths
}

fn memchr(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[tokio::test]
async fn a_key_that_an_answer_handed_out_is_gone_once_a_request_has_sent_it() {
    for mode in [Mode::Record, Mode::Refresh] {
        let (folder, provider) = (Folder::new(), provider().await);
        let cassette = folder.open(mode);
        let client_ = client(&cassette);
        let ticket = fetch_ticket(&client_, &provider.url()).await;
        assert_eq!(ticket, TICKET, "the live client gets what was sent");
        ask_with(&client_, &provider.url(), &ticket, "hello").await;
        assert_eq!(
            files_with(&folder, "8kp=1"),
            Vec::<String>::new(),
            "{mode:?}, should the process die now"
        );
        cassette.finish().unwrap();
        assert_eq!(files_with(&folder, "8kp=1"), Vec::<String>::new(), "{mode:?}");

        let cassette = folder.open(Mode::Replay);
        let client = client(&cassette);
        let ticket = fetch_ticket(&client, &provider.url()).await;
        assert_eq!(ticket, "[REDACTED]");
        ask_with(&client, &provider.url(), &ticket, "hello").await;
        drop(cassette);
    }
}

#[tokio::test]
async fn requests_that_differed_only_in_what_turned_out_to_be_a_key_are_takes_of_one() {
    let (folder, provider) = (Folder::new(), provider().await);
    let cassette = folder.open(Mode::Record);
    let client_ = client(&cassette);
    let base = provider.url();
    let asked = [format!("with {TICKET}"), "with another-ticket-8812aa".to_owned()];
    for text in &asked {
        ask(&client_, &base, text).await.unwrap().bytes().await.unwrap();
    }
    ask_with(&client_, &base, TICKET, "first").await;
    ask_with(&client_, &base, "another-ticket-8812aa", "second").await;
    cassette.finish().unwrap();
    let text = folder.text();
    assert!(!text.contains("8kp=1") && !text.contains("8812aa"), "{text}");
    let asked_so =
        text.lines().filter(|line| line.contains("with [REDACTED]") && line.contains("role: user"));
    assert_eq!(asked_so.count(), 2, "{text}");
    assert_eq!(text.matches("\ntake: 2\n").count(), 1, "{text}");

    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    for text in &asked {
        ask(&client, &base, text).await.unwrap().bytes().await.unwrap();
    }
    cassette.finish().unwrap();
}

#[tokio::test]
async fn what_one_process_wrote_goes_when_another_one_knows_that_it_is_a_key() {
    let (folder, provider) = (Folder::new(), provider().await);
    let (writes, knows): (Cassette, Cassette) = (folder.open(Mode::Record), folder.open(Mode::Record));
    let ticket = fetch_ticket(&client(&writes), &provider.url()).await;
    assert_eq!(files_with(&folder, "8kp=1"), ["test.yaml"]);
    ask_with(&client(&knows), &provider.url(), &ticket, "hello").await;
    knows.finish().unwrap();
    assert_eq!(files_with(&folder, "8kp=1"), Vec::<String>::new());
    writes.finish().unwrap();
    assert_eq!(files_with(&folder, "8kp=1"), Vec::<String>::new());
}

#[tokio::test]
async fn a_conversation_whose_first_turn_held_a_key_goes_on_from_what_is_left_of_it() {
    let (folder, provider) = (Folder::new(), provider().await);
    let cassette = folder.open(Mode::Record);
    let client_ = client(&cassette);
    let base = provider.url();
    let turn = |number: usize| {
        let said = |n: usize| serde_json::json!({"role": "user", "content": format!("{n}: {TICKET} {}", "and a long story ".repeat(40))});
        serde_json::json!({"model": "gpt-4o-mini", "messages": (0..=number).map(said).collect::<Vec<_>>()})
            .to_string()
    };
    let url = format!("{base}/v1/chat/completions");
    for number in 0..3 {
        post(&client_, &url, turn(number)).await.unwrap().bytes().await.unwrap();
    }
    ask_with(&client_, &base, TICKET, "now it is a key").await;
    cassette.finish().unwrap();
    let text = folder.text();
    assert!(!text.contains("8kp=1"), "{text}");
    assert_eq!(text.matches("extends:").count(), 2, "{text}");

    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    for number in 0..3 {
        post(&client, &url, turn(number)).await.unwrap().bytes().await.unwrap();
    }
    cassette.finish().unwrap();
}

#[tokio::test]
async fn a_refresh_that_fails_leaves_no_key_in_what_it_keeps_for_the_next_one() {
    let (folder, provider) = (Folder::new(), provider().await);
    let cassette = folder.open(Mode::Refresh);
    let client_ = client(&cassette);
    // In a text, the ticket is no string of its own, so that only the end of the run looks for it.
    ask(&client_, &provider.url(), &format!("say {TICKET} again")).await.unwrap().bytes().await.unwrap();
    ask_with(&client_, &provider.url(), TICKET, "hello").await;
    let died = std::thread::spawn(move || {
        let _cassette = cassette;
        panic!("on purpose");
    });
    assert!(died.join().is_err());
    assert!(folder.listing().iter().any(|path| path.ends_with("answers.yaml")));
    assert_eq!(files_with(&folder, "8kp=1"), Vec::<String>::new());
}

#[tokio::test]
async fn a_recording_that_cannot_be_had_without_the_key_goes_and_the_run_fails() {
    for mode in [Mode::Record, Mode::Refresh] {
        let (folder, provider) = (Folder::new(), provider().await);
        // What a user says of recordings is not changed, and stands in each of them.
        let cassette = folder.builder(mode).metadata("ticket", TICKET).open().unwrap();
        let client = client(&cassette);
        let ticket = fetch_ticket(&client, &provider.url()).await;
        ask_with(&client, &provider.url(), &ticket, "hello").await;
        let error = cassette.finish().unwrap_err().to_string();
        assert!(error.contains("a secret was still in the metadata"), "{error}");
        assert!(!error.contains("8kp=1"), "{error}");
        drop(cassette);
        assert_eq!(files_with(&folder, "8kp=1"), Vec::<String>::new(), "{mode:?}");
    }
}
