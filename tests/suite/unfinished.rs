//! A refresh that nobody finishes loses none of its answers: the next run goes on from there, or somebody settles it.

use std::sync::LazyLock;

use llm_cassette::{Budget, Cassette, Error, ErrorKind, Mode, Repeats, Report};
use reqwest_middleware::ClientWithMiddleware;
use serde_json::json;

use crate::child;
use crate::stand_in::{Gate, Script, StandIn};
use crate::support::*;

/// Asks questions, each once the one before it was answered.
async fn ask_all(client: &ClientWithMiddleware, base: &str, questions: &[&str]) {
    for question in questions {
        ask(client, base, question).await.unwrap().bytes().await.unwrap();
    }
}

/// A refresh that is answered, and of which then nothing is left but what is on disk.
async fn leave_unfinished(folder: &Folder, base: &str, questions: &[&str]) {
    let cassette = folder.open(Mode::Refresh);
    ask_all(&client(&cassette), base, questions).await;
    die(cassette);
}

/// Ends a run as a panic in its test does.
fn die(cassette: Cassette) {
    let died = std::thread::spawn(move || {
        let _cassette = cassette;
        panic!("on purpose");
    });
    assert!(died.join().is_err());
}

/// The folders of the journals beside the cassette.
fn journals(folder: &Folder) -> Vec<String> {
    let mut found = folder.listing();
    found.retain(|path| path.contains(".refresh-") && path.matches('/').count() == 1);
    found
}

/// The answers in the only journal.
fn journal(folder: &Folder) -> String {
    let [journal] = journals(folder).try_into().unwrap();
    std::fs::read_to_string(folder.path().join(journal).join("answers.yaml")).unwrap()
}

async fn refresh(folder: &Folder, base: &str, questions: &[&str]) -> Report {
    asking(folder.builder(Mode::Refresh), base, questions).await
}

/// A cassette with answers of version 1, and a provider that has gone on to version 2.
async fn recorded(questions: &[&str]) -> (Folder, StandIn, String) {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    record(&folder, &provider.url(), questions).await;
    provider.answers(2);
    let before = folder.text();
    (folder, provider, before)
}

#[tokio::test]
async fn the_next_refresh_goes_on_from_what_a_killed_one_was_answered() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Refresh);
        ask_all(&client(&cassette), &child.base, &["first", "second", "in flight"]).await;
        unreachable!("the answer never comes");
    }
    let questions = ["first", "second", "in flight"];
    let (folder, provider, before) = recorded(&questions).await;
    let base = provider.url();
    let never = Gate::closed();
    provider.on(Script::answer().when(asks("in flight")).hold(&never));
    let mut process = child::start(&|| {}, "is killed", &folder.file(), &base);
    child::brings_about(&mut process, never.arrived(1)).await;
    assert_eq!(journal(&folder).matches("version 2").count(), 2, "each answer is there as it ends");
    process.kill().await.unwrap();
    assert_eq!(folder.text(), before);

    let calls = provider.calls();
    let report = refresh(&folder, &base, &questions).await;
    assert_eq!((report.resumed, report.recorded, report.played), (2, 1, 0));
    assert_eq!(report.to_string().split(" · ").next(), Some("recorded 1, played 0, resumed 2"));
    assert_eq!(provider.calls(), calls + 1, "what was paid for is not sent again");
    assert_eq!(folder.text().matches("version 2").count(), 3);
    assert_eq!(journals(&folder), Vec::<String>::new());
    assert_eq!(asking(folder.builder(Mode::Replay), &base, &questions).await.played, 3);
}

