//! Every figure, worked out by hand.

use super::*;
use crate::model::json::Layout;
use crate::providers::bill::{Part, State, Work};

/// What there is to pay for of so many tokens.
fn bill(provider: Option<&str>, model: Option<&str>, usage: Usage) -> Bill {
    match model {
        None => Bill { state: State::Nothing, ..Bill::default() },
        model => Bill::of_tokens(provider, model, usage),
    }
}

fn usage(input: u64, output: u64, cached: u64) -> Usage {
    Usage {
        input_tokens: Some(input),
        output_tokens: Some(output),
        cache_read_input_tokens: Some(cached),
        ..Usage::default()
    }
}

fn used(hits: u64, recorded: u64, times: Option<(u64, u64)>) -> Used {
    Used { hits, recorded, times, ..Used::default() }
}

/// Two of OpenAI, of which one was never used again, one of Anthropic, one of a server that we don't know.
fn sample() -> Stats {
    let openai = |usage| bill(Some("openai"), Some("gpt-4o"), usage);
    let bills = [
        openai(usage(1000, 100, 0)),
        openai(usage(1000, 0, 600)),
        bill(Some("anthropic"), Some("claude-sonnet-4-5"), usage(100, 10, 0)),
        bill(None, None, Usage::default()),
    ];
    let entry = |cassette, bill: usize, usage_count, since| Entry {
        cassette,
        provider: bills[bill].provider.as_deref(),
        model: bills[bill].model.as_deref(),
        usage: bills[bill].usage,
        bill: &bills[bill],
        usage_count,
        times: None,
        since,
    };
    let entries = [
        // 1,000 × 2.5 + 100 × 10 millionths = 0.0035; used once by its recording, 4 times since.
        entry("a.yaml", 0, 1, used(4, 1, Some((100, 500)))),
        // 400 × 2.5 + 600 × 1.25 + 0 = 0.00175; its recording played it twice more.
        entry("a.yaml", 1, 3, used(0, 0, Some((300, 900)))),
        // 100 × 3 + 10 × 15 = 0.00045; never used again.
        entry("b.yaml", 2, 1, used(0, 1, None)),
        entry("b.yaml", 3, 1, used(0, 0, None)),
    ];
    let misses = [Misses { cassette: "b.yaml", provider: Some("openai"), count: 2 }];
    stats(&entries, &misses, Prices::builtin())
}

