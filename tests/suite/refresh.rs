//! A refresh replaces what changed, in its place, and only once the run has succeeded.

use llm_cassette::{Builder, Cassette, Mode, Repeats, Report};
use reqwest_middleware::ClientWithMiddleware;

use crate::child;
use crate::stand_in::{Gate, Script, StandIn};
use crate::support::*;

/// Asks questions, each once the one before it was answered.
async fn ask_all(client: &ClientWithMiddleware, base: &str, questions: &[&str]) {
    for question in questions {
        ask(client, base, question).await.unwrap().bytes().await.unwrap();
    }
}

async fn refresh(builder: Builder, base: &str, questions: &[&str]) -> Report {
    let cassette = builder.open().unwrap();
    ask_all(&client(&cassette), base, questions).await;
    cassette.finish().unwrap()
}

/// Which of some words each document of a cassette holds, in the order of the file.
fn order<'a>(text: &str, words: &[&'a str]) -> Vec<&'a str> {
    let found = |document: &&str| words.iter().copied().find(|word| document.contains(word));
    documents(text).iter().filter_map(found).collect()
}

#[tokio::test]
async fn the_same_answers_leave_the_same_bytes() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    // Ids, times and fingerprints are others each time, and streams are cut and padded in other ways.
    provider.obfuscate(true);
    let run = async |mode| {
        let cassette = folder.open(mode);
        let client = client(&cassette);
        ask_all(&client, &provider.url(), &["What is 6 times 7?", "Name three rivers."]).await;
        let chats = format!("{}/v1/chat/completions", provider.url());
        post(&client, &chats, chat("Count to 9", true)).await.unwrap().bytes().await.unwrap();
        let responses = format!("{}/v1/responses", provider.url());
        for stream in [false, true] {
            let body = serde_json::json!({"model": "gpt-4.1", "input": "Count to 7", "stream": stream});
            post(&client, &responses, body.to_string()).await.unwrap().bytes().await.unwrap();
        }
        let messages = format!("{}/v1/messages", provider.url());
        for stream in [false, true] {
            let body = serde_json::json!({
                "model": "claude-sonnet-4-5", "max_tokens": 99, "stream": stream,
                "messages": [{"role": "user", "content": "Name four cities"}],
            });
            post(&client, &messages, body.to_string()).await.unwrap().bytes().await.unwrap();
        }
        cassette.finish().unwrap()
    };
    assert_eq!(run(Mode::Record).await.recorded, 7);
    let before = std::fs::read(folder.file()).unwrap();
    let report = run(Mode::Refresh).await;
    assert_eq!(provider.calls(), 14, "each request goes out again");
    assert_eq!((report.recorded, report.unchanged), (7, 7));
    assert_eq!(String::from_utf8(std::fs::read(folder.file()).unwrap()), String::from_utf8(before));
}

#[tokio::test]
async fn changed_answers_replace_exactly_their_documents() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let questions = ["first", "second", "third"];
    record(&folder, &provider.url(), &questions).await;
    let before = folder.text();
    // A new version of the model answers one of them in other words.
    provider.on(Script::says("In other words.").when(asks("second")));
    let report = refresh(folder.builder(Mode::Refresh), &provider.url(), &questions).await;
    assert_eq!((report.recorded, report.unchanged, report.removed), (3, 2, 0));
    let after = folder.text();
    let (before, after) = (documents(&before), documents(&after));
    assert_eq!((after.len(), after[0], after[2]), (3, before[0], before[2]));
    assert!(!before[1].contains("In other words.") && after[1].contains("In other words."), "{}", after[1]);
}

#[tokio::test]
async fn all_answers_of_another_model_replace_all_documents() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    provider.answers(2);
    let report = refresh(folder.builder(Mode::Refresh), &provider.url(), &["first", "second"]).await;
    assert_eq!((report.recorded, report.unchanged), (2, 0));
    let text = folder.text();
    assert_eq!(text.matches("In other words: version 2").count(), 2);
    assert_eq!(order(&text, &["first", "second"]), ["first", "second"]);
}

#[tokio::test]
async fn what_is_not_asked_for_goes_when_the_cassette_belongs_to_one_test() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second", "third"]).await;
    let builder = folder.builder(Mode::Refresh).one_test(true);
    let report = refresh(builder, &provider.url(), &["first", "third"]).await;
    assert_eq!((report.unchanged, report.removed, report.unused.len()), (2, 1, 0));
    assert_eq!(order(&folder.text(), &["first", "second", "third"]), ["first", "third"]);
}

