//! Uses are noted beside the cassette: exactly, by many processes at once, where git does not look.

use std::collections::BTreeMap;

use llm_cassette::{Mode, Repeats};

use crate::child;
use crate::stand_in::StandIn;
use crate::support::*;

/// How often each kind of event stands in the ledger.
fn noted(folder: &Folder) -> BTreeMap<String, usize> {
    let log = folder.path().join(".llm-cassette/ledger.log");
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let mut counts = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        // What is used again within a second is one line, which says how often.
        let times = fields.get(6).filter(|_| fields[0] == "hit").map_or(1, |times| times.parse().unwrap());
        *counts.entry(fields[0].to_owned()).or_default() += times;
    }
    counts
}

fn counts(pairs: &[(&str, usize)]) -> BTreeMap<String, usize> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[tokio::test]
async fn recordings_hits_and_misses_are_noted() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    let client = client(&cassette);
    ask(&client, &provider.url(), "first").await.unwrap();
    ask(&client, &provider.url(), "stranger").await.unwrap_err();
    assert_eq!(noted(&folder), counts(&[("recorded", 2), ("hit", 1), ("miss", 1)]));
}

#[tokio::test]
async fn one_setting_turns_the_ledger_off() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let cassette = folder.builder(Mode::Record).ledger(false).open().unwrap();
    ask(&client(&cassette), &provider.url(), "first").await.unwrap().bytes().await.unwrap();
    let _ = cassette.finish().unwrap();
    let cassette = folder.builder(Mode::Replay).ledger(false).open().unwrap();
    ask(&client(&cassette), &provider.url(), "first").await.unwrap();
    assert_eq!(noted(&folder), counts(&[]));
}

#[tokio::test]
async fn git_does_not_see_the_ledger() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    let git = |arguments: &[&str]| {
        let run =
            std::process::Command::new("git").args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    };
    git(&["init", "--quiet"]);
    assert_eq!(git(&["status", "--porcelain", "--untracked-files=all"]), "?? test.yaml\n");
}

#[tokio::test]
async fn eight_processes_with_200_uses_each_are_1600_uses() {
    if let Some(role) = child::role() {
        let cassette = role.builder(Mode::Replay).repeats(Repeats::Reuse).open().unwrap();
        let client = client(&cassette);
        for _ in 0..200 {
            ask(&client, &role.base, "first").await.unwrap().bytes().await.unwrap();
        }
        return;
    }
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    let children: Vec<_> =
        (0..8).map(|_| child::start(&|| (), "use", &folder.file(), &provider.url())).collect();
    for child in children {
        assert!(child.wait_with_output().await.unwrap().status.success());
    }
    assert_eq!(noted(&folder), counts(&[("recorded", 1), ("hit", 1600)]));
}
