//! `git-setup`, with real git.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Call, Ran, cassette, command, sha256};

/// A repository in which nothing comes from outside.
pub(crate) struct Repository {
    _folder: tempfile::TempDir,
    pub(crate) root: PathBuf,
    path: String,
}

impl Repository {
    pub(crate) fn new() -> Repository {
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

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.root, arguments)
    }

    pub(crate) fn run_in(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.hermetic(command(folder), folder, arguments)
    }

    pub(crate) fn set_up(&self, arguments: &[&str]) -> String {
        let ran = self.run_in(&self.root, &[&["git-setup"], arguments].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        ran.stdout
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn attributes(&self) -> String {
        self.text(".gitattributes")
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.root.join(name)).unwrap_or_default()
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

#[test]
fn prettier_and_editors_leave_cassettes_alone_where_they_are_used() {
    let repository = Repository::new();
    let before = "root = true\n\n[*]\nindent_size = 4\n";
    repository.write("package.json", r#"{"devDependencies": {"prettier": "3.10.1"}}"#);
    repository.write(".editorconfig", before);
    let would = repository.set_up(&["--dry-run"]);
    assert!(would.contains("would add to .prettierignore: **/cassettes/**/*.yaml\n"), "{would}");
    assert_eq!(
        (repository.text(".prettierignore").as_str(), repository.text(".editorconfig").as_str()),
        ("", before)
    );

    let told = repository.set_up(&[]);
    let told: Vec<&str> =
        told.lines().filter(|line| line.contains(".prettierignore") || line.contains(".editor")).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    add to .prettierignore: **/cassettes/**/*.yaml
    add to .editorconfig: [**/cassettes/**/*.yaml]; indent_style = space; indent_size = 2; end_of_line = lf; insert_final_newline = true; trim_trailing_whitespace = false; max_line_length = off
    `git diff` and `git log -p` now show conversations. Commit .gitattributes, .prettierignore, .editorconfig; everybody else runs `llm-cassette git-setup` once in their own clone.
    "#);
    assert_eq!(repository.text(".prettierignore"), "**/cassettes/**/*.yaml\n");
    insta::assert_snapshot!(repository.text(".editorconfig"), @r#"
    root = true

    [*]
    indent_size = 4

    [**/cassettes/**/*.yaml]
    indent_style = space
    indent_size = 2
    end_of_line = lf
    insert_final_newline = true
    trim_trailing_whitespace = false
    max_line_length = off
    "#);
    assert_eq!(repository.set_up(&[]), "git is set up already\n");

    let undone = repository.set_up(&["--undo"]);
    assert!(undone.contains("remove from .prettierignore: **/cassettes/**/*.yaml\n"), "{undone}");
    assert!(!repository.root.join(".prettierignore").exists());
    assert_eq!(repository.text(".editorconfig"), before);
}

#[test]
fn every_sign_of_prettier_is_seen() {
    let hook = "repos:\n  - repo: https://github.com/rbubley/mirrors-prettier\n    hooks: [{id: prettier}]\n";
    for (file, text) in [
        (".prettierrc", "{}"),
        (".prettierrc.toml", ""),
        ("prettier.config.mjs", ""),
        (".prettierignore", "dist\n"),
        ("package.json", r#"{"prettier": {"semi": false}}"#),
        ("package.json", r#"{"dependencies": {"prettier": "^3"}}"#),
        (".pre-commit-config.yaml", hook),
    ] {
        let repository = Repository::new();
        repository.write(file, text);
        repository.set_up(&[]);
        assert!(repository.text(".prettierignore").ends_with("**/cassettes/**/*.yaml\n"), "{file}");
    }
    let repository = Repository::new();
    repository.write("package.json", r#"{"dependencies": {"eslint": "^9"}}"#);
    repository.set_up(&[]);
    assert!(!repository.root.join(".prettierignore").exists());
}

#[test]
fn lines_of_a_person_for_prettier_and_editors_suffice() {
    for own in ["cassettes/", "*.yaml", "/cassettes/**", "**/cassettes/**/*.yaml"] {
        let repository = Repository::new();
        repository.write(".prettierignore", own);
        repository.write(".editorconfig", "[**/cassettes/**/*.yaml]\nindent_size = 2\n");
        repository.set_up(&[]);
        assert_eq!(repository.text(".prettierignore"), own);
        assert_eq!(repository.text(".editorconfig"), "[**/cassettes/**/*.yaml]\nindent_size = 2\n");
    }
}

#[test]
fn folders_of_other_names_are_named_for_formatters_too() {
    let repository = Repository::new();
    repository.write(".prettierrc", "{}");
    repository.write(".editorconfig", "");
    repository.write("tests/my tapes/weather.yaml", &weather("Rain."));
    repository.set_up(&["tests/my tapes"]);
    assert_eq!(repository.text(".prettierignore"), "tests/my tapes/**/*.yaml\n");
    assert!(repository.text(".editorconfig").starts_with("\n[tests/my tapes/**/*.yaml]\n"));
    repository.set_up(&["tests/my tapes"]);
    assert_eq!(repository.text(".prettierignore"), "tests/my tapes/**/*.yaml\n");
}

const HOOKS: &str = "\
repos:
  - repo: https://github.com/pre-commit/pre-commit-hooks
    hooks:
      - id: check-yaml
      - id: trailing-whitespace
  - repo: https://github.com/google/yamlfmt
    hooks:
      - id: yamlfmt
";

#[test]
fn files_that_are_yaml_are_left_to_their_owner_who_is_told_what_to_add() {
    let repository = Repository::new();
    repository.write(".yamllint.yaml", "extends: default\n");
    repository.write(".pre-commit-config.yaml", HOOKS);
    repository.set_up(&[]);
    insta::assert_snapshot!(repository.set_up(&[]), @r#"
    git is set up already
    .yamllint.yaml is yours to edit; add at its top level:
        ignore: |
          **/cassettes/**/*.yaml
    .pre-commit-config.yaml is yours to edit; add to the hook `check-yaml`:
        args: [--allow-multiple-documents]
    .pre-commit-config.yaml is yours to edit; add to the hook `yamlfmt`:
        exclude: '(^|/)cassettes/.*\.yaml$'
    "#);
    assert_eq!(repository.text(".yamllint.yaml"), "extends: default\n");
    assert_eq!(repository.text(".pre-commit-config.yaml"), HOOKS);

    let told: serde_json::Value = serde_json::from_str(&repository.set_up(&["--json"])).unwrap();
    assert_eq!(told["changes"], serde_json::json!([]));
    assert_eq!(told["advice"][1]["lines"], serde_json::json!(["args: [--allow-multiple-documents]"]));
}

#[test]
fn who_has_added_it_is_told_nothing_more() {
    let repository = Repository::new();
    repository.write(".yamllint", "ignore: |\n  **/cassettes/**/*.yaml\n");
    let done = HOOKS.replace("id: check-yaml", "id: check-yaml\n        args: [-m]");
    let done = done.replace("id: yamlfmt", "id: yamlfmt\n        exclude: '(^|/)cassettes/.*\\.yaml$'");
    repository.write(".pre-commit-config.yaml", &done);
    repository.set_up(&[]);
    assert_eq!(repository.set_up(&[]), "git is set up already\n");
    repository.write(".pre-commit-config.yaml", &format!("exclude: ^cassettes/\n{HOOKS}"));
    assert_eq!(repository.set_up(&[]), "git is set up already\n");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let repository = Repository::new();
    let elsewhere = repository.root.parent().unwrap().join("elsewhere");
    fs::write(&elsewhere, "dist\n").unwrap();
    std::os::unix::fs::symlink(&elsewhere, repository.root.join(".prettierignore")).unwrap();
    let ran = repository.run_in(&repository.root, &["git-setup"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(".prettierignore is a link, and is not written through"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(elsewhere).unwrap(), "dist\n");
}
