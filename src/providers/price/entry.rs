//! What a table of prices says of one model, as decimal numbers under the names of the community's table.

use super::Dollars;
use super::rates::{KINDS, Rates};
use crate::model::json::Json;

/// The service tiers that tables have prices for, as their names end.
const TIERS: [&str; 3] = ["batches", "priority", "flex"];

/// What is paid for a model, by the token and by the use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Price {
    /// Whose price it is, in the table's own word for them.
    pub(super) provider: String,
    usual: Steps,
    tiers: Vec<(&'static str, Steps)>,
    pub(super) fees: Fees,
    /// Whether pictures are what it is for.
    pub(super) draws: bool,
}

/// Rates by the number of input tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Steps {
    base: Rates,
    /// Rates for requests of more than so many input tokens, the fewest tokens first.
    above: Vec<(u64, Rates)>,
}

/// What is paid beside tokens; `None` where the table does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fees {
    /// A search of the web, with little, usual and much of what it found.
    pub(super) search: [Option<Dollars>; 3],
    /// Whether each query that a model decides on counts as a search, or the prompt that led to them.
    pub(super) each_query: bool,
    pub(super) maps: Option<Dollars>,
    /// A query whose documents are ranked.
    pub(super) query: Option<Dollars>,
    /// Each request, whatever it holds.
    pub(super) request: Option<Dollars>,
}

/// The numbers of an entry, and what is no number.
#[derive(Debug, Default)]
pub(super) struct Stated {
    pub(super) numbers: Vec<(String, Dollars)>,
    pub(super) search: [Option<Dollars>; 3],
    pub(super) each_query: bool,
    pub(super) draws: bool,
}

impl Price {
    /// `None` for what is not priced by what an answer tells.
    pub(super) fn of(provider: &str, stated: &Stated) -> Option<Price> {
        let number =
            |name: &str| stated.numbers.iter().find(|(known, _)| known == name).map(|(_, price)| *price);
        let usual = Steps::of(stated, "", number);
        let fees = Fees {
            search: stated.search,
            each_query: stated.each_query,
            maps: number("google_maps_grounding_cost_per_query"),
            query: number("input_cost_per_query"),
            request: number("input_cost_per_request"),
        };
        if usual.base.says_nothing() && fees.query.is_none() {
            return None;
        }
        let tiers = TIERS.map(|tier| (tier, Steps::of(stated, &format!("_{tier}"), number)));
        let tiers = tiers.into_iter().filter(|(_, steps)| !steps.base.says_nothing()).collect();
        Some(Price { provider: provider.to_owned(), usual, tiers, fees, draws: stated.draws })
    }

    /// What tokens cost in a request of so many, in a service tier; `None` where the table has no prices for that tier.
    pub(super) fn rates(&self, tier: Option<&str>, input: u64) -> Option<Rates> {
        let Some(tier) = tier else { return Some(self.usual.at(input)) };
        let (_, steps) = self.tiers.iter().find(|(name, _)| *name == tier)?;
        // Where many tokens cost more as usual, the price of few says nothing.
        let own = match (self.usual.step(input), steps.step(input)) {
            (usual, own) if usual == own => steps.at(input),
            _ => Rates::default(),
        };
        Some(own.in_place_of(&self.usual.at(input)))
    }
}

impl Steps {
    fn of(stated: &Stated, tier: &str, number: impl Fn(&str) -> Option<Dollars>) -> Steps {
        let base = Rates::of(|name| number(&format!("{name}{tier}")));
        let mut steps: Vec<u64> =
            stated.numbers.iter().filter_map(|(name, _)| threshold(name.strip_suffix(tier)?)).collect();
        steps.sort_unstable();
        steps.dedup();
        let above = steps.into_iter().filter_map(|tokens| {
            let rates = Rates::of(|name| number(&format!("{name}_above_{}k_tokens{tier}", tokens / 1000)));
            (!rates.says_nothing()).then(|| (tokens, rates.or(&base)))
        });
        Steps { base, above: above.collect() }
    }

