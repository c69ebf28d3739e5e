//! What an answer cost, by a table of prices. Exact: prices are decimal numbers, and so are their sums. What the table
//! does not know is unknown, never free.

mod builtin;
mod dollars;
mod file;
mod model;
mod totals;

use std::collections::HashMap;
use std::sync::LazyLock;

#[cfg(feature = "cli")]
use crate::model::interaction::Interaction;
use crate::model::json::{self, Json};
use crate::providers::Usage;
pub(crate) use dollars::Dollars;
pub(crate) use file::{VARIABLE, load};
pub(crate) use totals::Totals;
#[cfg(feature = "cli")]
pub(crate) use totals::known_in_part;

/// Prices of models, in US dollars a token.
#[derive(Debug, Clone)]
pub(crate) struct Prices {
    models: HashMap<String, Price>,
    /// Where they are from and how old they are, for whoever reads a sum.
    #[cfg(any(test, feature = "cli"))]
    pub(crate) source: String,
}

/// What a token of a model costs. `None` where the table does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Price {
    /// Whose price it is, in the table's own word for them.
    provider: String,
    base: Rates,
    /// Rates for requests of more than so many input tokens, the fewest tokens first.
    tiers: Vec<(u64, Rates)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Rates {
    input: Option<Dollars>,
    output: Option<Dollars>,
    cache_read: Option<Dollars>,
    cache_creation: Option<Dollars>,
    cache_creation_1h: Option<Dollars>,
    audio_input: Option<Dollars>,
    audio_output: Option<Dollars>,
    reasoning: Option<Dollars>,
}

/// What an answer cost, and what the provider's cache saved of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cost {
    pub(crate) input: Dollars,
    pub(crate) output: Dollars,
    /// How much more it would have been had nothing been read from the cache.
    pub(crate) saved: Dollars,
    /// How much less it would have been had nothing been written to the cache.
    pub(crate) written: Dollars,
}

impl Cost {
    pub(crate) fn total(&self) -> Dollars {
        self.input + self.output
    }
}

impl Prices {
    /// A few prices that we know, so that a first look needs no file.
    pub(crate) fn builtin() -> &'static Prices {
        static PRICES: LazyLock<Prices> = LazyLock::new(builtin::prices);
        &PRICES
    }

    /// Reads the community's `model_prices_and_context_window.json`. Fields that we do not know are left alone; a file that
    /// has no price at all is refused.
    pub(crate) fn parse(
        bytes: &[u8],
        #[cfg_attr(
            not(any(test, feature = "cli")),
            expect(unused_variables, reason = "only figures name it")
        )]
        source: &str,
    ) -> Result<Prices, String> {
        let tree = json::parse(bytes).map_err(|_| "this is not JSON".to_owned())?;
        let entries = tree.as_object().ok_or("this is not an object with a field for each model")?;
        let mut models = HashMap::new();
        for (name, entry) in entries.iter().filter(|(name, _)| name != "sample_spec") {
            if let Some(price) = Price::of(entry).map_err(|what| format!("`{name}`: {what}"))? {
                models.insert(name.to_ascii_lowercase(), price);
            }
        }
        if models.is_empty() {
            return Err("no model in it has `input_cost_per_token` or another price".to_owned());
        }
        Ok(Prices {
            models,
            #[cfg(any(test, feature = "cli"))]
            source: source.to_owned(),
        })
    }

    /// What recording an interaction cost.
    #[cfg(feature = "cli")]
    pub(crate) fn cost_of(&self, interaction: &Interaction) -> Option<Cost> {
        let usage = Usage::of(&interaction.usage);
        self.cost(interaction.provider.as_deref(), interaction.model.as_deref()?, &usage)
    }

    /// What an answer cost; `None` when a price or a count is not known. `provider` is OpenTelemetry's name.
    pub(crate) fn cost(&self, provider: Option<&str>, name: &str, usage: &Usage) -> Option<Cost> {
        let price = model::candidates(provider, name)
            .into_iter()
            .find_map(|wanted| self.models.get(&wanted.name).filter(|price| wanted.fits(&price.provider)))?;
        price.rates(usage.input_tokens.unwrap_or(0)).cost(usage)
    }
}

