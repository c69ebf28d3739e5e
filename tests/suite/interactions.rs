//! What a run asked and got can be read by the test that made it.

use std::collections::BTreeMap;

use llm_cassette::{Budget, Cassette, ErrorKind, Interaction, Mode, Outcome, Usage};
use serde_json::{Value, json};

use crate::stand_in::{Gate, Script, StandIn};
use crate::support::*;

/// The prompt of a chat request.
fn prompt(interaction: &Interaction) -> String {
    let body: Value = interaction.request().json().unwrap();
    body["messages"][0]["content"].as_str().unwrap().to_owned()
}

fn prompts(cassette: &Cassette) -> Vec<String> {
    cassette.interactions().iter().map(prompt).collect()
}

fn outcomes(cassette: &Cassette) -> Vec<Outcome> {
    cassette.interactions().iter().map(|interaction| interaction.outcome().clone()).collect()
}

async fn asked(cassette: &Cassette, base: &str, question: &str) -> Option<String> {
    ask(&client(cassette), base, question).await.ok()?.text().await.ok()
}

#[tokio::test]
async fn what_was_asked_and_answered_reads_the_same_when_it_is_recorded_played_and_refreshed() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let mut seen = Vec::new();
    for (mode, outcome) in [
        (Mode::Record, Outcome::Recorded),
        (Mode::Replay, Outcome::Played),
        (Mode::Refresh, Outcome::Recorded),
    ] {
        let cassette = folder.builder(mode).tag("smoke").open().unwrap();
        for question in ["What is 6 times 7?", "What is 7 times 8?"] {
            asked(&cassette, &provider.url(), question).await.unwrap();
        }
        assert_eq!(prompts(&cassette), ["What is 6 times 7?", "What is 7 times 8?"], "{mode}");
        assert_eq!(outcomes(&cassette), [outcome.clone(), outcome], "{mode}");
        let first = cassette.interactions().remove(0);
        let request = first.request();
        assert_eq!((request.method().as_str(), request.host()), ("POST", "127.0.0.1"));
        assert!(request.url().ends_with("/v1/chat/completions"));
        assert_eq!(request.headers()["content-type"], "application/json");
        let response = first.response().unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/json");
        let answer: Value = response.json().unwrap();
        assert!(answer["choices"][0]["message"]["content"].as_str().unwrap().contains("42"), "{answer}");
        assert_eq!(first.model(), Some("gpt-4o-mini-2024-07-18"));
        assert_eq!(first.tags(), ["smoke"]);
        let Usage { input_tokens, output_tokens, .. } = first.usage();
        assert_eq!(json!([input_tokens, output_tokens]), {
            let usage = &answer["usage"];
            json!([usage["prompt_tokens"], usage["completion_tokens"]])
        });
        seen.push((first.provider().map(str::to_owned), prompt(&first)));
        cassette.finish().unwrap();
        assert_eq!(cassette.interactions().len(), 2, "also when the run is over");
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[tokio::test]
async fn prompt_and_answer_read_alike_in_every_protocol_whether_streamed_or_not() {
    let said = |role: &str, text: &str| json!({"role": role, "content": text});
    let talk = json!([said("user", "Hi."), said("assistant", "Hello!"), said("user", "What is 6 times 7?")]);
    let gemini = |role: &str, text: &str| json!({"role": role, "parts": [{"text": text}]});
    let contents =
        json!([gemini("user", "Hi."), gemini("model", "Hello!"), gemini("user", "What is 6 times 7?")]);
    let mut chat = talk.as_array().unwrap().clone();
    chat.insert(0, said("system", "Be brief."));
    for (path, body) in [
        ("/v1/chat/completions", json!({"model": "gpt-4o-mini", "messages": chat})),
        ("/v1/responses", json!({"model": "gpt-4o-mini", "instructions": "Be brief.", "input": talk})),
        (
            "/v1/messages",
            json!({"model": "claude-x", "max_tokens": 9, "system": "Be brief.", "messages": talk}),
        ),
        ("/api/chat", json!({"model": "llama3", "messages": talk})),
        ("/v1beta/models/gemini-2.0-flash:generateContent", json!({"contents": contents})),
        ("/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse", json!({"contents": contents})),
    ] {
        for stream in [false, true] {
            let (folder, provider) = (Folder::new(), StandIn::start().await);
            let mut body = body.clone();
            if !path.starts_with("/v1beta") {
                body["stream"] = stream.into();
            }
            let url = format!("{}{path}", provider.url());
            for mode in [Mode::Record, Mode::Replay] {
                let cassette = folder.open(mode);
                let answer = post(&client(&cassette), &url, body.to_string()).await.unwrap();
                answer.bytes().await.unwrap();
                let interaction = &cassette.interactions()[0];
                assert_eq!(interaction.prompt().as_deref(), Some("What is 6 times 7?"), "{path} {stream}");
                let text = interaction.text().unwrap();
                assert!(text.contains("42") && !text.contains("data:"), "{path} {stream}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn calls_stand_in_the_order_in_which_they_began_whichever_ends_first() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let gate = Gate::closed();
    provider.on(Script::answer().when(asks("slow")).hold(&gate));
    let cassette = folder.open(Mode::Record);
    let base = provider.url();
    let slow = {
        let (cassette, base) = (cassette.clone(), base.clone());
        tokio::spawn(async move { asked(&cassette, &base, "slow").await.unwrap() })
    };
    provider.arrived(1).await;
    asked(&cassette, &base, "fast").await.unwrap();
    assert_eq!(prompts(&cassette), ["slow", "fast"]);
    assert_eq!(outcomes(&cassette), [Outcome::UnderWay, Outcome::Recorded]);
    assert!(cassette.interactions()[0].response().is_none());
    assert_eq!(cassette.interactions()[0].model(), Some("gpt-4o-mini"), "the one that was asked for");
    gate.open();
    slow.await.unwrap();
    assert_eq!(prompts(&cassette), ["slow", "fast"]);
    assert_eq!(outcomes(&cassette), [Outcome::Recorded, Outcome::Recorded]);
}

#[tokio::test]
async fn a_refused_request_stands_among_the_others_with_its_error() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    record(&folder, &provider.url(), &["known"]).await;
    let cassette = folder.open(Mode::Replay);
    for question in ["known", "unknown", "known"] {
        asked(&cassette, &provider.url(), question).await;
    }
    assert_eq!(prompts(&cassette), ["known", "unknown", "known"]);
    let outcomes = outcomes(&cassette);
    assert_eq!(outcomes[0], Outcome::Played);
    for (outcome, wanted, words) in [
        (&outcomes[1], ErrorKind::NoMatch, "message 1 (user) changed"),
        (&outcomes[2], ErrorKind::UsedUp, "has been played"),
    ] {
        let Outcome::Refused { kind, message } = outcome else { panic!("{outcome:?}") };
        assert_eq!(*kind, wanted);
        assert!(message.contains(words), "{message}");
    }
    assert!(cassette.interactions()[1].response().is_none());
    assert_eq!(cassette.interactions()[1].usage(), Usage::default());
}

#[tokio::test]
async fn a_request_that_a_budget_stopped_was_asked_too() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let cassette = folder.builder(Mode::Record).budget(Budget::new().calls(1)).open().unwrap();
    for question in ["one", "two"] {
        asked(&cassette, &provider.url(), question).await;
    }
    let outcomes = outcomes(&cassette);
    assert_eq!(outcomes[0], Outcome::Recorded);
    assert!(matches!(&outcomes[1], Outcome::Refused { kind: ErrorKind::OverBudget, .. }), "{outcomes:?}");
    assert_eq!(prompts(&cassette), ["one", "two"]);
}

#[tokio::test]
async fn a_call_that_was_not_recorded_has_its_answer_and_the_reason() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    provider.on(Script::error(503, "come back later"));
    provider.on(Script::hang_up());
    let cassette = folder.open(Mode::Record);
    for question in ["first", "second", "third"] {
        asked(&cassette, &provider.url(), question).await;
    }
    let [failed, cut, recorded] = &cassette.interactions()[..] else { panic!() };
    let Outcome::Skipped { reason } = failed.outcome() else { panic!("{failed:?}") };
    assert!(reason.starts_with("HTTP 503"), "{reason}");
    assert_eq!(failed.response().unwrap().status(), 503);
    assert!(String::from_utf8_lossy(failed.response().unwrap().body()).contains("come back later"));
    let Outcome::Skipped { reason } = cut.outcome() else { panic!("{cut:?}") };
    assert!(reason.starts_with("no response"), "{reason}");
    assert!(cut.response().is_none());
    assert_eq!((failed.text(), cut.text(), cut.prompt().as_deref()), (None, None, Some("second")));
    assert_eq!(*recorded.outcome(), Outcome::Recorded);
    assert_eq!(prompts(&cassette), ["first", "second", "third"]);
}

#[tokio::test]
async fn a_replay_shows_the_request_of_this_run_where_a_rule_forgives_a_difference() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let url = format!("{}/v1/chat/completions", provider.url());
    let body = |run: &str| json!({"model": "gpt-4o-mini", "metadata": {"run": run}, "messages": [{"role": "user", "content": "Hi"}]});
    let rule = |mode| folder.builder(mode).ignore("/metadata/run").open().unwrap();
    for (mode, run) in [(Mode::Record, "one"), (Mode::Replay, "two")] {
        let cassette = rule(mode);
        post(&client(&cassette), &url, body(run).to_string()).await.unwrap().bytes().await.unwrap();
        let sent: Value = cassette.interactions()[0].request().json().unwrap();
        assert_eq!(sent, body(run), "{mode}");
    }
}

#[tokio::test]
async fn no_secret_shows_whatever_became_of_the_request() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    const KEY: &str = "Zx81-Spectrum-128k-plus-two";
    provider.on(Script::error(400, &format!("no such thing as {KEY}")).when(asks("bad")).always());
    provider.on(Script::says(&format!("You told me {KEY}.")).always());
    let url = format!("{}/v1/chat/completions?key={KEY}", provider.url());
    for mode in [Mode::Record, Mode::Replay] {
        let cassette = folder.builder(mode).secret(KEY).tolerate_misses(true).open().unwrap();
        let client = client(&cassette);
        for question in ["good", "bad", "worse"] {
            let body = chat(&format!("{question} {KEY}"), false);
            if question == "worse" && mode == Mode::Record {
                continue;
            }
            let request = client.post(&url).header("authorization", format!("Bearer {KEY}")).body(body);
            if let Ok(response) = request.send().await {
                response.bytes().await.unwrap();
            }
        }
        let interactions = cassette.interactions();
        assert!(interactions.len() >= 2);
        for interaction in &interactions {
            let response =
                interaction.response().map(|response| response.body().to_vec()).unwrap_or_default();
            let request = interaction.request();
            let shown = format!(
                "{interaction:?} {} {:?} {} {}",
                request.url(),
                request.headers(),
                String::from_utf8_lossy(request.body().unwrap()),
                String::from_utf8_lossy(&response),
            );
            assert!(!shown.contains(KEY), "{mode}: {shown}");
            assert!(prompt(interaction).contains("[REDACTED]"), "{mode}: {shown}");
        }
    }
}

#[tokio::test]
async fn a_cassette_that_is_off_or_has_no_file_keeps_no_list() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    for cassette in [folder.open(Mode::Off), Cassette::in_memory().open().unwrap()] {
        for _ in 0..2 {
            asked(&cassette, &provider.url(), "Hi").await.unwrap();
        }
        assert!(cassette.interactions().is_empty());
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_or_has_another_shape_is_an_error_that_says_where_and_not_what() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let cassette = folder.open(Mode::Record);
    let url = format!("{}/v1/chat/completions", provider.url());
    let sent = post(&client(&cassette), &url, chat("a private matter", true)).await.unwrap();
    sent.bytes().await.unwrap();
    let interaction = &cassette.interactions()[0];

    let error = interaction.request().json::<BTreeMap<String, Vec<String>>>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotJson);
    assert_eq!(
        error.to_string(),
        "the JSON of the request has another shape than is asked for: at /messages/0: an object where a string is wanted"
    );
    let error = interaction.response().unwrap().json::<Value>().unwrap_err();
    assert_eq!(error.to_string(), "the body of the response is not JSON, from byte 0 on");
}