    fn at(&self, input: u64) -> Rates {
        self.above.iter().rev().find(|(tokens, _)| input > *tokens).map_or(self.base, |(_, rates)| *rates)
    }

    fn step(&self, input: u64) -> Option<u64> {
        self.above.iter().rev().map(|(tokens, _)| *tokens).find(|tokens| input > *tokens)
    }
}

/// The number in `input_cost_per_token_above_200k_tokens`.
fn threshold(field: &str) -> Option<u64> {
    let (_, rest) = field.rsplit_once("_above_")?;
    rest.strip_suffix("k_tokens")?.parse::<u64>().ok()?.checked_mul(1000)
}

impl Stated {
    /// Reads an entry of the community's table. `None` for one whose prices depend on what no answer tells.
    pub(super) fn of(entry: &Json) -> Result<Option<Stated>, String> {
        // The hour of the day; pictures among what is turned into a vector.
        let vectors = entry.get("mode").and_then(Json::as_str) == Some("embedding");
        if entry.get("off_peak_pricing").is_some() || (vectors && entry.get("input_cost_per_image").is_some())
        {
            return Ok(None);
        }
        let mut stated = Stated::default();
        for (name, value) in entry.as_object().unwrap_or_default() {
            if is_known(name) && !value.is_null() {
                stated.numbers.push((name.clone(), price(name, value)?));
            }
        }
        for part in entry.get("tiered_pricing").and_then(Json::as_array).unwrap_or_default() {
            let start = part.get("range").and_then(Json::as_array).and_then(|range| whole(range.first()?));
            let suffix = match start {
                Some(0) => String::new(),
                Some(tokens) if tokens % 1000 == 0 => format!("_above_{}k_tokens", tokens / 1000),
                _ => return Ok(None),
            };
            for (name, value) in part.as_object().unwrap_or_default() {
                if is_known(name) {
                    stated.numbers.push((format!("{name}{suffix}"), price(name, value)?));
                }
            }
        }
        if let Some(search) = entry.get("search_context_cost_per_query") {
            for (size, fee) in ["low", "medium", "high"].iter().zip(&mut stated.search) {
                let name = format!("search_context_size_{size}");
                *fee = search.get(&name).map(|value| price(&name, value)).transpose()?;
            }
        }
        // A nought for tokens says nothing where something else is paid for.
        let by_tokens = stated.numbers.iter().any(|(_, price)| *price > Dollars::ZERO);
        let by_others = |(name, value): &(String, Json)| {
            let is_nought =
                matches!(value, Json::Number(text) if text.bytes().all(|byte| b"0.".contains(&byte)));
            name.contains("cost_per_") && !is_known(name) && matches!(value, Json::Number(_)) && !is_nought
        };
        if !by_tokens && entry.as_object().unwrap_or_default().iter().any(by_others) {
            return Ok(None);
        }
        let says = |name: &str, word: &[&str]| {
            entry.get(name).and_then(Json::as_str).is_some_and(|value| word.contains(&value))
        };
        stated.each_query = says("web_search_billing_unit", &["per_query"]);
        stated.draws = says("mode", &["image_generation", "image_edit"]);
        Ok(Some(stated))
    }
}

/// Whether a field is one that we go by, for however many tokens and in whichever tier.
fn is_known(name: &str) -> bool {
    const FEES: [&str; 3] =
        ["google_maps_grounding_cost_per_query", "input_cost_per_query", "input_cost_per_request"];
    KINDS.iter().any(|(kind, _)| name.starts_with(kind)) || FEES.contains(&name)
}

fn whole(value: &Json) -> Option<u64> {
    value.as_u64().or_else(|| match value {
        Json::Number(text) => text.strip_suffix(".0")?.parse().ok(),
        _ => None,
    })
}

fn price(name: &str, value: &Json) -> Result<Dollars, String> {
    match value {
        Json::Number(text) | Json::String(text) => {
            Dollars::parse(text).ok_or_else(|| format!("`{name}` is {text:?}, which is not a price"))
        }
        _ => Err(format!("`{name}` is not a number")),
    }
}
