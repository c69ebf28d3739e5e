//! Real traffic: exchanges that other projects recorded, served over a socket, recorded through the middleware, and
//! replayed. The folder with them is named by `LLM_CASSETTE_CORPUS`; it is no part of this project.

use std::collections::BTreeMap;
use std::sync::Arc;

use llm_cassette::{Cassette, Error, Mode};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde_json::Value;

use crate::exchanges::{Answer, Exchange, KEY, REDACTED, corpus};
use crate::stand_in::StandIn;
use crate::support::Folder;

async fn send(exchange: &Exchange, client: &ClientWithMiddleware) -> reqwest_middleware::Result<Answer> {
    let request = client.request(exchange.method(), &exchange.url).headers(exchange.headers());
    Ok(Answer::of(request.body(exchange.request_body.clone()).send().await?).await?)
}

fn client(cassette: &Cassette, proxy: &str) -> ClientWithMiddleware {
    let client = reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(proxy).unwrap())
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    ClientBuilder::new(client).with(cassette.clone()).build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
async fn real_exchanges_are_replayed_byte_for_byte_and_real_errors_are_not_recorded() {
    let exchanges = corpus();
    assert_eq!(exchanges.len(), 598);
    let folder = Folder::new();

    let upstream = StandIn::start().await;
    let proxy = upstream.url();
    let cassette = folder.open(Mode::Record);
    let recording = client(&cassette, &proxy);
    let mut differences = Vec::new();
    for exchange in &exchanges {
        upstream.on(exchange.script());
        match send(exchange, &recording).await {
            Ok(answer) if answer == exchange.wanted() => {}
            Ok(answer) => differences.push(format!(
                "{}: live answer changed: {} {:?}",
                exchange.id, answer.status, answer.content_type
            )),
            Err(error) => differences.push(format!("{}: {error:?}", exchange.id)),
        }
    }
    let report = cassette.finish().unwrap();
    upstream.stop().await;
    let errors = exchanges.iter().filter(|exchange| exchange.is_error).count();
    let recorded = exchanges.len() - errors;
    if (report.recorded, report.skipped.len()) != (recorded, errors) {
        differences
            .push(format!("{report}; wanted {recorded} recorded, {errors} skipped: {:?}", report.skipped));
    }
    assert!(differences.is_empty(), "while recording:\n{}", differences.join("\n"));

    // Another order: backwards, but each kind of request in its own order; eight at a time.
    let mut kinds: BTreeMap<String, Vec<Exchange>> = BTreeMap::new();
    for exchange in exchanges.into_iter().filter(|exchange| !exchange.is_error) {
        kinds.entry(exchange.same_request()).or_default().push(exchange);
    }
    let cassette = folder.open(Mode::Replay);
    let replaying = client(&cassette, &proxy);
    let gate = Arc::new(tokio::sync::Semaphore::new(8));
    let mut tasks = tokio::task::JoinSet::new();
    for kind in kinds.into_values().rev() {
        let (replaying, gate) = (replaying.clone(), Arc::clone(&gate));
        tasks.spawn(async move {
            let _place = gate.acquire().await.unwrap();
            let mut found = Vec::new();
            for exchange in kind {
                found.push(match send(&exchange, &replaying).await {
                    Ok(answer) if answer == exchange.wanted() => Ok(None),
                    Ok(answer) if String::from_utf8_lossy(&answer.body).contains("[REDACTED]") => {
                        Ok(Some(exchange.id))
                    }
                    Ok(answer) => Err(format!(
                        "{}: {} {:?}, {} bytes",
                        exchange.id,
                        answer.status,
                        answer.content_type,
                        answer.body.len()
                    )),
                    Err(error) => Err(format!(
                        "{}: {}",
                        exchange.id,
                        Error::find_in(&error).map_or(error.to_string(), ToString::to_string)
                    )),
                });
            }
            found
        });
    }
    let found = tasks.join_all().await.into_iter().flatten().collect::<Vec<_>>();
    let differences: Vec<&String> = found.iter().filter_map(|found| found.as_ref().err()).collect();
    assert!(
        differences.is_empty(),
        "{} differ in replay:\n{}",
        differences.len(),
        differences.iter().map(|s| s.as_str()).collect::<Vec<_>>().join("\n")
    );
    let mut redacted: Vec<&str> = found.iter().filter_map(|found| found.as_ref().ok()?.as_deref()).collect();
    redacted.sort_unstable();
    assert_eq!(redacted, REDACTED);
    assert!(redacted.len() * 50 <= recorded, "more than 2% redacted");
    assert_eq!(cassette.finish().unwrap().played, recorded);

    let text = folder.text();
    assert!(!text.contains(KEY));
    let (trees, others) = json_bodies(&text);
    println!(
        "{recorded} exchanges replayed exactly; {trees} of {} JSON bodies are trees; {} bytes and {} blobs",
        trees + others,
        text.len(),
        folder.listing().iter().filter(|path| path.starts_with("blobs/")).count()
    );
    assert!(trees * 20 >= (trees + others) * 19, "{trees} trees, {others} JSON bodies that are none");
}

/// JSON bodies that are trees, and those that had to be kept as text.
fn json_bodies(cassette: &str) -> (usize, usize) {
    let trees = cassette.lines().filter(|line| line.starts_with("  json:")).count();
    let mut others = 0;
    for document in serde_yaml::Deserializer::from_str(cassette) {
        let document: serde_yaml::Value = serde::Deserialize::deserialize(document).unwrap();
        for side in ["request", "response"] {
            let text = document
                .get(side)
                .and_then(|side| side.get("text"))
                .and_then(|text| text.as_str())
                .unwrap_or_default();
            others += usize::from(
                text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<Value>(text).is_ok(),
            );
        }
    }
    (trees, others)
}