impl Price {
    /// `None` for an entry that is not priced by the token.
    fn of(entry: &Json) -> Result<Option<Price>, String> {
        let base = Rates::of(entry, "")?;
        if base == Rates::default() {
            return Ok(None);
        }
        let fields = entry.as_object().unwrap_or_default();
        let mut thresholds: Vec<u64> = fields.iter().filter_map(|(name, _)| threshold(name)).collect();
        thresholds.sort_unstable();
        thresholds.dedup();
        let mut tiers = Vec::new();
        for tokens in thresholds {
            let rates = Rates::of(entry, &format!("_above_{}k_tokens", tokens / 1000))?;
            tiers.push((tokens, rates.or(&base)));
        }
        let provider = entry.get("litellm_provider").and_then(Json::as_str).unwrap_or_default();
        Ok(Some(Price { provider: provider.to_owned(), base, tiers }))
    }

    fn rates(&self, input: u64) -> Rates {
        let reached = self.tiers.iter().rev().find(|(tokens, _)| input > *tokens);
        reached.map_or(self.base, |(_, rates)| *rates)
    }
}

/// The number in `input_cost_per_token_above_200k_tokens`.
fn threshold(field: &str) -> Option<u64> {
    let (_, rest) = field.split_once("_above_")?;
    rest.strip_suffix("k_tokens")?.parse::<u64>().ok()?.checked_mul(1000)
}

impl Rates {
    fn of(entry: &Json, tier: &str) -> Result<Rates, String> {
        let rate = |name: &str| match entry.get(&format!("{name}{tier}")) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Number(text)) | Some(Json::String(text)) => Dollars::parse(text)
                .map(Some)
                .ok_or_else(|| format!("`{name}{tier}` is {text:?}, which is not a price")),
            Some(_) => Err(format!("`{name}{tier}` is not a number")),
        };
        Ok(Rates {
            input: rate("input_cost_per_token")?,
            output: rate("output_cost_per_token")?,
            cache_read: rate("cache_read_input_token_cost")?,
            cache_creation: rate("cache_creation_input_token_cost")?,
            cache_creation_1h: rate("cache_creation_input_token_cost_above_1hr")?,
            audio_input: rate("input_cost_per_audio_token")?,
            audio_output: rate("output_cost_per_audio_token")?,
            reasoning: rate("output_cost_per_reasoning_token")?,
        })
    }

    /// These rates, and those of `other` where these say nothing.
    fn or(self, other: &Rates) -> Rates {
        Rates {
            input: self.input.or(other.input),
            output: self.output.or(other.output),
            cache_read: self.cache_read.or(other.cache_read),
            cache_creation: self.cache_creation.or(other.cache_creation),
            cache_creation_1h: self.cache_creation_1h.or(other.cache_creation_1h),
            audio_input: self.audio_input.or(other.audio_input),
            audio_output: self.audio_output.or(other.audio_output),
            reasoning: self.reasoning.or(other.reasoning),
        }
    }

    fn cost(&self, usage: &Usage) -> Option<Cost> {
        usage.input_tokens.or(usage.output_tokens)?;
        let read = usage.cache_read_input_tokens.unwrap_or(0);
        let written = usage.cache_creation_input_tokens.unwrap_or(0);
        let for_an_hour = usage.cache_creation_1h_input_tokens.unwrap_or(0).min(written);
        let heard = usage.audio_input_tokens.unwrap_or(0);
        let plain = usage.input_tokens.unwrap_or(0).checked_sub(read)?.checked_sub(written)?;
        // Sound may be among what was cached; what is counted twice is not known to be anything.
        let plain = plain.checked_sub(heard)?;
        // A provider without a price of its own for a kind of token charges it like any other.
        let kept = times(written - for_an_hour, self.cache_creation.or(self.input))?
            + times(for_an_hour, self.cache_creation_1h)?;
        let input = times(plain, self.input)?
            + times(read, self.cache_read.or(self.input))?
            + kept
            + times(heard, self.audio_input.or(self.input))?;
        let spoken = usage.audio_output_tokens.unwrap_or(0);
        let thought = self.reasoning.map_or(0, |_| usage.reasoning_output_tokens.unwrap_or(0));
        let said = usage.output_tokens.unwrap_or(0).checked_sub(spoken)?.checked_sub(thought)?;
        let output = times(said, self.output)?
            + times(thought, self.reasoning)?
            + times(spoken, self.audio_output.or(self.output))?;
        let saved = times(read, self.input)?.less(times(read, self.cache_read.or(self.input))?);
        let written = kept.less(times(written, self.input)?);
        Some(Cost { input, output, saved, written })
    }
}

/// No tokens cost nothing, whatever the price.
fn times(tokens: u64, price: Option<Dollars>) -> Option<Dollars> {
    if tokens == 0 { Some(Dollars::default()) } else { price.map(|price| price.times(tokens)) }
}

#[cfg(test)]
mod tests;
