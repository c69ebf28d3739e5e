//! The four modes, end to end, against a provider that answers differently each time.

use llm_cassette::{Cassette, Error, ErrorKind, Mode};

use crate::child;
use crate::stand_in::StandIn;
use crate::support::*;

#[tokio::test]
async fn what_was_recorded_is_replayed_byte_for_byte_without_the_network() {
    let provider = StandIn::start().await;
    let base = provider.url();
    let folder = Folder::new();

    let cassette = folder.open(Mode::Record);
    let live = ask(&client(&cassette), &base, "What is 6 times 7?").await.unwrap();
    let (status, url, version) = (live.status(), live.url().clone(), live.version());
    let live = live.bytes().await.unwrap();
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.played), (1, 0));
    provider.stop().await;

    let cassette = folder.open(Mode::Replay);
    let played = ask(&client(&cassette), &base, "What is 6 times 7?").await.unwrap();
    assert_eq!((played.status(), played.url().clone(), played.version()), (status, url, version));
    assert_eq!(played.headers()["content-type"], "application/json");
    assert_eq!(played.bytes().await.unwrap(), live);
    assert_eq!(cassette.finish().unwrap().played, 1);
}

#[tokio::test]
async fn replay_refuses_a_stranger_and_sends_nothing() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = folder.open(Mode::Replay);
    let error = ask(&client(&cassette), &provider.url(), "Hello").await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::MissingFile);
    assert_eq!(provider.calls(), 0);
    assert_eq!(cassette.finish().unwrap_err().kind(), ErrorKind::Unfinished);
}

#[tokio::test]
async fn a_variable_that_is_empty_is_as_good_as_unset() {
    if child::role().is_some() {
        assert_eq!(Cassette::open("unset").unwrap().mode(), Mode::Replay);
        assert_eq!(Cassette::builder("unset").default_mode(Mode::Off).open().unwrap().mode(), Mode::Off);
        return;
    }
    let folder = Folder::new();
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command.args(child::arguments(&|| {})).current_dir(folder.path());
    for name in ["MODE", "ONLY", "MAX_AGE", "BUDGET", "LEDGER", "PRICES"] {
        command.env(format!("LLM_CASSETTE_{name}"), "");
    }
    let process = child::prepare(&mut command, "opens", &folder.file(), "-");
    let (status, said) = child::outcome(process).await;
    assert_eq!(status, Some(0), "{said}");
}
