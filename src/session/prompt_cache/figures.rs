//! What conversations add up to: turns that kept their beginning, tokens read from a provider's cache, money.

use std::fmt;
use std::ops::AddAssign;

use super::{Call, Place, State};
use crate::model::text::grouped;
use crate::providers::price::{Dollars, Prices};

/// Sums over conversations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Conversations of more than one turn.
    pub(crate) conversations: u64,
    /// Turns behind the first of each.
    pub(crate) turns: u64,
    pub(crate) kept: u64,
    pub(crate) moved: u64,
    /// Input tokens of all prompts whose tokens are known, first turns and prompts of one turn included.
    pub(crate) input: u64,
    /// `None` where no provider says.
    pub(crate) cached: Option<u64>,
    pub(crate) saving: Saving,
}

/// What a cache saved, and what writing to it cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Saving {
    pub(crate) saved: Dollars,
    pub(crate) written: Dollars,
    /// Answers that used the cache and whose price is not known.
    pub(crate) unknown: u64,
}

/// What a cache came to: what is written to it costs more, and may never be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Net {
    Saved(Dollars),
    Lost(Dollars),
}

impl Figures {
    /// The sums over requests and what became of them.
    pub(crate) fn of(calls: &[Call<'_>], places: &[Place], prices: &Prices) -> Figures {
        let mut figures = Figures::default();
        for (call, place) in calls.iter().zip(places).filter(|(_, place)| place.is_prompt) {
            figures.input = figures.input.saturating_add(call.usage.input_tokens.unwrap_or(0));
            figures.cached = sum(figures.cached, call.usage.cache_read_input_tokens);
            figures.saving += Saving::of(call, prices);
            if let Some(turn) = &place.turn {
                figures.turns += 1;
                figures.kept += u64::from(matches!(turn.state, State::Kept { .. }));
                figures.moved += u64::from(matches!(turn.state, State::Moved { .. }));
            }
        }
        figures.conversations = conversations(places);
        figures
    }

    /// From 0 to 1; `None` when nothing is known to have been read.
    pub(crate) fn cached_share(&self) -> Option<f64> {
        share(self.cached?, self.input)
    }

    /// How much of the input came from the cache; `None` when nothing is known of that.
    pub(crate) fn cached_in_words(&self) -> Option<String> {
        cached_in_words(self.cached?, self.input, "cached")
    }
}

/// `None` where neither says anything.
fn sum(one: Option<u64>, two: Option<u64>) -> Option<u64> {
    one.map_or(two, |one| Some(one.saturating_add(two.unwrap_or(0))))
}

#[cfg(feature = "cli")]
impl AddAssign for Figures {
    fn add_assign(&mut self, other: Figures) {
        self.conversations += other.conversations;
        self.turns += other.turns;
        self.kept += other.kept;
        self.moved += other.moved;
        self.input = self.input.saturating_add(other.input);
        self.cached = sum(self.cached, other.cached);
        self.saving += other.saving;
    }
}

/// How many first turns something goes on from.
fn conversations(places: &[Place]) -> u64 {
    let mut firsts: Vec<usize> = Vec::new();
    for place in places {
        let mut first = match &place.turn {
            Some(turn) => turn.base,
            None => continue,
        };
        while let Some(turn) = &places[first].turn {
            first = turn.base;
        }
        firsts.push(first);
    }
    firsts.sort_unstable();
    firsts.dedup();
    firsts.len() as u64
}

/// How much of an input came from the cache. Some gateways count what was cached beside the input, and then it is no share of
/// anything.
/// `done` says what became of it there.
pub(crate) fn cached_in_words(cached: u64, input: u64, done: &str) -> Option<String> {
    let share = share(cached, input)?;
    Some(match share > 1.0 {
        true => format!(
            "{} tokens {done}, says the provider, of {} that it counts as input",
            grouped(cached),
            grouped(input)
        ),
        false => format!("{:.0} % of the input {done}", share * 100.0),
    })
}

/// The share of the input of an answer that came from the cache.
#[cfg(feature = "cli")]
pub(crate) fn cached_share(usage: &crate::providers::Usage) -> Option<f64> {
    share(usage.cache_read_input_tokens?, usage.input_tokens?)
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts tokens above 2^53")]
fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

impl Saving {
    /// What the cache saved of one answer.
    pub(crate) fn of(call: &Call<'_>, prices: &Prices) -> Saving {
        if !call.used_the_cache() {
            return Saving::default();
        }
        match prices.worth(&call.bill()).cache() {
            Some(cache) => Saving { saved: cache.saved, written: cache.written, unknown: 0 },
            None => Saving { unknown: 1, ..Saving::default() },
        }
    }

    /// What it came to; `None` when a price is not known.
    pub(crate) fn net(&self) -> Option<Net> {
        let net = match self.written > self.saved {
            true => Net::Lost(self.written.less(self.saved)),
            false => Net::Saved(self.saved.less(self.written)),
        };
        (self.unknown == 0).then_some(net)
    }
}

impl Net {
    /// Below zero for what was lost.
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Net::Saved(amount) => amount.as_f64(),
            Net::Lost(amount) => -amount.as_f64(),
        }
    }

    /// The same, exactly.
    #[cfg(any(test, feature = "cli"))]
    pub(crate) fn exact(self) -> String {
        match self {
            Net::Saved(amount) => amount.exact(),
            Net::Lost(amount) => format!("-{}", amount.exact()),
        }
    }
}

impl AddAssign for Saving {
    fn add_assign(&mut self, other: Saving) {
        self.saved += other.saved;
        self.written += other.written;
        self.unknown += other.unknown;
    }
}

/// `saved $0.0012`, `cost $0.0003 more`.
impl fmt::Display for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.net() {
            None => write!(f, "saving unknown"),
            Some(Net::Saved(amount)) => write!(f, "saved {amount}"),
            Some(Net::Lost(amount)) => write!(f, "cost {amount} more"),
        }
    }
}
