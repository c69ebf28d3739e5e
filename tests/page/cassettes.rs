//! Cassettes written for a test, and the page that the real command makes of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A folder of its own for one test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn cassette(&self, name: &str, calls: &[Call]) {
        let mut text = "# llm-cassette 1\n".to_owned();
        for call in calls {
            call.write(&mut text);
        }
        self.write(name, &text);
    }

    /// Runs the command in the folder, on a day that is always the same.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_llm-cassette"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env("SOURCE_DATE_EPOCH", "1795262400") // 2026-11-21
            .env_remove("LLM_CASSETTE_PRICES");
        command
    }

    /// The page of all cassettes in the folder.
    pub fn page(&self) -> PathBuf {
        let output = self.run(&["report", "-o", "report.html"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.path().join("report.html")
    }
}

/// An interaction with a provider that speaks as OpenAI does.
pub struct Call {
    pub url: String,
    pub model: String,
    pub recorded_at: &'static str,
    pub messages: Vec<Value>,
    pub tools: Vec<Value>,
    pub answer: Value,
    pub tokens: (u64, u64),
    /// How many of the input tokens came from the provider's cache.
    pub cached: u64,
}

impl Call {
    pub fn new(question: &str, answer: &str) -> Call {
        Call {
            url: "https://api.openai.com/v1/chat/completions".to_owned(),
            model: "gpt-4o-mini-2024-07-18".to_owned(),
            recorded_at: "2026-11-20T12:00:00Z",
            messages: vec![json!({ "role": "user", "content": question })],
            tools: Vec::new(),
            answer: json!({ "role": "assistant", "content": answer }),
            tokens: (31, 12),
            cached: 0,
        }
    }

    fn write(&self, out: &mut String) {
        let mut request = json!({ "model": self.model, "messages": self.messages });
        if !self.tools.is_empty() {
            request["tools"] = json!(self.tools);
        }
        let choice = json!({ "index": 0, "message": self.answer, "finish_reason": "stop" });
        let response = json!({ "id": "chatcmpl-1", "object": "chat.completion", "model": self.model, "choices": [choice] });
        let (input, output) = self.tokens;
        let headers = json!({ "content-type": "application/json" });
        writeln!(out, "---\nkey: {:064}", 0).unwrap();
        writeln!(out, "recorded_at: {}\nusage_count: 1\nprovider: openai", json!(self.recorded_at)).unwrap();
        writeln!(out, "model: {}", json!(self.model)).unwrap();
        let cached = match self.cached {
            0 => String::new(),
            cached => format!("cache_read_input_tokens: {cached}, "),
        };
        writeln!(out, "usage: {{input_tokens: {input}, {cached}output_tokens: {output}}}").unwrap();
        writeln!(out, "request:\n  method: POST\n  url: {}", json!(self.url)).unwrap();
        writeln!(out, "  headers: {headers}\n  json: {request}").unwrap();
        writeln!(out, "response:\n  status: 200\n  headers: {headers}\n  json: {response}\n...").unwrap();
    }
}