#[tokio::test]
async fn nothing_is_lost_with_a_cassette_in_a_static_an_exit_an_abort_or_a_panic() {
    static CASSETTE: LazyLock<Cassette> = LazyLock::new(|| child::role().unwrap().open(Mode::Refresh));
    if let Some(child) = child::role() {
        ask_all(&client(&CASSETTE), &child.base, &["first", "second"]).await;
        match child.name.as_str() {
            "ends" => return,
            "exits" => std::process::exit(7),
            "aborts" => std::process::abort(),
            _ => {}
        }
        let cassette = child.open(Mode::Refresh);
        ask_all(&client(&cassette), &child.base, &["third"]).await;
        panic!("on purpose");
    }
    for role in ["ends", "exits", "aborts", "panics"] {
        let questions = ["first", "second", "third"];
        let (folder, provider, before) = recorded(&questions).await;
        let process = child::start(&|| {}, role, &folder.file(), &provider.url());
        let (_, said) = child::outcome(process).await;
        assert_eq!(folder.text(), before, "{role}");
        assert_eq!(said.contains("1 answer of it is kept in"), role == "panics", "{role}: {said}");
        let calls = provider.calls();
        let report = refresh(&folder, &provider.url(), &questions).await;
        let paid = if role == "panics" { 3 } else { 2 };
        assert_eq!((report.resumed, report.recorded), (paid, 3 - paid), "{role}");
        assert_eq!(provider.calls(), calls + 3 - paid, "{role}");
        assert_eq!(folder.text().matches("version 2").count(), 3, "{role}");
        assert_eq!(journals(&folder), Vec::<String>::new(), "{role}");
    }
}

#[tokio::test]
async fn a_test_that_panics_or_returns_an_error_is_told_where_its_answers_are_and_how_to_go_on() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Refresh);
        let client = client(&cassette);
        ask_all(&client, &child.base, &["first"]).await;
        if child.name == "panics" {
            panic!("on purpose");
        }
        // The call fails, the test returns the error, and nobody finishes the cassette.
        assert!(ask(&client, &child.base, "breaks").await.is_err());
        return;
    }
    for role in ["panics", "returns"] {
        let (folder, provider, before) = recorded(&["first", "breaks"]).await;
        provider.on(Script::hang_up().when(asks("breaks")));
        let process = child::start(&|| {}, role, &folder.file(), &provider.url());
        let (_, said) = child::outcome(process).await;
        let (file, side) = (folder.file(), folder.path().join(".llm-cassette/test.yaml.refresh-1"));
        let (file, side) = (file.display(), side.display());
        let wanted = format!(
            "llm-cassette: the refresh of {file} was not finished, so the file is as it was; 1 answer of it is kept in {side}\n\
             hint: run the refresh again to go on from there; or `llm-cassette refresh --resume {file}`, which takes what \
             there is into the cassette; or `llm-cassette refresh --discard {file}`\n"
        );
        assert_eq!(said.matches(&wanted).count(), 1, "{role}: {said}");
        assert_eq!(folder.text(), before, "{role}");
        assert_eq!(refresh(&folder, &provider.url(), &["first"]).await.resumed, 1, "{role}");
    }
}

#[tokio::test]
async fn a_budget_that_stops_a_refresh_costs_only_what_was_not_answered_yet() {
    let questions: Vec<String> = (0..40).map(|turn| format!("turn {turn}")).collect();
    let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
    let (folder, provider, before) = recorded(&questions).await;
    let cassette = folder.builder(Mode::Refresh).budget(Budget::new().calls(39)).open().unwrap();
    let client = client(&cassette);
    ask_all(&client, &provider.url(), &questions[..39]).await;
    let error = ask(&client, &provider.url(), questions[39]).await.unwrap_err();
    let told = Error::find_in(&error).unwrap().hint().unwrap().to_owned();
    assert!(
        told.ends_with("and run again: what this refresh was answered is kept, and is not sent again"),
        "{told}"
    );
    for _ in 0..2 {
        assert_eq!(
            cassette.finish().unwrap_err().kind(),
            ErrorKind::OverBudget,
            "a failed refresh stays one"
        );
    }
    drop((cassette, client));
    assert_eq!(folder.text(), before);

    let calls = provider.calls();
    let builder = folder.builder(Mode::Refresh).budget(Budget::new().calls(1));
    let report = asking(builder, &provider.url(), &questions).await;
    assert_eq!((report.resumed, report.recorded, provider.calls()), (39, 1, calls + 1));
    assert_eq!(folder.text().matches("version 2").count(), 40);
}

/// Asks two things, the second with the id of the answer to the first.
async fn chain(cassette: &Cassette, base: &str, first: &str) {
    let (client, url) = (client(cassette), format!("{base}/v1/responses"));
    let body = json!({"model": "gpt-4.1", "input": first});
    let answer = post(&client, &url, body.to_string()).await.unwrap().text().await.unwrap();
    let id = serde_json::from_str::<serde_json::Value>(&answer).unwrap()["id"].clone();
    let body = json!({"model": "gpt-4.1", "input": "And then?", "previous_response_id": id});
    post(&client, &url, body.to_string()).await.unwrap().bytes().await.unwrap();
}

