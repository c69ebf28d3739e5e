//! Our error is found behind whatever clients and SDKs make of it.

use std::error::Error as StdError;
use std::fmt;

use llm_cassette::{Error, ErrorKind, Mode};

use crate::child;
use crate::support::*;

/// Keeps the error below, as most do.
#[derive(Debug)]
struct Sourced(Box<dyn StdError + Send + Sync>);

impl fmt::Display for Sourced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpError: {}", self.0)
    }
}

impl StdError for Sourced {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.0.as_ref())
    }
}

/// Shows the source of what it holds in the place of what it holds.
#[derive(Debug)]
struct Transparent(Box<dyn StdError + Send + Sync>);

impl fmt::Display for Transparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl StdError for Transparent {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// Keeps the words alone.
#[derive(Debug)]
struct Flattened(String);

impl fmt::Display for Flattened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProviderError: {}", self.0)
    }
}

impl StdError for Flattened {}

async fn miss(folder: &Folder, question: &str) -> reqwest_middleware::Error {
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    ask(&client(&cassette), "http://127.0.0.1:9", question).await.unwrap_err()
}

#[tokio::test]
async fn our_error_is_found_in_errors_that_keep_it_that_hide_it_and_that_keep_its_words() {
    let folder = Folder::new();
    let words = miss(&folder, "Hello").await.to_string();
    let wrapped: [Box<dyn StdError>; 6] = [
        Box::new(Sourced(miss(&folder, "Hello").await.into())),
        Box::new(Sourced(Box::new(Sourced(miss(&folder, "Hello").await.into())))),
        Box::new(Transparent(miss(&folder, "Hello").await.into())),
        Box::new(Flattened(words.clone())),
        Box::new(Flattened(format!("{words:?}"))),
        Box::new(Sourced(Box::new(Flattened(words.clone())))),
    ];
    for error in &wrapped {
        let found = Error::find_in(error.as_ref()).unwrap_or_else(|| panic!("in {error:?}"));
        assert_eq!((found.kind(), found.to_string()), (ErrorKind::MissingFile, words.clone()), "{error:?}");
    }
}

#[tokio::test]
async fn an_error_of_somebody_else_is_none_of_ours() {
    let folder = Folder::new();
    let words = miss(&folder, "Hello").await.to_string();
    let half = words[..words.len() / 2].to_owned();
    for error in [Flattened("no recorded response".to_owned()), Flattened(half), Flattened(String::new())] {
        assert!(Error::find_in(&error).is_none(), "{error:?}");
    }
}

#[test]
fn a_backtrace_behind_a_miss_is_short_and_a_miss_says_the_same_with_it() {
    if child::role().is_some() {
        let debug = run(async { format!("{:?}", miss(&Folder::new(), "Hello").await) });
        print!("<<{debug}>>");
        return;
    }
    let shown = |backtrace: &str| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(child::arguments(&|| {}))
            .envs([("RUST_BACKTRACE", backtrace), ("LLM_CASSETTE_TEST_ROLE", "child")])
            .envs([("LLM_CASSETTE_TEST_FILE", "-"), ("LLM_CASSETTE_TEST_BASE", "-")])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let text = text.split_once("<<").expect("the child's part").1.split_once(">>").unwrap().0.to_owned();
        (text.lines().count(), text.lines().next().unwrap().to_owned())
    };
    let ((without, line), (with, same)) = (shown("0"), shown("1"));
    assert_eq!(line, same);
    assert_eq!(without, 3, "message, cassette, hint");
    assert!(with > without, "the backtrace is on");
    assert!(with <= without + 45, "{with} lines");
}
