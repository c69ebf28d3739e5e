//! What a client is told that has no answer.

use crate::serving::{Serving, asked, chat, post};
use crate::stand_in::StandIn;

#[tokio::test]
async fn a_miss_is_a_404_that_sdks_do_not_send_again_with_the_words_of_the_error() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let path = "/@weather/openai/v1/chat/completions";
    asked(&format!("{}{path}", server.url()), "sk-x", &chat("What is the weather in Oslo?")).await;
    server.interrupt();

    let server = Serving::start(folder.path(), &[]);
    let url = format!("{}{path}", server.url());
    let response = post(&url, "sk-x", &chat("What is the weather in Rome?")).await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["x-should-retry"], "false");
    assert_eq!(response.headers()["x-llm-cassette-error"], "no_match");
    let error: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    insta::assert_snapshot!(error["error"]["message"].as_str().unwrap(), @"
    no recorded response for POST https://api.openai.com/v1/chat/completions
      cassette: cassettes/weather.yaml (1 interaction, 0 played)
      nearest:  interaction 1 (cassettes/weather.yaml:2)
        message 1 (user) changed
          - What is the weather in Oslo?
          + What is the weather in Rome?
    hint: to record it, run `LLM_CASSETTE_MODE=record llm-cassette serve` with your API key set; what differs in every run can be left out, see `ignore` and `replace` of `llm-cassette.toml`
    ");
    let ended = server.interrupt();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("missed 1"), "{}", ended.stdout);
    assert!(ended.stderr.contains("no recorded response for POST"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_path_that_names_nobody_is_told_how_to_name_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &["--mode", "record"]);
    let url = format!("{}/v1/chat/completions?key=secret-in-a-query", server.url());
    let (status, body) = asked(&url, "sk-x", &chat("Hi")).await;
    assert_eq!(status, 404);
    assert!(!body.contains("secret-in-a-query"), "{body}");
    assert!(body.contains("the path /v1/chat/completions says nothing of which provider is asked"), "{body}");
    assert!(body.contains("/openai/v1/…"), "{body}");
}

#[tokio::test]
async fn what_an_upstream_answered_is_replayed_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = provider.url();
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let live = asked(&format!("{}/v1/chat/completions", server.url()), "sk-x", &chat("Hi")).await;
    assert_eq!(live.0, 200);
    server.interrupt();
    provider.stop().await;
    let server = Serving::start(folder.path(), &[]);
    assert_eq!(asked(&format!("{}/v1/chat/completions", server.url()), "sk-x", &chat("Hi")).await, live);
}
