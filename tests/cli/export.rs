//! `export --har` gives cassettes to other tools, and what it writes is imported as it was.

use serde_json::{Value, json};

use crate::import::{Ask, imported, play};
use crate::run::{Call, copied, folder, printed, run};

fn har(folder: &std::path::Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(folder, &[&["export", "--har"], arguments].concat())).unwrap()
}

#[test]
fn an_archive_has_what_har_asks_for() {
    let mut call =
        Call::json("https://api.example.com/v1/chat/completions?a=b%20c&d", r#"{"model":"m"}"#, "{\"é\":1}");
    call.head = "model: m";
    let folder = folder(&[call]);
    let archive = har(folder.path(), &["talk.yaml"]);
    assert_eq!(
        archive,
        json!({"log": {"version": "1.2", "creator": {"name": "llm-cassette", "version": env!("CARGO_PKG_VERSION")}, "entries": [{
            "startedDateTime": "2026-11-21T05:13:13Z",
            "time": 0,
            "request": {
                "method": "POST",
                "url": "https://api.example.com/v1/chat/completions?a=b%20c&d",
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": [{"name": "content-type", "value": "application/json"}],
                "queryString": [{"name": "a", "value": "b c"}, {"name": "d", "value": ""}],
                "headersSize": -1,
                "bodySize": 13,
                "postData": {"mimeType": "application/json", "text": "{\"model\":\"m\"}"},
            },
            "response": {
                "status": 200,
                "statusText": "OK",
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": [{"name": "content-type", "value": "application/json"}],
                "content": {"size": 8, "mimeType": "application/json", "text": "{\"é\":1}"},
                "redirectURL": "",
                "headersSize": -1,
                "bodySize": 8,
            },
            "cache": {},
            "timings": {"send": 0, "wait": 0, "receive": 0},
        }]}})
    );
}

#[tokio::test]
async fn an_archive_gives_back_the_same_bodies_chunks_and_times() {
    let entry = |path: &str, content: Value, kind: &str| {
        json!({"startedDateTime": "2025-07-24T05:54:11Z", "request": {"method": "GET", "url": format!("https://api.example.com/{path}"), "headers": [{"name": "accept", "value": "*/*"}]},
            "response": {"status": 200, "headers": [{"name": "content-type", "value": kind}, {"name": "link", "value": "<a>"}, {"name": "link", "value": "<b>"}], "content": content}})
    };
    let entries = [
        entry(
            "a",
            json!({"text": "data: 1\n\ndata: 2\n\n", "_chunks": [4, 14], "_chunkTimes": [12, 345]}),
            "text/event-stream",
        ),
        entry("a", json!({"text": "data: 3\r\n\r\n"}), "text/event-stream"),
        entry("b", json!({"text": "/wABAg==", "encoding": "base64"}), "application/octet-stream"),
        entry("c", json!({"text": "{ \"layout\" :\n1.0}\n"}), "application/json"),
        // What does not add up is not believed.
        entry(
            "d",
            json!({"text": "data: 4\n\ndata: 5\n\n", "_chunks": [4, 15], "_chunkTimes": [1, 2]}),
            "text/event-stream",
        ),
        entry(
            "e",
            json!({"text": "data: 6\n\n", "_chunks": [0, 9], "_chunkTimes": [1, 2]}),
            "text/event-stream",
        ),
    ];
    let (folder, _) = imported("one.har", &json!({"log": {"entries": entries}}).to_string());
    let ran = run(folder.path(), &["export", "--har", "cassettes/one.yaml", "-o", "two.har"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout, @"wrote 6 exchanges of 1 cassette to two.har");
    assert_eq!(run(folder.path(), &["import", "two.har", "-o", "cassettes"]).code, 0);
    let archive = har(folder.path(), &["cassettes/one.yaml"]);
    assert_eq!(har(folder.path(), &["cassettes/two.yaml"]), archive);
    assert_eq!(archive["log"]["entries"][0]["time"], 345);
    assert_eq!(archive["log"]["entries"][4]["response"]["content"]["_chunks"], json!([9, 9]));
    let asks = ["a", "a", "b", "c"].map(|path| Ask {
        headers: vec![("accept".to_owned(), "*/*".to_owned())],
        ..Ask::get(&format!("https://api.example.com/{path}"))
    });
    let (one, two) = (folder.path().join("cassettes/one.yaml"), folder.path().join("cassettes/two.yaml"));
    let played = play(&two, &asks).await;
    assert_eq!(played, play(&one, &asks).await);
    assert_eq!(played[0].as_ref().unwrap().chunks, [4, 14]);
    assert_eq!(played[2].as_ref().unwrap().body, [255, 0, 1, 2]);
}

#[test]
fn committed_cassettes_come_back_as_they_were() {
    let folder = copied();
    printed(folder.path(), &["export", "--har", ".", "-o", "all.har"]);
    let before = har(folder.path(), &["."]);
    assert_eq!(run(folder.path(), &["import", "all.har", "-o", "again/all.yaml"]).code, 0);
    assert_eq!(har(folder.path(), &["again/all.yaml"]), before);
    assert!(before["log"]["entries"].as_array().unwrap().len() > 2);
}

#[test]
fn a_file_that_is_there_is_not_written_over_by_chance() {
    let folder = copied();
    let cassette = std::fs::read(folder.path().join("streams_a_count.yaml")).unwrap();
    let ran = run(folder.path(), &["export", "--har", ".", "-o", "streams_a_count.yaml"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r#"
    error: streams_a_count.yaml exists already
    hint: give another file, or write over this one with `--force`
    "#);
    assert_eq!(std::fs::read(folder.path().join("streams_a_count.yaml")).unwrap(), cassette);
    assert_eq!(run(folder.path(), &["export", "."]).code, 2);
}
