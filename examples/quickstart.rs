//! Records a chat and a stream, replays both offline, refreshes them, and shows the cassette and its diff.
//!
//! `cargo run --example quickstart` needs neither key nor network: it starts a stand-in for OpenAI on this machine. With
//! `OPENAI_API_KEY` and `OPENAI_BASE_URL` (such as `https://api.openai.com/v1`) set, it uses the real thing.

#![allow(clippy::print_stdout, reason = "an example shows what happens")]

#[path = "../tests/stand_in/mod.rs"]
mod stand_in;

use std::error::Error;
use std::path::Path;

use llm_cassette::{Cassette, Mode, Report};
use reqwest_middleware::ClientBuilder;
use similar::{Algorithm, capture_diff_slices};
use stand_in::StandIn;

/// A provider to talk to: the real one, or a stand-in that can be stopped and started again.
struct Provider {
    base: String,
    stand_in: Option<StandIn>,
}

impl Provider {
    fn from_environment() -> Provider {
        match (std::env::var("OPENAI_API_KEY"), std::env::var("OPENAI_BASE_URL")) {
            (Ok(_), Ok(base)) => Provider { base: base.trim_end_matches('/').to_owned(), stand_in: None },
            _ => {
                let stand_in = StandIn::start_at("127.0.0.1:0");
                Provider { base: format!("{}/v1", stand_in.url()), stand_in: Some(stand_in) }
            }
        }
    }

    async fn stop(&mut self) {
        if let Some(stand_in) = self.stand_in.take() {
            stand_in.stop().await;
            println!("The stand-in is stopped: nothing answers at {} any more.", self.base);
        }
    }

    /// Starts the stand-in again where it was, with a model that has changed its mind.
    fn restart(&mut self, simulated: bool) {
        let address = self.base.trim_start_matches("http://").trim_end_matches("/v1").to_owned();
        if simulated {
            let stand_in = StandIn::start_at(&address);
            stand_in.answers(2);
            self.stand_in = Some(stand_in);
        }
    }
}

/// What a test would do: a chat and a stream, through a client with a cassette in it.
async fn run(mode: Mode, path: &Path, base: &str) -> Result<(Vec<String>, Report), Box<dyn Error>> {
    let cassette = Cassette::builder(path).mode(mode).open()?;
    let key = cassette.api_key("OPENAI_API_KEY").unwrap_or_else(|_| "sk-any-key-will-do".to_owned());
    let client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
    let mut answers = Vec::new();
    for (question, stream) in [("Name three rivers.", false), ("Count to 5.", true)] {
        let body = serde_json::json!({
            "model": "gpt-4o-mini",
            "messages": [{"role": "user", "content": question}],
            "stream": stream,
        });
        let mut response = client
            .post(format!("{base}/chat/completions"))
            .bearer_auth(&key)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await?
            .error_for_status()?;
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            answer.extend_from_slice(&chunk);
        }
        answers.push(String::from_utf8(answer)?);
    }
    Ok((answers, cassette.finish()?))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("llm-cassette-quickstart-{}", std::process::id()));
    let path = folder.join("quickstart.yaml");
    let mut provider = Provider::from_environment();
    let simulated = provider.stand_in.is_some();

    println!("== record: both calls go to {}", provider.base);
    let (live, report) = run(Mode::Record, &path, &provider.base).await?;
    println!("{report}");

    println!("\n== replay: the same test, offline");
    provider.stop().await;
    let (played, report) = run(Mode::Replay, &path, &provider.base).await?;
    println!("{report}");
    println!("Byte for byte the same: {}", if played == live { "yes" } else { "NO" });

    println!("\n== the cassette, as a reviewer sees it");
    let before = std::fs::read_to_string(&path)?;
    print!("{before}");

    println!("\n== refresh: both calls go out again");
    provider.restart(simulated);
    let (_, report) = run(Mode::Refresh, &path, &provider.base).await?;
    println!("{report}");
    let after = std::fs::read_to_string(&path)?;
    println!("\n== what changed, as a pull request shows it");
    print_diff(&before, &after);
    provider.stop().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The lines that differ, where they stand, as `diff -U0` prints them.
fn print_diff(before: &str, after: &str) {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    println!("--- before\n+++ after");
    for change in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (gone, come) = (change.old_range(), change.new_range());
        if old[gone.clone()] != new[come.clone()] {
            println!("@@ -{},{} +{},{} @@", gone.start + 1, gone.len(), come.start + 1, come.len());
            old[gone].iter().for_each(|line| println!("-{line}"));
            new[come].iter().for_each(|line| println!("+{line}"));
        }
    }
}
