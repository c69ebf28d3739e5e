//! What a run comes to: its report, and what it has spent.

use std::sync::Arc;

use crate::providers::bill::Bill;
use crate::providers::price::{self, Account, Counted, Payment, Worth};
use crate::session::budget::Spent;
use crate::session::purse::{Order, Purse};
use crate::session::report::{Report, Skipped};
use crate::session::tally::Tally;
use crate::store::tape::{Parsed, SlotId};

/// How many skipped calls a cassette in memory lists: its program may run for ever.
const LISTED_IN_MEMORY: usize = 1000;

/// How much is played before it is added up.
const UNADDED: usize = 4096;

/// What it saves to play a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saved {
    Known(Worth),
    /// What the recording in this slot came to, which nobody has asked yet.
    OfSlot(SlotId),
    /// It is counted elsewhere.
    Elsewhere,
}

#[derive(Debug, Default)]
pub(super) struct Totals {
    report: Report,
    purse: Purse,
    recorded: price::Totals,
    /// Of calls that were answered and are not recorded.
    unrecorded: price::Totals,
    played: price::Totals,
    /// What playing has saved of work that is done later.
    saved: Account<()>,
    /// What was played out of slots since this was last added up, in order.
    unadded: Vec<SlotId>,
    models: Vec<Tally>,
}

impl Totals {
    pub(super) fn report(&self) -> &Report {
        &self.report
    }

    /// What was played and recorded, by provider and model.
    #[cfg(feature = "server")]
    pub(super) fn models(&self) -> &[Tally] {
        &self.models
    }

    pub(super) fn spent(&self) -> &Spent {
        &self.purse.spent
    }

    /// A call is sent.
    pub(super) fn sent(&mut self) {
        self.purse.spent.calls += 1;
    }

    /// A recording was played.
    pub(super) fn played(&mut self, parsed: &Parsed, saved: Saved) {
        self.report.played += 1;
        match saved {
            Saved::Known(worth) => self.add_played(parsed, Some(worth)),
            Saved::OfSlot(slot) => self.unadded.push(slot),
            Saved::Elsewhere => self.add_played(parsed, None),
        }
        self.sum_up();
    }

    /// Whether so much was played that it is time to add it up.
    pub(super) fn has_much_to_add(&self) -> bool {
        self.unadded.len() >= UNADDED
    }

    /// Adds up what was played out of slots, by what stands in each and what it saves to play it.
    pub(super) fn add_up(&mut self, of_slot: impl Fn(SlotId) -> Option<(Arc<Parsed>, Worth)>) {
        let mut unadded = std::mem::take(&mut self.unadded);
        for (parsed, worth) in unadded.drain(..).filter_map(of_slot) {
            self.add_played(&parsed, Some(worth));
        }
        self.unadded = unadded;
        self.sum_up();
    }

    fn add_played(&mut self, parsed: &Parsed, saved: Option<Worth>) {
        let payment = match saved {
            Some(worth) => {
                let Counted { payment, settles } = self.saved.count(parsed.bill(), worth, ());
                settles.into_iter().for_each(|()| self.played.settle());
                payment
            }
            None => Payment::Nothing,
        };
        Tally::played(&mut self.models, parsed, payment);
        self.played.add(&parsed.usage, payment);
    }

    /// A call was recorded that cost so much.
    pub(super) fn recorded(&mut self, parsed: &Parsed, worth: Worth) {
        self.report.recorded += 1;
        let Counted { payment, settles } = self.purse.count(parsed.bill(), &parsed.usage, worth, true);
        self.settle(settles);
        Tally::recorded(&mut self.models, parsed, payment);
        self.recorded.add(&parsed.usage, payment);
        self.sum_up();
    }

    /// A call that is not recorded cost so much.
    pub(super) fn unrecorded(&mut self, bill: &Bill, worth: Worth) {
        let Counted { payment, settles } = self.purse.count(bill, &bill.usage, worth, false);
        self.settle(settles);
        self.unrecorded.add(&bill.usage, payment);
        self.sum_up();
    }

    /// What was ordered before is paid for.
    fn settle(&mut self, order: Option<Order>) {
        match order {
            Some(Order { is_recorded: true, .. }) => self.recorded.settle(),
            Some(Order { is_recorded: false, .. }) => self.unrecorded.settle(),
            None => {}
        }
    }

    fn sum_up(&mut self) {
        let usage = self.recorded.usage.plus(&self.played.usage);
        self.report.input_tokens = usage.input_tokens.unwrap_or(0);
        self.report.output_tokens = usage.output_tokens.unwrap_or(0);
        self.report.spent = self.recorded.cost;
        self.report.spent += self.unrecorded.cost;
        let unpriced = self.recorded.unpriced + self.unrecorded.unpriced;
        self.report.unpriced = usize::try_from(unpriced).unwrap_or(usize::MAX);
        self.report.saved = self.played.cost;
    }

    /// A call was answered with what an earlier run was answered and paid for.
    pub(super) fn resumed(&mut self, parsed: &Parsed) {
        self.report.resumed += 1;
        self.played.add(&parsed.usage, Payment::Nothing);
        self.sum_up();
    }

    /// So many answers of earlier runs were of no use any more.
    pub(super) fn discarded(&mut self, count: usize) {
        self.report.discarded += count;
    }

    /// A recording was recorded again, and says the same.
    pub(super) fn unchanged(&mut self) {
        self.report.unchanged += 1;
    }

    /// A recording was found to be too old.
    pub(super) fn expired(&mut self) {
        self.report.expired += 1;
    }

    /// A request had no recording; `what` is a line.
    pub(super) fn missed(&mut self, what: String) {
        self.report.missed.push(what);
    }

    /// Recorded answers had these headers, which are not stored.
    pub(super) fn left_out(&mut self, names: impl Iterator<Item = String>) {
        let known = &mut self.report.headers_left_out;
        for name in names {
            if let Err(place) = known.binary_search(&name) {
                known.insert(place, name);
            }
        }
    }

    /// A call was not recorded.
    pub(super) fn skipped(&mut self, skipped: Skipped, in_memory: bool) {
        self.report.skipped.push(skipped);
        if in_memory {
            let surplus = self.report.skipped.len().saturating_sub(LISTED_IN_MEMORY);
            self.report.skipped.drain(..surplus);
        }
    }

    /// A refresh is in the file. `unused` are those that it left there and that nothing asked for.
    pub(super) fn refreshed(&mut self, unchanged: usize, removed: usize, unused: Vec<String>) {
        self.report.unchanged = unchanged;
        self.report.removed = removed;
        self.report.unused = unused;
    }

    /// So many changes of a refresh are not in the file, but wait beside it.
    pub(super) fn pending(&mut self, count: usize) {
        self.report.pending = count;
    }

    /// A refresh left these, though the cassette is said to belong to one test.
    pub(super) fn kept(&mut self, kept: impl Iterator<Item = String>) {
        self.report.kept = kept.collect();
    }

    /// Nothing asked for these.
    pub(super) fn unused(&mut self, unused: Vec<String>) {
        self.report.unused = unused;
    }

    /// So many interactions had to go.
    pub(super) fn evicted(&mut self, count: usize) {
        self.report.evicted += count;
    }
}
