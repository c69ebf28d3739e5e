//! What the tests share: a folder for cassettes, a client with a cassette in it, requests as providers take them.

use std::path::{Path, PathBuf};

use llm_cassette::{Builder, Cassette, Mode};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

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