#[tokio::test]
async fn an_id_that_an_unfinished_run_was_given_leads_on_to_what_was_asked_with_it_and_another_id_does_not() {
    for (edited, resumed) in [("Tell me.", 2), ("Tell me more.", 0)] {
        let (folder, provider) = (Folder::new(), StandIn::start().await);
        let cassette = folder.open(Mode::Record);
        chain(&cassette, &provider.url(), "Tell me.").await;
        let _report = cassette.finish().unwrap();
        provider.answers(2);
        let cassette = folder.open(Mode::Refresh);
        chain(&cassette, &provider.url(), "Tell me.").await;
        die(cassette);
        let cassette = folder.open(Mode::Refresh);
        chain(&cassette, &provider.url(), edited).await;
        let report = cassette.finish().unwrap();
        assert_eq!((report.resumed, report.recorded), (resumed, 2 - resumed), "{edited}");
    }
}

#[tokio::test]
async fn takes_of_one_request_keep_their_order_and_are_each_used_once() {
    let (folder, provider, _) = recorded(&["again", "again", "again"]).await;
    let asked = ["again"; 3];
    for (number, answer) in ["one", "two"].into_iter().enumerate() {
        provider.on(Script::says(answer));
        leave_unfinished(&folder, &provider.url(), &asked[..=number]).await;
    }
    provider.on(Script::says("three"));
    let calls = provider.calls();
    let report = refresh(&folder, &provider.url(), &asked).await;
    assert_eq!((report.resumed, report.recorded, provider.calls()), (2, 1, calls + 1));
    plays_in_turn(&folder, &provider.url(), "again", &["one", "two", "three"]).await;
}

#[tokio::test]
async fn reused_answers_are_played_from_a_journal_once_as_well() {
    let (folder, provider, _) = recorded(&["again"]).await;
    leave_unfinished(&folder, &provider.url(), &["again"]).await;
    let builder = folder.builder(Mode::Refresh).repeats(Repeats::Reuse);
    let report = asking(builder, &provider.url(), &["again", "again"]).await;
    assert_eq!((report.resumed, report.recorded, report.played), (1, 0, 1));
    assert_eq!(provider.calls(), 2);
}

#[tokio::test]
async fn a_value_that_the_unfinished_run_made_up_is_given_to_the_next_one() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let run = async |made_up: &str| {
        let cassette = folder.open(Mode::Refresh);
        let id = cassette.variable("id", || made_up.to_owned()).unwrap();
        ask_all(&client(&cassette), &provider.url(), &[&format!("I am {id}")]).await;
        cassette
    };
    die(run("7f3a").await);
    let report = run("another").await.finish().unwrap();
    assert_eq!((report.resumed, report.recorded, provider.calls()), (1, 0, 1));
    assert!(folder.text().contains("# variable id: \"7f3a\""), "{}", folder.text());
}

#[tokio::test]
async fn what_cannot_stand_for_an_answer_of_now_is_asked_again() {
    let (folder, provider, _) = recorded(&["first"]).await;
    let base = provider.url();
    let years = |text: &str, year: &str| {
        let at = text.find("recorded_at: \"").unwrap() + "recorded_at: \"".len();
        format!("{}{year}{}", &text[..at], &text[at + 4..])
    };
    // An answer that is old, and one that is older than what the cassette has.
    leave_unfinished(&folder, &base, &["first"]).await;
    let place = folder.path().join(&journals(&folder)[0]).join("answers.yaml");
    std::fs::write(&place, years(&journal(&folder), "2019")).unwrap();
    let report = refresh(&folder, &base, &["first"]).await;
    assert_eq!((report.resumed, report.recorded), (0, 1), "old");
    std::fs::remove_dir_all(place.parent().unwrap()).unwrap();
    leave_unfinished(&folder, &base, &["first"]).await;
    std::fs::write(folder.file(), years(&folder.text(), "2999")).unwrap();
    let report = refresh(&folder, &base, &["first"]).await;
    assert_eq!((report.resumed, report.recorded), (0, 1), "older than the cassette");
}