#[tokio::test]
async fn what_is_not_asked_for_stays_and_is_reported_when_the_cassette_is_shared() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second", "third"]).await;
    let before = folder.text();
    let line = before.lines().enumerate().filter(|(_, line)| line.starts_with("---")).nth(1).unwrap().0 + 1;
    let report = refresh(folder.builder(Mode::Refresh), &provider.url(), &["first", "third"]).await;
    assert_eq!((report.unchanged, report.removed), (2, 0));
    assert_eq!(report.unused.len(), 1);
    let place = format!("{}:{line}: POST 127.0.0.1", folder.file().display());
    assert!(report.unused[0].starts_with(&place), "{:?} is not at {place}", report.unused);
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn a_run_that_asked_for_nothing_takes_out_nothing() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let before = folder.text();
    let report = folder.builder(Mode::Refresh).one_test(true).open().unwrap().finish().unwrap();
    assert_eq!((report.removed, report.unused.len()), (0, 2));
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn an_edited_prompt_stands_where_the_old_one_was() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second", "third"]).await;
    let builder = folder.builder(Mode::Refresh).one_test(true);
    let report = refresh(builder, &provider.url(), &["first", "edited", "third"]).await;
    assert_eq!((report.recorded, report.unchanged, report.removed), (3, 2, 1));
    assert_eq!(order(&folder.text(), &["first", "second", "edited", "third"]), ["first", "edited", "third"]);
}

#[tokio::test]
async fn a_new_turn_goes_behind_the_one_it_follows() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    // The last belongs to another test.
    record(&folder, &provider.url(), &["first", "second", "other"]).await;
    let questions = ["first", "second", "third"];
    refresh(folder.builder(Mode::Refresh), &provider.url(), &questions).await;
    let words = ["first", "second", "third", "other"];
    assert_eq!(order(&folder.text(), &words), words);
}

#[tokio::test]
async fn comments_between_documents_survive() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let comments = ["# About all of them.", "# About the second.", "# The end."];
    let text = folder.text();
    let (head, rest) = text.split_once('\n').unwrap();
    let second = rest.rfind("\n---").unwrap() + 1;
    let [all, one, end] = comments;
    let text = format!("{head}\n{all}\n\n{}\n{one}\n{}\n{end}", &rest[..second], &rest[second..]);
    std::fs::write(folder.file(), text).unwrap();
    provider.answers(2);
    refresh(folder.builder(Mode::Refresh).one_test(true), &provider.url(), &["first", "second"]).await;
    let text = folder.text();
    let places =
        ["# llm-cassette", all, "first", one, "second", end].map(|word| text.find(word).expect(word));
    assert!(places.is_sorted(), "{places:?} in\n{text}");
    assert_eq!(text.matches("version 2").count(), 2);
}

#[tokio::test]
async fn the_line_that_leads_editors_to_a_schema_survives_recording_and_refresh() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    let head = "# llm-cassette 1\n# yaml-language-server: $schema=../cassette.schema.json\n";
    std::fs::write(folder.file(), folder.text().replacen("# llm-cassette 1\n", head, 1)).unwrap();
    record(&folder, &provider.url(), &["second"]).await;
    assert!(folder.text().starts_with(&format!("{head}---")), "{}", folder.text());
    provider.answers(2);
    refresh(folder.builder(Mode::Refresh).one_test(true), &provider.url(), &["first", "second"]).await;
    assert!(folder.text().starts_with(&format!("{head}---")), "{}", folder.text());
    assert_eq!(folder.text().matches("version 2").count(), 2);
}

#[tokio::test]
async fn a_checkout_with_windows_line_ends_plays_records_and_is_refreshed() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let questions = ["Name three rivers.", "Count to 3"];
    record(&folder, &provider.url(), &questions).await;
    let bodies = async |folder: &Folder| {
        let cassette = folder.open(Mode::Replay);
        let client = client(&cassette);
        let mut bodies = Vec::new();
        for question in questions {
            bodies.push(ask(&client, &provider.url(), question).await.unwrap().bytes().await.unwrap());
        }
        bodies
    };
    let before = bodies(&folder).await;
    std::fs::write(folder.file(), folder.text().replace('\n', "\r\n")).unwrap();
    assert_eq!(bodies(&folder).await, before);
    let windows = folder.text();
    let report = refresh(folder.builder(Mode::Refresh), &provider.url(), &questions).await;
    assert_eq!((report.unchanged, folder.text()), (2, windows.clone()));
    record(&folder, &provider.url(), &["a third"]).await;
    assert!(folder.text().starts_with(&windows));
    assert_eq!(bodies(&folder).await, before);
}

