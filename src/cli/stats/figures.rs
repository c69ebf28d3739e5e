//! Rates and averages. Over nothing there is none, which is not zero.

use super::{Figures, Times};

impl Figures {
    /// Hits and misses.
    pub(in crate::cli) fn requests(&self) -> u64 {
        self.hits + self.misses
    }

    /// The share of requests that were answered from a cassette, from 0 to 1.
    pub(in crate::cli) fn hit_rate(&self) -> Option<f64> {
        share(self.hits, self.requests())
    }

    /// The share of requests that were not.
    pub(in crate::cli) fn miss_rate(&self) -> Option<f64> {
        share(self.misses, self.requests())
    }

    pub(in crate::cli) fn average_usage_count(&self) -> Option<f64> {
        share(self.usage_count, self.totals.interactions)
    }

    /// The share of input tokens that came from the provider's cache.
    pub(in crate::cli) fn cached_share(&self) -> Option<f64> {
        let usage = &self.totals.usage;
        share(usage.cache_read_input_tokens.unwrap_or(0), usage.input_tokens?)
    }
}

impl Times {
    /// Mean milliseconds to the first byte, and in all.
    pub(in crate::cli) fn means(&self) -> Option<(f64, f64)> {
        share(self.first_byte, self.count).zip(share(self.total, self.count))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts above 2^53 are beyond anybody's cassettes")]
fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}
