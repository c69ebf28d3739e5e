//! The prompts of a run, in the order in which they were asked.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Session;
use super::plays::Plays;
use crate::model::exchange::Request;
use crate::providers::price::Prices;
use crate::redact::Values;
use crate::session::prompt_cache::{Call, Figures, PromptCache, turns};
use crate::store::tape::Parsed;

/// A request of this run and what answered it.
#[derive(Debug)]
pub(super) struct Answered {
    /// As the client made it, where that is not what was recorded: matching forgives what a cache does not. Most of a
    /// long replay is the same, and need not be kept twice.
    request: Option<Box<Request>>,
    parsed: Arc<Parsed>,
}

impl Answered {
    pub(super) fn new(request: Request, parsed: &Arc<Parsed>) -> Answered {
        let recorded = &parsed.interaction.request;
        let other = (request.url != recorded.url || request.body != recorded.body).then(|| Box::new(request));
        Answered { request: other, parsed: Arc::clone(parsed) }
    }
}

/// The requests of a run and what answered them, in the order in which they were asked.
#[derive(Debug, Default)]
pub(super) struct Prompts(BTreeMap<u64, Answered>);

impl Prompts {
    /// May be called again for a call of which more has arrived.
    pub(super) fn add(&mut self, order: u64, answered: Answered) {
        self.0.insert(order, answered);
    }

    fn iter(&self) -> impl Iterator<Item = &Answered> {
        self.0.values()
    }
}

impl Session {
    pub(crate) fn prompt_cache(&self) -> PromptCache {
        let state = self.state();
        // What is said of them goes to people.
        let requests: Vec<Cow<'_, Request>> = state
            .prompts
            .iter()
            .map(|answered| match &answered.request {
                Some(request) => Cow::Owned(self.presentable(request)),
                None => Cow::Borrowed(&answered.parsed.interaction.request),
            })
            .collect();
        let pairs = requests.iter().zip(state.prompts.iter());
        let calls: Vec<Call<'_>> =
            pairs.map(|(request, answered)| Call::new(request, &answered.parsed.interaction)).collect();
        let places = turns(&calls);
        let prices = self.settings.prices.as_deref().unwrap_or_else(|| Prices::builtin());
        let figures = Figures::of(&calls, &places, prices);
        let moved = places.iter().zip(state.prompts.iter()).filter_map(|(place, answered)| {
            let turn = place.turn.as_ref()?;
            turn.described(&self.whereabouts(&state.plays, &answered.parsed))
        });
        PromptCache::new(&self.path, figures, moved.collect())
    }

    fn presentable(&self, request: &Request) -> Request {
        self.redactor.learn(request);
        self.redactor.request(request, Values::Known)
    }

    /// Where an interaction stands in the file, if it was there when the run began.
    fn whereabouts(&self, plays: &Plays, parsed: &Arc<Parsed>) -> String {
        let slot = self.played(plays).find(|(_, other)| Arc::ptr_eq(other, parsed)).map(|(slot, _)| slot);
        match slot {
            Some(slot) => self.place(&self.tape, slot),
            None => parsed.interaction.request.address(),
        }
    }
}
