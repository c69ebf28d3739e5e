//! What the calls of a run cost, and when they have cost enough.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::Session;
use super::find::Source;
use super::results::Again;
use super::totals::{Saved, Totals};
use crate::matching::request_key::Key;
use crate::model::error::{Error, ErrorKind};
use crate::model::interaction::Interaction;
use crate::model::text::shown_path;
use crate::model::warn::warn;
use crate::providers::Usage;
use crate::providers::bill::Bill;
use crate::providers::price::{Prices, Worth};
use crate::session::budget::{Budget, VARIABLE};
use crate::session::purse::Purse;
use crate::store::tape::Parsed;

/// What all cassettes of this process have spent.
static SPENT: Mutex<Purse> = Mutex::new(Purse::new());

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
        let (cap, spent) = match (self.settings.budget.allows(totals.spent()), of_process.allows(&all.spent))
        {
            (Err(cap), _) => (cap, totals.spent().clone()),
            (Ok(()), Err(cap)) => (cap, all.spent.clone()),
            (Ok(()), Ok(())) => {
                totals.sent();
                all.spent.calls += 1;
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
        let (bill, worth) = (parsed.bill(), self.worth(parsed));
        let mut all = SPENT.lock().unwrap_or_else(PoisonError::into_inner);
        all.count(bill, &parsed.usage, worth, true);
        drop(all);
        self.state().totals.recorded(parsed, worth);
    }

    /// Counts what a call cost that was answered and is not recorded: it was paid for all the same. An error is not paid for,
    /// unless it counts what it took.
    pub(super) fn count_unrecorded(&self, seen: &Interaction, is_error: bool) {
        let bill = Bill::of(seen);
        if is_error && bill.usage == Usage::default() {
            return;
        }
        let worth = self.prices().worth(&bill);
        let mut all = SPENT.lock().unwrap_or_else(PoisonError::into_inner);
        all.count(&bill, &bill.usage, worth, false);
        drop(all);
        self.state().totals.unrecorded(&bill, worth);
    }

    /// What it saves to play a recording, unless that is counted elsewhere.
    pub(super) fn saved(&self, source: Source, parsed: &Parsed) -> Saved {
        match source {
            Source::Slot(slot) => Saved::OfSlot(slot),
            Source::Run(Again::InMemory(_)) => Saved::Known(self.worth(parsed)),
            Source::Run(_) => Saved::Elsewhere,
        }
    }

    /// Adds up what was played, and what that has saved. To find out takes a third of the first answer, and only a report says
    /// it.
    pub(super) fn add_savings(&self, totals: &mut Totals) {
        totals.add_up(|slot| {
            let parsed = self.tape.get(slot).ok()?;
            let worth = *self.savings.get(slot)?.get_or_init(|| self.worth(&parsed));
            Some((parsed, worth))
        });
    }

    pub(super) fn worth(&self, parsed: &Parsed) -> Worth {
        self.prices().worth(parsed.bill())
    }

    fn prices(&self) -> &Prices {
        self.settings.prices.as_deref().unwrap_or_else(|| Prices::builtin())
    }
}
