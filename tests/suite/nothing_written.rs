//! Replay and `off` leave every file as it was, and work where nothing can be written.

use std::collections::BTreeMap;
use std::path::Path;

use llm_cassette::{Cassette, Error, ErrorKind, Mode};

use crate::stand_in::StandIn;
use crate::support::*;

/// Every file in a folder, with its bytes.
fn content(folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    let read = |path: String| {
        let bytes = std::fs::read(folder.path().join(&path)).unwrap_or_default();
        (path, bytes)
    };
    folder.listing().into_iter().map(read).collect()
}

/// A folder that may not be written while this lives. Where the user may do everything, that does not bind; the
/// content of the folder is compared in any case.
struct ReadOnly(Vec<(std::path::PathBuf, std::fs::Permissions)>);

impl ReadOnly {
    fn new(paths: &[&Path]) -> ReadOnly {
        let set = |path: &&Path| {
            let before = std::fs::metadata(path).unwrap().permissions();
            let mut permissions = before.clone();
            permissions.set_readonly(true);
            std::fs::set_permissions(path, permissions).unwrap();
            (path.to_path_buf(), before)
        };
        ReadOnly(paths.iter().map(set).collect())
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        for (path, before) in self.0.drain(..) {
            let _ = std::fs::set_permissions(path, before);
        }
    }
}

/// Leaves nothing in the folder but the cassette, as after a checkout.
async fn checked_out(provider: &StandIn) -> Folder {
    let folder = Folder::new();
    record(&folder, &provider.url(), &["first", "second"]).await;
    std::fs::remove_dir_all(folder.path().join(".llm-cassette")).unwrap();
    folder
}

async fn asks_and_misses(cassette: &Cassette, base: &str) {
    let client = client(cassette);
    assert!(ask(&client, base, "first").await.unwrap().text().await.unwrap().contains("first"));
    let error = ask(&client, base, "first").await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::UsedUp);
    let error = ask(&client, base, "stranger").await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::NoMatch);
}

#[tokio::test]
async fn replay_writes_nothing_whatever_it_finds_and_misses() {
    let provider = StandIn::start().await;
    let folder = checked_out(&provider).await;
    let before = content(&folder);
    let cassette = folder.open(Mode::Replay);
    asks_and_misses(&cassette, &provider.url()).await;
    assert_eq!(cassette.finish().unwrap_err().kind(), ErrorKind::Unfinished);
    drop(cassette);
    assert_eq!(content(&folder), before);
    assert_eq!(folder.listing(), ["test.yaml"]);
}

#[tokio::test]
async fn replay_works_in_a_folder_that_cannot_be_written() {
    let provider = StandIn::start().await;
    let folder = checked_out(&provider).await;
    let before = content(&folder);
    let read_only = ReadOnly::new(&[&folder.file(), folder.path()]);
    let cassette = folder.open(Mode::Replay);
    asks_and_misses(&cassette, &provider.url()).await;
    drop(cassette);
    drop(read_only);
    assert_eq!(content(&folder), before);
}

#[tokio::test]
async fn replay_leaves_a_torn_cassette_as_it_is() {
    let provider = StandIn::start().await;
    let folder = checked_out(&provider).await;
    let text = folder.text();
    std::fs::write(folder.file(), &text[..text.len() - 30]).unwrap();
    let before = content(&folder);
    let cassette = folder.open(Mode::Replay);
    asks_and_misses(&cassette, &provider.url()).await;
    drop(cassette);
    assert_eq!(content(&folder), before);
}

#[tokio::test]
async fn replay_makes_no_file_and_no_folder_where_there_is_none() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette =
        Cassette::builder(folder.path().join("deep/down/test.yaml")).mode(Mode::Replay).open().unwrap();
    let error = ask(&client(&cassette), &provider.url(), "first").await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::MissingFile);
    drop(cassette);
    assert!(folder.listing().is_empty());
}

#[tokio::test]
async fn recording_what_is_recorded_already_writes_nothing() {
    let provider = StandIn::start().await;
    let folder = checked_out(&provider).await;
    let before = content(&folder);
    let cassette = folder.open(Mode::Record);
    ask(&client(&cassette), &provider.url(), "first").await.unwrap().bytes().await.unwrap();
    assert_eq!(cassette.finish().unwrap().played, 1);
    assert_eq!(content(&folder), before);
}

#[tokio::test]
async fn off_does_not_even_open_the_file() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    std::fs::write(folder.file(), "\0 this is no cassette: [").unwrap();
    let before = content(&folder);
    assert_eq!(folder.builder(Mode::Replay).open().unwrap_err().kind(), ErrorKind::Malformed);
    let cassette = folder.open(Mode::Off);
    for calls in 1..=2 {
        let answer = ask(&client(&cassette), &provider.url(), "What is 6 times 7?").await.unwrap();
        assert!(answer.text().await.unwrap().contains("42"));
        assert_eq!(provider.calls(), calls, "each call goes out");
    }
    let report = cassette.finish().unwrap();
    assert_eq!((report.played, report.recorded, report.missed.len(), report.unused.len()), (0, 0, 0, 0));
    assert_eq!(content(&folder), before);
}

#[tokio::test]
async fn off_does_not_mind_a_folder_in_the_place_of_the_file() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    std::fs::create_dir(folder.file()).unwrap();
    assert_eq!(folder.builder(Mode::Replay).open().unwrap_err().kind(), ErrorKind::Io);
    let cassette = folder.open(Mode::Off);
    assert_eq!(ask(&client(&cassette), &provider.url(), "Hello").await.unwrap().status(), 200);
    assert_eq!(folder.listing(), ["test.yaml"]);
}
