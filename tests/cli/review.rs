//! `review`: what changed is accepted or rejected, one interaction after the other, on a terminal and without one.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::diff::{Chat, file};
use crate::run::{command, copied, documents, printed, run};
use crate::terminal::Terminal;

const PROMPT: &str = "quit (q)";

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=A", "-c", "user.email=a@example.com"]).args(arguments);
    assert!(git.output().unwrap().status.success(), "git {arguments:?}");
}

fn before() -> String {
    file(&[
        Chat::new("Will it rain in Oslo?", "Yes, take an umbrella."),
        Chat::new("Will it rain in Rome?", "No, it will be dry."),
        Chat::new("How far is it to Bergen?", "463 kilometres."),
    ])
    .replacen("# llm-cassette 1\n", "# llm-cassette 1\n# recorded by hand\n", 1)
}

/// The first and the second answer changed, and a question was added.
fn after() -> String {
    file(&[
        Chat::new("Will it rain in Oslo?", "No, leave the umbrella at home."),
        Chat::new("Will it rain in Rome?", "Yes, it will pour."),
        Chat::new("How far is it to Bergen?", "463 kilometres."),
        Chat::new("And to Trondheim by train?", "Seven hours."),
    ])
    .replacen("# llm-cassette 1\n", "# llm-cassette 1\n# recorded by hand\n", 1)
}

/// A repository in which a cassette is not as it was committed.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("talk.yaml"), before()).unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    fs::write(folder.path().join("talk.yaml"), after()).unwrap();
    folder
}

/// A cassette beside which a refresh left other answers.
fn refreshed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("talk.yaml"), before()).unwrap();
    let beside = folder.path().join(".llm-cassette/talk.yaml.pending");
    fs::create_dir_all(&beside).unwrap();
    fs::write(beside.join("new.yaml"), after()).unwrap();
    fs::write(beside.join("base.yaml"), before()).unwrap();
    folder
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join("talk.yaml")).unwrap()
}

