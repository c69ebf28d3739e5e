//! What was spent so far, by a run or by a process.

use crate::providers::Usage;
use crate::providers::bill::Bill;
use crate::providers::price::{self, Account, Counted, Payment, Worth};
use crate::session::budget::{Models, Spent};

/// What was spent, and what of it may yet turn out to be known.
#[derive(Debug)]
pub(super) struct Purse {
    pub(super) spent: Spent,
    account: Account<Order>,
}

/// How an order was counted that is done later.
#[derive(Debug, Clone)]
pub(super) struct Order {
    model: String,
    counts_nothing: bool,
    /// Whether the order itself was recorded.
    pub(super) is_recorded: bool,
}

impl Purse {
    pub(super) const fn new() -> Purse {
        let spent = Spent {
            calls: 0,
            tokens: 0,
            dollars: price::Dollars::ZERO,
            unpriced: Models::none(),
            uncounted: Models::none(),
        };
        Purse { spent, account: Account::new() }
    }

    /// Counts an answer, of which `usage` is told.
    pub(super) fn count(
        &mut self,
        bill: &Bill,
        usage: &Usage,
        worth: Worth,
        is_recorded: bool,
    ) -> Counted<Order> {
        let model = bill.model.as_deref().unwrap_or("what answered");
        let counts_nothing = usage.input_tokens.or(usage.output_tokens).is_none();
        let here = Order { model: model.to_owned(), counts_nothing, is_recorded };
        let counted = self.account.count(bill, worth, here);
        if let Some(order) = &counted.settles {
            self.spent.unpriced.take_back(&order.model);
            if order.counts_nothing {
                self.spent.uncounted.take_back(&order.model);
            }
        }
        // What was paid for before, and is fetched again, is no second spend of tokens either.
        if matches!(counted.payment, Payment::Nothing | Payment::Again) {
            return counted;
        }
        let mut one = price::Totals::default();
        one.add(usage, counted.payment);
        self.spent.tokens = self.spent.tokens.saturating_add(one.tokens());
        self.spent.dollars += one.cost;
        if counted.payment == Payment::Unknown {
            self.spent.unpriced.add(model);
            if counts_nothing {
                self.spent.uncounted.add(model);
            }
        }
        counted
    }
}

impl Default for Purse {
    fn default() -> Purse {
        Purse::new()
    }
}
