//! What the README and the pages of `docs/` show is what there is.

use llm_cassette::{Error, Mode};

use crate::misses::without_name;
use crate::stand_in::StandIn;
use crate::support::*;

const README: &str = include_str!("../../README.md");

/// The block of a page that starts with a line.
fn block<'a>(page: &'a str, start: &str) -> &'a str {
    let at = page.find(start).unwrap_or_else(|| panic!("the page has no {start:?}"));
    let block = &page[at..];
    &block[..block.find("\n```").unwrap()]
}

#[test]
fn the_readme_has_at_most_150_lines() {
    assert!(README.lines().count() <= 150, "{} lines", README.lines().count());
}

/// A documentation test leaves out what `#[tokio::test]` makes, so that only the other copy is compiled.
#[test]
fn the_test_in_the_readme_is_the_example_of_the_crate_which_is_compiled() {
    let example: Vec<&str> =
        include_str!("../../src/lib.rs").lines().map(|line| line.trim_start_matches("//! ")).collect();
    let lines = block(README, "    let cassette = cassette!()").lines().map(str::trim);
    let lines: Vec<&str> = lines.take_while(|line| *line != "Ok(())").collect();
    assert!(lines.len() > 10);
    for line in lines {
        assert!(example.iter().any(|other| other.trim() == line), "{line}");
    }
}

/// Records what the test in the README sends, from a stand-in for the provider, as that test does.
#[tokio::test]
async fn the_cassette_in_the_readme_is_what_the_test_beside_it_records() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    let (_, body) = README.split_once(".body(r#\"").unwrap();
    let (body, _) = body.split_once("\"#)").unwrap();
    let (_, url) = README.split_once(".post(\"").unwrap();
    let (url, _) = url.split_once('"').unwrap();
    let url = url.replace("https://api.openai.com", &provider.url());
    let response = post(&client(&cassette), &url, body.to_owned()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(!response.text().await.unwrap().is_empty());
    cassette.finish().unwrap();
    let recorded = folder.text().replace(&provider.url(), "https://api.openai.com");
    let mut lines = recorded.lines();
    // What it leaves out, a comment says; ids and times are new each time.
    for wanted in
        block(README, "request:\n  method: POST").lines().filter(|line| !line.trim().starts_with("# …"))
    {
        assert!(lines.any(|line| line == wanted), "{wanted}\nis not, or not there, in\n{recorded}");
    }
}

#[test]
fn the_dependency_in_the_readme_is_of_this_version() {
    let (major, rest) = env!("CARGO_PKG_VERSION").split_once('.').unwrap();
    let minor = rest.split('.').next().unwrap();
    assert!(README.contains(&format!("llm-cassette = \"{major}.{minor}\"\n")));
    assert!(README.contains(&format!("Rust {}", env!("CARGO_PKG_RUST_VERSION"))));
}

#[test]
fn the_cassette_on_the_page_of_the_format_is_a_part_of_a_real_one() {
    let cassette = include_str!("../../cassettes/agent/looks_up_the_weather.yaml");
    assert!(cassette.contains(block(include_str!("../../docs/format.md"), "--- # POST")));
}

#[test]
fn the_stream_on_the_page_of_streams_is_a_part_of_a_real_one() {
    let cassette = include_str!("../../cassettes/agent/streams_a_count.yaml");
    assert!(cassette.contains(block(include_str!("../../docs/streams.md"), "  sse:\n    message:")));
}

#[tokio::test]
async fn the_miss_in_the_readme_and_on_the_page_of_modes_is_what_a_user_reads() {
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
    let text = text.replace(
        "`.mode(…)` in code wins over LLM_CASSETTE_MODE, so change it to `.default_mode(…)` first; ",
        "",
    );
    let text = without_name(&text).replace("cargo test NAME`", "cargo test names_rivers`");
    let text = text.replace(&base, "https://api.openai.com");
    let text = text.replace(&folder.file().display().to_string(), "cassettes/rivers/names_rivers.yaml");
    assert_eq!(text, block(README, "no recorded response"));
    let page = block(include_str!("../../docs/modes.md"), "no recorded response");
    assert!(text.starts_with(page), "{page}");
}