#[tokio::test]
async fn a_panic_leaves_the_old_bytes() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    let before = folder.text();
    provider.answers(2);
    let (cassette, base) = (folder.open(Mode::Refresh), provider.url());
    let failed = tokio::spawn(async move {
        ask_all(&client(&cassette), &base, &["first"]).await;
        panic!("the answer is not what the test wants");
    });
    assert!(failed.await.unwrap_err().is_panic());
    assert_eq!(provider.calls(), 2);
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn a_process_that_ends_in_the_midst_leaves_the_old_bytes() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Refresh);
        let client = client(&cassette);
        ask_all(&client, &child.base, &["first"]).await;
        if child.name == "exits" {
            std::process::exit(7);
        }
        ask_all(&client, &child.base, &["in flight"]).await;
        unreachable!("the answer never comes");
    }
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    let before = folder.text();
    provider.answers(2);

    let process = child::start(&|| {}, "exits", &folder.file(), &provider.url());
    let (status, said) = child::outcome(process).await;
    assert_eq!(status, Some(7), "{said}");
    assert_eq!(folder.text(), before);

    let never = Gate::closed();
    provider.on(Script::answer().when(asks("in flight")).hold(&never));
    let mut process = child::start(&|| {}, "is killed", &folder.file(), &provider.url());
    child::brings_about(&mut process, never.arrived(1)).await;
    process.kill().await.unwrap();
    assert_eq!(folder.text(), before);
    // The one that exited had been answered, and the next one goes on from there.
    assert_eq!(provider.calls(), 3);
}

#[tokio::test]
async fn a_failed_call_leaves_the_old_bytes_when_nobody_says_that_the_run_succeeded() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let before = folder.text();
    provider.answers(2);
    provider.on(Script::status(500).when(asks("second")));
    let cassette = folder.open(Mode::Refresh);
    ask_all(&client(&cassette), &provider.url(), &["first", "second"]).await;
    drop(cassette);
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn a_call_that_never_ended_leaves_the_old_bytes_when_nobody_says_that_the_run_succeeded() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let before = folder.text();
    provider.answers(2);
    let gate = Gate::closed();
    provider.on(Script::answer().when(asks("second")).hold_body(&gate));
    let cassette = folder.open(Mode::Refresh);
    let client = client(&cassette);
    ask_all(&client, &provider.url(), &["first"]).await;
    let response = ask(&client, &provider.url(), "second").await.unwrap();
    drop(cassette);
    assert_eq!(folder.text(), before);
    drop(response);
}

#[tokio::test]
async fn a_call_that_has_not_ended_keeps_its_old_answer_while_the_others_are_replaced() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let before = folder.text();
    provider.answers(2);
    let gate = Gate::closed();
    provider.on(Script::answer().when(asks("second")).hold_body(&gate));
    let cassette = folder.builder(Mode::Refresh).one_test(true).open().unwrap();
    let client = client(&cassette);
    ask_all(&client, &provider.url(), &["first"]).await;
    let response = ask(&client, &provider.url(), "second").await.unwrap();
    assert_eq!(cassette.finish().unwrap().removed, 0);
    drop(response);
    let after = folder.text();
    assert_eq!(documents(&after)[1], documents(&before)[1]);
    assert!(documents(&after)[0].contains("version 2"));
}

#[tokio::test]
async fn a_run_in_which_all_was_recorded_counts_as_a_success_when_it_is_dropped() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    provider.answers(2);
    let cassette = folder.open(Mode::Refresh);
    ask_all(&client(&cassette), &provider.url(), &["first"]).await;
    drop(cassette);
    assert!(folder.text().contains("version 2"));
}

#[tokio::test]
async fn a_run_that_is_dropped_takes_nothing_out_as_it_may_have_returned_an_error() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let before = folder.text();
    let cassette = folder.builder(Mode::Refresh).one_test(true).open().unwrap();
    ask_all(&client(&cassette), &provider.url(), &["first"]).await;
    drop(cassette);
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn a_call_that_failed_keeps_its_old_answer_while_the_others_are_replaced() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let before = folder.text();
    provider.answers(2);
    provider.on(Script::status(500).when(asks("second")));
    let builder = folder.builder(Mode::Refresh).one_test(true);
    let report = refresh(builder, &provider.url(), &["first", "second"]).await;
    assert_eq!((report.recorded, report.skipped.len(), report.removed), (1, 1, 0));
    let after = folder.text();
    assert_eq!(documents(&after)[1], documents(&before)[1]);
    assert!(documents(&after)[0].contains("version 2"));
}

