//! What is paid for beside plain tokens, as protocols tell of it.

use std::collections::BTreeSet;

use crate::model::dollars::Dollars;

/// What is paid for beside plain tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Charges {
    /// Tokens of pictures among those read, those of them that the cache had, and those among the ones written.
    pub(crate) image_input: Option<u64>,
    pub(crate) image_cached: Option<u64>,
    pub(crate) image_output: Option<u64>,
    pub(crate) video_input: Option<u64>,
    /// Tokens of sound that the cache had.
    pub(crate) audio_cached: Option<u64>,
    /// Tokens that are paid for, where they are others than those that were read and written.
    pub(crate) billed: Option<(u64, u64)>,
    /// Pictures in the answer.
    pub(crate) pictures: u64,
    /// The tier that served; `None` where nothing is said of it.
    pub(crate) tier: Option<Tier>,
    /// Searches of the web, as counted by the provider.
    pub(crate) searched: u64,
    /// Calls of tools that search, by their ids.
    pub(crate) search_calls: BTreeSet<String>,
    pub(crate) search_size: Option<SearchSize>,
    /// What a model looked up, each once.
    pub(crate) queries: BTreeSet<String>,
    /// How often maps were asked.
    pub(crate) maps: u64,
    /// Queries whose documents were ranked.
    pub(crate) ranked: Option<u64>,
    /// What the provider says that all of it came to.
    pub(crate) stated: Option<Dollars>,
    /// Whether the answer describes work that is done later, at prices of its own.
    pub(crate) is_batch: bool,
    /// Something was bought that no table has a price for, or not as it was bought.
    pub(crate) unpriced: bool,
}

/// How a request was served, where that has prices of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tier {
    Usual,
    /// As tables of prices call it.
    Named(String),
}

/// How much of what it finds a search reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SearchSize {
    Low,
    Medium,
    High,
}

impl Charges {
    /// Searches of the web, told in one way or the other.
    pub(crate) fn searches(&self) -> u64 {
        self.searched.max(self.search_calls.len() as u64)
    }

    /// Notes the tier that an answer names.
    pub(super) fn tier(&mut self, named: &str) {
        let named = named.to_ascii_lowercase();
        self.tier = Some(match named.as_str() {
            "" | "default" | "standard" | "standard_only" | "auto" | "on_demand" => Tier::Usual,
            "batch" => Tier::Named("batches".to_owned()),
            other => Tier::Named(other.strip_prefix("on_demand_").unwrap_or(other).to_owned()),
        });
    }

    /// Notes the tier that a request asks for, which says something only where the answer names none.
    pub(super) fn asked_tier(&mut self, named: Option<&str>) {
        if let Some(named) = named.filter(|_| self.tier.is_none()) {
            self.tier(named);
            self.unpriced |= self.tier != Some(Tier::Usual);
        }
    }

    /// Notes how much a search is to read.
    pub(super) fn search_size(&mut self, named: Option<&str>) {
        self.search_size = match named {
            Some("low") => Some(SearchSize::Low),
            Some("medium") => Some(SearchSize::Medium),
            Some("high") => Some(SearchSize::High),
            _ => return,
        };
    }
}
