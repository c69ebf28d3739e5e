//! What goes wrong in a run is said when it happens, and again at its end: clients like to swallow errors, and programs do not
//! always get to `finish`.

use llm_cassette::{Cassette, Error, ErrorKind, Mode};
use serde_json::json;

use crate::child;
use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

/// The part of the child: asks the questions that stand behind the end of the run in its role, and swallows every error.
async fn asks_and_swallows(role: &child::Role) {
    let mut words = role.name.split(' ');
    let (mode, end) = (words.next().unwrap().parse().unwrap(), words.next().unwrap());
    let builder = role.builder(mode);
    let builder = if end == "tolerates" { builder.tolerate_misses(true) } else { builder };
    let cassette = builder.open().unwrap();
    for question in words {
        if let Ok(answer) = ask(&client(&cassette), &role.base, question).await {
            let _ = answer.bytes().await;
        }
    }
    match end {
        "exits" => std::process::exit(0),
        "finishes" => drop(cassette.finish()),
        _ => drop(cassette),
    }
}

/// Lets a child ask, and gives what it said on standard error.
async fn says<T>(here: &T, role: &str, folder: &Folder, base: &str) -> String {
    let (code, said) = child::outcome(child::start(here, role, &folder.file(), base)).await;
    assert_eq!(code, Some(0), "{said}");
    said
}

/// Records an embedding, which has a blob, and a chat.
async fn with_a_blob(folder: &Folder, base: &str) {
    let cassette = folder.open(Mode::Record);
    let body = json!({"model": "text-embedding-3-small", "input": "Oslo", "dimensions": 64}).to_string();
    let client = client(&cassette);
    post(&client, &format!("{base}/v1/embeddings"), body).await.unwrap().bytes().await.unwrap();
    ask(&client, base, "Hello").await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
}

fn blob(folder: &Folder) -> std::path::PathBuf {
    let blobs = std::fs::read_dir(folder.path().join("blobs")).unwrap();
    blobs.map(|entry| entry.unwrap().path()).find(|path| !path.ends_with(".gitattributes")).unwrap()
}

/// Breaks the first document in a way that only shows when it is parsed.
fn slip(folder: &Folder) {
    std::fs::write(folder.file(), folder.text().replacen("\nresponse:\n", "\nresponse: [\n", 1)).unwrap();
}

const POINTER: &str =
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 12345\n";

#[tokio::test]
async fn a_run_in_which_a_recording_could_not_be_read_fails_though_its_client_hid_the_error() {
    for what in ["no blob", "another blob", "a pointer of Git LFS", "a slip in the YAML"] {
        for mode in [Mode::Replay, Mode::Record] {
            for tolerates in [false, true] {
                let (provider, folder) = (StandIn::start().await, Folder::new());
                with_a_blob(&folder, &provider.url()).await;
                match what {
                    "no blob" => std::fs::remove_file(blob(&folder)).unwrap(),
                    "another blob" => std::fs::write(blob(&folder), "other bytes").unwrap(),
                    "a pointer of Git LFS" => std::fs::write(blob(&folder), POINTER).unwrap(),
                    _ => slip(&folder),
                }
                let cassette = folder.builder(mode).tolerate_misses(tolerates).open().unwrap();
                let body = json!({"model": "text-embedding-3-small", "input": "Oslo", "dimensions": 64});
                let url = format!("{}/v1/embeddings", provider.url());
                let refused = post(&client(&cassette), &url, body.to_string()).await.unwrap_err();
                let refused = Error::find_in(&refused).expect("an error of ours").to_string();
                let error = cassette.finish().expect_err(what);
                assert_eq!(error.to_string(), refused, "{what}, {mode}");
                assert_eq!(provider.calls(), 2, "{what}, {mode}");
            }
        }
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_read_fails_the_run_of_a_request_that_is_recorded_nowhere() {
    let (provider, folder) = (StandIn::start().await, Folder::new());
    record(&folder, &provider.url(), &["first", "second"]).await;
    slip(&folder);
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    ask(&client, &provider.url(), "third").await.unwrap_err();
    ask(&client, &provider.url(), "fourth").await.unwrap_err();
    let error = cassette.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
    assert!(error.to_string().contains("test.yaml:"), "{error}");
}

#[tokio::test]
async fn a_miss_that_the_program_swallows_is_said_on_standard_error_once_with_what_came_nearest() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_swallows(&role).await;
    }
    let (provider, folder) = (StandIn::start().await, Folder::new());
    record(&folder, &provider.url(), &["recorded"]).await;
    let said = says(&here, "replay exits recorded new new new newer", &folder, &provider.url()).await;
    assert_eq!(said.matches("no recorded response for POST").count(), 2, "{said}");
    for line in ["- recorded", "+ new", "+ newer"] {
        assert_eq!(said.lines().filter(|told| told.trim() == line).count().min(1), 1, "{line}: {said}");
    }
    assert!(said.contains("nearest:  interaction 1") && said.contains("to record it, run"), "{said}");
}