/// The ids of what waits.
fn ids(folder: &Path) -> Vec<String> {
    let listed: Value = serde_json::from_str(&run(folder, &["review", "--json"]).stdout).unwrap();
    listed.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn without_a_terminal_it_lists_what_waits_and_says_how_to_decide() {
    let folder = repository();
    let ran = run(folder.path(), &["review"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @"
    talk.yaml

      change 5f619a8c
    ~ changed line 3  openai · gpt-4o-2024-08-06  2d78af9e
        user: Will it rain in Oslo?
        answer changed
          [-Yes, take an-]{+No, leave the+} umbrella{+ at home+}.

      change 64af5bae
    ~ changed line 22  openai · gpt-4o-2024-08-06  66967c39
        user: Will it rain in Rome?
        answer changed
          [-No-]{+Yes+}, it will [-be dry-]{+pour+}.

      change 96655aed
    + added line 60  openai · gpt-4o-2024-08-06  ba2ce232
        user
          And to Trondheim by train?
        assistant
          Seven hours.
        input 20, output 8 tokens, $0.00013

    3 changes wait for review
    ");
    insta::assert_snapshot!(ran.stderr, @"hint: on a terminal, `llm-cassette review` asks for each; elsewhere, `llm-cassette review --accept` or `--reject` decides all of them, or those that `--change ID` names");
    let listed: Value = serde_json::from_str(&run(folder.path(), &["review", "--json"]).stdout).unwrap();
    let kinds: Vec<&Value> = listed.as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, [&json!("changed"), &json!("changed"), &json!("added")]);
}

#[test]
fn rejecting_all_of_it_restores_the_old_recording_byte_for_byte() {
    let folder = repository();
    assert_eq!(printed(folder.path(), &["review", "--reject"]), "talk.yaml: 3 changes rejected\n");
    assert_eq!(text(folder.path()), before());
    assert_eq!(printed(folder.path(), &["review"]), "nothing waits for review\n");
}

#[test]
fn a_cassette_that_was_deleted_comes_back_and_one_that_is_new_goes() {
    let folder = repository();
    fs::remove_file(folder.path().join("talk.yaml")).unwrap();
    fs::write(folder.path().join("new.yaml"), after().replace("# recorded by hand\n", "")).unwrap();
    printed(folder.path(), &["review", "--reject"]);
    assert_eq!(text(folder.path()), before());
    assert!(!folder.path().join("new.yaml").exists());
}

#[test]
fn what_is_accepted_stays_and_is_not_asked_again() {
    let folder = repository();
    let all = ids(folder.path());
    printed(folder.path(), &["review", "--accept", "--change", &all[0]]);
    printed(folder.path(), &["review", "--reject", "--change", &all[1][..8]]);
    assert_eq!(ids(folder.path()), all[2..]);
    let (_, documents_now) = documents(&text(folder.path()));
    let (_, old) = documents(&before());
    let (_, new) = documents(&after());
    assert_eq!(documents_now, [&new[0], &old[1], &new[2], &new[3]].map(String::as_str));
    printed(folder.path(), &["review", "--accept"]);
    assert_eq!(printed(folder.path(), &["review"]), "nothing waits for review\n");
    // It is another change now.
    fs::write(
        folder.path().join("talk.yaml"),
        text(folder.path()).replace("leave the umbrella", "forget it"),
    )
    .unwrap();
    assert_eq!(ids(folder.path()).len(), 1);
}

#[test]
fn a_change_that_nobody_knows_is_an_error_with_the_way_to_find_its_name() {
    let folder = repository();
    let ran = run(folder.path(), &["review", "--accept", "--change", "ffffffff"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(ran.stderr, @"
    error: no change that waits is called ffffffff
    hint: `llm-cassette review --list` shows what waits, with its ids
    ");
}

#[test]
fn on_a_terminal_each_key_decides_one_change() {
    let folder = repository();
    let mut terminal = Terminal::start({
        let mut review = command(folder.path());
        review.args(["review", "--color", "never"]);
        review
    });
    let first = terminal.until(PROMPT);
    insta::assert_snapshot!(first, @"
    talk.yaml · change 1 of 3

    ~ changed line 3  openai · gpt-4o-2024-08-06  2d78af9e
        user: Will it rain in Oslo?
        answer changed
          [-Yes, take an-]{+No, leave the+} umbrella{+ at home+}.

    accept (a) · reject (r) · skip (s) · all of this cassette (A, R, S) · edit (e) · pin (p) ·
    ");
    terminal.press("a");
    assert!(terminal.until(PROMPT).contains("change 2 of 3"));
    terminal.press("r");
    assert!(terminal.until(PROMPT).contains("And to Trondheim by train?"));
    terminal.press("x");
    terminal.press("p");
    let (rest, code) = terminal.end();
    assert!(code == 0 && rest.trim().ends_with("1 accepted, 1 rejected, 1 pinned"), "{rest}");
    let (_, now) = documents(&text(folder.path()));
    assert!(
        now[0].contains("at home") && now[1].contains("dry") && now[3].contains("pinned: true"),
        "{now:#?}"
    );
    assert_eq!(printed(folder.path(), &["review"]), "nothing waits for review\n");
}

#[test]
fn who_quits_goes_on_from_there_another_time() {
    let folder = repository();
    let review = || {
        let mut review = command(folder.path());
        review.args(["review", "--color", "never"]);
        Terminal::start(review)
    };
    let mut terminal = review();
    terminal.until(PROMPT);
    terminal.press("s");
    terminal.until(PROMPT);
    terminal.press("a");
    terminal.until(PROMPT);
    terminal.press("q");
    let (rest, code) = terminal.end();
    // The terminal may echo a key that comes before anybody waits for it.
    assert!(code == 0 && rest.trim().ends_with("1 accepted, 1 skipped"), "{rest}");
    let mut terminal = review();
    let first = terminal.until(PROMPT);
    assert!(first.contains("change 1 of 2") && first.contains("Oslo"), "{first}");
    terminal.press("R");
    let (rest, _) = terminal.end();
    assert!(rest.contains("2 rejected"), "{rest}");
    let (_, now) = documents(&text(folder.path()));
    assert!(now.len() == 3 && now[0].contains("take an umbrella") && now[1].contains("pour"), "{now:#?}");
}

#[test]
fn what_somebody_edits_on_the_way_is_what_waits_then() {
    let folder = repository();
    let mut review = command(folder.path());
    review
        .args(["review", "--color", "never"])
        .env("EDITOR", "sed -i s/umbrella/sunshade/")
        .env_remove("VISUAL");
    let mut terminal = Terminal::start(review);
    terminal.until(PROMPT);
    terminal.press("e");
    assert!(terminal.until(PROMPT).contains("sunshade"));
    terminal.press("S");
    assert_eq!(terminal.end().1, 0);
    assert!(text(folder.path()).contains("leave the sunshade at home"));
}

#[test]
fn what_a_refresh_left_is_taken_into_the_cassette_change_by_change() {
    let folder = refreshed();
    let all = ids(folder.path());
    assert_eq!(all.len(), 3);
    printed(folder.path(), &["review", "--accept", "--change", &all[1]]);
    let (_, now) = documents(&text(folder.path()));
    assert!(now.len() == 3 && now[0].contains("take an umbrella") && now[1].contains("pour"), "{now:#?}");
    assert_eq!(ids(folder.path()), [all[0].clone(), all[2].clone()]);
    printed(folder.path(), &["review", "--reject", "--change", &all[0]]);
    printed(folder.path(), &["review", "--accept"]);
    let (_, now) = documents(&text(folder.path()));
    let ((_, old), (_, new)) = (documents(&before()), documents(&after()));
    assert_eq!(now, [&old[0], &new[1], &old[2], &new[3]].map(String::as_str));
    assert!(!folder.path().join(".llm-cassette/talk.yaml.pending").exists());
}

#[test]
fn rejecting_what_a_refresh_left_leaves_the_cassette_as_it_was() {
    let folder = refreshed();
    assert_eq!(printed(folder.path(), &["review", "--reject"]), "talk.yaml: 3 changes rejected\n");
    assert_eq!(text(folder.path()), before());
    assert!(!folder.path().join(".llm-cassette/talk.yaml.pending").exists());
}

#[test]
fn what_became_of_the_cassette_meanwhile_stays() {
    let folder = refreshed();
    let other = file(&[Chat::new("Who wrote Peer Gynt?", "Henrik Ibsen.")]);
    let (_, other) = documents(&other);
    fs::write(folder.path().join("talk.yaml"), before() + &other[0]).unwrap();
    printed(folder.path(), &["review", "--accept"]);
    let (_, now) = documents(&text(folder.path()));
    let (_, new) = documents(&after());
    assert_eq!(now.len(), 5, "{now:#?}");
    assert!(now.contains(&other[0]) && new.iter().all(|one| now.contains(one)), "{now:#?}");
}

#[test]
fn an_end_between_the_cassette_and_what_waits_asks_no_accepted_change_again() {
    let folder = refreshed();
    let all = ids(folder.path());
    let beside = folder.path().join(".llm-cassette/talk.yaml.pending");
    let read = |name: &str| fs::read(beside.join(name)).unwrap();
    let waiting = [("new.yaml", read("new.yaml")), ("base.yaml", read("base.yaml"))];
    printed(folder.path(), &["review", "--accept", "--change", &all[1]]);
    let accepted = text(folder.path());
    // As if the process had ended before it wrote what still waits.
    waiting.iter().for_each(|(name, bytes)| fs::write(beside.join(name), bytes).unwrap());
    assert_eq!(ids(folder.path()), [all[0].clone(), all[2].clone()]);
    printed(folder.path(), &["review", "--reject"]);
    assert_eq!(text(folder.path()), accepted);
}

#[test]
fn a_pin_puts_the_old_answer_back_for_good() {
    let folder = refreshed();
    let all = ids(folder.path());
    printed(folder.path(), &["review", "--pin", "--change", &all[0]]);
    printed(folder.path(), &["review", "--accept"]);
    let (_, now) = documents(&text(folder.path()));
    assert!(now[0].contains("take an umbrella") && now[0].contains("pinned: true"), "{}", now[0]);
    assert!(now[1].contains("pour") && now.len() == 4);
}

#[test]
fn a_turn_that_goes_on_from_a_rejected_one_says_what_it_said() {
    let folder = copied();
    let name = "looks_up_the_weather.yaml";
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    let path = folder.path().join(name);
    let old = fs::read_to_string(&path).unwrap();
    assert!(old.contains("extends:"));
    // Both turns ask another model, and the second one goes on from the first.
    fs::write(&path, old.replace("model: gpt-4o-mini\n", "model: gpt-4.1-nano\n")).unwrap();
    run(folder.path(), &["format", name]);
    let shown = |key: usize| {
        let shown: Value = serde_json::from_str(&printed(folder.path(), &["show", name, "--json"])).unwrap();
        shown[0]["interactions"][key]["conversation"].clone()
    };
    let second = shown(1);
    let all = ids(folder.path());
    assert_eq!(all.len(), 2);
    printed(folder.path(), &["review", "--reject", "--change", &all[0]]);
    assert!(documents(&fs::read_to_string(&path).unwrap()).1[0] == documents(&old).1[0]);
    assert_eq!(shown(1), second);
    printed(folder.path(), &["review", "--reject"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), old);
}

#[test]
fn verify_tells_of_what_waits_and_holds_it_for_no_problem() {
    let folder = refreshed();
    let ran = run(folder.path(), &["verify"]);
    assert!(
        ran.stderr
            .contains("talk.yaml: new answers wait for review\nhint: run `llm-cassette review talk.yaml`"),
        "{}",
        ran.stderr
    );
}
