//! Real exchanges, whose secrets were masked already: hardly an answer may change, none may be refused.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::*;

fn pairs(value: &Value) -> HeaderMap {
    let pair = |pair: &Value| {
        let name = pair[0].as_str()?.parse::<HeaderName>().ok()?;
        Some((name, HeaderValue::from_bytes(pair[1].as_str()?.as_bytes()).ok()?))
    };
    value.as_array().into_iter().flatten().filter_map(pair).collect()
}

fn body(value: &Value) -> Bytes {
    STANDARD.decode(value.as_str().unwrap_or_default()).unwrap().into()
}

#[test]
fn real_answers_stay_as_they_are() {
    let Ok(folder) = std::env::var("LLM_CASSETTE_CORPUS") else {
        println!("skipped: LLM_CASSETTE_CORPUS names no folder of recorded exchanges");
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    let (mut all, mut changed, mut changed_requests, mut refused) =
        (0, BTreeMap::new(), BTreeMap::new(), Vec::new());
    for line in files.iter().flat_map(|path| {
        std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    }) {
        let row: Value = serde_json::from_str(&line).unwrap();
        if row["is_error"].as_bool().unwrap() {
            continue;
        }
        all += 1;
        let id = row["id"].as_str().unwrap().to_owned();
        let mut live = answer(body(&row["response_body_b64"]));
        live.request = request(row["url"].as_str().unwrap(), &[], body(&row["request_body_b64"]));
        live.request.headers = pairs(&row["request_headers"]);
        live.response.headers = pairs(&row["response_headers"]);
        match with_env(&[]).redact(live.clone()) {
            Err(leak) => refused.push((id, leak)),
            Ok(clean) => {
                let clean = clean.interaction();
                if clean.response.body.bytes != live.response.body.bytes {
                    changed.insert(
                        id.clone(),
                        difference(&live.response.body.bytes, &clean.response.body.bytes),
                    );
                }
                if clean.request.body != live.request.body {
                    changed_requests.insert(id, difference(&live.request.body, &clean.request.body));
                }
                let again = with_env(&[]).redact(clean.clone()).unwrap();
                assert_eq!(everything(again.interaction()), everything(clean));
            }
        }
    }
    println!("{all} exchanges, changed answers: {changed:#?}\nchanged requests: {changed_requests:#?}");
    assert_eq!(refused, []);
    assert!(changed.len() * 50 <= all, "{} of {all} answers changed", changed.len());
}

/// The first place at which two texts part.
fn difference(before: &[u8], after: &[u8]) -> String {
    let at = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let around = |text: &[u8]| {
        String::from_utf8_lossy(&text[at.saturating_sub(60)..text.len().min(at + 40)]).into_owned()
    };
    format!("{} => {}", around(before), around(after))
}
