//! Recordings of other projects, as their tools wrote them, with their exchanges byte for byte beside them. The folder with
//! them is named by `LLM_CASSETTE_CORPUS`; it is no part of this project.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Ask, command, play, served};
use crate::run::{Ran, printed};

/// Of a connection, and not of a request.
const NOT_SENT: [&str; 6] =
    ["connection", "transfer-encoding", "content-length", "host", "accept-encoding", "expect"];

/// In the answers of these, something secret is replaced: the access code of a trace.
const REDACTED: [&str; 2] = ["crewai-28f1c28447", "crewai-e26ea5c86a"];

fn folder() -> PathBuf {
    std::env::var_os("LLM_CASSETTE_CORPUS").expect("LLM_CASSETTE_CORPUS names a folder").into()
}

fn exchanges() -> HashMap<String, Value> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .flat_map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
        })
        .map(|exchange| (exchange["id"].as_str().unwrap().to_owned(), exchange))
        .collect()
}

fn ask(exchange: &Value) -> Ask {
    let headers = exchange["request_headers"].as_array().unwrap().iter();
    let pair =
        |pair: &Value| (pair[0].as_str().unwrap().to_lowercase(), pair[1].as_str().unwrap().to_owned());
    Ask {
        method: exchange["method"].as_str().unwrap().to_owned(),
        url: exchange["url"].as_str().unwrap().to_owned(),
        headers: headers
            .map(pair)
            .filter(|(name, value)| !NOT_SENT.contains(&name.as_str()) && !value.contains(['\r', '\n']))
            .collect(),
        body: STANDARD.decode(exchange["request_body_b64"].as_str().unwrap()).unwrap(),
    }
}

fn export(folder: &Path, cassette: &str) -> String {
    printed(folder, &["export", "--har", cassette])
}

fn run(file: &Path, folder: &Path, cassette: &str, more: &[&str]) -> Ran {
    let mut command = command(folder);
    command.arg("import").arg(file).args(["-o", cassette, "--json"]).args(more).output().unwrap().into()
}

#[tokio::test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
async fn real_recordings_of_other_tools_are_imported_and_replay_byte_for_byte() {
    let exchanges = exchanges();
    let index = std::fs::read(folder().join("original/INDEX.json")).unwrap();
    let index: Vec<Value> = serde_json::from_slice(&index).unwrap();
    let (mut files, mut played, mut through, mut refused, mut redacted) = (0, 0, 0, 0, Vec::new());
    let mut wrong = Vec::new();
    for entry in &index {
        let name = entry["file"].as_str().unwrap();
        let ids: Vec<&str> = entry["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        let exchanges: Vec<&Value> = ids.iter().map(|id| &exchanges[*id]).collect();
        let out = tempfile::tempdir().unwrap();
        // Where a file has no host, the exchanges have one that somebody gave them.
        let url = reqwest::Url::parse(exchanges[0]["url"].as_str().unwrap()).unwrap();
        let base = url.origin().ascii_serialization();
        let ran =
            run(&folder().join("original").join(name), out.path(), "cassette.yaml", &["--base-url", &base]);
        let Ok(told) = serde_json::from_str::<Value>(&ran.stdout) else {
            wrong.push(format!("{name}: {}", ran.stderr));
            continue;
        };
        let file = &told["files"][0];
        if !file["not_read"].is_null() {
            wrong.push(format!("{name}: {}", file["not_read"]));
            continue;
        }
        files += 1;
        let errors: Vec<u64> = (1..)
            .zip(&exchanges)
            .filter(|(_, exchange)| exchange["is_error"].as_bool().unwrap())
            .map(|(number, _)| number)
            .collect();
        let told: Vec<u64> =
            file["refused"].as_array().unwrap().iter().map(|one| one["exchange"].as_u64().unwrap()).collect();
        if told != errors {
            wrong.push(format!("{name}: wanted {errors:?} refused: {}", file["refused"]));
        }
        refused += errors.len();
        if errors.len() < exchanges.len() {
            let archive = export(out.path(), "cassette.yaml");
            std::fs::write(out.path().join("all.har"), &archive).unwrap();
            run(&out.path().join("all.har"), out.path(), "again.yaml", &[]);
            if export(out.path(), "again.yaml") != archive {
                wrong.push(format!("{name}: an archive gives back something else"));
            }
        }
        let good: Vec<&Value> =
            exchanges.iter().copied().filter(|exchange| !exchange["is_error"].as_bool().unwrap()).collect();
        let asks: Vec<Ask> = good.iter().map(|exchange| ask(exchange)).collect();
        let through_server = served(&out.path().join("cassette.yaml"), &asks).await;
        for (exchange, answer) in good.iter().zip(through_server) {
            let id = exchange["id"].as_str().unwrap();
            let body = STANDARD.decode(exchange["response_body_b64"].as_str().unwrap()).unwrap();
            match answer {
                Ok(answer) if answer.body == body && exchange["status"] == answer.status => through += 1,
                // What is replaced is counted where it is played in Rust.
                Ok(answer)
                    if REDACTED.contains(&id)
                        && String::from_utf8_lossy(&answer.body).contains("[REDACTED]") => {}
                answer => wrong.push(format!(
                    "{name} {id} {}, through the server: {}",
                    exchange["url"],
                    answer.map_or_else(|error| error, |answer| answer.status.to_string())
                )),
            }
        }
        for (exchange, answer) in good.iter().zip(play(&out.path().join("cassette.yaml"), &asks).await) {
            let id = exchange["id"].as_str().unwrap();
            let body = STANDARD.decode(exchange["response_body_b64"].as_str().unwrap()).unwrap();
            match answer {
                Ok(answer) if answer.body == body && exchange["status"] == answer.status => played += 1,
                Ok(answer) if String::from_utf8_lossy(&answer.body).contains("[REDACTED]") => {
                    redacted.push(id)
                }
                Ok(answer) => wrong.push(format!(
                    "{name} {id}: {} bytes, wanted {} {:?} {:?}",
                    answer.body.len(),
                    body.len(),
                    String::from_utf8_lossy(&answer.body[..answer.body.len().min(200)]),
                    String::from_utf8_lossy(&body[..body.len().min(200)]),
                )),
                Err(error) => wrong.push(format!("{name} {id}: {error}")),
            }
        }
    }
    println!(
        "{files} of {} files imported; {played} exchanges replay byte for byte in Rust and {through} through the server, {} have \
         something secret replaced, {refused} errors are refused",
        index.len(),
        redacted.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(redacted, REDACTED);
}