#[tokio::test]
async fn an_answer_in_which_a_secret_was_replaced_is_asked_again_as_the_program_needs_the_secret() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    provider.on(Script::says("Your key is sk-proj-a1B2c3D4a1B2c3D4a1B2c3D4a1B2c3D4.")
        .when(asks("my key"))
        .always());
    leave_unfinished(&folder, &provider.url(), &["first", "my key"]).await;
    assert!(!journal(&folder).contains("sk-proj-a1B2"), "no secret reaches a journal either");
    let report = refresh(&folder, &provider.url(), &["first", "my key"]).await;
    assert_eq!((report.resumed, report.recorded), (1, 1));
}

#[tokio::test]
async fn half_an_answer_is_asked_again_whole() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let url = format!("{}/v1/chat/completions", provider.url());
    let cassette = folder.open(Mode::Refresh);
    let mut response = post(&client(&cassette), &url, chat("Count to 9", true)).await.unwrap();
    assert!(response.chunk().await.unwrap().is_some());
    drop(response);
    die(cassette);
    let cassette = folder.open(Mode::Refresh);
    let answer =
        post(&client(&cassette), &url, chat("Count to 9", true)).await.unwrap().text().await.unwrap();
    assert!(answer.contains("[DONE]"));
    assert_eq!(cassette.finish().unwrap().resumed, 0);
}

#[tokio::test]
async fn a_stream_that_is_played_from_a_journal_has_its_bytes_and_its_chunks() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let url = format!("{}/v1/chat/completions", provider.url());
    let run = async |cassette: &Cassette| {
        let mut response = post(&client(cassette), &url, chat("Count to 9", true)).await.unwrap();
        let mut chunks = Vec::new();
        while let Some(chunk) = response.chunk().await.unwrap() {
            chunks.push(chunk);
        }
        chunks
    };
    let cassette = folder.open(Mode::Refresh);
    let live = run(&cassette).await;
    die(cassette);
    let times = |text: &str| text.lines().find(|line| line.starts_with("  times: ")).unwrap().to_owned();
    let kept = times(&journal(&folder));
    for mode in [Mode::Refresh, Mode::Replay] {
        let cassette = folder.open(mode);
        assert_eq!(run(&cassette).await, live, "{mode}");
        let _report = cassette.finish().unwrap();
    }
    assert_eq!(provider.calls(), 1);
    assert_eq!(times(&folder.text()), kept, "when the provider sent them, not when they were taken over");
}

#[tokio::test]
async fn a_run_that_went_on_and_dies_too_hands_on_what_both_were_answered() {
    let questions = ["first", "second", "third"];
    let (folder, provider, _) = recorded(&questions).await;
    for count in 1..=3 {
        leave_unfinished(&folder, &provider.url(), &questions[..count]).await;
        assert_eq!(journals(&folder).len(), 1, "the run before was used up");
    }
    assert_eq!(provider.calls(), 6);
    let report = refresh(&folder, &provider.url(), &questions).await;
    assert_eq!((report.resumed, report.recorded, provider.calls()), (3, 0, 6));
}

#[tokio::test]
async fn answers_that_a_test_does_not_ask_for_any_more_go_if_the_cassette_is_its_own_and_wait_for_others_if_not()
 {
    if let Some(child) = child::role() {
        let cassette = child.builder(Mode::Refresh).one_test(child.name == "owns").open().unwrap();
        ask_all(&client(&cassette), &child.base, &["mine", "edited later"]).await;
        panic!("on purpose");
    }
    if child::is_of_nextest() {
        // A process of nextest's is one test, whatever its threads are called: nobody else can be played in it.
        return;
    }
    for role in ["owns", "shares"] {
        let (folder, provider, _) = recorded(&["mine", "edited later", "theirs"]).await;
        let base = provider.url();
        let process = child::start(&|| {}, role, &folder.file(), &base);
        child::outcome(process).await;
        // Another run, of somebody else, was not finished either.
        let named = std::thread::Builder::new().name("tests::theirs".to_owned());
        let (cassette, url) = (folder.builder(Mode::Refresh), base.clone());
        let theirs = named.spawn(move || {
            let cassette = cassette.open().unwrap();
            run(ask_all(&client(&cassette), &url, &["theirs"]));
            panic!("on purpose, with {cassette:?}");
        });
        assert!(theirs.unwrap().join().is_err());
        assert_eq!(journals(&folder).len(), 2);
        let owned = role == "owns";
        let report = asking(folder.builder(Mode::Refresh).one_test(owned), &base, &["mine"]).await;
        assert_eq!((report.resumed, report.discarded), (1, usize::from(owned)), "{role}");
        assert_eq!(journals(&folder).len(), if owned { 1 } else { 2 }, "{role}");
        let report = refresh(&folder, &base, &["edited later", "theirs"]).await;
        assert_eq!(report.resumed, if owned { 1 } else { 2 }, "{role}: what is somebody else's is there");
    }
}

