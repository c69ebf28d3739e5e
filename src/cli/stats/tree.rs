//! The figures as JSON, under names that programs may rely on.

use std::collections::BTreeMap;

use super::{Figures, Lost, Prompts, Stats};
use crate::model::json::{Json, object};
use crate::providers::price::Dollars;
use crate::session::prompt_cache;

/// All figures.
pub(in crate::cli) fn tree(stats: &Stats) -> Json {
    let all = &stats.all;
    let by_provider = |value: &dyn Fn(&Figures) -> Json| {
        object(stats.providers.iter().map(|(name, figures)| (name.as_str(), value(figures))))
    };
    object([
        ("total_entries", Json::from(all.totals.interactions)),
        ("provider_entry_counts", by_provider(&|figures| Json::from(figures.totals.interactions))),
        ("total_usage_count", Json::from(all.usage_count)),
        ("average_usage_count", rate(all.average_usage_count())),
        ("provider_usage", by_provider(&|figures| Json::from(figures.usage_count))),
        ("cache_hit_count", Json::from(all.hits)),
        ("cache_miss_count", Json::from(all.misses)),
        ("cache_request_count", Json::from(all.requests())),
        ("hit_rate", rate(all.hit_rate())),
        ("cache_miss_rate", rate(all.miss_rate())),
        ("entries_with_hits", Json::from(all.entries_with_hits)),
        ("provider_reused_entry_counts", by_provider(&|figures| Json::from(figures.entries_with_hits))),
        ("provider_hit_counts", by_provider(&|figures| Json::from(figures.hits))),
        ("provider_request_counts", by_provider(&|figures| Json::from(figures.requests()))),
        ("provider_hit_rates", by_provider(&|figures| rate(figures.hit_rate()))),
        ("provider_average_usage_counts", by_provider(&|figures| rate(figures.average_usage_count()))),
        ("provider_stats", group(&stats.providers)),
        ("model_stats", group(&stats.models)),
        ("cassette_stats", group(&stats.cassettes)),
        ("prompt_cache", prompts(&stats.prompts)),
        ("tokens", tokens(all)),
        ("cost", cost(all)),
        ("response_times", times(all)),
        ("streams", streams(all)),
        ("prices", Json::from(stats.prices.as_str())),
    ])
}

fn group(parts: &BTreeMap<String, Figures>) -> Json {
    object(parts.iter().map(|(name, figures)| (name.as_str(), part(figures))))
}

fn part(figures: &Figures) -> Json {
    object([
        ("entry_count", Json::from(figures.totals.interactions)),
        ("usage_count", Json::from(figures.usage_count)),
        ("average_usage_count", rate(figures.average_usage_count())),
        ("hit_count", Json::from(figures.hits)),
        ("miss_count", Json::from(figures.misses)),
        ("request_count", Json::from(figures.requests())),
        ("hit_rate", rate(figures.hit_rate())),
        ("reused_entry_count", Json::from(figures.entries_with_hits)),
        ("tokens", tokens(figures)),
        ("cost", cost(figures)),
        ("response_times", times(figures)),
        ("streams", streams(figures)),
    ])
}

/// All cassettes together, those with more than one turn, and the turns that lost what was cached.
fn prompts(cassettes: &BTreeMap<String, Prompts>) -> Json {
    let mut all = prompt_cache::Figures::default();
    cassettes.values().for_each(|prompts| all += prompts.figures);
    let rendered = cassettes.iter().filter(|(_, prompts)| prompts.figures.turns > 0);
    let parts =
        object(rendered.map(|(name, prompts)| (name.as_str(), object(conversations(&prompts.figures)))));
    let lost =
        cassettes.iter().flat_map(|(name, prompts)| prompts.lost.iter().map(move |turn| lost(name, turn)));
    let more = [("moved", Json::Array(lost.collect())), ("cassettes", parts)];
    object(conversations(&all).into_iter().chain(more))
}

fn lost(cassette: &str, lost: &Lost) -> Json {
    object([
        ("cassette", Json::from(cassette)),
        ("line", Json::from(lost.line as u64)),
        ("turn", Json::from(lost.turn as u64)),
        ("what", Json::Array(lost.what.iter().map(|what| Json::from(what.as_str())).collect())),
    ])
}

fn conversations(figures: &prompt_cache::Figures) -> [(&'static str, Json); 7] {
    [
        ("conversations", Json::from(figures.conversations)),
        ("turns", Json::from(figures.turns)),
        ("turns_kept", Json::from(figures.kept)),
        ("turns_moved", Json::from(figures.moved)),
        ("cached_input_tokens", figures.cached.map_or(Json::Null, Json::from)),
        ("cached_share", rate(figures.cached_share())),
        ("saved_usd", figures.saving.net().map_or(Json::Null, |net| Json::Number(net.exact()))),
    ]
}

fn tokens(figures: &Figures) -> Json {
    let counts = figures.totals.usage.fields().into_iter().map(|(name, count)| (name, Json::from(count)));
    object(counts.chain([("cached_share", rate(figures.cached_share()))]))
}

fn cost(figures: &Figures) -> Json {
    let totals = &figures.totals;
    object([
        ("recording_usd", dollars(totals.cost)),
        ("saved_by_replay_usd", dollars(figures.saved)),
        ("saved_by_provider_cache_usd", dollars(totals.saved_by_cache)),
        ("entries_of_unknown_cost", Json::from(totals.unpriced)),
    ])
}

fn times(figures: &Figures) -> Json {
    match figures.times.means() {
        None => Json::Null,
        Some((first_byte, total)) => object([
            ("mean_first_byte_ms", rate(Some(first_byte))),
            ("mean_total_ms", rate(Some(total))),
            ("count", Json::from(figures.times.count)),
        ]),
    }
}

fn streams(figures: &Figures) -> Json {
    match figures.streams.count() {
        0 => Json::Null,
        count => object([
            ("median_first_chunk_ms", rate(figures.streams.first_chunk())),
            ("median_tokens_per_second", rate(figures.streams.tokens_per_second())),
            ("count", Json::from(count as u64)),
        ]),
    }
}

fn dollars(amount: Dollars) -> Json {
    Json::Number(amount.exact())
}

/// Four decimals; `null` where there is nothing to divide by.
fn rate(value: Option<f64>) -> Json {
    value.map_or(Json::Null, |value| {
        let text = format!("{value:.4}");
        let short = text.trim_end_matches('0').trim_end_matches('.');
        Json::Number(short.to_owned())
    })
}
