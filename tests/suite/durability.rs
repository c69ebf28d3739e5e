//! A finished call is on disk: whatever becomes of the process, at most the call in flight is lost.

use llm_cassette::{Cassette, Error, ErrorKind, Mode};

use crate::child;
use crate::stand_in::{Gate, Script, StandIn};
use crate::support::*;

/// Reads a stream until its protocol has ended; the response stays open.
async fn read_to_done(response: &mut reqwest::Response) {
    let mut text = String::new();
    while !text.contains("[DONE]") {
        let chunk = response.chunk().await.unwrap().expect("the stream goes on until it is done");
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

async fn stream(client: &reqwest_middleware::ClientWithMiddleware, base: &str) -> reqwest::Response {
    post(client, &format!("{base}/v1/chat/completions"), chat("Count to 5", true)).await.unwrap()
}

/// Which of the questions a cassette answers, without the network.
async fn answered(folder: &Folder, base: &str, questions: &[&str]) -> Vec<bool> {
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    let client = client(&cassette);
    let mut answered = Vec::new();
    for question in questions {
        answered.push(match ask(&client, base, question).await {
            Ok(response) => response.text().await.unwrap().contains("finish_reason"),
            Err(error) => {
                assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::NoMatch);
                false
            }
        });
    }
    answered
}

#[tokio::test]
async fn a_killed_process_keeps_every_finished_call() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Record);
        let client = client(&cassette);
        ask(&client, &child.base, "first").await.unwrap().text().await.unwrap();
        ask(&client, &child.base, "second").await.unwrap().text().await.unwrap();
        // The stream has reached its protocol's end, and neither the connection nor the response has been closed.
        let mut held = stream(&client, &child.base).await;
        read_to_done(&mut held).await;
        ask(&client, &child.base, "in flight").await.unwrap();
        unreachable!("the answer never comes");
    }
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    // How many steps a gate has to allow for all of the stream but its end.
    let plain = reqwest::Client::new().post(format!("{base}/v1/chat/completions"));
    let whole = plain.body(chat("Count to 5", true)).send().await.unwrap().text().await.unwrap();
    let (almost, never) = (Gate::closed(), Gate::closed());
    almost.release(whole.matches("data: ").count());
    provider.on(Script::answer().when(|seen| seen.json()["stream"] == true).hold(&almost));
    provider.on(Script::answer().when(asks("in flight")).hold(&never));

    let mut process = child::start(&|| {}, "record", &folder.file(), &base);
    child::brings_about(&mut process, never.arrived(1)).await;
    process.kill().await.unwrap();

    let calls = provider.calls();
    assert_eq!(answered(&folder, &base, &["first", "second", "in flight"]).await, [true, true, false]);
    let cassette = folder.open(Mode::Replay);
    let played = stream(&client(&cassette), &base).await.text().await.unwrap();
    assert_eq!(played.matches("data: ").count(), whole.matches("data: ").count());
    assert_eq!(provider.calls(), calls);
}

#[tokio::test]
async fn so_does_one_that_exits_panics_or_leaks_its_client() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Record);
        let client = client(&cassette);
        ask(&client, &child.base, "first").await.unwrap().text().await.unwrap();
        ask(&client, &child.base, "second").await.unwrap().text().await.unwrap();
        match child.name.as_str() {
            "exits" => std::process::exit(7),
            "panics" => panic!("on purpose"),
            _ => {
                std::mem::forget(cassette);
                std::mem::forget(client);
                return;
            }
        }
    }
    for (role, code) in [("exits", 7), ("panics", 101), ("leaks", 0)] {
        let folder = Folder::new();
        let provider = StandIn::start().await;
        let process = child::start(&|| {}, role, &folder.file(), &provider.url());
        let (status, said) = child::outcome(process).await;
        assert_eq!(status, Some(code), "{role}: {said}");
        assert_eq!(answered(&folder, &provider.url(), &["first", "second"]).await, [true, true], "{role}");
    }
}

#[tokio::test]
async fn a_response_that_nobody_read_to_its_end_is_no_finished_call() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let gate = Gate::closed();
    let cassette = folder.open(Mode::Record);
    let client = client(&cassette);
    ask(&client, &provider.url(), "first").await.unwrap().text().await.unwrap();
    provider.on(Script::answer().hold_body(&gate));
    let response = ask(&client, &provider.url(), "second").await.unwrap();
    assert_eq!(answered(&folder, &provider.url(), &["first", "second"]).await, [true, false]);
    gate.open();
    response.text().await.unwrap();
    assert_eq!(answered(&folder, &provider.url(), &["first", "second"]).await, [true, true]);
}

#[tokio::test]
async fn a_torn_end_is_left_out_in_replay_and_cut_off_by_the_next_recording_both_with_a_warning() {
    if let Some(child) = child::role() {
        let mode = child.name.parse().unwrap();
        let cassette = child.open(mode);
        let client = client(&cassette);
        let questions = if mode == Mode::Record { ["first", "third"].as_slice() } else { &["first"] };
        for question in questions {
            ask(&client, &child.base, question).await.unwrap().text().await.unwrap();
        }
        cassette.finish().unwrap();
        return;
    }
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    record(&folder, &base, &["first", "second"]).await;
    let whole = folder.text();
    let second = whole.rfind("\n---").unwrap() + 1;
    let torn = &whole[..second + 40];
    std::fs::write(folder.file(), torn).unwrap();

    let process = child::start(&|| {}, "replay", &folder.file(), &base);
    let (status, said) = child::outcome(process).await;
    assert_eq!(status, Some(0), "{said}");
    let warning = "llm-cassette: the last document of";
    assert!(said.lines().any(|line| line.starts_with(warning) && line.contains("test.yaml")), "{said}");
    assert_eq!(folder.text(), torn, "replay writes nothing");

    let process = child::start(&|| {}, "record", &folder.file(), &base);
    let (status, said) = child::outcome(process).await;
    assert_eq!(status, Some(0), "{said}");
    let warning = "llm-cassette: removed a truncated document from the end of";
    assert!(said.lines().any(|line| line.starts_with(warning) && line.contains("test.yaml")), "{said}");
    assert!(folder.text().starts_with(&whole[..second]));
    assert_eq!(answered(&folder, &base, &["first", "second", "third"]).await, [true, false, true]);
    let beside = folder.path().join(".llm-cassette/test.yaml.torn");
    assert_eq!(std::fs::read_to_string(beside).unwrap(), torn[second..]);
}

