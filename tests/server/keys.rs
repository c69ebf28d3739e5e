//! Keys: the provider gets the real one, and nobody else.

use crate::serving::{Serving, asked, chat};
use crate::stand_in::StandIn;

const REAL: &str = "sk-proj-Zm9yLXRlc3RzLW9ubHktMDEyMzQ1Njc4OQ";

#[tokio::test]
async fn the_provider_gets_the_key_of_the_servers_environment_in_the_place_of_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let arguments = ["--mode", "record", "--upstream", &upstream];
    let server = Serving::with(folder.path(), &arguments, &[("OPENAI_API_KEY", REAL)]);
    asked(&format!("{}/openai/v1/chat/completions", server.url()), "sk-cassette-x", &chat("Hi")).await;
    let seen = &provider.requests()[0];
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {REAL}").as_str()));
    let ended = server.interrupt();
    let text = std::fs::read_to_string(folder.path().join("cassettes/x.yaml")).unwrap();
    for text in [&text, &ended.stdout, &ended.stderr] {
        assert!(!text.contains(REAL) && !text.contains("sk-cassette"), "{text}");
    }
}

#[tokio::test]
async fn a_key_of_the_clients_own_goes_on_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let arguments = ["--mode", "record", "--upstream", &upstream];
    let server = Serving::with(folder.path(), &arguments, &[("OPENAI_API_KEY", REAL)]);
    asked(&format!("{}/openai/v1/chat/completions", server.url()), "sk-own", &chat("Hi")).await;
    assert_eq!(provider.requests()[0].header("authorization"), Some("Bearer sk-own"));
}

#[tokio::test]
async fn a_key_that_is_missing_is_named_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &["--mode", "record"]);
    let url = format!("{}/openai/v1/chat/completions", server.url());
    let (status, body) = asked(&url, "sk-cassette-x", &chat("Hi")).await;
    assert_eq!(status, 401);
    assert!(
        body.contains("OPENAI_API_KEY is not set where the server runs, and api.openai.com is asked"),
        "{body}"
    );
}

#[tokio::test]
async fn no_key_is_needed_in_replay() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let path = "/openai/v1/chat/completions";
    let live = asked(&format!("{}{path}", server.url()), "sk-cassette-x", &chat("Hi")).await;
    server.interrupt();
    let server = Serving::start(folder.path(), &[]);
    assert_eq!(asked(&format!("{}{path}", server.url()), "sk-cassette-x", &chat("Hi")).await, live);
}

#[tokio::test]
async fn the_configuration_says_where_requests_go_and_the_server_tells_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let configuration = format!("[upstreams]\nopenai = '{}'\n", provider.url());
    std::fs::write(folder.path().join("llm-cassette.toml"), configuration).unwrap();
    let server = Serving::start(folder.path(), &["--mode", "record"]);
    let url = format!("{}/openai/v1/chat/completions", server.url());
    assert_eq!(asked(&url, "sk-cassette-x", &chat("Hi")).await.0, 200);
    let ended = server.interrupt();
    assert!(ended.stdout.contains(&format!("/openai goes to {}\n", provider.url())), "{}", ended.stdout);
}

#[tokio::test]
async fn a_key_does_not_go_to_a_server_that_only_speaks_as_its_owner_does() {
    let folder = tempfile::tempdir().unwrap();
    let stranger = StandIn::start().await;
    let keys = [("OPENAI_API_KEY", REAL), ("LLM_CASSETTE_UPSTREAM_KEY", REAL)];
    let server = Serving::with(folder.path(), &["--mode", "record"], &keys);
    let host = stranger.url().replace("http://", "");
    let url = format!("{}/{host}/v1/chat/completions", server.url());
    assert_eq!(asked(&url, "sk-cassette-x", &chat("Hi")).await.0, 200);
    assert_eq!(stranger.requests()[0].header("authorization"), Some("Bearer sk-cassette-x"));
}