#[tokio::test]
async fn a_refresh_of_a_part_goes_on_too_and_discards_nothing_that_it_was_not_to_send() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Refresh);
        ask_all(&client(&cassette), &child.base, &["first", "second"]).await;
        println!("{}", cassette.finish().unwrap());
        return;
    }
    let (folder, provider, before) = recorded(&["first", "second"]).await;
    leave_unfinished(&folder, &provider.url(), &["first", "second"]).await;
    let key = documents(&before)[0].lines().find_map(|line| line.strip_prefix("key: ")).unwrap().to_owned();
    let only = format!("key={key}");
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command.args(child::arguments(&|| {})).env("LLM_CASSETTE_ONLY", only);
    let process = child::prepare(&mut command, "selects", &folder.file(), &provider.url());
    let output = process.wait_with_output().await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("recorded 0, played 1, resumed 1"), "{printed}");
    assert_eq!(folder.text().matches("version 2").count(), 1);
    let report = refresh(&folder, &provider.url(), &["second"]).await;
    assert_eq!((report.resumed, report.recorded), (1, 0));
}

#[tokio::test]
async fn two_processes_that_refresh_one_cassette_at_once_each_keep_and_commit_their_own() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Refresh);
        let client = client(&cassette);
        let name = child.name.as_str();
        ask_all(&client, &child.base, &[&format!("{name} one"), &format!("{name} two")]).await;
        let _report = cassette.finish().unwrap();
        return;
    }
    let (folder, provider, before) = recorded(&["Ann one", "Ann two", "Bob one", "Bob two"]).await;
    let base = provider.url();
    let (ann_waits, bob_waits) = (Gate::closed(), Gate::closed());
    let hold = |words, gate: &Gate| provider.on(Script::answer().when(asks(words)).hold(gate));
    hold("Ann two", &ann_waits);
    hold("Bob two", &bob_waits);
    let mut ann = child::start(&|| {}, "Ann", &folder.file(), &base);
    let mut bob = child::start(&|| {}, "Bob", &folder.file(), &base);
    child::brings_about(
        &mut ann,
        child::brings_about(&mut bob, async {
            ann_waits.arrived(1).await;
            bob_waits.arrived(1).await;
        }),
    )
    .await;
    assert_eq!(journals(&folder).len(), 2);
    // One is killed, and the other one goes on: what is dead is not its own, and not lost.
    ann.kill().await.unwrap();
    bob_waits.open();
    let (status, said) = child::outcome(bob).await;
    assert_eq!(status, Some(0), "{said}");
    let (old, new) = (before, folder.text());
    let (old, new) = (documents(&old), documents(&new));
    assert_eq!(new[..2], old[..2], "Ann's are as they were");
    assert!(new[2..].iter().all(|document| document.contains("version 2")));
    assert_eq!(journals(&folder).len(), 1);
    let calls = provider.calls();
    let report = refresh(&folder, &base, &["Ann one", "Ann two"]).await;
    assert_eq!((report.resumed, report.recorded, provider.calls()), (1, 1, calls + 1));
}

#[tokio::test]
async fn a_journal_that_cannot_be_read_is_told_of_and_costs_nothing_but_the_answers_in_it() {
    let (folder, provider, _) = recorded(&["first"]).await;
    leave_unfinished(&folder, &provider.url(), &["first"]).await;
    let place = folder.path().join(&journals(&folder)[0]).join("answers.yaml");
    std::fs::write(&place, journal(&folder).replace("usage_count: ", "usage_cuont: ")).unwrap();
    let report = refresh(&folder, &provider.url(), &["first"]).await;
    assert_eq!((report.resumed, report.recorded), (0, 1));
    assert!(place.exists(), "it is for a person to look at, or to discard");
}

