//! What a run costs is said, and a cap on it holds.

use llm_cassette::{Budget, Error, ErrorKind, Mode, Policy};

use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

#[tokio::test]
async fn a_run_that_reaches_its_cap_stops_with_what_it_spent_and_keeps_what_it_recorded() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let cassette = folder.builder(Mode::Record).budget(Budget::new().calls(1)).open().unwrap();
    let client = client(&cassette);
    ask(&client, &provider.url(), "first").await.unwrap().bytes().await.unwrap();
    let error = ask(&client, &provider.url(), "second").await.unwrap_err();
    let error = Error::find_in(&error).unwrap();
    assert_eq!(error.kind(), ErrorKind::OverBudget);
    let text = error.to_string().replace(folder.path().to_str().unwrap(), "");
    insta::assert_snapshot!(text, @r"
      /test.yaml: no more calls are sent: the cap is 1 call; spent: 1 call, 26 tokens, $0.0000080
      hint: raise the budget (`Builder::budget` or `LLM_CASSETTE_BUDGET`) and run again: what is recorded is kept
    ");
    assert_eq!(provider.calls(), 1);
    assert_eq!(cassette.finish().unwrap_err().kind(), ErrorKind::OverBudget);
    drop(cassette);
    let cassette = folder.open(Mode::Replay);
    ask(&crate::support::client(&cassette), &provider.url(), "first").await.unwrap();
}

#[tokio::test]
async fn a_cap_in_dollars_or_tokens_holds_from_the_answer_that_reaches_it() {
    for budget in [Budget::new().usd("0.000001").unwrap(), Budget::new().tokens(5)] {
        let folder = Folder::new();
        let provider = StandIn::start().await;
        let cassette = folder.builder(Mode::Record).budget(budget).open().unwrap();
        let client = client(&cassette);
        ask(&client, &provider.url(), "first").await.unwrap().bytes().await.unwrap();
        let error = ask(&client, &provider.url(), "second").await.unwrap_err();
        assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::OverBudget);
    }
}

#[tokio::test]
async fn what_is_recorded_is_played_whatever_the_cap() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first"]).await;
    let cassette = folder.builder(Mode::Record).budget(Budget::new().calls(0)).open().unwrap();
    ask(&client(&cassette), &provider.url(), "first").await.unwrap().bytes().await.unwrap();
    assert_eq!(cassette.finish().unwrap().played, 1);
}

#[tokio::test]
async fn a_refresh_that_reaches_its_cap_leaves_the_old_cassette() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["first", "second"]).await;
    let before = folder.text();
    provider.answers(2);
    let cassette = folder.builder(Mode::Refresh).budget(Budget::new().calls(1)).open().unwrap();
    let client = client(&cassette);
    ask(&client, &provider.url(), "first").await.unwrap().bytes().await.unwrap();
    ask(&client, &provider.url(), "second").await.unwrap_err();
    assert_eq!(cassette.finish().unwrap_err().kind(), ErrorKind::OverBudget);
    drop(cassette);
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn a_report_says_tokens_and_dollars() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    // The stand-in's model takes 17 tokens and gives 9: 17 × 0.15 + 9 × 0.6 millionths of a dollar.
    let cassette = folder.open(Mode::Record);
    ask(&client(&cassette), &provider.url(), "first").await.unwrap().bytes().await.unwrap();
    let report = cassette.finish().unwrap();
    drop(cassette);
    insta::assert_snapshot!(report, @r"
      recorded 1, played 0 · 26 tokens · $0.0000080
    ");
    assert_eq!(report.cost_usd(), Some(0.000_007_95));
    let cassette = folder.open(Mode::Replay);
    ask(&client(&cassette), &provider.url(), "first").await.unwrap();
    insta::assert_snapshot!(cassette.finish().unwrap(), @r"
      recorded 0, played 1 · 26 tokens · $0.0000080 saved
    ");
}

#[tokio::test]
async fn prices_come_from_a_file_and_what_it_lacks_is_unknown() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let prices = folder.path().join("prices.json");
    std::fs::write(&prices, r#"{"other": {"litellm_provider": "openai", "input_cost_per_token": 1e-6}}"#)
        .unwrap();
    let cassette = folder.builder(Mode::Record).prices(&prices).open().unwrap();
    ask(&client(&cassette), &provider.url(), "first").await.unwrap().bytes().await.unwrap();
    let report = cassette.finish().unwrap();
    assert_eq!(report.cost_usd(), None);
    insta::assert_snapshot!(report, @r"
      recorded 1, played 0 · 26 tokens · 1 of unknown price
    ");
    std::fs::write(folder.path().join("wrong.json"), "{}").unwrap();
    let error = folder.builder(Mode::Replay).prices(folder.path().join("wrong.json")).open().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadSetting);
    assert_eq!(
        folder.builder(Mode::Replay).prices("/no/such/file").open().unwrap_err().kind(),
        ErrorKind::Io
    );
}

#[tokio::test]
async fn what_is_answered_and_not_recorded_is_paid_for_all_the_same() {
    for budget in [Budget::new().usd("0.000001").unwrap(), Budget::new().tokens(5)] {
        let folder = Folder::new();
        let provider = StandIn::start().await;
        let builder = folder.builder(Mode::Record).budget(budget);
        let cassette = builder.record_if(Policy::new(|_, _| false)).open().unwrap();
        let client = client(&cassette);
        ask(&client, &provider.url(), "first").await.unwrap().bytes().await.unwrap();
        let error = ask(&client, &provider.url(), "second").await.unwrap_err();
        assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::OverBudget);
        assert_eq!(provider.calls(), 1);
    }
}

