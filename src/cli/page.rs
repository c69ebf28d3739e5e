//! A page for people that shows what cassettes hold: one file that needs no network, reads without scripts, and in which
//! recorded text is text, whatever it says.

mod age;
mod anchors;
mod call;
mod changes;
mod chart;
mod document;
mod figures;
mod html;
mod overview;
mod parts;
mod raw;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::matching::request_key::Key;
use crate::providers::conversation::Conversation;
use crate::providers::price::Prices;
use crate::store::tape::Parsed;

pub(crate) use age::Clock;
pub(crate) use changes::render as render_changes;
pub(crate) use document::{MARK, render};

/// A cassette to show.
pub(crate) struct Cassette {
    /// What to call it: its path.
    pub(crate) name: String,
    /// Where it lies as seen from the page, as a relative URL.
    pub(crate) link: Option<String>,
    pub(crate) content: Content,
}

/// What was found in the file of a cassette.
pub(crate) enum Content {
    Calls {
        calls: Vec<Call>,
        /// The file ends in a document that was never finished.
        torn: bool,
    },
    /// Why it could not be read.
    Unreadable(String),
}

impl Cassette {
    fn calls(&self) -> &[Call] {
        match &self.content {
            Content::Calls { calls, .. } => calls,
            Content::Unreadable(_) => &[],
        }
    }
}

/// An interaction, told as a conversation.
pub(crate) struct Call {
    /// The line of the file at which it begins.
    pub(crate) line: usize,
    pub(crate) parsed: Arc<Parsed>,
    pub(crate) conversation: Conversation,
    /// It is known that nobody uses it.
    pub(crate) unused: bool,
}

impl Call {
    pub(crate) fn of(line: usize, parsed: Arc<Parsed>, unused: bool) -> Call {
        let conversation = Conversation::of(&parsed.interaction);
        Call { line, parsed, conversation, unused }
    }

    fn key(&self) -> Key {
        self.parsed.normal.key
    }
}

/// What a page needs to know beside the cassettes.
pub(crate) struct Context<'a> {
    pub(crate) clock: Clock,
    pub(crate) prices: &'a Prices,
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

    fn show(self, html: &mut html::Html) {
        let class = match self {
            Mark::Stale | Mark::Unused => "mark",
            Mark::Torn | Mark::Unreadable => "mark bad",
        };
        html.leaf("span", &[("class", class)], self.word());
    }
}
