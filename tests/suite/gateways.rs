//! Gateways: the user says who answers behind a host that tells nothing of it.

use llm_cassette::{ErrorKind, Mode};

use crate::stand_in::StandIn;
use crate::support::*;

#[tokio::test]
async fn the_provider_that_the_user_names_is_in_the_cassette() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let cassette = folder.builder(Mode::Record).provider("127.0.0.1", "groq").open().unwrap();
    ask(&client(&cassette), &provider.url(), "Hi").await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    assert!(folder.text().contains("\nprovider: groq\n"), "{}", folder.text());
}

#[tokio::test]
async fn a_host_or_a_name_that_cannot_be_one_is_refused_when_the_cassette_opens() {
    let folder = Folder::new();
    for (host, provider) in [
        ("https://llm.example.com/v1", "openai"),
        ("", "openai"),
        ("llm.example.com", "Open AI"),
        ("llm.example.com", ""),
    ] {
        let error = folder.builder(Mode::Replay).provider(host, provider).open().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadSetting, "{host} {provider}");
    }
}
