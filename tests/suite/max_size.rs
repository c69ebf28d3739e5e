//! A file with a limit of size loses what was not used for longest, and never what its run used.

use llm_cassette::{Mode, Report};

use crate::stand_in::{Script, StandIn};
use crate::support::*;

/// Records each question with an answer of 2,000 letters, as if on a day of its own, long ago.
async fn recorded_long_ago(questions: &[&str]) -> (StandIn, Folder) {
    let (provider, folder) = (StandIn::start().await, Folder::new());
    provider.on(Script::says(&"x".repeat(2000)).always());
    record(&folder, &provider.url(), questions).await;
    let mut day = 0;
    let dated = folder.text().lines().fold(String::new(), |text, line| {
        let dated = line.starts_with("recorded_at: ").then(|| {
            day += 1;
            format!("recorded_at: \"2025-01-0{day}T00:00:00Z\"")
        });
        text + dated.as_deref().unwrap_or(line) + "\n"
    });
    std::fs::write(folder.file(), dated).unwrap();
    // This knows when it really was.
    std::fs::remove_file(folder.path().join(".llm-cassette/ledger.log")).unwrap();
    (provider, folder)
}

/// A run that asks these questions and records what is not there, with room for so many bytes.
async fn run_with_room(folder: &Folder, base: &str, room: usize, questions: &[&str]) -> Report {
    asking(folder.builder(Mode::Record).max_size(room), base, questions).await
}

/// Which of the questions the file has an answer to.
fn held<'a>(folder: &Folder, questions: &[&'a str]) -> Vec<&'a str> {
    let text = folder.text();
    questions.iter().copied().filter(|question| text.contains(&format!("content: {question}"))).collect()
}

#[tokio::test]
async fn what_was_not_used_for_longest_goes_from_a_file() {
    let (provider, folder) = recorded_long_ago(&["alpha", "beta", "gamma"]).await;
    let base = provider.url();
    let room = folder.text().len() + 100;
    // The ledger will know of this use, however long ago the recording was.
    let cassette = folder.open(Mode::Replay);
    ask(&client(&cassette), &base, "alpha").await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    let report = run_with_room(&folder, &base, room, &["delta"]).await;
    assert_eq!(report.evicted, 1);
    assert_eq!(held(&folder, &["alpha", "beta", "gamma", "delta"]), ["alpha", "gamma", "delta"]);
    assert!(folder.text().len() <= room);
    let calls = provider.calls();
    let report = run_with_room(&folder, &base, room, &["alpha", "gamma", "delta"]).await;
    assert_eq!((report.played, report.evicted, provider.calls()), (3, 0, calls));
}

#[tokio::test]
async fn what_this_run_used_and_what_is_pinned_stays_in_a_file_that_is_too_large() {
    let (provider, folder) = recorded_long_ago(&["alpha", "beta", "gamma"]).await;
    let pinned = folder.text().replacen("usage_count: 1\n", "usage_count: 1\npinned: true\n", 1);
    std::fs::write(folder.file(), pinned).unwrap();
    let report = run_with_room(&folder, &provider.url(), 100, &["beta", "delta"]).await;
    assert_eq!((report.played, report.recorded, report.evicted), (1, 1, 1));
    assert!(report.to_string().contains(", evicted 1"), "{report}");
    assert_eq!(held(&folder, &["alpha", "beta", "gamma", "delta"]), ["alpha", "beta", "delta"]);
}

#[tokio::test]
async fn a_run_that_records_nothing_takes_nothing_out() {
    let (provider, folder) = recorded_long_ago(&["alpha", "beta"]).await;
    let before = folder.text();
    let report = run_with_room(&folder, &provider.url(), 100, &["alpha"]).await;
    assert_eq!((report.played, report.evicted), (1, 0));
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn all_takes_of_a_request_go_together() {
    let (provider, folder) = recorded_long_ago(&["alpha", "beta", "alpha"]).await;
    let room = folder.text().len() + 100;
    let report = run_with_room(&folder, &provider.url(), room, &["delta"]).await;
    assert_eq!(report.evicted, 1, "the last take of alpha is younger than beta");
    let report = run_with_room(&folder, &provider.url(), room, &["epsilon"]).await;
    assert_eq!(report.evicted, 2);
    assert_eq!(held(&folder, &["alpha", "beta", "delta", "epsilon"]), ["delta", "epsilon"]);
}