#[tokio::test]
async fn an_error_in_a_stream_is_warned_of_once() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_swallows(&role).await;
    }
    let (provider, folder) = (StandIn::start().await, Folder::new());
    let event = |json: &str| format!("data: {json}\n\n");
    let failed = event(r#"{"error":{"type":"server_error","message":"the engine stopped"}}"#);
    let stream = Reply::new(200)
        .header("content-type", "text/event-stream")
        .chunk(event(r#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}"#))
        .chunk(failed.clone())
        .chunk(failed);
    provider.on(Script::raw(stream));
    let said = says(&here, "record finishes new", &folder, &provider.url()).await;
    assert_eq!(said.matches("the engine stopped").count(), 1, "{said}");
}

#[tokio::test]
async fn a_replay_that_is_dropped_unfinished_says_what_it_missed() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_swallows(&role).await;
    }
    let (provider, folder) = (StandIn::start().await, Folder::new());
    record(&folder, &provider.url(), &["recorded"]).await;
    let dropped = "dropped without `finish()`";
    let said = says(&here, "replay drops recorded new", &folder, &provider.url()).await;
    assert!(said.contains(dropped), "{said}");
    assert_eq!(said.matches("+ new").count(), 2, "when it happened and at the end: {said}");
    for fine in ["replay drops recorded", "replay tolerates new", "replay finishes new"] {
        let said = says(&here, fine, &folder, &provider.url()).await;
        assert!(!said.contains(dropped), "{fine}: {said}");
    }
}

#[tokio::test]
async fn the_end_of_a_run_repeats_its_first_misses_in_full() {
    let (provider, folder) = (StandIn::start().await, Folder::new());
    record(&folder, &provider.url(), &["recorded"]).await;
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    let mut misses = Vec::new();
    for question in ["one", "one", "two", "three", "four"] {
        let error = ask(&client, &provider.url(), question).await.unwrap_err();
        misses.push(Error::find_in(&error).unwrap().message().replace('\n', "\n  "));
    }
    let error = cassette.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unfinished);
    let told = error.message();
    assert!(told.contains(": 5 requests had no recording\n"), "{told}");
    for (index, miss) in misses.iter().enumerate().filter(|(index, _)| *index != 1) {
        assert_eq!(told.matches(miss).count(), usize::from(index < 4), "{index}: {told}");
    }
    assert_eq!(told.matches("no recorded response").count(), 4, "{told}");
    assert!(error.hint().unwrap().starts_with("the client hid the error; "), "{error}");
}

#[tokio::test]
async fn a_run_that_no_request_reached_says_so_in_every_mode() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_swallows(&role).await;
    }
    let (provider, folder) = (StandIn::start().await, Folder::new());
    record(&folder, &provider.url(), &["recorded"]).await;
    for mode in ["replay", "record", "refresh", "off"] {
        for end in ["finishes", "drops"] {
            let said = says(&here, &format!("{mode} {end}"), &folder, &provider.url()).await;
            let told = format!(
                "test.yaml: no request came by in mode `{mode}`\nhint: is the cassette in the client's chain"
            );
            assert_eq!(said.matches(&told).count(), 1, "{mode} {end}: {said}");
            let said = says(&here, &format!("{mode} {end} recorded"), &folder, &provider.url()).await;
            assert!(!said.contains("no request came by"), "{mode} {end}: {said}");
        }
    }
}

#[test]
fn a_run_that_no_request_reached_fails_where_what_is_unused_does() {
    let folder = Folder::new();
    for mode in [Mode::Replay, Mode::Record, Mode::Refresh, Mode::Off] {
        let error = folder.builder(mode).fail_on_unused(true).open().unwrap().finish().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unfinished);
        assert!(error.hint().unwrap().contains("in the client's chain"), "{error}");
        assert_eq!(folder.open(mode).finish().unwrap().requests, 0);
    }
}

#[tokio::test]
async fn a_request_that_passes_through_has_reached_the_cassette() {
    let (provider, folder) = (StandIn::start().await, Folder::new());
    let builder = Cassette::builder(folder.file()).mode(Mode::Replay).fail_on_unused(true);
    let cassette = builder.pass_through(|_| true).open().unwrap();
    ask(&client(&cassette), &provider.url(), "Hello").await.unwrap();
    assert_eq!(cassette.finish().unwrap().requests, 1);
}
