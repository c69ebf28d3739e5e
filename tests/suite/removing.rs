//! What `rm` and `prune` leave of real recordings replays as it did.

use std::fs::File;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use llm_cassette::{Error, ErrorKind, Mode};
use serde_json::json;

use crate::stand_in::StandIn;
use crate::support::*;

/// What the command says when it succeeds.
fn command(folder: &Folder, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llm-cassette"));
    let output = command.current_dir(folder.path()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn what_a_run_played_or_recorded_again_is_not_pruned() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    record(&folder, &provider.url(), &["first", "second", "third"]).await;
    let year = folder
        .text()
        .lines()
        .find_map(|line| line.strip_prefix("recorded_at: \"")?.get(..4))
        .unwrap()
        .to_owned();
    std::fs::write(
        folder.file(),
        folder.text().replace(&format!("recorded_at: \"{year}"), "recorded_at: \"2001"),
    )
    .unwrap();
    std::fs::remove_file(folder.path().join(".llm-cassette/ledger.log")).unwrap();
    File::create(folder.path().join("marker")).unwrap();
    for (mode, question) in [(Mode::Replay, "first"), (Mode::Refresh, "third")] {
        let cassette = folder.open(mode);
        ask(&client(&cassette), &provider.url(), question).await.unwrap().bytes().await.unwrap();
        let _report = cassette.finish().unwrap();
    }
    let said = command(&folder, &["prune", "--since-file", "marker", "--yes"]);
    assert!(said.ends_with("\n1 interaction removed\n"), "{said}");
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    let client = client(&cassette);
    for question in ["first", "third"] {
        ask(&client, &provider.url(), question).await.unwrap();
    }
    let miss = ask(&client, &provider.url(), "second").await.unwrap_err();
    assert_eq!(Error::find_in(&miss).unwrap().kind(), ErrorKind::NoMatch);
}

#[tokio::test]
async fn a_turn_replays_byte_for_byte_without_the_one_it_went_on_from_and_keeps_its_blobs() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let url = format!("{}/v1/chat/completions", provider.url());
    let noise = (0..1500_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8);
    let image = STANDARD.encode(b"\x89PNG\r\n\x1a\n".iter().copied().chain(noise).collect::<Vec<u8>>());
    let looks = json!({"role": "user", "content": [
        {"type": "text", "text": "What is in this picture? ".repeat(20)},
        {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{image}")}},
    ]});
    let turn =
        |messages: serde_json::Value| json!({"model": "gpt-4o-mini", "messages": messages}).to_string();
    let first = turn(json!([looks]));
    let second = turn(json!([looks, {"role": "user", "content": "And what is behind it?"}]));
    let cassette = folder.open(Mode::Record);
    let client_of = client(&cassette);
    post(&client_of, &url, first.clone()).await.unwrap().bytes().await.unwrap();
    let answer = post(&client_of, &url, second.clone()).await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    let text = folder.text();
    assert!(text.contains("extends:") && text.contains("$blob: "), "{text}");
    let key = text.lines().find_map(|line| line.strip_prefix("key: ")).unwrap().to_owned();
    command(&folder, &["rm", "--only", &format!("key={key}")]);
    assert!(!folder.text().contains("extends:"));
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    let client_of = client(&cassette);
    assert_eq!(post(&client_of, &url, second).await.unwrap().bytes().await.unwrap(), answer);
    post(&client_of, &url, first).await.unwrap_err();
    assert_eq!(command(&folder, &["verify"]), "1 cassette, 0 problems\n");
    command(&folder, &["rm", "--only", "name=test"]);
    let left = folder.listing().into_iter().filter(|path| !path.starts_with(".llm-cassette"));
    assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new());
}
