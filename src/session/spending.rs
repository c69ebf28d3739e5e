//! What the calls of a run cost, and when they have cost enough.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::Session;
use super::find::Source;
use super::results::Again;
use super::totals::Totals;
use crate::matching::request_key::Key;
use crate::model::error::{Error, ErrorKind};
use crate::model::interaction::Interaction;
use crate::model::text::shown_path;
use crate::model::warn::warn;
use crate::providers::Usage;
use crate::providers::bill::Bill;
use crate::providers::price::{self, Payment, Prices};
use crate::session::budget::{Budget, Spent, VARIABLE};
use crate::store::tape::Parsed;

/// What all cassettes of this process have spent.
static SPENT: Mutex<Spent> = Mutex::new(Spent::nothing());

/// What all cassettes of this process may spend together.
static CAP: OnceLock<Budget> = OnceLock::new();

/// Caps what all cassettes of this process spend together. The first word counts: what was spent is counted from there.
pub(crate) fn cap_process(budget: Budget) {
    let _ = CAP.set(budget);
}

impl Session {
    /// Counts a call that is about to be sent, or says why it must not be.
    pub(super) fn may_send(&self, totals: &mut Totals) -> Result<(), Error> {
        let of_process = CAP.get_or_init(Budget::new);
        let mut all = SPENT.lock().unwrap_or_else(PoisonError::into_inner);
        let (cap, spent) = match (self.settings.budget.allows(totals.spent()), of_process.allows(&all)) {
            (Err(cap), _) => (cap, totals.spent().clone()),
            (Ok(()), Err(cap)) => (cap, all.clone()),
            (Ok(()), Ok(())) => {
                totals.sent();
                all.calls += 1;
                return Ok(());
            }
        };
        let message = format!("{}: no more calls are sent: {cap}; spent: {spent}", shown_path(&self.path));
        Err(self.hinted(Error::new(ErrorKind::OverBudget, message).with_hint(format!(
            "raise the budget (`Builder::budget` or `{VARIABLE}`) and run again: {}",
            self.what_is_kept()
        ))))
    }

    /// Says once that calls are no longer sent. `finish` says so again, as clients like to swallow errors.
    pub(super) fn over_budget(&self, asked: Key, error: Error) -> Error {
        let is_first = self.state().results.fail(error.again());
        if is_first && !self.settings.quiet {
            warn(&error.to_string());
        }
        self.state().refusals.note(asked, &error);
        error
    }

    /// Counts a call that was recorded, and what it cost.
    pub(super) fn count_recorded(&self, parsed: &Parsed) {
        let payment = self.payment(parsed);
        let mut all = SPENT.lock().unwrap_or_else(PoisonError::into_inner);
        all.add(&parsed.usage, payment, parsed.interaction.model.as_deref());
        drop(all);
        self.state().totals.recorded(parsed, payment);
    }

    /// Counts what a call cost that was answered and is not recorded: it was paid for all the same. An error is not paid for,
    /// unless it counts what it took.
    pub(super) fn count_unrecorded(&self, seen: &Interaction, is_error: bool) {
        let bill = Bill::of(seen);
        if is_error && bill.usage == Usage::default() {
            return;
        }
        let payment = self.prices().payment(&bill);
        let mut all = SPENT.lock().unwrap_or_else(PoisonError::into_inner);
        all.add(&bill.usage, payment, bill.model.as_deref());
        drop(all);
        self.state().totals.unrecorded(&bill, payment);
    }

    /// What it saves to play a recording, unless that is counted elsewhere.
    pub(super) fn saved(&self, source: Source, parsed: &Parsed) -> Payment {
        match source {
            Source::Slot(slot) => match self.savings.get(slot) {
                Some(saved) => *saved.get_or_init(|| self.payment(parsed)),
                None => self.payment(parsed),
            },
            Source::Run(Again::InMemory(_)) => self.payment(parsed),
            Source::Run(_) => Payment::Nothing,
        }
    }

    pub(super) fn payment(&self, parsed: &Parsed) -> Payment {
        self.prices().payment(parsed.bill())
    }

    fn prices(&self) -> &Prices {
        self.settings.prices.as_deref().unwrap_or_else(|| Prices::builtin())
    }
}

impl Spent {
    const fn nothing() -> Spent {
        Spent {
            calls: 0,
            tokens: 0,
            dollars: crate::providers::price::Dollars::ZERO,
            unpriced: None,
            uncounted: None,
        }
    }

    pub(super) fn add(&mut self, usage: &Usage, payment: Payment, model: Option<&str>) {
        // What was paid for before, and is fetched again, is no second spend of tokens either.
        if payment == Payment::Nothing {
            return;
        }
        let mut one = price::Totals::default();
        one.add(usage, payment);
        self.tokens = self.tokens.saturating_add(one.tokens());
        self.dollars += one.cost;
        if payment == Payment::Unknown {
            let model = model.unwrap_or("what answered").to_owned();
            if usage.input_tokens.or(usage.output_tokens).is_none() {
                self.uncounted = Some(model.clone());
            }
            self.unpriced = Some(model);
        }
    }
}
