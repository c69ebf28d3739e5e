//! Two values are two: requests that differ only in what a pattern of the user takes out are not each other's recording.

use llm_cassette::{Builder, Mode};
use reqwest_middleware::ClientWithMiddleware;

use crate::stand_in::StandIn;
use crate::support::*;

const BASE_KEY: &str = "acme-9f8e7d6c5b4a";

fn builder(folder: &Folder, mode: Mode) -> Builder {
    folder.builder(mode).secret_pattern(r"[a-z.]+@[a-z.]+[.][a-z]+").secret_pattern(r"acme-\w+")
}

fn about(who: &str) -> String {
    format!("Summarise the account of {who}@example.com.")
}

/// Records a question about each of two people; gives what tells the answer to each.
async fn record_two(folder: &Folder, base: &str) -> [String; 2] {
    let cassette = builder(folder, Mode::Record).open().unwrap();
    let client = client(&cassette);
    let answers = [digest(&client, base, "alice").await, digest(&client, base, "bob").await];
    assert_eq!(cassette.finish().unwrap().recorded, 2);
    answers
}

/// What an answer says of the question that it was given to.
async fn digest(client: &ClientWithMiddleware, base: &str, who: &str) -> String {
    let answer = ask(client, base, &about(who)).await.unwrap().text().await.unwrap();
    answer.split_once("digest ").unwrap().1[..8].to_owned()
}

#[tokio::test]
async fn each_value_has_its_own_answer_in_whatever_order_they_are_asked() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let [of_alice, of_bob] = record_two(&folder, &provider.url()).await;
    assert_ne!(of_alice, of_bob);
    let text = folder.text();
    assert!(!text.contains("alice") && !text.contains("bob@"), "{text}");
    assert!(!text.contains("\ntake:"), "two requests, not two takes of one: {text}");

    let cassette = builder(&folder, Mode::Replay).open().unwrap();
    let client = client(&cassette);
    assert_eq!(digest(&client, &provider.url(), "bob").await, of_bob);
    assert_eq!(digest(&client, &provider.url(), "alice").await, of_alice);
    assert_eq!(cassette.finish().unwrap().unused, Vec::<String>::new());
}

#[tokio::test]
async fn a_value_that_was_never_recorded_has_no_answer() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    record_two(&folder, &provider.url()).await;
    let cassette = builder(&folder, Mode::Replay).open().unwrap();
    let error = ask(&client(&cassette), &provider.url(), &about("carol")).await.unwrap_err();
    assert!(error.to_string().contains("no recorded response"), "{error}");
    assert!(!format!("{error:?}").contains("carol@"), "{error:?}");
}

#[tokio::test]
async fn another_key_still_matches_though_a_pattern_knows_keys_too() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    for (mode, key) in
        [(Mode::Record, BASE_KEY), (Mode::Replay, "acme-another0key"), (Mode::Replay, "acme-test")]
    {
        let cassette = builder(&folder, mode).open().unwrap();
        let request = client(&cassette).post(format!("{}/v1/chat/completions", provider.url()));
        let request = request.header("authorization", format!("Bearer {key}"));
        let request = request.header("content-type", "application/json");
        let body = chat(&format!("my key is {key}, use it"), false);
        request.body(body).send().await.unwrap().bytes().await.unwrap();
        cassette.finish().unwrap();
    }
    assert!(folder.text().contains("my key is [REDACTED], use it"), "{}", folder.text());
}

#[tokio::test]
async fn what_was_recorded_before_the_pattern_came_answers_the_same_request() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let cassette = folder.open(Mode::Record);
    let of_alice = digest(&client(&cassette), &provider.url(), "alice").await;
    cassette.finish().unwrap();

    let cassette = builder(&folder, Mode::Replay).open().unwrap();
    assert_eq!(digest(&client(&cassette), &provider.url(), "alice").await, of_alice);
    let error = ask(&client(&cassette), &provider.url(), &about("bob")).await.unwrap_err();
    assert!(error.to_string().contains("no recorded response"), "{error}");
}

#[tokio::test]
async fn another_key_in_the_configuration_of_a_gateway_still_matches_and_another_configuration_does_not() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let config = |mode: &str, key: &str| {
        format!(r#"{{"strategy":{{"mode":"{mode}"}},"targets":[{{"provider":"openai","api_key":"{key}"}}]}}"#)
    };
    let call = async |mode: Mode, config: String| {
        let cassette = folder.builder(mode).tolerate_misses(true).open().unwrap();
        let request = client(&cassette).post(format!("{}/v1/chat/completions", provider.url()));
        let request = request.header("content-type", "application/json").header("x-portkey-config", config);
        let answer = request.body(chat("Hi", false)).send().await;
        let text = match answer {
            Ok(answer) => Some(answer.text().await.unwrap()),
            Err(_) => None,
        };
        cassette.finish().unwrap();
        text
    };
    let recorded = call(Mode::Record, config("fallback", "opaque9f8e7d6c5b4a")).await;
    assert!(recorded.is_some());
    let text = folder.text();
    assert!(!text.contains("opaque9f8e7d6c5b4a") && text.contains("x-portkey-config"), "{text}");
    for key in ["another0opaque0key0of0mine", "test"] {
        assert_eq!(call(Mode::Replay, config("fallback", key)).await, recorded, "{key}");
    }
    assert_eq!(call(Mode::Replay, config("loadbalance", "test")).await, None);
}
