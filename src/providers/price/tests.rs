//! Costs, each worked out by hand.

mod exchanges;
mod orders;

use super::*;
use crate::providers::Usage;

const TABLE: &str = r#"{
  "sample_spec": {"input_cost_per_token": "a number"},
  "gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
    "cache_read_input_token_cost": 1.25e-06, "supports_vision": true, "search_context_cost_per_query": {"low": 0.03}},
  "azure/gpt-4o": {"litellm_provider": "azure", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.1e-05},
  "claude-sonnet-4": {"litellm_provider": "anthropic", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
    "cache_read_input_token_cost": 3e-07, "cache_creation_input_token_cost": 3.75e-06,
    "cache_creation_input_token_cost_above_1hr": 6e-06, "input_cost_per_token_above_200k_tokens": 6e-06,
    "output_cost_per_token_above_200k_tokens": 2.25e-05},
  "anthropic.claude-x-v1:0": {"litellm_provider": "bedrock", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
  "gpt-audio": {"litellm_provider": "openai", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
    "input_cost_per_audio_token": 4e-05, "output_cost_per_audio_token": 8e-05},
  "only-input": {"litellm_provider": "openai", "input_cost_per_token": 1e-06},
  "dall-e-3": {"litellm_provider": "openai", "output_cost_per_image": 0.04}
}"#;

fn usage(fields: &[(&str, u64)]) -> Usage {
    let fields: Vec<_> = fields.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    Usage::of(&fields)
}

fn cost(provider: &str, model: &str, fields: &[(&str, u64)]) -> Option<String> {
    let prices = Prices::parse(TABLE.as_bytes(), "a test").unwrap();
    let bill = Bill::of_tokens(Some(provider), Some(model), usage(fields));
    prices.payment(&bill).known().map(|cost| cost.total.exact())
}

#[test]
fn tokens_are_priced_by_their_kind() {
    type Row<'a> = (&'a str, &'a str, &'a [(&'a str, u64)], &'a str);
    let rows: [Row<'_>; 9] = [
        // 1,000 × 2.5 + 200 × 10 millionths
        ("openai", "gpt-4o", &[("input_tokens", 1000), ("output_tokens", 200)], "0.0045"),
        ("openai", "gpt-4o-2024-08-06", &[("input_tokens", 1000), ("output_tokens", 200)], "0.0045"),
        // 400 × 2.5 + 600 × 1.25 + 200 × 10
        (
            "openai",
            "gpt-4o",
            &[("input_tokens", 1000), ("output_tokens", 200), ("cache_read_input_tokens", 600)],
            "0.00375",
        ),
        ("azure.ai.openai", "gpt-4o-2024-08-06", &[("input_tokens", 1000), ("output_tokens", 0)], "0.003"),
        // 100 × 3 + 500 × 0.3 + 300 × 3.75 + 100 × 6 + 10 × 15
        (
            "anthropic",
            "claude-sonnet-4-20250514",
            &[
                ("input_tokens", 1000),
                ("output_tokens", 10),
                ("cache_read_input_tokens", 500),
                ("cache_creation_input_tokens", 400),
                ("cache_creation_5m_input_tokens", 300),
                ("cache_creation_1h_input_tokens", 100),
            ],
            "0.002325",
        ),
        // Above 200,000 all tokens cost more: 200,001 × 6 + 10 × 22.5
        ("anthropic", "claude-sonnet-4", &[("input_tokens", 200_001), ("output_tokens", 10)], "1.200231"),
        ("anthropic", "claude-sonnet-4", &[("input_tokens", 200_000), ("output_tokens", 10)], "0.60015"),
        (
            "aws.bedrock",
            "us.anthropic.claude-x-v1:0",
            &[("input_tokens", 7), ("output_tokens", 1)],
            "0.000009",
        ),
        // 90 × 1 + 10 × 40 + 5 × 2 + 15 × 80
        (
            "openai",
            "gpt-audio",
            &[
                ("input_tokens", 100),
                ("output_tokens", 20),
                ("audio_input_tokens", 10),
                ("audio_output_tokens", 15),
            ],
            "0.0017",
        ),
    ];
    for (provider, model, fields, wanted) in rows {
        assert_eq!(cost(provider, model, fields).as_deref(), Some(wanted), "{provider} {model} {fields:?}");
    }
}

#[test]
fn what_the_table_does_not_know_is_unknown_and_not_free() {
    let both: &[(&str, u64)] = &[("input_tokens", 10), ("output_tokens", 5)];
    for (provider, model, fields) in [
        ("openai", "gpt-nonsense", both),
        // The same name at somebody else's.
        ("groq", "gpt-4o", both),
        ("ollama", "gpt-4o", both),
        ("openai", "only-input", both),
        ("openai", "dall-e-3", both),
        ("openai", "gpt-4o", &[]),
        // More cached than there is.
        ("openai", "gpt-4o", &[("input_tokens", 10), ("cache_read_input_tokens", 11)]),
    ] {
        assert_eq!(cost(provider, model, fields), None, "{provider} {model}");
    }
    assert_eq!(cost("openai", "only-input", &[("input_tokens", 10)]).as_deref(), Some("0.00001"));
}

#[test]
fn what_the_cache_saved_is_the_difference_to_the_full_price() {
    let prices = Prices::parse(TABLE.as_bytes(), "a test").unwrap();
    let usage = usage(&[("input_tokens", 1000), ("output_tokens", 1), ("cache_read_input_tokens", 600)]);
    let cost = prices.payment(&Bill::of_tokens(Some("openai"), Some("gpt-4o"), usage)).known().unwrap();
    assert_eq!(cost.cache.unwrap().saved.exact(), "0.00075");
}

#[test]
fn a_file_that_is_no_table_of_prices_is_refused_with_the_reason() {
    for (text, wanted) in [
        ("nonsense", "this is not JSON"),
        ("[]", "this is not an object with a field for each model"),
        ("{}", "no model in it has `input_cost_per_token` or another price"),
        (
            r#"{"m":{"input_cost_per_token":-1}}"#,
            "`m`: `input_cost_per_token` is \"-1\", which is not a price",
        ),
        (r#"{"m":{"input_cost_per_token":[]}}"#, "`m`: `input_cost_per_token` is not a number"),
    ] {
        assert_eq!(Prices::parse(text.as_bytes(), "x").unwrap_err(), wanted, "{text}");
    }
}

#[test]
fn the_built_in_table_says_its_age_and_knows_the_common_models() {
    let prices = Prices::builtin();
    assert_eq!(prices.source, "built-in list prices of 2026-11-30 from litellm 1.110.2");
    let usage = usage(&[
        ("input_tokens", 1_000_000),
        ("output_tokens", 1_000_000),
        ("cache_creation_input_tokens", 1_000_000),
        ("cache_creation_1h_input_tokens", 1_000_000),
    ]);
    let cost = |provider: &str, model: &str| {
        let bill = Bill::of_tokens(Some(provider), Some(model), usage);
        prices.payment(&bill).known().map(|cost| cost.total.exact())
    };
    assert_eq!(cost("anthropic", "claude-sonnet-4-5-20250929").as_deref(), Some("21"));
    assert_eq!(
        cost("openai", "gpt-4o-mini-2024-07-18"),
        None,
        "it has no price for writes that last an hour"
    );
}
