//! A test can demand that an agent keeps what a provider's prompt cache has.

use llm_cassette::{Cassette, ErrorKind, Mode};

use crate::stand_in::StandIn;
use crate::support::*;

const ASK: &str = r#"{"role":"user","content":"Which rivers flow through Europe?"}"#;
const MORE: &str =
    r#"{"role":"assistant","content":"The Danube."},{"role":"user","content":"And through Asia?"}"#;

/// A chat request with a system prompt, a tool by its schema, and messages.
fn request(system: &str, schema: &str, messages: &[&str]) -> String {
    format!(
        r#"{{"model":"gpt-4o-mini","tools":[{{"type":"function","function":{{"name":"get_weather","parameters":{schema}}}}}],"messages":[{{"role":"system","content":"{system}"}},{}]}}"#,
        messages.join(",")
    )
}

const SCHEMA: &str = r#"{"type":"object","properties":{}}"#;

/// Asks with these bodies, one after the other.
async fn asked(cassette: &Cassette, base: &str, bodies: &[String]) {
    let client = client(cassette);
    for body in bodies {
        let answer = post(&client, &format!("{base}/v1/chat/completions"), body.clone()).await.unwrap();
        answer.bytes().await.unwrap();
    }
}

#[tokio::test]
async fn a_conversation_that_only_grows_keeps_its_cache() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let bodies = [request("Be kind.", SCHEMA, &[ASK]), request("Be kind.", SCHEMA, &[ASK, MORE])];
    for mode in [Mode::Record, Mode::Replay] {
        let cassette = folder.open(mode);
        asked(&cassette, &provider.url(), &bodies).await;
        let prompt_cache = cassette.prompt_cache();
        prompt_cache.kept().unwrap();
        assert_eq!((prompt_cache.conversations(), prompt_cache.turns()), (1, 1));
        assert!(prompt_cache.moved().is_empty());
        assert_eq!((prompt_cache.turns_kept(), prompt_cache.turns_moved()), (1, 0));
        insta::allow_duplicates! {
            insta::assert_snapshot!(prompt_cache, @"1 conversation, 1 turn kept, 0 moved · 0 % of the input cached");
        }
        cassette.finish().unwrap();
    }
}

#[tokio::test]
async fn what_moved_is_said_with_the_turn_and_where_it_stands() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let bodies = [
        request("It is 10:31.", SCHEMA, &[ASK]),
        request("It is 10:45.", r#"{"type":"object","properties":{"city":{}}}"#, &[ASK, MORE]),
    ];
    let said = |cassette: &Cassette| {
        let error = cassette.prompt_cache().kept().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PromptMoved);
        let text = error.to_string().replace(&*folder.file().to_string_lossy(), "test.yaml");
        // The port of the stand-in is chance, and so is the key that comes of it.
        let text = text.replace(provider.url().trim_start_matches("http://"), "stand-in");
        regex::Regex::new("[0-9a-f]{8}…").unwrap().replace(&text, "key").into_owned()
    };
    let cassette = folder.open(Mode::Record);
    asked(&cassette, &provider.url(), &bodies).await;
    insta::assert_snapshot!(said(&cassette), @r"
    test.yaml: the prompt changed near its beginning in 1 of 1 turns; the provider's cache does not have what comes after
      turn 2 (POST http://stand-in/v1/chat/completions)
        tool `get_weather`: parameters.properties.city added ({})
        system prompt changed at word 3 (`10:31.` → `10:45.`)
    hint: keep what comes first in the prompt as it was, and add what is new at its end; run `llm-cassette show test.yaml` to see the turns
    ");
    cassette.finish().unwrap();
    let cassette = folder.open(Mode::Replay);
    asked(&cassette, &provider.url(), &bodies).await;
    insta::assert_snapshot!(said(&cassette), @r"
    test.yaml: the prompt changed near its beginning in 1 of 1 turns; the provider's cache does not have what comes after
      turn 2 (test.yaml:58: POST stand-in/v1/chat/completions · gpt-4o-mini-2024-07-18 · key)
        tool `get_weather`: parameters.properties.city added ({})
        system prompt changed at word 3 (`10:31.` → `10:45.`)
    hint: keep what comes first in the prompt as it was, and add what is new at its end; run `llm-cassette show test.yaml` to see the turns
    ");
}

#[tokio::test]
async fn a_replay_sees_another_order_of_keys_which_matching_forgives() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let bodies = [request("Be kind.", SCHEMA, &[ASK]), request("Be kind.", SCHEMA, &[ASK, MORE])];
    let cassette = folder.open(Mode::Record);
    asked(&cassette, &provider.url(), &bodies).await;
    cassette.finish().unwrap();
    let cassette = folder.open(Mode::Replay);
    let reordered = request("Be kind.", r#"{"properties":{},"type":"object"}"#, &[ASK, MORE]);
    asked(&cassette, &provider.url(), &[bodies[0].clone(), reordered]).await;
    let prompt_cache = cassette.prompt_cache();
    let [moved] = prompt_cache.moved() else { panic!("{prompt_cache}") };
    assert!(moved.ends_with("\nthe keys of tool `get_weather` are in another order"), "{moved}");
}

#[tokio::test]
async fn turns_are_those_of_the_calls_as_they_began() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let first = request("Be kind.", SCHEMA, &[ASK]);
    let second = request("Be kind.", SCHEMA, &[ASK, MORE]);
    let cassette = folder.open(Mode::Record);
    asked(&cassette, &provider.url(), std::slice::from_ref(&first)).await;
    cassette.finish().unwrap();
    // The first is played, the second recorded.
    let cassette = folder.open(Mode::Record);
    asked(&cassette, &provider.url(), &[first, second]).await;
    assert_eq!(cassette.prompt_cache().turns_kept(), 1);
}

#[tokio::test]
async fn no_secret_is_told_of_what_moved() {
    const KEY: &str = "live-key-9f8e7d6c5b4a3921";
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let systems = [format!("The key is {KEY} now."), "The key is gone.".to_owned()];
    let bodies = [request(&systems[0], SCHEMA, &[ASK]), request(&systems[1], SCHEMA, &[ASK, MORE])];
    for mode in [Mode::Record, Mode::Replay] {
        let cassette = folder.open(mode);
        let client = client(&cassette);
        for body in &bodies {
            let call = client.post(format!("{}/v1/chat/completions", provider.url())).bearer_auth(KEY);
            let call = call.header("content-type", "application/json").body(body.clone());
            call.send().await.unwrap().bytes().await.unwrap();
        }
        let text = cassette.prompt_cache().kept().unwrap_err().to_string();
        assert!(text.contains("system prompt changed at word 4"), "{text}");
        assert!(!text.contains(KEY), "{text}");
        cassette.finish().unwrap();
    }
}
