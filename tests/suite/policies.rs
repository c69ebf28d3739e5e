//! What of a recording run ends up in the cassette, and what counts as the same prompt.

use llm_cassette::{Kind, Mode, cassette_error};

use crate::stand_in::StandIn;
use crate::support::*;

#[tokio::test]
async fn prompts_that_differ_in_white_space_share_a_recording_that_has_the_text_as_it_was_sent() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let base = provider.url();
    let builder = |mode| folder.builder(mode).normalize_whitespace();
    let cassette = builder(Mode::Record).open().unwrap();
    ask(&client(&cassette), &base, "Name  three\n    rivers.").await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    assert!(folder.text().contains("Name  three\n"), "{}", folder.text());

    for same in ["Name three rivers.", "\tName three rivers.\n"] {
        let cassette = builder(Mode::Replay).open().unwrap();
        ask(&client(&cassette), &base, same).await.unwrap();
    }
    let cassette = builder(Mode::Replay).open().unwrap();
    let error = ask(&client(&cassette), &base, "Name three rivers .").await.unwrap_err();
    assert_eq!(cassette_error(&error).unwrap().kind(), Kind::NoMatch);
}
