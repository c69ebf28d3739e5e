//! Figures over many cassettes: how much is recorded, how often it is used, what it cost and what replaying saves. Pure:
//! from what is recorded, what the ledger says and a table of prices.

mod figures;
mod streams;
pub(super) mod tree;

use std::collections::BTreeMap;

use crate::model::chunk_times::ChunkTimes;
use crate::providers::Usage;
use crate::providers::bill::Bill;
use crate::providers::price::{self, Dollars, Payment, Prices, Totals};
use crate::session::prompt_cache;
use crate::store::ledger::Used;
use streams::Streams;
pub(super) use tree::tree;

/// What the figures are called when nobody can tell who answered or which model it was.
pub(super) const UNKNOWN: &str = "unknown";

/// An interaction, as far as figures go.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    pub(super) cassette: &'a str,
    pub(super) provider: Option<&'a str>,
    pub(super) model: Option<&'a str>,
    pub(super) usage: Usage,
    /// What there was to pay for when it was recorded.
    pub(super) bill: &'a Bill,
    /// How often the run that recorded it used it.
    pub(super) usage_count: u64,
    /// When the chunks of its answer came, if that streamed.
    pub(super) times: Option<&'a ChunkTimes>,
    /// What the ledger says of it.
    pub(super) since: Used,
}

/// Requests that had no recording.
#[derive(Debug, Clone)]
pub(super) struct Misses<'a> {
    pub(super) cassette: &'a str,
    pub(super) provider: Option<&'a str>,
    pub(super) count: u64,
}

/// The figures of a group of interactions.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) totals: Totals,
    /// Uses by the runs that recorded, and since.
    pub(super) usage_count: u64,
    /// Requests that were answered from a cassette.
    pub(super) hits: u64,
    /// Requests that were not: those that were then recorded, and those that were refused.
    pub(super) misses: u64,
    pub(super) entries_with_hits: u64,
    /// What the hits would have cost, as far as their prices are known.
    pub(super) saved: Dollars,
    pub(super) times: Times,
    pub(super) streams: Streams,
}

/// How the prompts of a cassette went with the provider's cache.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Prompts {
    pub(super) figures: prompt_cache::Figures,
    /// The turns that lost what was cached.
    pub(super) lost: Vec<Lost>,
}

/// A turn that lost what was cached: where it stands, the how many-th of its conversation it is, what moved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lost {
    pub(super) line: usize,
    pub(super) turn: usize,
    pub(super) what: Vec<String>,
}

/// How long recording took, in milliseconds, over those interactions that the ledger has times of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) count: u64,
    pub(super) first_byte: u64,
    pub(super) total: u64,
}

/// The figures of everything, and of its parts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Stats {
    pub(super) all: Figures,
    pub(super) providers: BTreeMap<String, Figures>,
    pub(super) models: BTreeMap<String, Figures>,
    pub(super) cassettes: BTreeMap<String, Figures>,
    /// How the prompts of each cassette went with the providers' caches.
    pub(super) prompts: BTreeMap<String, Prompts>,
    /// Where the prices are from.
    pub(super) prices: String,
}

/// Adds everything up.
pub(super) fn stats(entries: &[Entry<'_>], misses: &[Misses<'_>], prices: &Prices) -> Stats {
    let mut stats = Stats { prices: prices.source.clone(), ..Stats::default() };
    let payments = price::each(prices, entries.iter().map(|entry| entry.bill));
    for (entry, cost) in entries.iter().zip(payments) {
        let provider = entry.provider.unwrap_or(UNKNOWN).to_owned();
        let model = entry.model.unwrap_or(UNKNOWN).to_owned();
        for figures in [
            &mut stats.all,
            stats.providers.entry(provider).or_default(),
            stats.models.entry(model).or_default(),
            stats.cassettes.entry(entry.cassette.to_owned()).or_default(),
        ] {
            figures.add(entry, cost);
        }
    }
    for miss in misses {
        let provider = miss.provider.unwrap_or(UNKNOWN).to_owned();
        for figures in [
            &mut stats.all,
            stats.providers.entry(provider).or_default(),
            stats.cassettes.entry(miss.cassette.to_owned()).or_default(),
        ] {
            figures.misses += miss.count;
        }
    }
    stats
}

impl Figures {
    fn add(&mut self, entry: &Entry<'_>, cost: Payment) {
        // The run that recorded used it once to record it, and played it the other times.
        let hits = entry.since.hits + entry.usage_count.saturating_sub(1);
        self.totals.add(&entry.usage, cost);
        self.usage_count += entry.usage_count + entry.since.hits;
        self.hits += hits;
        self.misses += entry.since.recorded;
        self.entries_with_hits += u64::from(hits > 0);
        self.saved += cost.known().map_or(Dollars::ZERO, |cost| cost.total.times(hits));
        if let Some(times) = entry.times {
            self.streams.add(times, entry.usage.output_tokens);
        }
        if let Some((first_byte, total)) = entry.since.times {
            self.times.count += 1;
            self.times.first_byte += first_byte;
            self.times.total += total;
        }
    }
}

#[cfg(test)]
mod tests;
