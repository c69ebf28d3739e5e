//! The command heeds `llm-cassette.toml` as the library does.

use std::path::Path;

use crate::run::{Call, cassette, printed, run};

/// A package whose tests record, `app`, and what stands in its file.
fn package(configuration: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app");
    std::fs::create_dir_all(app.join("cassettes")).unwrap();
    std::fs::write(app.join("Cargo.toml"), "[package]\nname = 'app'\n").unwrap();
    std::fs::write(app.join("llm-cassette.toml"), configuration).unwrap();
    let call = Call {
        head: "provider: openai\nmodel: gpt-4o-mini\nusage: {input_tokens: 3, output_tokens: 4}",
        ..Call::json(
            "https://api.openai.com/v1/chat/completions",
            r#"{"model":"gpt-4o-mini","shop_ticket":"winter-sale-for-nobody","messages":[]}"#,
            r#"{"id":"x"}"#,
        )
    };
    std::fs::write(app.join("cassettes/talk.yaml"), cassette(&[call])).unwrap();
    folder
}

#[test]
fn verify_finds_what_the_file_of_the_package_calls_secret_from_wherever_it_is_called() {
    let secret = "a secret";
    let folder = package("");
    let said = run(folder.path(), &["verify"]).stdout;
    assert!(!said.contains(secret), "{said}");
    let folder = package("secrets.names = ['shop_ticket']");
    for (place, path) in
        [("app", "cassettes"), ("app", "cassettes/talk.yaml"), ("", "app"), ("app/cassettes", ".")]
    {
        let ran = run(&folder.path().join(place), &["verify", path]);
        assert!(
            ran.code == 1 && ran.stdout.contains(secret),
            "{place} {path}: {} {}",
            ran.stdout,
            ran.stderr
        );
        assert!(!ran.stdout.contains("winter-sale"), "{}", ran.stdout);
    }
}

#[test]
fn prices_are_those_of_the_current_folder_unless_an_argument_or_a_variable_names_others() {
    let folder = package("prices = 'dear.json'");
    let app = folder.path().join("app");
    for (name, dollars) in [("dear.json", 5), ("cheap.json", 1)] {
        let prices = format!(
            r#"{{"gpt-4o-mini": {{"litellm_provider": "openai", "input_cost_per_token": {dollars}, "output_cost_per_token": {dollars}}}}}"#
        );
        std::fs::write(app.join(name), prices).unwrap();
    }
    let cost = |place: &Path, arguments: &[&str]| printed(place, arguments);
    assert!(cost(&app, &["stats"]).contains("Recording cost $35.00"), "{}", cost(&app, &["stats"]));
    assert!(cost(&app.join("cassettes"), &["stats"]).contains("Recording cost $35.00"));
    assert!(cost(&app, &["stats", "--prices", "cheap.json"]).contains("Recording cost $7.00"));
    assert!(cost(folder.path(), &["stats"]).contains("built-in list prices"));
}

#[test]
fn what_is_recorded_ahead_of_time_goes_by_the_file_of_the_package_of_the_cassette() {
    let folder = package("secrets.names = ['shop_ticket']");
    let line = r#"{"question": "Which river?", "answer": "The Danube.", "model": "gpt-4o-mini"}"#;
    std::fs::write(folder.path().join("pairs.jsonl"), line).unwrap();
    let params = r#"{"shop_ticket": "winter-sale-for-nobody"}"#;
    let arguments = ["warm", "--params", params, "--cassette", "app/cassettes/faq.yaml", "pairs.jsonl"];
    printed(folder.path(), &arguments);
    let text = std::fs::read_to_string(folder.path().join("app/cassettes/faq.yaml")).unwrap();
    assert!(text.contains("shop_ticket") && !text.contains("winter-sale"), "{text}");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_of_every_command_that_needs_it() {
    let folder = package("[secrets]\nvalue = ['hunter2']\n");
    let app = folder.path().join("app");
    for command in ["verify", "stats"] {
        let ran = run(&app, &[command]);
        assert_eq!(ran.code, 2, "{command}: {}", ran.stdout);
        let wanted = "llm-cassette.toml:2:1: unknown field `value`\nhint: the fields are names, patterns";
        assert!(ran.stderr.contains(wanted) && !ran.stderr.contains("hunter2"), "{command}: {}", ran.stderr);
    }
}
