//! When the chunks of a stream arrived, short enough for one line of a cassette.

mod fitting;
mod words;

/// Milliseconds from sending a request to each chunk of the answer. Chunks that came evenly are one [`Run`], so that this
/// is short however many there were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChunkTimes {
    first: u32,
    then: Vec<Run>,
}

/// Chunks that followed one another evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// At least one.
    chunks: u32,
    /// Milliseconds from the chunk before the run to the last one of it.
    over: u32,
}

impl ChunkTimes {
    /// The latest time that there is: a day. What came later counts as that.
    const LATEST: u32 = 24 * 60 * 60 * 1000;

    /// `arrived` has the milliseconds of each chunk. `None` when there is none.
    pub(crate) fn of(arrived: &[u64]) -> Option<ChunkTimes> {
        let mut latest = 0;
        let in_order = arrived.iter().map(|&at| {
            // No clock that we use goes back, but a caller could.
            latest = u32::try_from(at).unwrap_or(u32::MAX).min(ChunkTimes::LATEST).max(latest);
            latest
        });
        fitting::fit(&in_order.collect::<Vec<_>>())
    }

    /// How many chunks this tells of.
    pub(crate) fn chunks(&self) -> u64 {
        1 + self.then.iter().map(|run| u64::from(run.chunks)).sum::<u64>()
    }

    /// Milliseconds to the first chunk.
    #[cfg(any(test, feature = "cli"))]
    pub(crate) fn first(&self) -> u32 {
        self.first
    }

    /// Milliseconds to the last one.
    pub(crate) fn last(&self) -> u32 {
        self.then.iter().fold(self.first, |at, run| at.saturating_add(run.over))
    }

    /// Milliseconds to each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        let mut start = self.first;
        let rest = self.then.iter().flat_map(move |run| {
            let from = start;
            start = start.saturating_add(run.over);
            (1..=run.chunks).map(move |nth| from.saturating_add(run.at(nth)))
        });
        std::iter::once(self.first).chain(rest)
    }

    /// The same without the chunks that went; `None` when none is left.
    pub(crate) fn keeping(&self, mut is_kept: impl Iterator<Item = bool>) -> Option<ChunkTimes> {
        let left = self.iter().filter(|_| is_kept.next().unwrap_or(false));
        ChunkTimes::of(&left.map(u64::from).collect::<Vec<_>>())
    }

    /// How much room this takes.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.then.as_slice())
    }
}

impl Run {
    /// Milliseconds from the chunk before the run to the how many-th of it, to the nearest.
    fn at(self, nth: u32) -> u32 {
        let (nth, chunks, over) = (u64::from(nth), u64::from(self.chunks), u64::from(self.over));
        u32::try_from((2 * nth * over + chunks) / (2 * chunks)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests;
