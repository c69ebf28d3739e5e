//! What an answer cost, by a table of prices. Exact: prices are decimal numbers, and so are their sums. What the table
//! does not know is unknown, never free, and never a smaller sum.

mod account;
mod builtin;
mod charge;
mod entry;
mod file;
mod model;
mod rates;
mod totals;

use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) use crate::model::dollars::Dollars;
use crate::model::json::{self, Json};
use crate::providers::bill::{Bill, State};
#[cfg(any(test, feature = "cli"))]
pub(crate) use account::each;
pub(crate) use account::{Account, Counted, Worth};
use entry::{Price, Stated};
pub(crate) use file::{VARIABLE, load};
pub(crate) use totals::Totals;

/// Prices of models, in US dollars.
#[derive(Debug, Clone)]
pub(crate) struct Prices {
    table: Table,
    /// Where they are from and how old they are, for whoever reads a sum.
    #[cfg(any(test, feature = "cli"))]
    pub(crate) source: String,
}

#[derive(Debug, Clone)]
enum Table {
    BuiltIn,
    /// By the names of models in small letters.
    File(HashMap<String, Price>),
}

/// What an answer cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payment {
    /// Nothing was bought.
    Nothing,
    /// What was bought was counted before, and so were its tokens.
    Again,
    Known(Cost),
    /// Something was bought, and a price or a count is not known.
    Unknown,
}

/// What was paid, and what the provider's cache made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cost {
    pub(crate) total: Dollars,
    /// `None` where only the sum is known.
    pub(crate) cache: Option<CacheCost>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CacheCost {
    /// How much more it would have been had nothing been read from the cache.
    pub(crate) saved: Dollars,
    /// How much less it would have been had nothing been written to the cache.
    pub(crate) written: Dollars,
}

impl Payment {
    /// The cost, where it is known.
    pub(crate) fn known(self) -> Option<Cost> {
        match self {
            Payment::Known(cost) => Some(cost),
            Payment::Nothing | Payment::Again | Payment::Unknown => None,
        }
    }
}

impl Prices {
    /// The prices that come with the program, so that a first look needs no file.
    pub(crate) fn builtin() -> &'static Prices {
        static PRICES: LazyLock<Prices> = LazyLock::new(|| Prices {
            table: Table::BuiltIn,
            #[cfg(any(test, feature = "cli"))]
            source: builtin::source(),
        });
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
        let mut aliases = Vec::new();
        for (name, entry) in entries.iter().filter(|(name, _)| name != "sample_spec") {
            if let Some(target) = entry.get("alias_of").and_then(Json::as_str) {
                aliases.push((name.to_ascii_lowercase(), target.to_ascii_lowercase()));
            }
            let stated = Stated::of(entry).map_err(|what| format!("`{name}`: {what}"))?;
            let owner = entry.get("litellm_provider").and_then(Json::as_str).unwrap_or_default();
            if let Some(price) = stated.and_then(|stated| Price::of(owner, &stated)) {
                models.insert(name.to_ascii_lowercase(), price);
            }
        }
        for (name, target) in aliases {
            if let Some(price) = models.get(&target).cloned() {
                models.entry(name).or_insert(price);
            }
        }
        if models.is_empty() {
            return Err("no model in it has `input_cost_per_token` or another price".to_owned());
        }
        Ok(Prices {
            table: Table::File(models),
            #[cfg(any(test, feature = "cli"))]
            source: source.to_owned(),
        })
    }

    /// What an exchange came to, looked at alone.
    pub(crate) fn worth(&self, bill: &Bill) -> Worth {
        Worth::new(self.payment(bill))
    }

    fn payment(&self, bill: &Bill) -> Payment {
        match (bill.state, bill.charges.stated) {
            (State::Nothing, _) => return Payment::Nothing,
            (State::Own, _) => return Payment::Known(Cost::default()),
            // Whoever is paid knows best.
            (State::Bought, Some(total)) => return Payment::Known(Cost { total, cache: None }),
            (State::Uncounted, _) => return Payment::Unknown,
            (State::Bought, None) => {}
        }
        if bill.charges.unpriced {
            return Payment::Unknown;
        }
        let names = [bill.sold_as.as_deref(), bill.model.as_deref()];
        let price = names.into_iter().flatten().find_map(|name| self.price(bill.provider.as_deref(), name));
        price.and_then(|price| price.cost(bill)).map_or(Payment::Unknown, Payment::Known)
    }

    /// What a model costs at a provider, which has OpenTelemetry's name.
    fn price(&self, provider: Option<&str>, name: &str) -> Option<Price> {
        model::candidates(provider, name).into_iter().find_map(|wanted| match &self.table {
            Table::BuiltIn => builtin::price(&wanted.name, |owner| wanted.fits(owner)),
            Table::File(models) => {
                models.get(&wanted.name).filter(|price| wanted.fits(&price.provider)).cloned()
            }
        })
    }
}

#[cfg(test)]
mod tests;
