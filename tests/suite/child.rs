//! Runs a test a second time in a process of its own, which can be killed, can exit, or can record beside this one.
//!
//! The test starts with `if let Some(role) = child::role() { … }`, which is the child's part.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use llm_cassette::{Builder, Cassette, Mode};
use tokio::process::{Child, Command};

const ROLE: &str = "LLM_CASSETTE_TEST_ROLE";
const FILE: &str = "LLM_CASSETTE_TEST_FILE";
const BASE: &str = "LLM_CASSETTE_TEST_BASE";

/// What a child is to do, and with what.
pub struct Role {
    pub name: String,
    pub base: String,
    file: PathBuf,
}

impl Role {
    pub fn builder(&self, mode: Mode) -> Builder {
        Cassette::builder(&self.file).mode(mode)
    }

    pub fn open(&self, mode: Mode) -> Cassette {
        self.builder(mode).open().unwrap()
    }
}

/// The role of this process, if it is a child.
pub fn role() -> Option<Role> {
    let text = |name| std::env::var(name).ok();
    Some(Role { name: text(ROLE)?, base: text(BASE)?, file: text(FILE)?.into() })
}

/// Whether nextest runs this test.
pub fn is_of_nextest() -> bool {
    std::env::var_os("NEXTEST").is_some()
}

/// The command that runs tests, as hints name it.
pub fn runner() -> &'static str {
    if is_of_nextest() { "cargo nextest run" } else { "cargo test" }
}

/// The arguments with which the test binary runs the test that `marker`, a closure, stands in.
pub fn arguments<T>(_marker: &T) -> [String; 3] {
    let path = std::any::type_name::<T>().split("::").skip(1).filter(|part| *part != "{{closure}}");
    ["--exact".to_owned(), path.collect::<Vec<_>>().join("::"), "--nocapture".to_owned()]
}

/// Starts the test that `marker`, a closure, stands in once more.
pub fn start<T>(marker: &T, role: &str, file: &Path, base: &str) -> Child {
    prepare(Command::new(std::env::current_exe().unwrap()).args(arguments(marker)), role, file, base)
}

/// Starts a command as a child.
pub fn prepare(command: &mut Command, role: &str, file: &Path, base: &str) -> Child {
    command
        .env(ROLE, role)
        .env(FILE, file)
        .env(BASE, base)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Waits for something that a child brings about, and fails with what the child said when it ends before.
pub async fn brings_about(child: &mut Child, event: impl Future<Output = ()>) {
    let ended = tokio::select! { () = event => None, status = child.wait() => Some(status.unwrap()) };
    if let Some(status) = ended {
        use tokio::io::AsyncReadExt as _;
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).await.unwrap();
        child.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
        panic!("the child ended too early, with {status}:\n{said}");
    }
}

/// Waits for the end of a child: its exit code and what it said on standard error.
pub async fn outcome(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().await.unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}
