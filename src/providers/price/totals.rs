//! What answers add up to: tokens, and money where the price is known.

use super::{Dollars, Payment};
use crate::providers::Usage;

/// Sums over interactions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) interactions: u64,
    pub(crate) usage: Usage,
    /// What they cost, as far as their prices are known.
    pub(crate) cost: Dollars,
    /// How much more that would have been without the providers' own caches.
    pub(crate) saved_by_cache: Dollars,
    /// Interactions with a known price.
    pub(crate) priced: u64,
    /// Interactions in which something was bought whose price is not known; they are in no sum of money.
    pub(crate) unpriced: u64,
}

impl Totals {
    /// Adds an interaction.
    pub(crate) fn add(&mut self, usage: &Usage, payment: Payment) {
        self.interactions += 1;
        if payment == Payment::Again {
            return;
        }
        self.usage = self.usage.plus(usage);
        match payment {
            Payment::Known(cost) => {
                self.cost += cost.total;
                self.saved_by_cache += cost.cache.map_or(Dollars::ZERO, |cache| cache.saved);
                self.priced += 1;
            }
            Payment::Unknown => self.unpriced += 1,
            Payment::Nothing | Payment::Again => {}
        }
    }

    /// One that counted as of unknown price is paid for elsewhere.
    pub(crate) fn settle(&mut self) {
        self.unpriced = self.unpriced.saturating_sub(1);
    }

    #[cfg(feature = "cli")]
    pub(crate) fn plus(&self, other: &Totals) -> Totals {
        Totals {
            interactions: self.interactions + other.interactions,
            usage: self.usage.plus(&other.usage),
            cost: self.cost + other.cost,
            saved_by_cache: self.saved_by_cache + other.saved_by_cache,
            priced: self.priced + other.priced,
            unpriced: self.unpriced + other.unpriced,
        }
    }

    /// Tokens of both sides.
    pub(crate) fn tokens(&self) -> u64 {
        let [input, output] =
            [self.usage.input_tokens, self.usage.output_tokens].map(|count| count.unwrap_or(0));
        input.saturating_add(output)
    }

    #[cfg(feature = "cli")]
    /// The cost, for people.
    pub(crate) fn cost_in_words(&self) -> String {
        self.in_words(self.cost)
    }

    #[cfg(feature = "cli")]
    /// A sum of money over these interactions: `$0.0021`, `$0.0021 +?` where the price of some is not known, `unknown` where
    /// that of none is, nothing where there is nothing to pay for.
    pub(crate) fn in_words(&self, sum: Dollars) -> String {
        known_in_part((self.priced > 0).then(|| sum.to_string()), self.unpriced > 0)
    }
}

#[cfg(feature = "cli")]
/// A sum of what is known, where there may be more that is not.
fn known_in_part(known: Option<String>, and_more: bool) -> String {
    match (known, and_more) {
        (Some(known), true) => format!("{known} +?"),
        (None, true) => "unknown".to_owned(),
        (known, false) => known.unwrap_or_default(),
    }
}

#[cfg(test)]
#[cfg(feature = "cli")]
mod tests {
    use super::*;
    use crate::providers::price::Cost;

    fn counted(input: u64) -> Usage {
        Usage { input_tokens: Some(input), ..Usage::default() }
    }

    fn cost(dollars: &str) -> Payment {
        Payment::Known(Cost { total: Dollars::parse(dollars).unwrap(), cache: None })
    }

    #[test]
    fn a_sum_says_that_it_leaves_out_what_has_no_known_price() {
        let mut totals = Totals::default();
        totals.add(&Usage::default(), Payment::Nothing);
        assert_eq!(totals.cost_in_words(), "", "nothing was bought");
        totals.add(&counted(5), Payment::Unknown);
        assert_eq!(totals.cost_in_words(), "unknown");
        totals.add(&counted(7), cost("0.5"));
        assert_eq!(totals.cost_in_words(), "$0.50 +?");
        assert_eq!((totals.interactions, totals.usage.input_tokens), (3, Some(12)));
    }

    #[test]
    fn sums_of_two_versions_add_up() {
        let (mut one, mut other) = (Totals::default(), Totals::default());
        one.add(&counted(1), cost("0.25"));
        other.add(&counted(2), Payment::Unknown);
        let both = one.plus(&other);
        assert_eq!((both.interactions, both.priced, both.unpriced), (2, 1, 1));
        assert_eq!((both.cost, both.usage), (Dollars::parse("0.25").unwrap(), counted(3)));
    }

    #[test]
    fn counts_that_no_number_holds_stop_at_the_largest() {
        let mut totals = Totals::default();
        totals.add(&counted(u64::MAX), Payment::Unknown);
        totals.add(&counted(u64::MAX), Payment::Unknown);
        assert_eq!(totals.usage.input_tokens, Some(u64::MAX));
    }
}
