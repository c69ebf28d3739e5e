//! What a run says at its end.

use super::{Ran, client, ran};
use crate::stand_in::StandIn;

/// A folder in which `Name three rivers.` and `Hi` are recorded, as `default`.
async fn recorded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let role = "ask Name three rivers.;ask Hi";
    let ended = ran(client(folder.path(), &["--mode", "record", "--upstream", &upstream], role));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    folder
}

/// What stands behind the warnings that were given when things happened.
fn summary(ran: &Ran) -> String {
    let start =
        ran.stderr.find("cassettes/default.yaml: recorded").unwrap_or_else(|| panic!("{}", ran.stderr));
    let test = std::env::current_exe().unwrap();
    ran.stderr[start..].replace(test.to_str().unwrap(), "TEST")
}

#[tokio::test]
async fn the_summary_has_what_was_refused_with_its_nearest_and_what_nobody_asked_for() {
    let folder = recorded().await;
    let ended = ran(client(folder.path(), &[], "ask Name two rivers."));
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    insta::assert_snapshot!(summary(&ended), @"
    cassettes/default.yaml: recorded 0, played 0, missed 1, unused 2
      no recorded response for POST https://api.openai.com/v1/chat/completions
        cassette: cassettes/default.yaml (2 interactions, 0 played)
        nearest:  interaction 1 (cassettes/default.yaml:2)
          message 1 (user) changed
            - Name three rivers.
            + Name two rivers.
      unused: line 2: POST api.openai.com/v1/chat/completions · gpt-4o-mini-2024-07-18 · e2e14b0e…
      unused: line 55: POST api.openai.com/v1/chat/completions · gpt-4o-mini-2024-07-18 · 25718edd…
    llm-cassette: 1 cassette: recorded 0, played 0, missed 1, unused 2
    hint: to record what is missing, run `llm-cassette run --mode record -- TEST --exact run::a_program_of_a_run_does_what_its_role_says --nocapture` with your API keys set
    ");
}

#[tokio::test]
async fn a_run_of_github_actions_marks_the_nearest_recording_of_each_miss() {
    let folder = recorded().await;
    let mut command = client(folder.path(), &[], "ask Name two rivers.");
    command.env("GITHUB_ACTIONS", "true");
    let ended = ran(command);
    let marked: Vec<&str> = ended.stderr.lines().filter(|line| line.starts_with("::error")).collect();
    insta::assert_snapshot!(marked.join("\n"), @"::error file=cassettes/default.yaml,line=2,title=llm-cassette::no recorded response for POST https://api.openai.com/v1/chat/completions%0A  cassette: cassettes/default.yaml (2 interactions, 0 played)%0A  nearest:  interaction 1 (cassettes/default.yaml:2)%0A    message 1 (user) changed%0A      - Name three rivers.%0A      + Name two rivers.");
}

#[tokio::test]
async fn the_summary_can_be_had_as_json() {
    let folder = recorded().await;
    let ended = ran(client(folder.path(), &["--json"], "ask Hi;ask Ho"));
    let line = ended.stderr.lines().find(|line| line.starts_with('{')).unwrap();
    let summary: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&summary["exit_code"], &summary["played"]), (&1.into(), &1.into()));
    let cassette = &summary["cassettes"][0];
    assert_eq!(cassette["file"], "cassettes/default.yaml");
    assert!(cassette["refused"][0]["message"].as_str().unwrap().contains("nearest:"), "{line}");
    assert!(cassette["refused"][0]["line"].as_u64().unwrap() > 1, "{line}");
}

#[tokio::test]
async fn a_key_in_the_command_is_not_in_the_hint() {
    let folder = recorded().await;
    let secret = "sk-proj-Zm9yLXRlc3RzLW9ubHktMDEyMzQ1Njc4OQ";
    let mut command = client(folder.path(), &[], "ask Ho");
    command.args(["--skip", secret]);
    let ended = ran(command);
    assert!(ended.stderr.contains("hint: to record what is missing"), "{}", ended.stderr);
    assert!(!ended.stderr.contains(secret), "{}", ended.stderr);
}
