//! The command, and cassettes to run it on.

use std::path::Path;
use std::process::{Command, Output};

/// What a command printed, and how it ended.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code().unwrap(),
        }
    }
}

/// `llm-cassette`, ready to be given arguments.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llm-cassette"));
    command.current_dir(folder);
    ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"].iter().for_each(|name| {
        command.env_remove(name);
    });
    command
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Ran {
    command(folder).args(arguments).output().unwrap().into()
}

/// What a command that succeeds prints.
pub(crate) fn printed(folder: &Path, arguments: &[&str]) -> String {
    let ran = run(folder, arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    ran.stdout
}

/// The root of this package.
pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The committed cassettes without the ledger of this machine.
pub(crate) fn copied() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["looks_up_the_weather.yaml", "streams_a_count.yaml"] {
        std::fs::copy(package().join("cassettes/agent").join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// A call to write down by hand.
pub(crate) struct Call<'a> {
    pub(crate) url: &'a str,
    pub(crate) request: &'a str,
    pub(crate) status: u16,
    pub(crate) kind: &'a str,
    pub(crate) response: &'a str,
    /// What stands above the request, such as `provider: openai`.
    pub(crate) head: &'a str,
}

impl<'a> Call<'a> {
    pub(crate) fn json(url: &'a str, request: &'a str, response: &'a str) -> Call<'a> {
        Call { url, request, status: 200, kind: "application/json", response, head: "" }
    }

    fn document(&self) -> String {
        // What JSON writes in double quotes, YAML reads in double quotes.
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let Call { url, status, kind, head, .. } = self;
        let head: String = head.lines().map(|line| format!("{line}\n")).collect();
        format!(
            "--- # POST\nkey: {key}\nrecorded_at: \"2026-11-21T05:13:13Z\"\nusage_count: 1\n{head}request:\n  method: POST\n  \
             url: {url}\n  headers: {{content-type: application/json}}\n  text: {}\nresponse:\n  status: {status}\n  \
             headers: {{content-type: {kind}}}\n  text: {}\n...\n",
            quoted(self.request),
            quoted(self.response),
            key = "0".repeat(64),
        )
    }
}

/// A cassette with these calls.
pub(crate) fn cassette(calls: &[Call<'_>]) -> String {
    let documents: String = calls.iter().map(Call::document).collect();
    format!("# llm-cassette 1\n{documents}")
}

/// A folder with one cassette, `talk.yaml`.
pub(crate) fn folder(calls: &[Call<'_>]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("talk.yaml"), cassette(calls)).unwrap();
    folder
}

/// The parts of a cassette: its first line, and its documents.
pub(crate) fn documents(text: &str) -> (String, Vec<String>) {
    let mut parts = text.split("--- ");
    let first = parts.next().unwrap().to_owned();
    (first, parts.map(|document| format!("--- {document}")).collect())
}

/// What git makes of two files that were one, where `.gitattributes` says `merge=union`.
pub(crate) fn merged(base: &str, ours: &str, theirs: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("base", base), ("ours", ours), ("theirs", theirs)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut git = Command::new("git");
    git.current_dir(folder.path()).args(["merge-file", "--union", "-p", "ours", "base", "theirs"]);
    String::from_utf8(git.output().unwrap().stdout).unwrap()
}

/// What a blob with this text is called.
pub fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
