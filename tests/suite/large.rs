//! A cassette of more than a megabyte is not held in memory while it is replayed: a recording is read from the file when it is
//! asked for. What others do to the file meanwhile is no matter, or it is seen.

use std::fs::{self, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};

use llm_cassette::{Cassette, Error, ErrorKind, Mode};

use crate::stand_in::{Script, StandIn};
use crate::support::*;

/// A large cassette of two questions: most of it is a comment.
async fn large(folder: &Folder, provider: &StandIn, answers: [&'static str; 2]) {
    for (question, answer) in ["first", "second"].into_iter().zip(answers) {
        provider.on(Script::says(answer).when(asks(question)));
    }
    record(folder, &provider.url(), &["first", "second"]).await;
    let text = folder.text();
    let second = text.rfind("\n---").unwrap() + 1;
    let comment = format!("# {}\n", "long ".repeat(300_000));
    fs::write(folder.file(), format!("{}{comment}{}", &text[..second], &text[second..])).unwrap();
}

/// The answer to a question, or the error and its kind.
async fn said(cassette: &Cassette, base: &str, question: &str) -> Result<String, (ErrorKind, String)> {
    match ask(&client(cassette), base, question).await {
        Ok(response) => Ok(response.text().await.unwrap()),
        Err(error) => {
            let error = Error::find_in(&error).unwrap();
            Err((error.kind(), error.to_string()))
        }
    }
}

#[tokio::test]
async fn it_plays_what_it_had_when_it_was_opened_though_another_file_took_its_place() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    large(&folder, &provider, ["a heron", "an otter"]).await;
    let cassette = folder.open(Mode::Replay);
    let other = folder.path().join("other");
    fs::write(&other, folder.text().replace("otter", "eagle")).unwrap();
    fs::rename(&other, folder.file()).unwrap();
    let answer = said(&cassette, &provider.url(), "second").await.unwrap();
    assert!(answer.contains("an otter"), "{answer}");
}

#[tokio::test]
async fn it_plays_on_while_others_record_into_it() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    large(&folder, &provider, ["a heron", "an otter"]).await;
    let cassette = folder.open(Mode::Replay);
    record(&folder, &provider.url(), &["third"]).await;
    let answer = said(&cassette, &provider.url(), "second").await.unwrap();
    assert!(answer.contains("an otter"), "{answer}");
}

#[tokio::test]
async fn a_recording_that_was_changed_in_place_is_not_played_and_the_error_says_so() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    large(&folder, &provider, ["a heron", "an otter"]).await;
    let cassette = folder.open(Mode::Replay);
    let text = folder.text();
    let line = text[..text.rfind("\n---").unwrap() + 1].lines().count() + 1;
    let mut file = OpenOptions::new().write(true).open(folder.file()).unwrap();
    // As many bytes as before, and perhaps within the same tick of the clock.
    file.seek(SeekFrom::Start(text.rfind("otter").unwrap() as u64)).unwrap();
    file.write_all(b"eagle").unwrap();
    let (kind, message) = said(&cassette, &provider.url(), "second").await.unwrap_err();
    assert_eq!(kind, ErrorKind::Io);
    let place = format!("{}:{line}: ", folder.file().display());
    insta::assert_snapshot!(message.replace(&place, "test.yaml:LINE: "), @r"
    test.yaml:LINE: something changed this cassette in place while it was open, so this recording is not what it was
    hint: let nothing write the file while tests replay it, and run them again
    ");
    let answer = said(&cassette, &provider.url(), "first").await.unwrap();
    assert!(answer.contains("a heron"), "{answer}");
}

#[tokio::test]
async fn nor_is_one_that_was_cut_off() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    large(&folder, &provider, ["a heron", "an otter"]).await;
    let cassette = folder.open(Mode::Replay);
    let file = OpenOptions::new().write(true).open(folder.file()).unwrap();
    file.set_len(folder.text().len() as u64 - 10).unwrap();
    let (kind, message) = said(&cassette, &provider.url(), "second").await.unwrap_err();
    assert_eq!(kind, ErrorKind::Io, "{message}");
}

#[tokio::test]
async fn what_was_not_asked_for_is_named_by_its_first_line_as_of_a_small_one() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    large(&folder, &provider, ["a heron", "an otter"]).await;
    let cassette = folder.open(Mode::Replay);
    said(&cassette, &provider.url(), "first").await.unwrap();
    let report = cassette.finish().unwrap();
    let text = folder.text();
    let title = text[text.rfind("\n---").unwrap() + 1..].lines().next().unwrap().trim_start_matches("--- # ");
    assert_eq!(report.unused.len(), 1);
    assert!(report.unused[0].ends_with(title), "{:?}", report.unused);
}
