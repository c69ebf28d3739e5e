//! The prompts of a run, in the order in which they were asked.

use std::borrow::Cow;
use std::sync::Arc;

use super::Session;
use super::history::Entry;
use super::plays::Plays;
use crate::model::exchange::Request;
use crate::providers::price::Prices;
use crate::redact::Values;
use crate::session::prompt_cache::{Call, Figures, PromptCache, turns};
use crate::store::tape::Parsed;

impl Session {
    pub(crate) fn prompt_cache(&self) -> PromptCache {
        let state = self.state();
        // What is said of them goes to people.
        let answered: Vec<(Cow<'_, Request>, &Arc<Parsed>)> = state
            .history
            .entries()
            .filter_map(|entry| match entry {
                Entry::Played { request: Some(request), parsed } => {
                    Some((Cow::Owned(self.presentable(request)), parsed))
                }
                Entry::Played { request: None, parsed } | Entry::Recorded(parsed) => {
                    Some((Cow::Borrowed(&parsed.interaction.request), parsed))
                }
                Entry::UnderWay(_) | Entry::Skipped { .. } | Entry::Refused { .. } => None,
            })
            .collect();
        let calls: Vec<Call<'_>> =
            answered.iter().map(|(request, parsed)| Call::new(request, &parsed.interaction)).collect();
        let places = turns(&calls);
        let prices = self.settings.prices.as_deref().unwrap_or_else(|| Prices::builtin());
        let figures = Figures::of(&calls, &places, prices);
        let moved = places.iter().zip(&answered).filter_map(|(place, (_, parsed))| {
            let turn = place.turn.as_ref()?;
            turn.described(&self.whereabouts(&state.plays, parsed))
        });
        PromptCache::new(&self.path, figures, moved.collect())
    }

    /// A request of this run as people may see it.
    pub(super) fn presentable(&self, request: &Request) -> Request {
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
