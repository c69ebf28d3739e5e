//! What the tests share: a folder for cassettes, a client with a cassette in it, requests as providers take them.

use std::path::{Path, PathBuf};

use llm_cassette::{Builder, Cassette, Mode, Report};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use crate::stand_in::Seen;

/// A folder of its own for one test, gone when the test is over.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self) -> PathBuf {
        self.path().join("test.yaml")
    }

    pub fn text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    /// The paths of all that is in the folder, beside the ledger: a replay may write that, and nothing else.
    pub fn listing(&self) -> Vec<String> {
        let mut paths = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let inside = path.strip_prefix(self.path()).unwrap();
                paths.push(inside.to_str().unwrap().replace('\\', "/"));
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        paths.retain(|path| path != ".llm-cassette/ledger.log");
        paths.sort();
        if paths
            .iter()
            .filter(|path| path.starts_with(".llm-cassette"))
            .eq([".llm-cassette", ".llm-cassette/.gitignore"])
        {
            paths.retain(|path| !path.starts_with(".llm-cassette"));
        }
        paths
    }

    pub fn builder(&self, mode: Mode) -> Builder {
        Cassette::builder(self.file()).mode(mode)
    }

    pub fn open(&self, mode: Mode) -> Cassette {
        self.builder(mode).open().unwrap()
    }
}

/// A client as a test would make it.
pub fn client(cassette: &Cassette) -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build()
}

/// A chat request of OpenAI's.
pub fn chat(text: &str, stream: bool) -> String {
    let mut body =
        serde_json::json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]});
    if stream {
        body["stream"] = true.into();
    }
    body.to_string()
}

/// Sends a chat request and gives the whole response.
pub async fn ask(
    client: &ClientWithMiddleware,
    base: &str,
    text: &str,
) -> reqwest_middleware::Result<reqwest::Response> {
    post(client, &format!("{base}/v1/chat/completions"), chat(text, false)).await
}

pub async fn post(
    client: &ClientWithMiddleware,
    url: &str,
    body: String,
) -> reqwest_middleware::Result<reqwest::Response> {
    client
        .post(url)
        .header("content-type", "application/json")
        .header("authorization", "Bearer sk-test")
        .body(body)
        .send()
        .await
}

/// Records answers to questions, one after the other.
pub async fn record(folder: &Folder, base: &str, questions: &[&str]) {
    let report = asking(folder.builder(Mode::Record), base, questions).await;
    assert_eq!(report.recorded, questions.len());
}

/// A run of a cassette that asks questions, one after the other.
pub async fn asking(builder: Builder, base: &str, questions: &[&str]) -> Report {
    let cassette = builder.open().unwrap();
    let client = client(&cassette);
    for question in questions {
        ask(&client, base, question).await.unwrap().bytes().await.unwrap();
    }
    cassette.finish().unwrap()
}

/// Asserts what a question is answered with, time after time, by a replay.
pub async fn plays_in_turn(folder: &Folder, base: &str, question: &str, answers: &[&str]) {
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    for wanted in answers {
        let answer = ask(&client, base, question).await.unwrap().text().await.unwrap();
        assert!(answer.contains(wanted), "{wanted}: {answer}");
    }
}

/// The documents of a cassette, without its first lines.
pub fn documents(text: &str) -> Vec<&str> {
    let starts: Vec<usize> = text.match_indices("\n---").map(|(at, _)| at + 1).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

/// Runs a future on a runtime of its own, for tests with threads.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Whether a request holds these words, for scripts.
pub fn asks(words: &'static str) -> impl Fn(&Seen) -> bool + Send + 'static {
    move |seen| String::from_utf8_lossy(&seen.body).contains(words)
}
