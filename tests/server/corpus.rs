//! Real traffic through the server, recorded and replayed.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::exchanges::{Answer, Exchange, KEY, REDACTED, corpus};
use crate::serving::Serving;
use crate::stand_in::StandIn;

/// The path that names the host of an exchange, as the server takes it.
fn path(exchange: &Exchange) -> String {
    exchange.sent_url().replacen("http:/", "", 1)
}

async fn send(exchange: &Exchange, client: &reqwest::Client, server: &str) -> reqwest::Result<Answer> {
    let url = format!("{server}{}", path(exchange));
    let request = client.request(exchange.method(), url).headers(exchange.headers());
    Answer::of(request.body(exchange.request_body.clone()).send().await?).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
async fn real_exchanges_go_through_the_server_byte_for_byte_in_any_order_and_any_chunks() {
    let exchanges = corpus();
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let upstream = provider.url();
    let server = Serving::start(
        folder.path(),
        &["--mode", "record", "--upstream", &upstream, "--cassette", "real.yaml"],
    );
    let mut differences = Vec::new();
    for exchange in &exchanges {
        provider.on(exchange.script_at(path(exchange)));
        match send(exchange, &client, server.url()).await {
            Ok(answer) if answer == exchange.wanted() => {}
            Ok(answer) => differences.push(format!("{}: {} while recording", exchange.id, answer.status)),
            Err(error) => differences.push(format!("{}: {error}", exchange.id)),
        }
    }
    let ended = server.interrupt();
    assert_eq!(differences, Vec::<String>::new());
    assert_eq!(ended.code, Some(0));
    provider.stop().await;

    let mut kinds: BTreeMap<String, Vec<Exchange>> = BTreeMap::new();
    for exchange in exchanges.into_iter().filter(|exchange| !exchange.is_error) {
        kinds.entry(exchange.same_request()).or_default().push(exchange);
    }
    let kinds = Arc::new(kinds);
    for chunks in ["recorded", "byte"] {
        let server = Serving::start(folder.path(), &["--cassette", "real.yaml", "--chunks", chunks]);
        let eight = Arc::new(Semaphore::new(8));
        let mut tasks = JoinSet::new();
        for kind in kinds.keys().rev() {
            let (kind, client) = (kind.clone(), client.clone());
            let (eight, kinds) = (Arc::clone(&eight), Arc::clone(&kinds));
            let url = server.url().to_owned();
            tasks.spawn(async move {
                let _place = eight.acquire().await.unwrap();
                let mut found = Vec::new();
                for exchange in &kinds[&kind] {
                    match send(exchange, &client, &url).await {
                        Ok(answer) if answer == exchange.wanted() => {}
                        _ => found.push(exchange.id.clone()),
                    }
                }
                found
            });
        }
        let mut differ: Vec<String> = tasks.join_all().await.into_iter().flatten().collect();
        differ.sort_unstable();
        assert_eq!(differ, REDACTED, "all but those in which something is replaced, with chunks {chunks}");
        assert_eq!(server.interrupt().code, Some(0));
    }
    assert!(!std::fs::read_to_string(folder.path().join("real.yaml")).unwrap().contains(KEY));
}
