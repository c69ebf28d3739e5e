//! Formatters and hooks as published, on cassettes: what they change is told and put right, and what `git-setup` writes or
//! advises keeps them from it.

use std::process::Command;

use crate::git_setup::Repository;
use crate::run::{Call, Ran, cassette, documents, package};

const FILE: &str = "cassettes/a.yaml";

fn committed(name: &str) -> String {
    std::fs::read_to_string(package().join("cassettes/agent").join(name)).unwrap()
}

/// prettier, in the folder that `LLM_CASSETTE_JS_YAML` names.
fn prettier(repository: &Repository, arguments: &[&str]) -> Ran {
    let modules = std::env::var("LLM_CASSETTE_JS_YAML").expect("the folder of node's modules");
    let mut node = Command::new("node");
    node.arg(format!("{modules}/prettier/bin/prettier.cjs")).args(arguments);
    node.current_dir(&repository.root).output().unwrap().into()
}

/// A module of Python's that is a program.
fn python(repository: &Repository, module: &str, arguments: &[&str]) -> Ran {
    let mut python = Command::new("python3");
    python.args(["-m", module]).args(arguments);
    python.current_dir(&repository.root).output().unwrap().into()
}

fn trailing_whitespace(repository: &Repository) -> Ran {
    python(repository, "pre_commit_hooks.trailing_whitespace_fixer", &[FILE])
}

/// A base and two branches that each add a recording, all of which go through a formatter before they are committed.
fn merge_behind(formatter: &dyn Fn(&Repository), changes: bool) {
    let (head, talked) = documents(&committed("looks_up_the_weather.yaml"));
    let streamed = documents(&committed("streams_a_count.yaml")).1.remove(0);
    let base = format!("{head}{}", talked[0]);
    let ours = format!("{base}{}", talked[1]);
    let repository = Repository::new();
    repository.set_up(&[]);
    let commit = |text: &str, message: &str| {
        repository.write(FILE, text);
        formatter(&repository);
        assert_eq!(repository.text(FILE) != text, changes, "{}", repository.text(FILE));
        let verified = repository.run_in(&repository.root, &["verify"]);
        assert_eq!(verified.code, 0, "{}", verified.stdout);
        assert_eq!(
            verified.stderr.contains("edited by hand or by a formatter"),
            changes,
            "{}",
            verified.stderr
        );
        assert_eq!(repository.run_in(&repository.root, &["format"]).code, 0);
        assert_eq!(repository.text(FILE), text);
        repository.commit(message);
    };
    commit(&base, "Record it");
    repository.git(&["checkout", "--quiet", "-b", "theirs"]);
    commit(&format!("{base}{streamed}"), "Record a count");
    repository.git(&["checkout", "--quiet", "main"]);
    commit(&ours, "Record a turn more");
    repository.git(&["merge", "--quiet", "--no-edit", "theirs"]);
    assert_eq!(repository.run_in(&repository.root, &["format"]).code, 0);
    assert_eq!(repository.text(FILE), format!("{ours}{streamed}"));
    let verified = repository.run_in(&repository.root, &["verify"]);
    assert_eq!((verified.code, verified.stderr.as_str()), (0, ""), "{}", verified.stdout);
}

#[test]
#[ignore = "needs Node with prettier"]
fn what_prettier_did_is_told_and_put_right_and_branches_merge_in_javascript() {
    merge_behind(
        &|repository| {
            let ran = prettier(repository, &["--write", FILE]);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        },
        true,
    );
}

#[test]
#[ignore = "needs Python with pre-commit-hooks"]
fn branches_that_went_through_trailing_whitespace_merge_in_python() {
    merge_behind(
        &|repository| {
            let ran = trailing_whitespace(repository);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        },
        false,
    );
}

#[test]
#[ignore = "needs Python with pre-commit-hooks"]
fn a_text_whose_lines_end_in_blanks_is_the_same_behind_the_hooks_in_python() {
    let repository = Repository::new();
    let request =
        r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Two lines,  \nplease. "}]}"#;
    let answer = r#"{"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"One  \nTwo\t\n   \n\n"},"finish_reason":"stop"}]}"#;
    repository
        .write(FILE, &cassette(&[Call::json("https://api.openai.com/v1/chat/completions", request, answer)]));
    assert_eq!(repository.run_in(&repository.root, &["format"]).code, 0);
    let text = repository.text(FILE);
    assert!(text.contains("json:\n"), "{text}");
    for hook in ["trailing_whitespace_fixer", "end_of_file_fixer", "mixed_line_ending"] {
        let ran = python(&repository, &format!("pre_commit_hooks.{hook}"), &[FILE]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{hook}: {}", ran.stdout);
        assert_eq!(repository.text(FILE), text, "{hook}");
    }
}

#[test]
#[ignore = "needs Node with prettier"]
fn prettier_has_nothing_against_cassettes_once_git_setup_has_run_in_javascript() {
    let repository = Repository::new();
    repository.write(".prettierrc", "{}\n");
    repository.write(FILE, &committed("looks_up_the_weather.yaml"));
    let text = repository.text(FILE);
    assert_eq!(prettier(&repository, &["--check", "."]).code, 1);
    repository.set_up(&[]);
    let ran = prettier(&repository, &["--check", "."]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    // A hook names the files, and prettier ignores them all the same.
    assert_eq!(prettier(&repository, &["--write", FILE]).code, 0);
    assert_eq!(repository.text(FILE), text);
}

#[test]
#[ignore = "needs Python with pre-commit-hooks and yamllint"]
fn linters_have_nothing_against_cassettes_once_the_advice_was_taken_in_python() {
    let repository = Repository::new();
    repository.write(FILE, &committed("looks_up_the_weather.yaml"));
    repository.write(".yamllint", "extends: default\n");
    let hook =
        "repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    hooks: [{id: check-yaml}]\n";
    repository.write(".pre-commit-config.yaml", hook);
    let told: serde_json::Value = serde_json::from_str(&repository.set_up(&["--json"])).unwrap();
    let lines = |advice: usize| -> Vec<String> {
        serde_json::from_value(told["advice"][advice]["lines"].clone()).unwrap()
    };
    assert_eq!(python(&repository, "yamllint", &[FILE]).code, 1);
    repository.write(".yamllint", &format!("extends: default\n{}\n", lines(0).join("\n")));
    let ran = python(&repository, "yamllint", &["."]);
    assert!(!ran.stdout.contains("cassettes"), "{}", ran.stdout);

    assert_eq!(python(&repository, "pre_commit_hooks.check_yaml", &[FILE]).code, 1);
    let [arguments] = <[String; 1]>::try_from(lines(1)).unwrap();
    let arguments = arguments.strip_prefix("args: [").unwrap().strip_suffix(']').unwrap();
    assert_eq!(python(&repository, "pre_commit_hooks.check_yaml", &[arguments, FILE]).code, 0);
}
