//! Tags, metadata and pins: written by a cassette or by hand, kept by whatever writes the file again.

use llm_cassette::{Error, ErrorKind, Mode, Repeats};

use crate::stand_in::{Script, StandIn};
use crate::support::*;

/// Writes a line into the head of the document that holds some words.
fn write_by_hand(folder: &Folder, words: &str, line: &str) {
    let text = folder.text();
    let edited = documents(&text).into_iter().find(|document| document.contains(words)).unwrap();
    let by_hand = edited.replacen("\nusage_count: 1\n", &format!("\nusage_count: 1\n{line}\n"), 1);
    std::fs::write(folder.file(), text.replacen(edited, &by_hand, 1)).unwrap();
}

/// The lines of the document with some words that are labels.
fn labels(folder: &Folder, words: &str) -> Vec<String> {
    let text = folder.text();
    let document = documents(&text).into_iter().find(|document| document.contains(words)).unwrap();
    let is_label = |line: &&str| ["tags:", "metadata:", "pinned:"].iter().any(|name| line.starts_with(name));
    document.lines().filter(is_label).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_cassette_labels_what_it_records() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let builder = folder.builder(Mode::Record).tag("faq").tag("team/search").metadata("ticket", "QA-12");
    asking(builder, &provider.url(), &["first"]).await;
    assert_eq!(labels(&folder, "first"), ["tags: [faq, team/search]", "metadata: {ticket: QA-12}"]);
    let report = asking(folder.builder(Mode::Replay), &provider.url(), &["first"]).await;
    assert_eq!(report.played, 1, "labels are no part of the key");
}

#[tokio::test]
async fn labels_that_cannot_be_are_refused_when_the_cassette_opens() {
    let folder = Folder::new();
    for builder in [
        folder.builder(Mode::Replay).tag("two words"),
        folder.builder(Mode::Replay).tag(""),
        folder.builder(Mode::Replay).metadata("a=b", "value"),
        folder.builder(Mode::Replay).ttl_of_tag("a,b", std::time::Duration::ZERO),
    ] {
        let error = builder.open().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadSetting);
        assert!(error.to_string().contains("use letters, digits"), "{error}");
    }
}

#[tokio::test]
async fn a_secret_in_the_metadata_is_not_written() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let builder =
        folder.builder(Mode::Record).secret("hunter2-and-more").metadata("note", "hunter2-and-more");
    let cassette = builder.open().unwrap();
    ask(&client(&cassette), &provider.url(), "first").await.unwrap().bytes().await.unwrap();
    let error = cassette.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unrecordable);
    assert!(error.message().contains("the metadata") && !error.message().contains("hunter2"), "{error}");
    assert!(!folder.file().exists());
}

#[tokio::test]
async fn a_slip_in_a_label_is_an_error_with_its_line() {
    let provider = StandIn::start().await;
    for (line, wanted) in [
        ("tags: faq", "`tags` has to be a list of names, such as [faq, smoke]"),
        ("tags: [two words]", "\"two words\" is not a name for `tags`"),
        ("metadata: QA-12", "`metadata` is not a mapping"),
        ("metadata: {ticket: 12}", "`ticket` is not text; put it in quotes"),
        ("metadata: {a b: text}", "\"a b\" is not a name for `metadata`"),
        ("pinned: yes please", "`pinned` has to be true or false"),
        ("tag: [faq]", "unknown field `tag`; did you mean `tags`?"),
    ] {
        let folder = Folder::new();
        record(&folder, &provider.url(), &["first"]).await;
        write_by_hand(&folder, "first", line);
        let at = folder.text().lines().position(|known| known == line).unwrap() + 1;
        let cassette = folder.open(Mode::Replay);
        let error = ask(&client(&cassette), &provider.url(), "first").await.unwrap_err();
        let error = Error::find_in(&error).unwrap();
        let place = format!("{}:{at}: ", folder.file().display());
        assert!(error.message().starts_with(&place) && error.message().contains(wanted), "{line}: {error}");
    }
}

