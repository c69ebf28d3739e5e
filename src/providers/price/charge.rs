//! What an answer costs by the prices of its model. Each part is known or nothing is: a sum that leaves something out
//! would look exact.

use super::entry::{Fees, Price};
use super::rates::{Kind, Rate, Rates};
use super::{CacheCost, Cost, Dollars};
use crate::providers::Usage;
use crate::providers::bill::Bill;
use crate::providers::charges::{Charges, Tier};

impl Price {
    /// What all of a bill costs; `None` when any count or price is not known.
    pub(super) fn cost(&self, bill: &Bill) -> Option<Cost> {
        let (usage, charges) = (bill.counts_paid_for(), &bill.charges);
        let ranks = self.fees.query.is_some() && charges.ranked.is_some();
        if !ranks {
            usage.input_tokens.or(usage.output_tokens)?;
        }
        let tier = match &charges.tier {
            Some(Tier::Named(name)) => Some(name.as_str()),
            Some(Tier::Usual) | None => None,
        };
        let rates = self.rates(tier, usage.input_tokens.unwrap_or(0))?;
        let (input, cache) = rates.input(&usage, charges)?;
        let output = rates.output(&usage, charges, self.draws)?;
        Some(Cost { total: input + output + self.fees.of(charges)?, cache: Some(cache) })
    }
}

impl Rates {
    /// What was read, and what the cache made of it.
    fn input(&self, usage: &Usage, charges: &Charges) -> Option<(Dollars, CacheCost)> {
        let read = usage.cache_read_input_tokens.unwrap_or(0);
        let written = usage.cache_creation_input_tokens.unwrap_or(0);
        let for_an_hour = usage.cache_creation_1h_input_tokens.unwrap_or(0).min(written);
        let plain = self.get(Kind::Input);
        let from_cache = self.get(Kind::CacheRead).or(plain);
        // Sound is dear, so it needs a price. Pictures and films are tokens like others where they have none.
        let heard = Special {
            all: usage.audio_input_tokens,
            cached: charges.audio_cached,
            rate: self.get(Kind::AudioInput),
            from_cache: self.get(Kind::AudioCacheRead),
        };
        let seen = |all, rate, from_cache| match rate {
            Rate::Unstated => Special::none(),
            rate => Special { all, cached: charges.image_cached, rate, from_cache },
        };
        let pictures = seen(charges.image_input, self.get(Kind::ImageInput), self.get(Kind::ImageCacheRead));
        let films = seen(charges.video_input, self.get(Kind::VideoInput), Rate::Unknown);
        let (mut rest, mut rest_read) = (usage.input_tokens.unwrap_or(0), read);
        let mut special = Dollars::ZERO;
        for kind in [heard, pictures, films] {
            let (new, cached) = kind.parts(read)?;
            // What is counted twice is not known to be anything.
            rest = rest.checked_sub(new)?.checked_sub(cached)?;
            rest_read = rest_read.checked_sub(cached)?;
            special += kind.rate.times(new)? + kind.from_cache.times(cached)?;
        }
        let new = rest.checked_sub(rest_read)?.checked_sub(written)?;
        // A provider without a price of its own for writing charges it like any other token.
        let kept = self.get(Kind::CacheCreation).or(plain).times(written - for_an_hour)?
            + self.get(Kind::CacheCreation1h).times(for_an_hour)?;
        let served = from_cache.times(rest_read)?;
        let cache = CacheCost {
            saved: plain.times(rest_read)?.less(served),
            written: kept.less(plain.times(written)?),
        };
        Some((plain.times(new)? + served + kept + special, cache))
    }

    /// What was written.
    fn output(&self, usage: &Usage, charges: &Charges, draws: bool) -> Option<Dollars> {
        let plain = self.get(Kind::Output);
        let all = usage.output_tokens.unwrap_or(0);
        let spoken = usage.audio_output_tokens.unwrap_or(0);
        let drawn = match charges.image_output {
            Some(drawn) => drawn,
            None if charges.pictures == 0 => 0,
            // Of pictures that nobody counted, the tokens are known only where there are no others.
            None if draws && plain == Rate::Unstated => all,
            None => return None,
        };
        let reasoning = self.get(Kind::Reasoning);
        let thought = match reasoning {
            Rate::Unstated => 0,
            Rate::Unknown | Rate::Is(_) => usage.reasoning_output_tokens.unwrap_or(0),
        };
        let said = all.checked_sub(spoken)?.checked_sub(drawn)?.checked_sub(thought)?;
        Some(
            plain.times(said)?
                + reasoning.times(thought)?
                + self.get(Kind::AudioOutput).times(spoken)?
                + self.get(Kind::ImageOutput).times(drawn)?,
        )
    }
}

/// Tokens with prices of their own among those that were read.
struct Special {
    all: Option<u64>,
    cached: Option<u64>,
    rate: Rate,
    from_cache: Rate,
}

impl Special {
    fn none() -> Special {
        Special { all: None, cached: None, rate: Rate::Unstated, from_cache: Rate::Unstated }
    }

    /// Those that were new, and those that came from the cache; `None` where nobody can tell.
    fn parts(&self, read: u64) -> Option<(u64, u64)> {
        match (self.all.unwrap_or(0), self.cached) {
            (0, None) => Some((0, 0)),
            (all, None) => (read == 0).then_some((all, 0)),
            (all, Some(cached)) => Some((all.checked_sub(cached)?, cached)),
        }
    }
}

impl Fees {
    /// What is paid beside tokens.
    fn of(&self, charges: &Charges) -> Option<Dollars> {
        let each = |count: u64, fee: Option<Dollars>| match count {
            0 => Some(Dollars::ZERO),
            count => fee.map(|fee| fee.times(count)),
        };
        let size = self.search[charges.search_size.map_or(1, |size| size as usize)];
        let queries = charges.queries.len() as u64;
        let grounded = if self.each_query { queries } else { queries.min(1) };
        let mapped = charges.maps;
        // What is priced by the query costs nothing by the token, so that it must be known how many there were.
        let ranked = match self.query {
            Some(_) => charges.ranked?,
            None => charges.ranked.unwrap_or(0),
        };
        // Some charge for ranking by the token alone.
        let ranking = if self.query.is_none() { Some(Dollars::ZERO) } else { each(ranked, self.query) };
        Some(
            each(charges.searches(), size)?
                + each(grounded, self.search[1])?
                + each(mapped, self.maps)?
                + ranking?
                + self.request.unwrap_or_default(),
        )
    }
}
