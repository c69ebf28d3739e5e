//! `stats` adds up what the cassettes and the ledger say.

use std::path::Path;

use crate::run::{Call, command, copied, printed, run};

#[test]
fn the_figures_of_the_committed_cassettes() {
    insta::assert_snapshot!(printed(copied().path(), &["stats"]), @r"
      3 interactions in 2 cassettes, used 3 times (1.0 each on average)
      Recording cost $0.000051, replaying saved $0.00 (built-in list prices of 2026-11-30 from litellm 1.110.2)

      Provider  entries  uses  hits  misses  input  output  cached       cost  saved
      openai          3     3     0       0    253      22      0%  $0.000051  $0.00

      Model                   entries  uses  hits  misses  input  output  cached       cost  saved
      gpt-4o-mini-2024-07-18        3     3     0       0    253      22      0%  $0.000051  $0.00

      Cassette                   entries  uses  hits  misses  input  output  cached        cost  saved
      looks_up_the_weather.yaml        2     2     0       0    224      17      0%   $0.000044  $0.00
      streams_a_count.yaml             1     1     0       0     29       5      0%  $0.0000074  $0.00

      Prompt cache               conversations  turns  kept  moved  cached  saved
      looks_up_the_weather.yaml              1      1     1      0      0%  $0.00
    ");
}

#[test]
fn uses_that_the_ledger_knows_are_added() {
    let folder = copied();
    let side = folder.path().join(".llm-cassette");
    std::fs::create_dir(&side).unwrap();
    let text = std::fs::read_to_string(folder.path().join("streams_a_count.yaml")).unwrap();
    let key = text.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
    let hit = format!("hit\t1795000000\tstreams_a_count.yaml\t{key}\t1\n");
    std::fs::write(side.join("ledger.log"), format!("# log 1\n{hit}{hit}{hit}")).unwrap();
    let text = printed(folder.path(), &["stats", "--json"]);
    let figures: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(figures["cache_hit_count"], 3);
    assert_eq!(figures["total_usage_count"], 6);
    assert_eq!(figures["cassette_stats"]["streams_a_count.yaml"]["hit_count"], 3);
}

#[test]
fn prices_that_cannot_be_read_are_an_error() {
    let folder = copied();
    std::fs::write(folder.path().join("prices.json"), "[]").unwrap();
    let ran = run(folder.path(), &["stats", "--prices", "prices.json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("prices.json: this is not an object"), "{}", ran.stderr);
}

#[test]
fn stats_of_nothing_are_no_empty_tables_and_stats_of_one_thing_are_in_the_singular() {
    let folder = tempfile::tempdir().unwrap();
    let told = |folder: &Path| run(folder, &["stats"]).stdout;
    insta::assert_snapshot!(told(folder.path()), @"
    0 interactions in 0 cassettes, used 0 times
    Recording cost $0.00, replaying saved $0.00 (built-in list prices of 2026-11-30 from litellm 1.110.2)
    ");
    let call = Call::json("https://api.openai.com/v1/chat/completions", "{}", "{}");
    let one = crate::run::folder(&[call]);
    assert!(told(one.path()).starts_with("1 interaction in 1 cassette, used 1 time (1.0 each on average)\n"));
}

#[test]
fn an_empty_variable_for_prices_means_the_built_in_ones() {
    let folder = copied();
    let told = command(folder.path()).arg("stats").env("LLM_CASSETTE_PRICES", "").output().unwrap();
    assert!(String::from_utf8_lossy(&told.stdout).contains("built-in list prices"), "{told:?}");
}

#[test]
fn a_cached_share_above_all_of_the_input_has_a_remark() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#;
    let stats = |read: &str| {
        let head =
            format!("provider: groq\nmodel: m\nusage: {{input_tokens: 10, cache_read_input_tokens: {read}}}");
        let call =
            Call { head: &head, ..Call::json("https://api.groq.com/openai/v1/chat/completions", body, "{}") };
        let folder = crate::run::folder(&[call]);
        printed(folder.path(), &["stats"])
    };
    let remark = "counts cached tokens beside the input";
    assert!(stats("40").contains("400%") && stats("40").contains(remark));
    assert!(stats("4").contains("40%") && !stats("4").contains(remark));
}