#[tokio::test]
async fn what_was_written_by_hand_stays_when_a_refresh_brings_another_answer() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    write_by_hand(&folder, "first", "tags: [mine]\nmetadata: {by: Ada}");
    provider.answers(2);
    let builder = folder.builder(Mode::Refresh).tag("faq");
    let report = asking(builder, &provider.url(), &["first"]).await;
    assert_eq!((report.recorded, report.unchanged), (1, 0));
    assert!(folder.text().contains("In other words: version 2"));
    assert_eq!(labels(&folder, "first"), ["tags: [mine, faq]", "metadata: {by: Ada}"]);
}

#[tokio::test]
async fn a_refresh_adds_the_labels_of_the_cassette_to_what_has_not_changed_and_touches_nothing_else() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let before = folder.text();
    let report = asking(folder.builder(Mode::Refresh).tag("faq"), &provider.url(), &["first"]).await;
    assert_eq!(report.unchanged, 1);
    let after = folder.text();
    let kept = after.lines().filter(|line| *line != "tags: [faq]").map(unsealed);
    assert!(kept.eq(before.lines().map(unsealed)), "{after}");
    assert_eq!((labels(&folder, "first").len(), labels(&folder, "second").len()), (1, 0));
}

/// A line without its seal.
fn unsealed(line: &str) -> &str {
    if line.starts_with("recorded_at:") { line.split(" # ").next().unwrap() } else { line }
}

#[tokio::test]
async fn what_is_pinned_is_played_in_a_refresh_and_stays_byte_for_byte() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second", "third"]).await;
    write_by_hand(&folder, "second", "pinned: true");
    let before = folder.text();
    provider.answers(2);
    let builder = folder.builder(Mode::Refresh).one_test(true);
    let report = asking(builder, &provider.url(), &["first", "second", "third"]).await;
    assert_eq!((report.recorded, report.played, report.removed), (2, 1, 0));
    assert_eq!(provider.calls(), 3 + 2, "what is pinned is not sent");
    let after = folder.text();
    let (before, after) = (documents(&before), documents(&after));
    assert_eq!(after[1], before[1]);
    assert!(after[0].contains("version 2") && after[2].contains("version 2"));
}

#[tokio::test]
async fn what_is_pinned_is_not_taken_out_when_nobody_asks_for_it() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second", "third"]).await;
    write_by_hand(&folder, "second", "pinned: true");
    let builder = folder.builder(Mode::Refresh).one_test(true);
    let report = asking(builder, &provider.url(), &["first"]).await;
    assert_eq!((report.removed, report.unused.len()), (1, 1));
    let text = folder.text();
    assert!(text.contains("second") && !text.contains("third"));
}

#[tokio::test]
async fn a_pinned_take_keeps_its_turn_among_the_takes_of_a_refresh() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    for answer in ["one", "two", "three", "four", "five"] {
        provider.on(Script::says(answer));
    }
    record(&folder, &provider.url(), &["same", "same", "same"]).await;
    write_by_hand(&folder, "content: two", "pinned: true");
    asking(folder.builder(Mode::Refresh).one_test(true), &provider.url(), &["same", "same", "same"]).await;
    assert_eq!(provider.calls(), 3 + 2);
    plays_in_turn(&folder, &provider.url(), "same", &["four", "two", "five"]).await;
}

#[tokio::test]
async fn a_request_that_repeats_gets_its_pinned_answer_again_where_repeats_are_allowed() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["same"]).await;
    write_by_hand(&folder, "same", "pinned: true");
    let before = folder.text();
    let builder = folder.builder(Mode::Refresh).repeats(Repeats::Reuse);
    let report = asking(builder, &provider.url(), &["same", "same", "same"]).await;
    assert_eq!((report.played, report.recorded, provider.calls()), (3, 0, 1));
    assert_eq!(folder.text(), before);
}