#[tokio::test]
async fn an_answer_that_ends_behind_the_end_of_the_run_is_kept_for_the_next_one() {
    let (folder, provider, _) = recorded(&["first", "late"]).await;
    let gate = Gate::closed();
    provider.on(Script::answer().when(asks("late")).hold_body(&gate));
    let cassette = folder.open(Mode::Refresh);
    ask_all(&client(&cassette), &provider.url(), &["first"]).await;
    let late = ask(&client(&cassette), &provider.url(), "late").await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    assert_eq!(journals(&folder), Vec::<String>::new());
    gate.open();
    late.bytes().await.unwrap();
    drop(cassette);
    let report = refresh(&folder, &provider.url(), &["late"]).await;
    assert_eq!((report.resumed, report.recorded), (1, 0));
    assert_eq!(folder.text().matches("version 2").count(), 2);
}

/// The shell's limit on the size of files stands for a full disk: it lets a write begin and not end.
#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_fills_up_is_told_of_and_leaves_what_was_kept_before() {
    let long = format!("second {}", "word ".repeat(4000));
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Refresh);
        ask_all(&client(&cassette), &child.base, &["first", &long]).await;
        assert_eq!(cassette.finish().unwrap_err().kind(), ErrorKind::Io);
        return;
    }
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let mut command = tokio::process::Command::new("sh");
    // Too big a file is an error of the write only where the signal for it is ignored.
    command.arg("-c").arg("trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"");
    command.arg(std::env::current_exe().unwrap()).args(child::arguments(&|| {}));
    let process = child::prepare(&mut command, "fills up", &folder.file(), &provider.url());
    let (status, said) = child::outcome(process).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("what this refresh is answered cannot be kept as it comes"), "{said}");
    assert!(said.contains("1 answer of it is kept in"), "{said}");
    let report = refresh(&folder, &provider.url(), &["first", &long]).await;
    assert_eq!((report.resumed, report.recorded), (1, 1));
}

#[cfg(feature = "cli")]
mod command_line {
    //! `llm-cassette refresh`, `list` and `verify`.

    use super::*;