#[tokio::test]
async fn a_report_counts_what_was_paid_for_an_answer_that_ended_early_and_nothing_for_an_error() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let half =
        "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    provider.on(Script::raw(Reply::new(200).header("content-type", "text/event-stream").chunk(half)));
    let cassette = folder.open(Mode::Record);
    let url = format!("{}/v1/chat/completions", provider.url());
    post(&client(&cassette), &url, chat("Hi", true)).await.unwrap().bytes().await.unwrap();
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.cost_usd()), (0, None), "{report}");

    let failed = r#"{"model":"gpt-4o-mini","error":{"type":"server_error","message":"no"}}"#;
    provider.on(Script::raw(Reply::json(failed)));
    let cassette = folder.open(Mode::Record);
    post(&client(&cassette), &url, chat("Hi", false)).await.unwrap().bytes().await.unwrap();
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.cost_usd()), (0, Some(0.0)), "{report}");
}

/// What a batch, or an answer in the background, says of itself.
fn work(kind: &str, id: &str, status: &str, usage: &str) -> Script {
    let more = r#""background":true,"output":[]"#;
    Script::raw(Reply::json(format!(
        r#"{{"id":"{id}","object":"{kind}","model":"gpt-4o-mini","status":"{status}","usage":{usage},{more}}}"#
    )))
}

const TOOK: &str = r#"{"input_tokens":1000,"output_tokens":100}"#;

/// Orders work, asks how far it is, and fetches it three times.
async fn order_and_fetch(client: &reqwest_middleware::ClientWithMiddleware, url: &str, id: &str) {
    let ordered = r#"{"model":"gpt-4o-mini","input":"?","background":true}"#.to_owned();
    post(client, url, ordered).await.unwrap().bytes().await.unwrap();
    for _ in 0..4 {
        let fetched = client.get(format!("{url}/{id}")).send().await.unwrap();
        fetched.bytes().await.unwrap();
    }
}

#[tokio::test]
async fn work_that_is_fetched_again_is_one_spend_in_the_report_in_a_replay_and_in_its_savings() {
    // 1,000 × 0.15 + 100 × 0.6 millionths of a dollar, and half of that in a batch.
    for (kind, path, id, cost) in
        [("response", "v1/responses", "resp_1", "$0.00021"), ("batch", "v1/batches", "batch_1", "$0.00011")]
    {
        let (folder, provider) = (Folder::new(), StandIn::start().await);
        let url = format!("{}/{path}", provider.url());
        provider.on(work(kind, id, "validating", "null").times(1));
        provider.on(work(kind, id, "in_progress", "null").times(1));
        provider.on(work(kind, id, "completed", TOOK).always());
        let host = provider.url().replace("http://", "");
        let open = |mode| folder.builder(mode).provider(&host, "openai").open().unwrap();
        let cassette = open(Mode::Record);
        order_and_fetch(&client(&cassette), &url, id).await;
        let report = cassette.finish().unwrap().to_string();
        drop(cassette);
        assert_eq!(report, format!("recorded 5, played 0 · 1,100 tokens · {cost}"));
        let cassette = open(Mode::Replay);
        order_and_fetch(&client(&cassette), &url, id).await;
        let report = cassette.finish().unwrap().to_string();
        assert_eq!(report, format!("recorded 0, played 5 · 1,100 tokens · {cost} saved"));
    }
}

#[tokio::test]
async fn a_budget_counts_a_batch_that_is_fetched_again_once() {
    for budget in [Budget::new().tokens(1_500), Budget::new().usd("0.00015").unwrap()] {
        let (folder, provider) = (Folder::new(), StandIn::start().await);
        provider.on(work("batch", "batch_1", "completed", TOOK).always());
        let host = provider.url().replace("http://", "");
        let builder = folder.builder(Mode::Record).provider(&host, "openai");
        let cassette = builder.budget(budget).open().unwrap();
        for _ in 0..3 {
            let url = format!("{}/v1/batches/batch_1", provider.url());
            client(&cassette).get(url).send().await.unwrap().bytes().await.unwrap();
        }
        assert_eq!(cassette.finish().unwrap().recorded, 3);
    }
}
