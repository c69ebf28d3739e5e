//! What the README shows is what there is.

use llm_cassette::{Error, Mode};

use crate::stand_in::StandIn;
use crate::support::*;

const README: &str = include_str!("../../README.md");

/// The block of the README that starts with a line.
fn block(start: &str) -> &'static str {
    let at = README.find(start).unwrap_or_else(|| panic!("the README has no {start:?}"));
    let block = &README[at..];
    &block[..block.find("\n```").unwrap()]
}

/// A documentation test leaves out what `#[tokio::test]` makes, so that only the other copy is compiled.
#[test]
fn the_test_in_the_readme_is_the_example_of_the_crate_which_is_compiled() {
    let example: Vec<&str> =
        include_str!("../../src/lib.rs").lines().map(|line| line.trim_start_matches("//! ")).collect();
    let lines = block("    let cassette = cassette!()").lines().map(str::trim);
    for line in lines.take_while(|line| *line != "Ok(())") {
        assert!(example.iter().any(|other| other.trim() == line), "{line}");
    }
}

#[test]
fn no_example_has_hidden_lines_since_people_would_read_them() {
    let hidden = README.split("\n```").filter(|block| block.starts_with("rust") && block.contains("\n# "));
    assert_eq!(hidden.collect::<String>(), "");
}

#[test]
fn the_cassette_in_the_readme_is_a_part_of_a_real_one() {
    let cassette = include_str!("../../cassettes/agent/looks_up_the_weather.yaml");
    assert!(cassette.contains(block("--- # POST")));
}

#[test]
fn the_stream_in_the_readme_is_a_part_of_a_real_one() {
    let cassette = include_str!("../../cassettes/agent/streams_a_count.yaml");
    assert!(cassette.contains(block("  sse:\n    message:")));
}

#[tokio::test]
async fn the_miss_in_the_readme_is_what_a_user_reads() {
    let provider = StandIn::start().await;
    let base = provider.url();
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    for text in ["Name three rivers.", "Tell me a joke."] {
        ask(&client(&cassette), &base, text).await.unwrap().bytes().await.unwrap();
    }
    cassette.finish().unwrap();
    let error = ask(&client(&folder.open(Mode::Replay)), &base, "Name four rivers.").await.unwrap_err();
    let text = Error::find_in(&error).unwrap().to_string();
    // The test pins its modes, which the test of a user does not.
    let text = text
        .replace("`.mode(…)` in code wins over LLM_CASSETTE_MODE, so make it `.default_mode(…)` first; ", "");
    let text = text.replace(&base, "http://api.example.com");
    let text = text.replace(&folder.file().display().to_string(), "cassettes/weather/names_rivers.yaml");
    assert_eq!(text, block("no recorded response"));
}
