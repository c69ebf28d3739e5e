//! What tokens cost, by their kind.

use super::Dollars;

/// What a token of a kind costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Rate {
    /// The table has no price for this kind: providers charge it like a kind that it belongs to, or not at all.
    #[default]
    Unstated,
    /// The table has a price for this kind, and none for how it was bought here.
    Unknown,
    Is(Dollars),
}

impl Rate {
    /// This rate, and another where nothing is said of it.
    pub(super) fn or(self, other: Rate) -> Rate {
        if self == Rate::Unstated { other } else { self }
    }

    /// What so many tokens cost; `None` where that is not known. No tokens cost nothing, whatever the price.
    pub(super) fn times(self, tokens: u64) -> Option<Dollars> {
        match self {
            _ if tokens == 0 => Some(Dollars::ZERO),
            Rate::Is(price) => Some(price.times(tokens)),
            Rate::Unstated | Rate::Unknown => None,
        }
    }
}

/// What a token costs of each kind that has prices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rates([Rate; KINDS.len()]);

/// A kind of token. Its number is its place among [`KINDS`].
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Input,
    Output,
    CacheRead,
    CacheCreation,
    CacheCreation1h,
    AudioInput,
    AudioOutput,
    AudioCacheRead,
    ImageInput,
    ImageOutput,
    ImageCacheRead,
    VideoInput,
    Reasoning,
}

/// What the community's table calls a price, and what our list does.
pub(super) const KINDS: [(&str, &str); 13] = [
    ("input_cost_per_token", "i"),
    ("output_cost_per_token", "o"),
    ("cache_read_input_token_cost", "r"),
    ("cache_creation_input_token_cost", "w"),
    ("cache_creation_input_token_cost_above_1hr", "wh"),
    ("input_cost_per_audio_token", "ia"),
    ("output_cost_per_audio_token", "oa"),
    ("cache_read_input_audio_token_cost", "ra"),
    ("input_cost_per_image_token", "ip"),
    ("output_cost_per_image_token", "op"),
    ("cache_read_input_image_token_cost", "rp"),
    ("input_cost_per_video_token", "iv"),
    ("output_cost_per_reasoning_token", "t"),
];

impl Rates {
    /// The rates that `price` gives for the names of the community's table.
    pub(super) fn of(price: impl Fn(&str) -> Option<Dollars>) -> Rates {
        Rates(KINDS.map(|(name, _)| price(name).map_or(Rate::Unstated, Rate::Is)))
    }

    pub(super) fn get(&self, kind: Kind) -> Rate {
        self.0[kind as usize]
    }

    /// These rates, and those of `other` where these say nothing.
    pub(super) fn or(self, other: &Rates) -> Rates {
        self.with(other, Rate::or)
    }

    /// Of what has a price in `usual`, one that is not stated here is not known.
    pub(super) fn in_place_of(self, usual: &Rates) -> Rates {
        self.with(usual, |rate, usual| match usual {
            Rate::Unstated => rate,
            Rate::Unknown | Rate::Is(_) => rate.or(Rate::Unknown),
        })
    }

    pub(super) fn says_nothing(&self) -> bool {
        *self == Rates::default()
    }

    fn with(self, other: &Rates, join: impl Fn(Rate, Rate) -> Rate) -> Rates {
        let mut joined = self;
        for (rate, other) in joined.0.iter_mut().zip(other.0) {
            *rate = join(*rate, other);
        }
        joined
    }
}