#[tokio::test]
async fn a_second_try_after_a_failure_is_not_a_second_take() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    // What a client that retries does, in a recording and in a refresh.
    provider.on(Script::status(429).when(asks("first")));
    let run = async |mode| {
        let cassette = folder.builder(mode).one_test(true).open().unwrap();
        ask_all(&client(&cassette), &provider.url(), &["first", "first", "second"]).await;
        drop(cassette);
        folder.text()
    };
    let recorded = run(Mode::Record).await;
    assert_eq!(order(&recorded, &["first", "second"]), ["first", "second"]);
    assert!(!recorded.contains("\ntake: "), "{recorded}");
    provider.answers(2);
    provider.on(Script::status(429).when(asks("first")));
    let refreshed = run(Mode::Refresh).await;
    assert_eq!(order(&refreshed, &["first", "second"]), ["first", "second"]);
    assert_eq!(refreshed.matches("version 2").count(), 2);
    assert!(!refreshed.contains("\ntake: "), "{refreshed}");
}

#[tokio::test]
async fn a_refresh_in_which_everything_failed_makes_no_file() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::status(401));
    let report = refresh(folder.builder(Mode::Refresh), &provider.url(), &["first"]).await;
    assert_eq!(report.skipped.len(), 1);
    assert!(!folder.file().exists());
}

#[tokio::test]
async fn a_refresh_records_what_was_never_recorded() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let report = refresh(folder.builder(Mode::Refresh), &provider.url(), &["first", "second"]).await;
    assert_eq!((report.recorded, report.unchanged), (2, 0));
    assert_eq!(order(&folder.text(), &["first", "second"]), ["first", "second"]);
    refresh(folder.builder(Mode::Replay), &provider.url(), &["first", "second"]).await;
    assert_eq!(provider.calls(), 2);
}

#[tokio::test]
async fn two_tests_that_share_a_cassette_refresh_it_without_losing_either_ones_calls() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["Ann one", "Bob one", "Ann two", "Bob two", "gone"]).await;
    provider.answers(2);
    // Both have opened the old file before either writes, and both ask something new.
    let (ann, bob) = (folder.open(Mode::Refresh), folder.open(Mode::Refresh));
    let finish = |cassette: Cassette, questions: [&'static str; 3]| {
        let base = provider.url();
        std::thread::spawn(move || {
            run(async {
                ask_all(&client(&cassette), &base, &questions).await;
                cassette.finish().unwrap()
            })
        })
    };
    let threads =
        [finish(ann, ["Ann one", "Ann two", "Ann new"]), finish(bob, ["Bob one", "Bob two", "Bob new"])];
    for thread in threads {
        assert_eq!(thread.join().unwrap().recorded, 3);
    }
    let text = folder.text();
    let words = ["Ann one", "Bob one", "Ann two", "Ann new", "Bob two", "Bob new", "gone"];
    assert_eq!(order(&text, &words), words);
    assert_eq!(text.matches("version 2").count(), 6, "{text}");
}

#[tokio::test]
async fn reused_takes_are_recorded_once_in_a_refresh_as_well() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let builder = |mode| folder.builder(mode).repeats(Repeats::Reuse).one_test(true);
    let questions = ["first", "first", "second", "first"];
    let report = refresh(builder(Mode::Record), &provider.url(), &questions).await;
    assert_eq!((report.recorded, report.played, provider.calls()), (2, 2, 2));
    let before = folder.text();
    let report = refresh(builder(Mode::Refresh), &provider.url(), &questions).await;
    assert_eq!((report.recorded, report.unchanged, report.played, provider.calls()), (2, 2, 2, 4));
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn nothing_but_the_cassette_and_its_lock_is_left_in_the_folder() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    provider.answers(2);
    refresh(folder.builder(Mode::Refresh), &provider.url(), &["first"]).await;
    assert_eq!(
        folder.listing(),
        [".llm-cassette", ".llm-cassette/.gitignore", ".llm-cassette/test.yaml.lock", "test.yaml"]
    );
}

#[tokio::test]
async fn a_cassette_that_cannot_be_read_is_refused_before_money_is_spent() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    let broken = folder.text().replace("\nusage_count: ", "\nusage_cuont: ");
    std::fs::write(folder.file(), &broken).unwrap();
    let error = folder.builder(Mode::Refresh).open().unwrap_err();
    assert!(error.message().contains("test.yaml:"), "{error}");
    assert_eq!(folder.text(), broken);
}
