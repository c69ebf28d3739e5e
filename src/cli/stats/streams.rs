//! How fast answers streamed when they were recorded.

use crate::model::chunk_times::ChunkTimes;

/// Of recorded streams, as far as cassettes have the times of their chunks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::cli) struct Streams {
    /// Milliseconds from sending the request to the first chunk.
    first_chunks: Vec<f64>,
    /// Output tokens, by the provider's count, for each second from the first chunk to the last.
    rates: Vec<f64>,
}

impl Streams {
    pub(super) fn add(&mut self, times: &ChunkTimes, output_tokens: Option<u64>) {
        self.first_chunks.push(f64::from(times.first()));
        // What came all at once tells nothing of a rate.
        let over = times.last() - times.first();
        if let Some(tokens) = output_tokens.filter(|tokens| *tokens > 0 && over > 0) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "counts above 2^53 are beyond anybody's cassettes"
            )]
            self.rates.push(tokens as f64 * 1000.0 / f64::from(over));
        }
    }

    pub(in crate::cli) fn count(&self) -> usize {
        self.first_chunks.len()
    }

    /// The median, in milliseconds.
    pub(in crate::cli) fn first_chunk(&self) -> Option<f64> {
        median(&self.first_chunks)
    }

    /// The median.
    pub(in crate::cli) fn tokens_per_second(&self) -> Option<f64> {
        median(&self.rates)
    }
}

/// The value in the middle; of an even number of them, the mean of the two there.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}
