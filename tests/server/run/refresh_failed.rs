//! `run --refresh-failed` records what had no recording, and touches nothing else.

use super::{client, ran};
use crate::stand_in::StandIn;

#[tokio::test]
async fn what_missed_is_recorded_by_a_second_run_and_what_matched_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let options = ["--refresh-failed", "--upstream", &upstream];
    let first = ran(client(folder.path(), &options, "ask Hi"));
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let file = folder.path().join("cassettes/default.yaml");
    let before = std::fs::read_to_string(&file).unwrap();
    assert_eq!(provider.requests().len(), 1);

    let second = ran(client(folder.path(), &options, "ask Hi;ask Ho"));
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    assert_eq!(provider.requests().len(), 2);
    assert!(provider.requests()[1].json().to_string().contains("Ho"));
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(after.starts_with(&before), "{after}");
    let told = "llm-cassette: 1 request had no answer; the command runs again, to record what is missing\n";
    assert!(second.stderr.contains(told), "{}", second.stderr);
    assert!(second.stderr.contains("llm-cassette: 1 cassette: recorded 1, played 1"), "{}", second.stderr);
}

#[tokio::test]
async fn a_run_without_a_miss_runs_its_command_once_and_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    ran(client(folder.path(), &["--mode", "record", "--upstream", &upstream], "ask Hi"));
    let ended = ran(client(folder.path(), &["--refresh-failed", "--upstream", &upstream], "ask Hi"));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains("runs again"), "{}", ended.stderr);
    assert_eq!((ended.stdout.matches("running 1 test").count(), provider.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_recording_that_is_refused_as_too_old_is_recorded_again() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    ran(client(folder.path(), &["--mode", "record", "--upstream", &upstream], "ask Hi"));
    let file = folder.path().join("cassettes/default.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let at = text.find("recorded_at: \"").unwrap() + "recorded_at: \"".len();
    std::fs::write(&file, format!("{}2020{}", &text[..at], &text[at + 4..])).unwrap();
    let mut command = client(folder.path(), &["--refresh-failed", "--upstream", &upstream], "ask Hi");
    command.env("LLM_CASSETTE_TTL", "30d,fail");
    let ended = ran(command);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(provider.requests().len(), 2, "{}", ended.stderr);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        (text.matches("recorded_at").count(), text.contains("recorded_at: \"2020")),
        (1, false),
        "{text}"
    );
}

#[test]
fn a_mode_beside_it_would_contradict_it() {
    let folder = tempfile::tempdir().unwrap();
    let ended = super::shell(folder.path(), &["--refresh-failed", "--mode", "record"], "exit 0");
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
}
