//! What a command finds in its environment.

use super::{client, ran, run, shell};
use crate::stand_in::StandIn;

const REAL: &str = "sk-proj-Zm9yLXRlc3RzLW9ubHktMDEyMzQ1Njc4OQ";

#[test]
fn a_command_finds_the_server_a_key_and_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "echo $OPENAI_BASE_URL $ANTHROPIC_BASE_URL $LLM_CASSETTE_URL $OPENAI_API_KEY $LLM_CASSETTE_MODE";
    let ran = shell(folder.path(), &["--mode", "replay"], script);
    let words: Vec<&str> = ran.stdout.split_whitespace().collect();
    let [openai, anthropic, url, key, mode] = words[..] else { panic!("{words:?}") };
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert_eq!(
        (openai, anthropic),
        (format!("{url}/openai/v1").as_str(), format!("{url}/anthropic").as_str())
    );
    assert_eq!((key, mode), ("sk-cassette-default", "replay"));
}

#[test]
fn a_key_that_the_command_has_is_left_to_it_and_none_is_made_up_where_calls_go_out() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo $OPENAI_API_KEY; echo ${MISTRAL_API_KEY-none}";
    let mut command = run(folder.path(), &["--mode", "record"]);
    let ran: super::Ran =
        command.args(["sh", "-c", script]).env("OPENAI_API_KEY", REAL).output().unwrap().into();
    assert_eq!(ran.stdout, format!("{REAL}\nnone\n"));
}

#[tokio::test]
async fn a_command_records_with_the_key_of_its_environment_and_replays_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let mut command = client(folder.path(), &["--mode", "record", "--upstream", &upstream], "ask Hi");
    command.env("OPENAI_API_KEY", REAL);
    let recorded = ran(command);
    assert_eq!(recorded.code, Some(0), "{}", recorded.stderr);
    let seen = &provider.requests()[0];
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {REAL}").as_str()));
    assert!(
        recorded.stderr.contains("llm-cassette: 1 cassette: recorded 1, played 0"),
        "{}",
        recorded.stderr
    );
    let text = std::fs::read_to_string(folder.path().join("cassettes/default.yaml")).unwrap();
    assert!(!text.contains(REAL) && text.contains("https://api.openai.com/v1/chat/completions"), "{text}");
    provider.stop().await;

    let replayed = ran(client(folder.path(), &[], "ask Hi"));
    assert_eq!(replayed.code, Some(0), "{}", replayed.stderr);
    assert!(
        replayed.stderr.contains("llm-cassette: 1 cassette: recorded 0, played 1"),
        "{}",
        replayed.stderr
    );
}

#[tokio::test]
async fn a_server_that_a_variable_named_before_is_asked_and_recorded_as_itself() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let gateway = format!("{}/v1", provider.url());
    let mut command = client(folder.path(), &["--mode", "record"], "ask Hi");
    command.env("OPENAI_BASE_URL", &gateway).env("OPENAI_API_KEY", REAL);
    let recorded = ran(command);
    assert_eq!(recorded.code, Some(0), "{}", recorded.stderr);
    let text = std::fs::read_to_string(folder.path().join("cassettes/default.yaml")).unwrap();
    assert!(text.contains(&format!("url: {gateway}/chat/completions")), "{text}");
    provider.stop().await;
    let mut command = client(folder.path(), &[], "ask Hi");
    command.env("OPENAI_BASE_URL", &gateway);
    assert_eq!(ran(command).code, Some(0));
}
