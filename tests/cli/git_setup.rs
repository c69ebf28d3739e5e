//! `git-setup`, with real git.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Call, Ran, cassette, command, sha256};

/// A repository in which nothing comes from outside.
struct Repository {
    _folder: tempfile::TempDir,
    root: PathBuf,
    path: String,
}

impl Repository {
    fn new() -> Repository {
        let folder = tempfile::tempdir().unwrap();
        // What people install is found by its name.
        let bin = Path::new(env!("CARGO_BIN_EXE_llm-cassette")).parent().unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let root = folder.path().canonicalize().unwrap().join("project");
        fs::create_dir(&root).unwrap();
        let repository = Repository { _folder: folder, root, path };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    fn hermetic(&self, mut command: Command, folder: &Path, arguments: &[&str]) -> Ran {
        command.current_dir(folder).args(arguments).env("PATH", &self.path);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_PAGER", "cat");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A").env(format!("GIT_{role}_EMAIL"), "a@example.com");
        }
        command.env("GIT_CEILING_DIRECTORIES", self.root.parent().unwrap());
        command.output().unwrap().into()
    }

    fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let ran = self.hermetic(Command::new("git"), folder, arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        ran.stdout
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.root, arguments)
    }

    fn run_in(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.hermetic(command(folder), folder, arguments)
    }

    fn set_up(&self, arguments: &[&str]) -> String {
        let ran = self.run_in(&self.root, &[&["git-setup"], arguments].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        ran.stdout
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn attributes(&self) -> String {
        fs::read_to_string(self.root.join(".gitattributes")).unwrap_or_default()
    }
}

fn weather(answer: &str) -> String {
    let request =
        r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"What is the weather in Oslo?"}]}"#;
    let response = format!(
        r#"{{"id":"chatcmpl-{}","created":{},"choices":[{{"index":0,"message":{{"role":"assistant","content":"{answer}"}},"finish_reason":"stop"}}]}}"#,
        answer.len(),
        1_763_731_265 + answer.len()
    );
    cassette(&[Call::json("https://api.openai.com/v1/chat/completions", request, &response)])
}

/// The changed lines of a diff.
fn changes(diff: &str) -> String {
    let is_change =
        |line: &&str| line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---");
    diff.lines().filter(is_change).map(|line| format!("{line}\n")).collect()
}