#[test]
fn the_figures_are_those_worked_out_by_hand() {
    let text = Layout::from_name("pretty").unwrap().write(&tree(&sample()));
    let all = text.split("  \"provider_stats\"").next().unwrap();
    insta::assert_snapshot!(all, @r#"
      {
        "total_entries": 4,
        "provider_entry_counts": {
          "anthropic": 1,
          "openai": 2,
          "unknown": 1
        },
        "total_usage_count": 10,
        "average_usage_count": 2.5,
        "provider_usage": {
          "anthropic": 1,
          "openai": 8,
          "unknown": 1
        },
        "cache_hit_count": 6,
        "cache_miss_count": 4,
        "cache_request_count": 10,
        "hit_rate": 0.6,
        "cache_miss_rate": 0.4,
        "entries_with_hits": 2,
        "provider_reused_entry_counts": {
          "anthropic": 0,
          "openai": 2,
          "unknown": 0
        },
        "provider_hit_counts": {
          "anthropic": 0,
          "openai": 6,
          "unknown": 0
        },
        "provider_request_counts": {
          "anthropic": 1,
          "openai": 9,
          "unknown": 0
        },
        "provider_hit_rates": {
          "anthropic": 0,
          "openai": 0.6667,
          "unknown": null
        },
        "provider_average_usage_counts": {
          "anthropic": 1,
          "openai": 4,
          "unknown": 1
        },
    "#);
}

#[test]
fn the_figures_of_a_provider_are_those_of_its_part() {
    let stats = tree(&sample());
    let openai = stats.at(&["provider_stats", "openai"]).unwrap();
    insta::assert_snapshot!(Layout::from_name("pretty").unwrap().write(openai), @r#"
      {
        "entry_count": 2,
        "usage_count": 8,
        "average_usage_count": 4,
        "hit_count": 6,
        "miss_count": 3,
        "request_count": 9,
        "hit_rate": 0.6667,
        "reused_entry_count": 2,
        "tokens": {
          "input_tokens": 2000,
          "output_tokens": 100,
          "cache_read_input_tokens": 600,
          "cached_share": 0.3
        },
        "cost": {
          "recording_usd": 0.00525,
          "saved_by_replay_usd": 0.0175,
          "saved_by_provider_cache_usd": 0.00075,
          "entries_of_unknown_cost": 0
        },
        "response_times": {
          "mean_first_byte_ms": 200,
          "mean_total_ms": 700,
          "count": 2
        },
        "streams": null
      }
    "#);
    let costs = stats.at(&["cost"]).unwrap();
    insta::assert_snapshot!(Layout::from_name("pretty").unwrap().write(costs), @r#"
      {
        "recording_usd": 0.0057,
        "saved_by_replay_usd": 0.0175,
        "saved_by_provider_cache_usd": 0.00075,
        "entries_of_unknown_cost": 0
      }
    "#);
}

#[test]
fn models_cassettes_and_the_whole_have_the_figures_of_what_is_theirs() {
    let stats = tree(&sample());
    let figures = |path: &[&str]| stats.at(path).unwrap().compact();
    // A miss tells of no model: 6 hits, and the call that recorded.
    insta::assert_snapshot!(figures(&["model_stats", "gpt-4o"]), @r#"{"entry_count":2,"usage_count":8,"average_usage_count":4,"hit_count":6,"miss_count":1,"request_count":7,"hit_rate":0.8571,"reused_entry_count":2,"tokens":{"input_tokens":2000,"output_tokens":100,"cache_read_input_tokens":600,"cached_share":0.3},"cost":{"recording_usd":0.00525,"saved_by_replay_usd":0.0175,"saved_by_provider_cache_usd":0.00075,"entries_of_unknown_cost":0},"response_times":{"mean_first_byte_ms":200,"mean_total_ms":700,"count":2},"streams":null}"#);
    // Recorded once on this machine, and missed twice.
    insta::assert_snapshot!(figures(&["cassette_stats", "b.yaml"]), @r#"{"entry_count":2,"usage_count":2,"average_usage_count":1,"hit_count":0,"miss_count":3,"request_count":3,"hit_rate":0,"reused_entry_count":0,"tokens":{"input_tokens":100,"output_tokens":10,"cache_read_input_tokens":0,"cached_share":0},"cost":{"recording_usd":0.00045,"saved_by_replay_usd":0,"saved_by_provider_cache_usd":0,"entries_of_unknown_cost":0},"response_times":null,"streams":null}"#);
    insta::assert_snapshot!(figures(&["tokens"]), @r#"{"input_tokens":2100,"output_tokens":110,"cache_read_input_tokens":600,"cached_share":0.2857}"#);
    insta::assert_snapshot!(figures(&["response_times"]), @r#"{"mean_first_byte_ms":200,"mean_total_ms":700,"count":2}"#);
}

#[test]
fn over_nothing_there_is_no_rate() {
    let nothing = tree(&stats(&[], &[], Prices::builtin()));
    assert_eq!(nothing.get("hit_rate"), Some(&crate::model::json::Json::Null));
    assert_eq!(nothing.get("average_usage_count"), Some(&crate::model::json::Json::Null));
    assert_eq!(nothing.get("total_entries").and_then(crate::model::json::Json::as_u64), Some(0));
}

#[test]
fn an_unknown_price_is_counted_and_in_no_sum() {
    let bill = bill(Some("openai"), Some("gpt-of-tomorrow"), usage(10, 10, 0));
    let entry = Entry {
        cassette: "a.yaml",
        provider: Some("openai"),
        model: Some("gpt-of-tomorrow"),
        usage: usage(10, 10, 0),
        bill: &bill,
        usage_count: 1,
        times: None,
        since: Used::default(),
    };
    let stats = stats(&[entry], &[], Prices::builtin());
    assert_eq!((stats.all.totals.unpriced, stats.all.totals.cost), (1, Dollars::default()));
}

#[test]
fn what_is_fetched_again_adds_neither_money_nor_tokens() {
    let work = |part| Work { id: "batch_1".to_owned(), host: "api.openai.com".to_owned(), part };
    let mut fetched = bill(Some("openai"), Some("gpt-4o"), usage(1_000, 100, 0));
    fetched.work = Some(work(Part::Fetches));
    fetched.charges.is_batch = true;
    let ordered = Bill {
        state: State::Uncounted,
        work: Some(work(Part::Orders)),
        ..bill(Some("openai"), None, Usage::default())
    };
    // In another cassette it is the same batch.
    let all = [("a", &ordered), ("a", &fetched), ("a", &fetched), ("b", &fetched)];
    let entries = all.map(|(cassette, bill)| Entry {
        cassette,
        provider: Some("openai"),
        model: None,
        usage: bill.usage,
        bill,
        usage_count: 1,
        times: None,
        since: Used::default(),
    });
    let all = stats(&entries, &[], Prices::builtin()).all.totals;
    assert_eq!((all.interactions, all.priced, all.unpriced), (4, 1, 0));
    assert_eq!(all.usage, usage(1_000, 100, 0));
}

/// Of each: when its chunks came, and its output tokens.
fn streamed(streams: &[(&[u64], Option<u64>)]) -> Stats {
    let times: Vec<Option<ChunkTimes>> = streams.iter().map(|(arrived, _)| ChunkTimes::of(arrived)).collect();
    let bill = Bill::default();
    let entries = times.iter().zip(streams).map(|(times, (_, output_tokens))| Entry {
        cassette: "a.yaml",
        provider: Some("openai"),
        model: Some("gpt-4o"),
        usage: Usage { output_tokens: *output_tokens, ..Usage::default() },
        bill: &bill,
        usage_count: 1,
        times: times.as_ref(),
        since: Used::default(),
    });
    stats(&entries.collect::<Vec<_>>(), &[], Prices::builtin())
}

#[test]
fn a_model_has_the_medians_of_its_streams() {
    // 40 tokens in 0.5 s, 90 in 1 s, 10 in 2 s: 80, 90 and 5 a second.
    let three =
        [(&[300, 500, 800][..], Some(40)), (&[100, 1_100], Some(90)), (&[900, 1_000, 2_900], Some(10))];
    let model = |stats: &Stats| tree(stats).at(&["model_stats", "gpt-4o", "streams"]).unwrap().compact();
    let odd = streamed(&three);
    assert_eq!(model(&odd), r#"{"median_first_chunk_ms":300,"median_tokens_per_second":80,"count":3}"#);
    // Of an even number, the mean of the two in the middle.
    let even = streamed(&[three[0], three[1]]);
    assert_eq!(model(&even), r#"{"median_first_chunk_ms":200,"median_tokens_per_second":85,"count":2}"#);
}

#[test]
fn what_came_at_once_or_was_not_counted_or_has_no_times_tells_of_no_rate() {
    let stats = streamed(&[(&[250, 250], Some(9)), (&[350], Some(9)), (&[400, 500], None), (&[], Some(9))]);
    let streams = tree(&stats).at(&["streams"]).unwrap().compact();
    assert_eq!(streams, r#"{"median_first_chunk_ms":350,"median_tokens_per_second":null,"count":3}"#);
}
