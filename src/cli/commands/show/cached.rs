//! What the lines below a heading say of the provider's prompt cache, where there is anything to say.

use crate::cli::commands::entries::Cassette;
use crate::model::json::Json;
use crate::providers::price::Prices;
use crate::session::prompt_cache::{Call, Net, Place, Saving, State, cached_in_words, cached_share, turns};

/// What is known of each interaction of a cassette.
pub(super) struct Caching<'a> {
    calls: Vec<Call<'a>>,
    places: Vec<Place>,
    prices: &'a Prices,
}

/// A line, and whether it tells of a loss.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) is_loss: bool,
}

impl<'a> Caching<'a> {
    pub(super) fn of(cassette: &'a Cassette, prices: &'a Prices) -> Caching<'a> {
        let interactions = cassette.entries.iter().map(|entry| &entry.parsed.interaction);
        let calls: Vec<Call<'a>> =
            interactions.map(|interaction| Call::new(&interaction.request, interaction)).collect();
        Caching { places: turns(&calls), calls, prices }
    }

    pub(super) fn lines(&self, number: usize) -> Vec<Line> {
        let rendered = |text: String, is_loss: bool| Line { text: format!("prompt cache{text}"), is_loss };
        let used = self.used(number).map(|text| rendered(text, false));
        let turn = self.places[number].turn.as_ref().and_then(|turn| match &turn.state {
            State::Moved { what, too_short: false } => {
                Some(rendered(format!(" lost: {}", what.join("; ")), true))
            }
            State::Moved { what, too_short: true } => {
                Some(rendered(format!(" would be lost if the prompt were longer: {}", what.join("; ")), true))
            }
            // Once in a conversation is enough.
            State::Unasked if turn.number == 2 => {
                Some(rendered(" not used: there is no `cache_control`".to_owned(), false))
            }
            State::Kept { .. } | State::Unasked => None,
        });
        used.into_iter().chain(turn).collect()
    }

    /// What was read from the cache and written to it; `None` where it was neither.
    fn used(&self, number: usize) -> Option<String> {
        let call = &self.calls[number];
        let saving = Saving::of(call, self.prices);
        let share = cached_share(&call.usage).filter(|share| *share > 0.0);
        if saving == Saving::default() && share.is_none() {
            return None;
        }
        let (cached, input) = (call.usage.cache_read_input_tokens, call.usage.input_tokens);
        let read = match share.and_then(|_| cached_in_words(cached?, input?, "read")) {
            None => "only written".to_owned(),
            Some(read) => read,
        };
        Some(format!(": {read} · {saving}"))
    }

    /// The same for programs; `null` for what is no prompt.
    pub(super) fn tree(&self, number: usize) -> Json {
        let place = &self.places[number];
        if !place.is_prompt {
            return Json::Null;
        }
        let text = |text: &str| Json::from(text);
        let state = place.turn.as_ref().map(|turn| match &turn.state {
            State::Kept { .. } => "kept",
            State::Moved { .. } => "moved",
            State::Unasked => "not asked for",
        });
        let moved = match place.turn.as_ref().map(|turn| &turn.state) {
            Some(State::Moved { what, .. }) => what.iter().map(|what| text(what)).collect(),
            _ => Vec::new(),
        };
        let call = &self.calls[number];
        let net = Saving::of(call, self.prices).net();
        let fields = [
            ("turn", Json::from(place.turn.as_ref().map_or(1, |turn| turn.number) as u64)),
            ("state", state.map_or(Json::Null, text)),
            ("moved", Json::Array(moved)),
            (
                "cached_share",
                cached_share(&call.usage).map_or(Json::Null, |share| Json::Number(format!("{share:.4}"))),
            ),
            ("saved_usd", net.map_or(Json::Null, |net: Net| Json::Number(net.exact()))),
        ];
        Json::Object(fields.map(|(name, value)| (name.to_owned(), value)).to_vec())
    }
}