#[test]
fn git_diff_and_git_log_show_conversations() {
    let repository = Repository::new();
    repository.set_up(&[]);
    repository.write("cassettes/weather.yaml", &weather("Rain."));
    repository.commit("Record the weather");
    repository.write("cassettes/weather.yaml", &weather("Sunshine."));
    let diff = repository.git(&["diff"]);
    let diff: Vec<&str> = diff.lines().skip(4).map(str::trim_end).collect();
    insta::assert_snapshot!(diff.join("\n"), @r#"
    @@ -5,4 +5,4 @@ # POST https://api.openai.com/v1/chat/completions
       What is the weather in Oslo?

     answer (stop):
    -  Rain.
    +  Sunshine.
    "#);
    assert!(include_str!("../../docs/git.md").contains(&diff.join("\n")), "docs/git.md shows another diff");
    repository.commit("Record it again");
    let log = repository.git(&["log", "--patch", "--format=%s"]);
    insta::assert_snapshot!(changes(&log), @r#"
    -  Rain.
    +  Sunshine.
    +**/cassettes/**/*.yaml text eol=lf merge=union diff=llm-cassette
    +**/cassettes/**/blobs/* binary
    +# POST https://api.openai.com/v1/chat/completions
    +model: gpt-4o-mini
    +
    +user:
    +  What is the weather in Oslo?
    +
    +answer (stop):
    +  Rain.
    "#);
}

#[test]
fn setting_up_twice_changes_nothing_more() {
    let repository = Repository::new();
    insta::assert_snapshot!(repository.set_up(&[]), @r#"
    add to .gitattributes: **/cassettes/**/*.yaml text eol=lf merge=union diff=llm-cassette
    add to .gitattributes: **/cassettes/**/blobs/* binary
    set in this clone: diff.llm-cassette.textconv = llm-cassette textconv
    set in this clone: diff.llm-cassette.cachetextconv = true
    set in this clone: diff.llm-cassette.xfuncname = ^# .*$
    `git diff` and `git log -p` now show conversations. Commit .gitattributes; everybody else runs `llm-cassette git-setup` once in their own clone.
    "#);
    let (attributes, config) = (repository.attributes(), repository.git(&["config", "--local", "--list"]));
    insta::assert_snapshot!(attributes, @r#"
    **/cassettes/**/*.yaml text eol=lf merge=union diff=llm-cassette
    **/cassettes/**/blobs/* binary
    "#);
    assert_eq!(repository.set_up(&[]), "git is set up already\n");
    assert_eq!(repository.attributes(), attributes);
    assert_eq!(repository.git(&["config", "--local", "--list"]), config);
}

#[test]
fn lines_of_a_person_are_kept_and_suffice() {
    let repository = Repository::new();
    let own = "*.png binary\ncassettes/** binary=false\ncassettes/**/*.yaml text eol=lf merge=union diff=llm-cassette\ncassettes/**/blobs/* binary";
    repository.write(".gitattributes", own);
    repository.set_up(&[]);
    assert_eq!(repository.attributes(), own);
}

#[test]
fn a_dry_run_changes_nothing_and_undo_leaves_nothing() {
    let repository = Repository::new();
    repository.write(".gitattributes", "*.png binary\n");
    let before = repository.git(&["config", "--local", "--list"]);
    let told = repository.set_up(&["--dry-run"]);
    assert!(told.starts_with("would add to .gitattributes: "), "{told}");
    assert_eq!(repository.attributes(), "*.png binary\n");
    assert_eq!(repository.git(&["config", "--local", "--list"]), before);
    repository.set_up(&[]);
    repository.set_up(&["--undo"]);
    assert_eq!(repository.attributes(), "*.png binary\n");
    assert_eq!(repository.git(&["config", "--local", "--list"]), before);
    assert_eq!(repository.set_up(&["--undo"]), "nothing is set up here\n");
}

#[test]
fn setting_up_again_forgets_the_texts_that_git_has_kept() {
    let repository = Repository::new();
    repository.set_up(&[]);
    repository.write("cassettes/weather.yaml", &weather("Rain."));
    repository.commit("Record the weather");
    repository.write("cassettes/weather.yaml", &weather("Sunshine."));
    repository.commit("Record it again");
    repository.git(&["log", "--patch"]);
    let kept = repository.git(&["for-each-ref", "refs/notes/textconv"]);
    assert!(kept.contains("refs/notes/textconv/llm-cassette"), "{kept}");
    assert!(repository.set_up(&[]).starts_with("clear git's cache of converted texts"));
    assert_eq!(repository.git(&["for-each-ref", "refs/notes/textconv"]), "");
}

#[test]
fn it_works_in_folders_below_and_in_other_worktrees() {
    let repository = Repository::new();
    repository.write("crates/weather/cassettes/oslo.yaml", &weather("Rain."));
    let below = repository.root.join("crates/weather");
    assert_eq!(repository.run_in(&below, &["git-setup"]).code, 0);
    assert!(repository.attributes().contains("**/cassettes/**/*.yaml"));
    repository.commit("Record the weather");

    let other = repository.root.parent().unwrap().join("other");
    repository.git(&["worktree", "add", "--quiet", "-b", "other", other.to_str().unwrap()]);
    assert_eq!(repository.run_in(&other, &["git-setup"]).stdout, "git is set up already\n");
    fs::write(other.join("crates/weather/cassettes/oslo.yaml"), weather("Sunshine.")).unwrap();
    assert_eq!(changes(&repository.git_in(&other, &["diff"])), "-  Rain.\n+  Sunshine.\n");
}

#[test]
fn folders_of_other_names_can_be_given() {
    let repository = Repository::new();
    repository.write("tests/my tapes/weather.yaml", &weather("Rain."));
    repository.set_up(&["tests/my tapes"]);
    repository.commit("Record the weather");
    repository.write("tests/my tapes/weather.yaml", &weather("Sunshine."));
    assert_eq!(changes(&repository.git(&["diff"])), "-  Rain.\n+  Sunshine.\n");
    repository.set_up(&["tests/my tapes", "--undo"]);
    assert_eq!(repository.attributes(), "");
}

#[test]
fn a_broken_cassette_is_compared_as_it_is() {
    let repository = Repository::new();
    repository.set_up(&[]);
    repository.write("cassettes/weather.yaml", &weather("Rain."));
    repository.commit("Record the weather");
    repository.write("cassettes/weather.yaml", "# llm-cassette 1\n--- # half a docu");
    let diff = repository.git(&["diff"]);
    assert!(diff.contains("+--- # half a docu"), "{diff}");
}

#[test]
fn a_command_that_no_shell_finds_is_named_by_its_place() {
    let mut repository = Repository::new();
    repository.path = std::env::var("PATH").unwrap();
    repository.set_up(&[]);
    let textconv = repository.git(&["config", "diff.llm-cassette.textconv"]);
    assert_eq!(textconv.trim_end(), format!("'{}' textconv", env!("CARGO_BIN_EXE_llm-cassette")));
}

#[test]
fn outside_of_git_it_says_what_to_do() {
    let repository = Repository::new();
    let outside = repository.root.parent().unwrap();
    let ran = repository.run_in(outside, &["git-setup"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r#"
    error: this folder is not in the work tree of a git repository
    hint: run the command in the repository that holds the cassettes; `git init` creates one
    "#);
}

#[test]
fn older_versions_read_as_conversations_though_their_blobs_are_gone() {
    let repository = Repository::new();
    repository.set_up(&[]);
    let record = |number: u32, question: &str| {
        let numbers = serde_json::to_string(&vec![number; 80]).unwrap();
        let name = sha256(&numbers);
        let _ = fs::remove_dir_all(repository.root.join("cassettes/blobs"));
        repository.write(&format!("cassettes/blobs/{name}"), &numbers);
        let text = cassette(&[Call::json(
            "https://api.openai.com/v1/embeddings",
            &format!(r#"{{"model":"text-embedding-3-small","input":"{question}"}}"#),
            "ANSWER",
        )]);
        let answer = format!(
            "  json:\n    data:\n      - index: 0\n        embedding: {{$blob: {name}, kind: 80 numbers}}"
        );
        repository.write("cassettes/embedding.yaml", &text.replace("  text: \"ANSWER\"", &answer));
    };
    record(1, "Hello");
    repository.commit("Record it");
    record(2, "Good morning");
    let diff = changes(&repository.git(&["diff", "--", "cassettes/embedding.yaml"]));
    insta::assert_snapshot!(diff, @r"
    -  Hello
    +  Good morning
    ");
}
