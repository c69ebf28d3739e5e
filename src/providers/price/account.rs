//! What exchanges come to, one after the other. Work that is ordered now, done later, and fetched as often as somebody asks is
//! paid for once.

use std::collections::BTreeMap;

use super::Payment;
#[cfg(any(test, feature = "cli"))]
use super::Prices;
use crate::providers::bill::{Bill, Part};

/// What an exchange came to, looked at alone. Only an [`Account`] knows whether that was counted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Worth(Payment);

/// What was counted so far of work that takes its time. `M` says where the order of a work was counted.
#[derive(Debug, Clone)]
pub(crate) struct Account<M> {
    works: BTreeMap<(String, String), Standing<M>>,
}

#[derive(Debug, Clone)]
enum Standing<M> {
    /// It was ordered, and counted as of unknown price.
    Ordered {
        counted: M,
        unpriced: bool,
    },
    Paid,
}

/// How an exchange counts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Counted<M> {
    pub(crate) payment: Payment,
    /// The order that this pays for: it is no longer of unknown price, as what it came to is counted here.
    pub(crate) settles: Option<M>,
}

impl Worth {
    pub(super) fn new(payment: Payment) -> Worth {
        Worth(payment)
    }

    /// What the provider's cache made of it.
    pub(crate) fn cache(self) -> Option<super::CacheCost> {
        self.0.known()?.cache
    }
}

impl<M> Account<M> {
    pub(crate) const fn new() -> Account<M> {
        Account { works: BTreeMap::new() }
    }

    /// Counts the next exchange. `here` is where, should it be an order.
    pub(crate) fn count(&mut self, bill: &Bill, worth: Worth, here: M) -> Counted<M> {
        let payment = worth.0;
        let once = |payment| Counted { payment, settles: None };
        let Some(work) = &bill.work else { return once(payment) };
        let key = || (work.host.clone(), work.id.clone());
        if work.part == Part::Orders {
            return match self.works.get(&key()) {
                _ if payment != Payment::Unknown => once(payment),
                Some(Standing::Ordered { .. }) => once(Payment::Again),
                Some(Standing::Paid) | None => {
                    let unpriced = bill.charges.unpriced;
                    self.works.insert(key(), Standing::Ordered { counted: here, unpriced });
                    once(payment)
                }
            };
        }
        // A batch can be fetched by somebody who did not order it, and says what it came to to nobody else. What an answer
        // came to that is stored, whoever ordered it was told.
        let stands = self.works.remove(&key());
        if bill.charges.is_batch {
            self.works.insert(key(), Standing::Paid);
        }
        match stands {
            Some(Standing::Ordered { counted, unpriced }) => {
                let payment = if unpriced { Payment::Unknown } else { payment };
                Counted { payment, settles: Some(counted) }
            }
            None if bill.charges.is_batch => once(payment),
            Some(Standing::Paid) | None => once(Payment::Again),
        }
    }
}

impl<M> Default for Account<M> {
    fn default() -> Account<M> {
        Account::new()
    }
}

/// What each of several exchanges is to be paid for, so that nothing is counted twice.
#[cfg(any(test, feature = "cli"))]
pub(crate) fn each<'a>(prices: &Prices, bills: impl IntoIterator<Item = &'a Bill>) -> Vec<Payment> {
    let mut account = Account::new();
    let mut payments = Vec::new();
    for (place, bill) in bills.into_iter().enumerate() {
        let Counted { payment, settles } = account.count(bill, prices.worth(bill), place);
        if let Some(order) = settles.and_then(|order: usize| payments.get_mut(order)) {
            *order = Payment::Again;
        }
        payments.push(payment);
    }
    payments
}
