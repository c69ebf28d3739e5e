//! Prompt-cache health: whether each turn of a conversation begins as the turn before it did, since a provider's cache is
//! lost from the first thing on that moved. Pure: from requests in their order, what was answered, and a table of prices.

mod base;
mod breakpoints;
mod figures;
mod moved;
mod prompt;
mod report;
#[cfg(test)]
mod tests;
mod words;

use crate::model::exchange::{Request, Response};
use crate::model::interaction::Interaction;
use crate::providers::bill::Bill;
use crate::providers::{self, Usage};

use base::Earlier;
pub(crate) use figures::Figures;
#[cfg(feature = "cli")]
pub(crate) use figures::{Net, Saving, cached_in_words, cached_share};
use prompt::Prompt;
pub use report::PromptCache;

/// A request, and what is known of its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) provider: Option<&'a str>,
    pub(crate) model: Option<&'a str>,
    pub(crate) usage: Usage,
    /// `None` where there is nothing to be told of but tokens.
    pub(crate) response: Option<&'a Response>,
}

impl<'a> Call<'a> {
    /// `request` may be another one than that which was recorded, where a replay took the two for the same.
    pub(crate) fn new(request: &'a Request, interaction: &'a Interaction) -> Call<'a> {
        let provider = interaction.provider.as_deref();
        let mut usage = Usage::of(&interaction.usage);
        // Cassettes leave out counts of 0, and who is known to have a cache says what was read from it.
        let caches = || provider.and_then(providers::provider).is_some_and(|one| one.cache.fewest.is_some());
        if usage.cache_read_input_tokens.is_none() && usage.input_tokens.is_some() && caches() {
            usage.cache_read_input_tokens = Some(0);
        }
        Call {
            request,
            provider,
            model: interaction.model.as_deref(),
            usage,
            response: Some(&interaction.response),
        }
    }

    fn bill(&self) -> Bill {
        match self.response {
            Some(response) => Bill::new(self.provider, self.model, self.usage, self.request, response),
            None => Bill::of_tokens(self.provider, self.model, self.usage),
        }
    }

    fn used_the_cache(&self) -> bool {
        let used = |count: Option<u64>| count.is_some_and(|count| count > 0);
        used(self.usage.cache_read_input_tokens) || used(self.usage.cache_creation_input_tokens)
    }

    fn read_from_the_cache(&self) -> bool {
        self.usage.cache_read_input_tokens.is_some_and(|count| count > 0)
    }

    /// Whether the provider had nothing to keep of it.
    fn is_too_short(&self) -> bool {
        let fewest = self.provider.and_then(providers::provider).and_then(|provider| provider.cache.fewest);
        self.usage.input_tokens.zip(fewest).is_some_and(|(tokens, fewest)| tokens < fewest)
            && !self.used_the_cache()
    }
}

/// What is known of one request, by its place among those that were asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// How it goes on from an earlier one; `None` for the first one of a conversation.
    pub(crate) turn: Option<Turn>,
    /// Whether it is a prompt, that is, has messages.
    pub(crate) is_prompt: bool,
}

/// A request that goes on from an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turn {
    /// The place of the request before it.
    pub(crate) base: usize,
    /// 2 for the second turn of its conversation.
    pub(crate) number: usize,
    pub(crate) state: State,
}

/// What became of the beginning that a turn shares with the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// All that could be cached stands where it stood: so many messages, and what is before them.
    Kept { messages: usize },
    /// Something moved: what, in the order of the prompt, a sentence each.
    Moved {
        what: Vec<String>,
        /// Nothing was lost yet, since the prompt before was too short to be cached.
        too_short: bool,
    },
    /// The request before it asked for nothing to be cached, where only what is asked for is.
    Unasked,
}

/// Finds the turn before each request, and what became of what they share.
pub(crate) fn turns(calls: &[Call<'_>]) -> Vec<Place> {
    let prompts: Vec<Option<Prompt>> = calls.iter().map(Prompt::of).collect();
    let mut places: Vec<Place> = Vec::with_capacity(calls.len());
    let mut earlier = Earlier::default();
    for (index, prompt) in prompts.iter().enumerate() {
        let base = prompt.as_ref().and_then(|prompt| earlier.of(prompt, &prompts[..index]));
        let turn = prompt.as_ref().zip(base).and_then(|(now, base)| {
            let before = prompts[base].as_ref()?;
            let number = places[base].turn.as_ref().map_or(1, |turn| turn.number) + 1;
            Some(Turn { base, number, state: state(before, now, &calls[base], &calls[index]) })
        });
        places.push(Place { turn, is_prompt: prompt.is_some() });
        if let Some(prompt) = prompt {
            earlier.add(index, prompt);
        }
    }
    places
}

/// `call` is the one before, of which the cache may have something.
fn state(before: &Prompt, now: &Prompt, call: &Call<'_>, next: &Call<'_>) -> State {
    // What reads from a cache nobody asked for has one that asks for nothing.
    if before.asks_for_nothing() && !next.read_from_the_cache() {
        return State::Unasked;
    }
    let what = moved::moved(before, now);
    if what.is_empty() {
        return State::Kept { messages: before.messages.len() };
    }
    State::Moved { what, too_short: call.is_too_short() }
}