const EACH: usize = 50;

/// Asks all at once, each on a task of its own.
async fn ask_at_once(cassette: &Cassette, base: &str, name: &str) {
    let client = client(cassette);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..EACH {
        let (client, base, question) = (client.clone(), base.to_owned(), format!("{name} asks {n}"));
        tasks.spawn(async move { ask(&client, &base, &question).await.unwrap().text().await.unwrap() });
    }
    assert_eq!(tasks.join_all().await.len(), EACH);
}

/// What two asked is answered without the network.
async fn both_are_answered(folder: &Folder, base: &str) {
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    for n in 0..EACH {
        for name in ["Ann", "Bob"] {
            let question = format!("{name} asks {n}");
            let answer = ask(&client, base, &question).await.unwrap().text().await.unwrap();
            assert!(answer.contains(&question), "{answer}");
        }
    }
    assert_eq!(cassette.finish().unwrap().unused, Vec::<String>::new());
}

#[tokio::test]
async fn two_processes_that_record_one_cassette_lose_nothing() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Record);
        ask_at_once(&cassette, &child.base, &child.name).await;
        assert_eq!(cassette.finish().unwrap().recorded, EACH);
        return;
    }
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate).always());
    let mut ann = child::start(&|| {}, "Ann", &folder.file(), &provider.url());
    let mut bob = child::start(&|| {}, "Bob", &folder.file(), &provider.url());
    // All answers leave once all calls have begun, so that both write at the same time, again and again.
    child::brings_about(&mut ann, child::brings_about(&mut bob, gate.arrived(2 * EACH))).await;
    gate.open();
    for process in [ann, bob] {
        let (status, said) = child::outcome(process).await;
        assert_eq!(status, Some(0), "{said}");
    }
    both_are_answered(&folder, &provider.url()).await;
    assert_eq!(provider.calls(), 2 * EACH);
}

#[tokio::test]
async fn two_handles_of_one_process_that_record_one_cassette_lose_nothing() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate).always());
    let threads = ["Ann", "Bob"].map(|name| {
        let (cassette, base) = (folder.open(Mode::Record), provider.url());
        std::thread::spawn(move || {
            run(ask_at_once(&cassette, &base, name));
            cassette.finish().unwrap().recorded
        })
    });
    gate.arrived(2 * EACH).await;
    gate.open();
    assert_eq!(threads.map(|thread| thread.join().unwrap()), [EACH, EACH]);
    both_are_answered(&folder, &provider.url()).await;
    assert_eq!(provider.calls(), 2 * EACH);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_costs_the_caller_nothing_and_is_told_at_the_end() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let cassette = folder.open(Mode::Record);
    // A file in the place of the folder for locks: refused on every system, whoever runs the test.
    std::fs::write(folder.path().join(".llm-cassette"), "").unwrap();
    let answer = ask(&client(&cassette), &provider.url(), "What is 6 times 7?").await.unwrap();
    assert!(answer.text().await.unwrap().contains("42"));
    let error = cassette.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.message().contains(&folder.file().display().to_string()), "{error}");
    assert!(!folder.file().exists());
}

#[tokio::test]
async fn a_file_that_cannot_be_written_costs_the_caller_nothing_and_is_told_at_the_end() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let cassette = folder.open(Mode::Record);
    std::fs::create_dir(folder.file()).unwrap();
    let answer = ask(&client(&cassette), &provider.url(), "What is 6 times 7?").await.unwrap();
    assert!(answer.text().await.unwrap().contains("42"));
    let error = cassette.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.message().contains(&folder.file().display().to_string()), "{error}");
}

/// The shell's limit on the size of files stands for a full disk: it lets a write begin and not end.
#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_fills_up_leaves_what_was_recorded_and_no_half_document() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Record);
        let client = client(&cassette);
        let answer = ask(&client, &child.base, "first").await.unwrap().text().await.unwrap();
        assert!(answer.contains("first"));
        let long = format!("second {}", "word ".repeat(4000));
        let answer = ask(&client, &child.base, &long).await.unwrap().text().await.unwrap();
        assert!(answer.contains("second"), "the caller gets the answer all the same");
        let error = cassette.finish().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.message().contains("test.yaml"), "{error}");
        return;
    }
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let mut command = tokio::process::Command::new("sh");
    // Too big a file is an error of the write only where the signal for it is ignored.
    command.arg("-c").arg("trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"");
    command.arg(std::env::current_exe().unwrap()).args(child::arguments(&|| {}));
    let process = child::prepare(&mut command, "record", &folder.file(), &provider.url());
    let (status, said) = child::outcome(process).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(folder.text().ends_with("\n...\n"));
    assert_eq!(answered(&folder, &provider.url(), &["first"]).await, [true]);
    assert_eq!(provider.calls(), 2);
}