    /// What a command prints on standard output and on standard error, and its exit code.
    fn command(folder: &Folder, arguments: &[&str]) -> (String, String, Option<i32>) {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_llm-cassette"));
        let output = command.current_dir(folder.path()).args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr), output.status.code())
    }

    fn json(folder: &Folder, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&command(folder, arguments).0).unwrap()
    }

    #[tokio::test]
    async fn list_verify_and_refresh_tell_of_what_is_unfinished_and_that_is_not_a_problem() {
        let (folder, provider, _) = recorded(&["first", "second"]).await;
        leave_unfinished(&folder, &provider.url(), &["first"]).await;
        let test = std::thread::current().name().unwrap().to_owned();
        let line = format!(
            "test.yaml: a refresh of {test} was not finished, and 1 answer of it is kept, the last of "
        );
        let hint =
            "hint: run the refresh again to go on from there; or `llm-cassette refresh --resume test.yaml`";
        for arguments in [&["list"][..], &["list", "test.yaml"], &["refresh"], &["refresh", "./test.yaml"]] {
            let (said, complained, code) = command(&folder, arguments);
            assert_eq!((complained.as_str(), code), ("", Some(0)), "{arguments:?}");
            assert!(said.contains(&line) && said.contains(hint), "{arguments:?}: {said}");
        }
        let (said, noted, code) = command(&folder, &["verify"]);
        assert_eq!((said.as_str(), code), ("1 cassette, 0 problems\n", Some(0)));
        assert!(noted.contains(&line) && noted.contains(hint), "{noted}");
        for tree in
            [&json(&folder, &["list", "--json"])[0]["unfinished"], &json(&folder, &["refresh", "--json"])]
        {
            assert_eq!((&tree[0]["state"], &tree[0]["answers"]), (&json!("unfinished"), &json!(1)), "{tree}");
            assert_eq!(
                (&tree[0]["cassette"], &tree[0]["test"]),
                (&json!("test.yaml"), &json!(test)),
                "{tree}"
            );
        }
    }

    #[tokio::test]
    async fn a_first_run_that_was_not_finished_is_told_of_though_there_is_no_cassette_yet() {
        let (folder, provider) = (Folder::new(), StandIn::start().await);
        leave_unfinished(&folder, &provider.url(), &["first"]).await;
        assert!(command(&folder, &["list"]).0.contains("1 answer of it is kept"));
        assert_eq!(json(&folder, &["list", "--json"])[0]["unfinished"][0]["answers"], 1);
        let (said, _, code) = command(&folder, &["refresh", "--resume", "test.yaml"]);
        assert_eq!((said.as_str(), code), ("test.yaml: 1 answer taken\n", Some(0)));
        assert_eq!(asking(folder.builder(Mode::Replay), &provider.url(), &["first"]).await.played, 1);
        let (said, _, code) = command(&folder, &["refresh"]);
        assert_eq!((said.as_str(), code), ("no refresh was left unfinished\n", Some(0)));
    }

    #[tokio::test]
    async fn to_resume_puts_each_answer_in_the_place_of_what_it_replaces_and_takes_nothing_out() {
        let (folder, provider, before) = recorded(&["first", "second", "third", "fourth"]).await;
        let builder = folder.builder(Mode::Refresh).one_test(true).open().unwrap();
        provider.on(Script::says("Something else.").when(asks("new")));
        ask_all(&client(&builder), &provider.url(), &["third", "new", "first"]).await;
        die(builder);
        let (said, noted, code) = command(&folder, &["refresh", "--resume"]);
        assert_eq!((said.as_str(), code), ("test.yaml: 3 answers taken\n", Some(0)));
        assert_eq!(noted, "what a cassette still lacks, `LLM_CASSETTE_MODE=record cargo test` records\n");
        let (old, new) = (before, folder.text());
        let (old, new) = (documents(&old), documents(&new));
        assert_eq!(new.len(), 5, "{new:?}");
        assert_eq!((new[1], new[4]), (old[1], old[3]));
        assert!(new[0].contains("version 2") && new[2].contains("version 2"));
        assert!(new[3].contains("Something else."));
        assert_eq!(journals(&folder), Vec::<String>::new());
        assert_eq!(provider.calls(), 7);
    }

    #[tokio::test]
    async fn to_resume_compares_requests_by_the_rules_of_the_test() {
        let (folder, provider) = (Folder::new(), StandIn::start().await);
        let open =
            |mode| folder.builder(mode).ignore("/user").replace(r"on day \d+", "on some day").open().unwrap();
        let run = async |cassette: &Cassette, day: u32| {
            let url = format!("{}/v1/chat/completions", provider.url());
            let body = json!({"model": "gpt-4o-mini", "user": format!("u{day}"),
                "messages": [{"role": "user", "content": format!("What happened on day {day}?")}]});
            post(&client(cassette), &url, body.to_string()).await.unwrap().bytes().await.unwrap();
        };
        let cassette = open(Mode::Record);
        run(&cassette, 1).await;
        let _report = cassette.finish().unwrap();
        provider.answers(2);
        let cassette = open(Mode::Refresh);
        run(&cassette, 2).await;
        die(cassette);
        assert_eq!(command(&folder, &["refresh", "--resume"]).0, "test.yaml: 1 answer taken\n");
        assert_eq!(documents(&folder.text()).len(), 1, "{}", folder.text());
        assert!(folder.text().contains("version 2"));
    }

    #[tokio::test]
    async fn to_resume_brings_blobs_along_and_the_sweep_leaves_those_of_a_journal_alone() {
        let (folder, provider) = (Folder::new(), StandIn::start().await);
        let run = async |cassette: &Cassette, words: &str| {
            let url = format!("{}/v1/embeddings", provider.url());
            let body = json!({"model": "text-embedding-3-small", "input": words, "dimensions": 512});
            post(&client(cassette), &url, body.to_string()).await.unwrap().bytes().await.unwrap()
        };
        let cassette = folder.open(Mode::Refresh);
        let live = run(&cassette, "first").await;
        die(cassette);
        let in_journal = || folder.listing().iter().filter(|path| path.contains("/blobs/")).count();
        assert_eq!(in_journal(), 1, "{:?}", folder.listing());
        // Another recording sweeps the blobs of the folder.
        let cassette = folder.open(Mode::Record);
        run(&cassette, "second").await;
        let _report = cassette.finish().unwrap();
        assert_eq!(in_journal(), 1, "{:?}", folder.listing());
        assert_eq!(command(&folder, &["refresh", "--resume"]).0, "test.yaml: 1 answer taken\n");
        assert_eq!(in_journal(), 0);
        assert_eq!(command(&folder, &["verify"]).0, "1 cassette, 0 problems\n");
        let cassette = folder.open(Mode::Replay);
        assert_eq!(run(&cassette, "first").await, live);
    }

    #[tokio::test]
    async fn to_resume_leaves_out_half_answers_and_what_would_replace_something_newer_or_pinned() {
        let (folder, provider, before) = recorded(&["pinned later", "newer", "usual"]).await;
        leave_unfinished(&folder, &provider.url(), &["pinned later", "newer", "usual"]).await;
        let cassette = folder.open(Mode::Refresh);
        let url = format!("{}/v1/chat/completions", provider.url());
        let mut response = post(&client(&cassette), &url, chat("Count to 9", true)).await.unwrap();
        response.chunk().await.unwrap().unwrap();
        drop(response);
        die(cassette);
        let documents = documents(&before);
        let pinned = documents[0].replacen("\nusage_count: 1\n", "\nusage_count: 1\npinned: true\n", 1);
        let year = documents[1].find("recorded_at: \"").unwrap() + "recorded_at: \"".len();
        let newer = format!("{}2999{}", &documents[1][..year], &documents[1][year + 4..]);
        let edited = before.replace(documents[0], &pinned).replace(documents[1], &newer);
        std::fs::write(folder.file(), &edited).unwrap();
        let (said, _, code) = command(&folder, &["refresh", "--resume"]);
        assert_eq!(code, Some(0), "{said}");
        for (count, words) in [
            (1, "what the cassette has is pinned"),
            (1, "what the cassette has is newer"),
            (1, "it is half an answer"),
            (1, "test.yaml: 1 answer taken"),
            (1, "test.yaml: 0 answers taken"),
        ] {
            assert_eq!(said.matches(words).count(), count, "{words}: {said}");
        }
        let text = folder.text();
        assert_eq!(text.matches("version 2").count(), 1);
        assert!(text.contains(&pinned) && text.contains(&newer), "{text}");
    }

    #[tokio::test]
    async fn to_discard_leaves_the_cassette_as_it_was_and_nothing_beside_it() {
        let (folder, provider, before) = recorded(&["first"]).await;
        leave_unfinished(&folder, &provider.url(), &["first"]).await;
        let (said, complained, code) = command(&folder, &["refresh", "--discard"]);
        assert_eq!((said.as_str(), complained.as_str(), code), ("test.yaml: discarded\n", "", Some(0)));
        assert_eq!((folder.text(), journals(&folder)), (before, Vec::new()));
        assert_eq!(refresh(&folder, &provider.url(), &["first"]).await.resumed, 0);
    }

    #[tokio::test]
    async fn a_refresh_that_runs_is_left_alone_whatever_one_wants_to_do_with_it() {
        let (folder, provider, _) = recorded(&["first", "second"]).await;
        let cassette = folder.open(Mode::Refresh);
        let client = client(&cassette);
        ask_all(&client, &provider.url(), &["first"]).await;
        for arguments in [&["refresh"][..], &["refresh", "--resume"], &["refresh", "--discard"], &["list"]] {
            let (said, _, code) = command(&folder, arguments);
            assert_eq!(code, Some(0));
            assert!(said.contains("test.yaml: a refresh is running\n"), "{said}");
        }
        ask_all(&client, &provider.url(), &["second"]).await;
        assert_eq!(cassette.finish().unwrap().recorded, 2);
    }

    #[tokio::test]
    async fn a_journal_that_cannot_be_read_is_told_of_and_can_be_discarded() {
        let (folder, provider, _) = recorded(&["first"]).await;
        leave_unfinished(&folder, &provider.url(), &["first"]).await;
        let place = folder.path().join(&journals(&folder)[0]).join("answers.yaml");
        std::fs::write(&place, journal(&folder).replace("usage_count: ", "usage_cuont: ")).unwrap();
        let (said, _, code) = command(&folder, &["refresh", "--resume"]);
        assert_eq!(code, Some(0));
        assert!(
            said.contains("cannot be read") && said.contains("--discard test.yaml` removes it"),
            "{said}"
        );
        assert_eq!(command(&folder, &["refresh", "--discard"]).0, "test.yaml: discarded\n");
        assert_eq!(journals(&folder), Vec::<String>::new());
    }
}
