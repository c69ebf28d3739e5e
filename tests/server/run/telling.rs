//! Cassettes in processes of a run are part of its summary.

use super::{client, ran, shell};
use crate::stand_in::StandIn;

/// The address of a provider that nobody can ask.
const GONE: &str = "http://127.0.0.1:9/v1/chat/completions";

#[tokio::test]
async fn one_summary_has_the_cassettes_of_the_server_and_those_of_two_processes() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let (url, upstream) =
        (format!("{}/v1/chat/completions", provider.url()), format!("openai={}", provider.url()));
    let in_file = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
    let test = std::env::current_exe().unwrap();
    let name = "run::a_program_of_a_run_does_what_its_role_says";
    let one = |role: String| {
        format!("LLM_CASSETTE_TEST_ROLE='{role}' {} --exact {name} --nocapture", test.to_str().unwrap())
    };
    let script = [
        one(format!("open {};through {url} Hi;finish", in_file("one.yaml"))),
        one(format!("open {};through {url} Hi;through {url} Ho", in_file("two.yaml"))),
        one("ask Hi".to_owned()),
    ]
    .join(" && ");
    let options = ["--mode", "record", "--upstream", &upstream];
    let ended = shell(folder.path(), &options, &script);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("llm-cassette: 3 cassettes: recorded 4, played 0"), "{}", ended.stderr);
    provider.stop().await;
    let ended = shell(folder.path(), &[], &script);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("llm-cassette: 3 cassettes: recorded 0, played 4"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_miss_that_a_test_swallows_fails_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.yaml");
    for end in ["finish", "panic"] {
        let role = format!("open {};through {GONE} Hi;{end}", file.display());
        let ended = ran(client(folder.path(), &[], &role));
        let code = if end == "finish" { 1 } else { 101 };
        assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        assert!(ended.stderr.contains("x.yaml: recorded 0, played 0, missed 1\n"), "{}", ended.stderr);
        assert!(!ended.stderr.contains("without saying"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_miss_that_a_test_wants_does_not_fail_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let role = format!("tolerate {};through {GONE} Hi;finish", folder.path().join("x.yaml").display());
    let ended = ran(client(folder.path(), &[], &role));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("llm-cassette: 1 cassette: recorded 0, played 0\n"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_process_that_was_killed_is_said_to_have_said_nothing_but_its_misses_count() {
    let folder = tempfile::tempdir().unwrap();
    let role = format!("open {};through {GONE} Hi;abort", folder.path().join("x.yaml").display());
    let ended = ran(client(folder.path(), &[], &role));
    assert_eq!(ended.code, Some(134), "{}", ended.stderr);
    let told = "a process that opened it ended without saying what it came to";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    assert!(ended.stderr.contains("x.yaml: recorded 0, played 0, missed 1\n"), "{}", ended.stderr);
}

#[tokio::test]
async fn what_is_told_has_no_secret_and_goes_with_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "sk-proj-Zm9yLXRlc3RzLW9ubHktMDEyMzQ1Njc4OQ";
    let test = std::env::current_exe().unwrap();
    let role = format!(
        "open {};through {GONE}?key={secret} Hi {secret};finish",
        folder.path().join("x.yaml").display()
    );
    let script = format!(
        "LLM_CASSETTE_TEST_ROLE='{role}' {} --exact run::a_program_of_a_run_does_what_its_role_says; \
         cp \"$LLM_CASSETTE_RUN\" told; echo \"$LLM_CASSETTE_RUN\"",
        test.display()
    );
    let ended = shell(folder.path(), &[], &script);
    let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
    assert!(told.contains("\"refused\"") && told.contains("\"ended\""), "{told}");
    assert!(!told.contains(secret) && !ended.stderr.contains(secret), "{told}{}", ended.stderr);
    let file = ended.stdout.lines().last().unwrap();
    assert!(!std::path::Path::new(file).exists(), "{file}");
}
