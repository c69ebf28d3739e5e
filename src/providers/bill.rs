//! What there is to pay for of an exchange, by its own account: tokens by their kinds, the service tier, searches, and what
//! the provider says that it came to. Prices stand elsewhere.

mod reading;

use std::collections::BTreeSet;

use http::{Method, StatusCode};

use super::price::Dollars;
use super::protocol::Provider;
use super::registry::{self, FIELDS};
use super::usage::Usage;
use crate::model::address::Address;
use crate::model::exchange::{Cut, Request, Response};
use crate::model::interaction::Interaction;
use crate::model::json::Json;
use crate::model::wire::bodies::json_body;
use reading::Read;

/// What is to be paid for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bill {
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) usage: Usage,
    pub(crate) charges: Charges,
    pub(crate) state: State,
}

/// Whether there is anything to pay for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// Something was bought, and the answer says what.
    #[default]
    Bought,
    /// Something was bought, and nothing says what all of it came to: an answer of which only a part arrived, or that
    /// counts no tokens.
    Uncounted,
    /// A server of one's own answered, which nobody is paid for.
    Own,
    /// Nothing was bought: models were listed, tokens counted, an answer that was paid for already fetched again.
    Nothing,
}

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

impl Bill {
    /// What an interaction came to when it was recorded.
    pub(crate) fn of(interaction: &Interaction) -> Bill {
        let (provider, model) = (interaction.provider.as_deref(), interaction.model.as_deref());
        let usage = Usage::of(&interaction.usage);
        if interaction.labels.is_by_hand() {
            return Bill { state: State::Nothing, ..Bill::of_tokens(provider, model, usage) };
        }
        Bill::new(provider, model, usage, &interaction.request, &interaction.response)
    }

    pub(crate) fn new(
        provider: Option<&str>,
        model: Option<&str>,
        usage: Usage,
        request: &Request,
        response: &Response,
    ) -> Bill {
        let mut bill = Bill::of_tokens(provider, model, usage);
        let known = provider.and_then(registry::provider);
        let read = reading::read(&response.headers, &response.body.bytes);
        if !is_bought(request, response.status, &read) {
            bill.state = State::Nothing;
            return bill;
        }
        let asked = json_body(request);
        bill.charges = read.charges;
        if usage == Usage::default() {
            bill.usage = read.usage.unwrap_or_default();
        }
        bill.charges.asked(provider, request, asked.as_ref());
        let counted = bill.usage != Usage::default() || bill.charges.ranked.is_some();
        bill.state = match model {
            None if !counted && bill.charges == Charges::default() => State::Nothing,
            Some(model) if known.is_some_and(|known| is_own(known, &request.url, model)) => State::Own,
            _ if response.body.cut != Cut::Whole || !counted => State::Uncounted,
            _ => State::Bought,
        };
        bill
    }

    /// Of so many tokens, and nothing else.
    pub(crate) fn of_tokens(provider: Option<&str>, model: Option<&str>, usage: Usage) -> Bill {
        Bill {
            provider: provider.map(str::to_owned),
            model: model.map(str::to_owned),
            usage,
            ..Bill::default()
        }
    }

    /// The counts that are paid for.
    pub(crate) fn counts_paid_for(&self) -> Usage {
        match self.charges.billed {
            Some((input, output)) => Usage {
                input_tokens: Some(input),
                output_tokens: Some(output),
                cache_read_input_tokens: None,
                ..self.usage
            },
            None => self.usage,
        }
    }
}

impl Charges {
    /// What the request says of how it is to be answered, and the answer need not.
    fn asked(&mut self, provider: Option<&str>, request: &Request, body: Option<&Json>) {
        for protocol in registry::PROTOCOLS {
            (protocol.request.orders)(request, body, self);
        }
        if provider == Some("perplexity") {
            // It charges for each request what depends on how it was asked, and states the sum.
            self.unpriced = true;
        }
    }
}

/// Whether an exchange is one that a provider is paid for. A batch is paid for when it is done, which only somebody who
/// fetches it is told.
fn is_bought(request: &Request, status: StatusCode, read: &Read) -> bool {
    let path = Address::of(&request.url).path.trim_end_matches('/');
    let is_free = FIELDS.free_paths.iter().any(|free| path.ends_with(free));
    let is_done = read.charges.is_batch && read.usage.is_some();
    status.is_success() && !is_free && (request.method == Method::POST || is_done)
}

/// Whether the server is one of those that people run themselves.
fn is_own(provider: &Provider, url: &str, model: &str) -> bool {
    // Ollama passes models whose names end so on to its own servers.
    let passed_on = model.ends_with("-cloud") || model.ends_with(":cloud");
    provider.runs_at_home && !passed_on && !super::recognise::is_at(provider, url)
}

#[cfg(test)]
mod tests;
