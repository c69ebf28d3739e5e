//! The prompts of a run, in the order in which they were asked.

use std::sync::Arc;

use super::{Session, State};
use crate::exchange::Request;
use crate::miss;
use crate::price::Prices;
use crate::prompt_cache::{Call, Figures, PromptCache, turns};
use crate::redact::Values;
use crate::tape::Parsed;

/// A request of this run and what answered it.
#[derive(Debug)]
pub(super) struct Answered {
    order: u64,
    /// As the client made it, where it was answered from the tape: matching forgives what a cache does not.
    request: Request,
    parsed: Arc<Parsed>,
}

impl State {
    /// May be called again for a call of which more has arrived.
    pub(super) fn answered(&mut self, order: u64, request: Request, parsed: &Arc<Parsed>) {
        self.prompts.retain(|answered| answered.order != order);
        self.prompts.push(Answered { order, request, parsed: Arc::clone(parsed) });
    }
}

impl Session {
    pub(super) fn answered_from_tape(&self, request: Request, parsed: &Arc<Parsed>) {
        let mut state = self.state();
        let order = state.begun;
        state.begun += 1;
        state.answered(order, request, parsed);
    }

    pub(crate) fn prompt_cache(&self) -> PromptCache {
        let mut state = self.state();
        state.prompts.sort_by_key(|answered| answered.order);
        // What is said of them goes to people.
        let requests: Vec<Request> =
            state.prompts.iter().map(|answered| self.presentable(&answered.request)).collect();
        let pairs = requests.iter().zip(&state.prompts);
        let calls: Vec<Call<'_>> =
            pairs.map(|(request, answered)| Call::new(request, &answered.parsed.interaction)).collect();
        let places = turns(&calls);
        let prices = self.settings.prices.as_deref().unwrap_or_else(|| Prices::builtin());
        let figures = Figures::of(&calls, &places, prices);
        let moved = places.iter().zip(&state.prompts).filter_map(|(place, answered)| {
            let turn = place.turn.as_ref()?;
            turn.told(&self.whereabouts(&state, &answered.parsed))
        });
        PromptCache::new(&self.path, figures, moved.collect())
    }

    fn presentable(&self, request: &Request) -> Request {
        self.redactor.learn(request);
        self.redactor.request(request, Values::Known)
    }

    /// Where an interaction stands in the file, if it was there when the run began.
    fn whereabouts(&self, state: &State, parsed: &Arc<Parsed>) -> String {
        let slot = self.played(state).find(|(_, other)| Arc::ptr_eq(other, parsed)).map(|(slot, _)| slot);
        match slot {
            Some(slot) => self.place(&self.tape, slot),
            None => miss::address(&parsed.interaction.request),
        }
    }
}
