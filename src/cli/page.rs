//! A page for people that shows what cassettes hold: one file that needs no network, reads without scripts, and in which
//! recorded text is text, whatever it says.

mod age;
mod anchors;
mod call;
mod changes;
mod chart;
mod columns;
mod document;
mod figures;
mod filters;
mod html;
mod markdown;
mod money;
mod overview;
mod parts;
mod raw;
mod refreshing;
mod table;
#[cfg(test)]
mod tests;
mod threads;
mod trends;

use std::sync::Arc;

use crate::matching::request_key::Key;
use crate::providers::conversation::Conversation;
use crate::providers::price::{self, Payment, Prices};
use crate::store::ledger::Months;
use crate::store::tape::Parsed;

pub(super) use age::Clock;
pub(super) use changes::render as render_changes;
pub(super) use document::{MARK, render};

/// A cassette to show.
pub(super) struct Cassette {
    /// What to call it: its path.
    pub(super) name: String,
    /// Where it lies as seen from the page, as a relative URL.
    pub(super) link: Option<String>,
    pub(super) content: Content,
}

/// What was found in the file of a cassette.
pub(super) enum Content {
    Calls {
        calls: Vec<Call>,
        /// The file ends in a document that was never finished.
        torn: bool,
    },
    /// Why it could not be read.
    Unreadable(String),
}

/// Says of each call what is to be paid for it, so that nothing is counted twice.
fn settle(cassettes: &mut [Cassette], prices: &Prices) {
    let bills = cassettes.iter().flat_map(Cassette::calls).map(|call| call.parsed.bill());
    let payments = price::each(prices, bills);
    for (call, payment) in cassettes.iter_mut().flat_map(Cassette::calls_mut).zip(payments) {
        call.payment = payment;
    }
}

impl Cassette {
    fn calls_mut(&mut self) -> &mut [Call] {
        match &mut self.content {
            Content::Calls { calls, .. } => calls,
            Content::Unreadable(_) => &mut [],
        }
    }

    fn calls(&self) -> &[Call] {
        match &self.content {
            Content::Calls { calls, .. } => calls,
            Content::Unreadable(_) => &[],
        }
    }
}

/// An interaction, told as a conversation.
pub(super) struct Call {
    /// The line of the file at which it begins.
    pub(super) line: usize,
    pub(super) parsed: Arc<Parsed>,
    pub(super) conversation: Conversation,
    /// It is known that nobody uses it.
    pub(super) unused: bool,
    pub(super) uses: Uses,
    /// What is to be paid for it, beside all others on the page.
    payment: Payment,
}

/// What the ledger on this machine knows of an interaction.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    /// How often it was played since it was recorded.
    pub(super) hits: u64,
    /// When it was last played or recorded, in seconds since 1970.
    pub(super) last_at: Option<i64>,
    /// How long it took to record, in milliseconds: to its first byte, and in all.
    pub(super) times: Option<(u64, u64)>,
    /// In which months it was played.
    pub(super) months: Months,
    /// The first test that used it.
    pub(super) test: Option<String>,
    /// Others have used it, too.
    pub(super) by_others: bool,
}

impl Call {
    pub(super) fn of(line: usize, parsed: Arc<Parsed>, unused: bool, uses: Uses) -> Call {
        let conversation = Conversation::of(&parsed.interaction);
        Call { line, parsed, conversation, unused, uses, payment: Payment::Nothing }
    }

    fn key(&self) -> Key {
        self.parsed.normal().key
    }

    /// How often it was played: by the run that recorded it, and since.
    fn hits(&self) -> u64 {
        self.uses.hits.saturating_add(self.parsed.interaction.usage_count.saturating_sub(1))
    }

    /// Milliseconds to the first byte, and in all, when it was recorded.
    fn times(&self) -> Option<(u64, u64)> {
        let chunks = self.parsed.interaction.response.body.times.as_ref();
        chunks.map(|times| (times.first().into(), times.last().into())).or(self.uses.times)
    }
}

/// What a page needs to know beside the cassettes.
pub(super) struct Context<'a> {
    pub(super) clock: Clock,
    pub(super) prices: &'a Prices,
}

impl Context<'_> {
    /// What is to be said of an interaction at a glance.
    fn marks(&self, call: &Call) -> Vec<Mark> {
        let stale = self.clock.is_stale(&call.parsed.interaction.recorded_at);
        let marks = [(stale, Mark::Stale), (call.unused, Mark::Unused)];
        marks.into_iter().filter_map(|(holds, mark)| holds.then_some(mark)).collect()
    }

    /// The marks of all that is in a cassette. It is stale as soon as its oldest recording is, and unused once nothing of
    /// it is used.
    fn marks_of_all(&self, cassette: &Cassette) -> Vec<Mark> {
        let each: Vec<Vec<Mark>> = cassette.calls().iter().map(|call| self.marks(call)).collect();
        let stale = each.iter().any(|marks| marks.contains(&Mark::Stale));
        let unused = !each.is_empty() && each.iter().all(|marks| marks.contains(&Mark::Unused));
        let (torn, unreadable) = match &cassette.content {
            Content::Calls { torn, .. } => (*torn, false),
            Content::Unreadable(_) => (false, true),
        };
        let marks = [
            (stale, Mark::Stale),
            (unused, Mark::Unused),
            (torn, Mark::Torn),
            (unreadable, Mark::Unreadable),
        ];
        marks.into_iter().filter_map(|(holds, mark)| holds.then_some(mark)).collect()
    }
}

/// What somebody should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Stale,
    Unused,
    Torn,
    Unreadable,
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Mark::Stale => "stale",
            Mark::Unused => "unused",
            Mark::Torn => "truncated",
            Mark::Unreadable => "unreadable",
        }
    }

    /// Whether it is said of a file, and not of an interaction.
    fn is_of_file(&self) -> bool {
        matches!(self, Mark::Torn | Mark::Unreadable)
    }

    fn show(self, html: &mut html::Html) {
        let class = match self {
            Mark::Stale | Mark::Unused => "mark",
            Mark::Torn | Mark::Unreadable => "mark bad",
        };
        html.leaf("span", &[("class", class)], self.word());
    }
}
