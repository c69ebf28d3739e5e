//! `llm-cassette run`, and commands for it.

mod ending;
mod environment;
mod refresh_failed;
mod signals;
mod summary;
mod telling;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use llm_cassette::Cassette;
use serde_json::json;

/// What a process of this test binary is to do.
const ROLE: &str = "LLM_CASSETTE_TEST_ROLE";

/// What a run said, and how it ended.
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }
}

/// `llm-cassette run` in a folder, with no variable of the machine that could matter.
pub fn run(folder: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llm-cassette"));
    command.arg("run").args(options).arg("--").current_dir(folder);
    let ours = |name: &str| {
        let ends = ["_API_KEY", "_BASE_URL", "_API_BASE", "_PROXY", "_proxy", "_HOST", "_TOKEN"];
        ends.iter().any(|end| name.ends_with(end))
            || ["LLM_CASSETTE_", "GITHUB_", "AWS_", "CARGO_", "NEXTEST"]
                .iter()
                .any(|start| name.starts_with(start))
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(ours) {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a shell does in a run.
pub fn shell(folder: &Path, options: &[&str], script: &str) -> Ran {
    run(folder, options).args(["sh", "-c", script]).output().unwrap().into()
}

/// A run of a program that does something to each of these prompts, one after the other, and then ends in some way.
pub fn client(folder: &Path, options: &[&str], role: &str) -> Command {
    let mut command = run(folder, options);
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", "run::a_program_of_a_run_does_what_its_role_says", "--nocapture"]);
    command.env(ROLE, role);
    command
}

pub fn ran(mut command: Command) -> Ran {
    command.output().unwrap().into()
}

/// `ask PROMPT` asks the server by the variables that OpenAI's SDKs read; `open FILE` opens a cassette in this process, which
/// `through URL PROMPT` asks; `finish`, `panic`, `abort` and `tolerate FILE` are what they say.
#[tokio::test]
async fn a_program_of_a_run_does_what_its_role_says() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let mut cassette = None;
    for step in role.split(';') {
        let words: Vec<&str> = step.splitn(3, ' ').collect();
        match words.as_slice() {
            ["ask", rest @ ..] => {
                let (base, key) = (std::env::var("OPENAI_BASE_URL"), std::env::var("OPENAI_API_KEY"));
                let url = format!("{}/chat/completions", base.unwrap());
                let key = key.unwrap_or_else(|_| "sk-none".to_owned());
                crate::serving::asked(&url, &key, &crate::serving::chat(&rest.join(" "))).await;
            }
            ["open", file] => cassette = Some(Cassette::builder(file).open().unwrap()),
            ["tolerate", file] => {
                cassette = Some(Cassette::builder(file).tolerate_misses(true).open().unwrap());
            }
            ["through", url, prompt] => {
                let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new());
                let client = client.with(cassette.clone().unwrap()).build();
                let body = json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": prompt}]});
                let request = client.post(*url).header("content-type", "application/json");
                if let Ok(response) = request.body(body.to_string()).send().await {
                    response.bytes().await.unwrap();
                }
            }
            ["finish"] => {
                let _ = cassette.take().unwrap().finish();
            }
            ["panic"] => panic!("as its role says"),
            ["abort"] => std::process::abort(),
            other => panic!("{other:?} is not a step"),
        }
    }
}
