//! `llm-cassette serve` as a process, and a client for it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A server that is running. It is ended when this is dropped.
pub struct Serving {
    child: Child,
    stdout: BufReader<ChildStdout>,
    url: String,
}

/// What a server said, and how it ended.
pub struct Ended {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

impl Serving {
    /// Starts a server in a folder, on a free port, with no key in its environment.
    pub fn start(folder: &Path, arguments: &[&str]) -> Serving {
        Serving::with(folder, arguments, &[])
    }

    /// Starts a server with variables in its environment.
    pub fn with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Serving {
        let mut command = Command::new(env!("CARGO_BIN_EXE_llm-cassette"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments).current_dir(folder);
        for name in ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "LLM_CASSETTE_MODE", "CARGO_MANIFEST_DIR"] {
            command.env_remove(name);
        }
        command.env("NO_COLOR", "1").envs(variables.iter().copied());
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let Some(url) = line.trim_end().strip_prefix("listening on ") else {
            let mut stderr = String::new();
            child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
            let _ = child.wait();
            panic!("the server said {line:?} and {stderr}");
        };
        let url = url.to_owned();
        Serving { child, stdout, url }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Ends the server as Ctrl-C does.
    pub fn interrupt(self) -> Ended {
        self.end("-INT")
    }

    /// Ends the server by a signal.
    pub fn end(mut self, signal: &str) -> Ended {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        Ended { stdout, stderr, code: self.child.wait().unwrap().code() }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A chat request as OpenAI takes it.
pub fn chat(prompt: &str) -> Value {
    json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": prompt}]})
}

/// The same, streamed.
pub fn streamed(prompt: &str) -> Value {
    let mut chat = chat(prompt);
    chat["stream"] = json!(true);
    chat
}

/// Sends JSON with a key.
pub async fn post(url: &str, key: &str, body: &Value) -> reqwest::Response {
    reqwest::Client::new()
        .post(url)
        .bearer_auth(key)
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap()
}

/// Sends JSON, and gives status and body.
pub async fn asked(url: &str, key: &str, body: &Value) -> (u16, String) {
    let response = post(url, key, body).await;
    (response.status().as_u16(), response.text().await.unwrap())
}
