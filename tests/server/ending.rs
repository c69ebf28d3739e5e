//! How a server ends, and what it tells of its run.

use serde_json::Value;

use crate::serving::{Serving, asked, chat};
use crate::stand_in::StandIn;

#[tokio::test]
async fn the_report_and_the_metrics_tell_what_became_of_each_request() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let url = format!("{}/@x/openai/v1/chat/completions", server.url());
    for _ in 0..2 {
        asked(&url, "sk-x", &chat("Hi")).await;
    }
    let report = reqwest::get(format!("{}/@/report", server.url())).await.unwrap().text().await.unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["recorded"], &report["requests"]), (&Value::from(2), &Value::from(2)));
    assert_eq!(report["cassettes"][0]["name"], "x");
    let metrics = reqwest::get(format!("{}/@/metrics", server.url())).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("llm_cassette_requests_total{outcome=\"recorded\"} 2\n"), "{metrics}");
    let tokens = "gen_ai_client_token_usage_sum{gen_ai_provider_name=\"openai\"";
    assert!(metrics.contains(tokens), "{metrics}");
}

#[tokio::test]
async fn a_server_that_is_told_to_terminate_ends_as_one_that_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Serving::start(folder.path(), &[]).end("-TERM");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(ended.stdout, "mode replay\n0 cassettes: recorded 0, played 0\n");
}

#[tokio::test]
async fn a_refresh_replaces_the_file_when_the_server_ends() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let start = |mode| Serving::start(folder.path(), &["--mode", mode, "--upstream", &upstream]);
    let path = "/@x/openai/v1/chat/completions";
    let server = start("record");
    asked(&format!("{}{path}", server.url()), "sk-x", &chat("Hi")).await;
    server.interrupt();
    provider.answers(2);
    let server = start("refresh");
    let new = asked(&format!("{}{path}", server.url()), "sk-x", &chat("Hi")).await;
    server.interrupt();
    let server = start("replay");
    assert_eq!(asked(&format!("{}{path}", server.url()), "sk-x", &chat("Hi")).await, new);
}

#[test]
fn the_port_file_is_whole_once_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &["--port-file", "port"]);
    // The line that the server prints comes before the file; a client of the file waits for it.
    let file = folder.path().join("port");
    let port = loop {
        match std::fs::read_to_string(&file) {
            Ok(port) => break port,
            Err(_) => std::thread::yield_now(),
        }
    };
    assert_eq!(port.trim_end(), server.address().rsplit(':').next().unwrap());
}

#[test]
fn a_port_that_is_taken_is_told_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_llm-cassette"))
        .args(["serve", "--listen", &address])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(said.contains(&format!("could not listen on {address}")) && said.contains("--listen"), "{said}");
}
