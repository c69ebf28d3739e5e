//! As few runs as a line has room for, as close to what was measured as that allows.
//!
//! A stream of some thirty chunks stands as it came. A longer one is drawn as a line of straight pieces whose corners are
//! measured: the first and the last chunk are always exact, and a pause stays where it was. How far the others may be off
//! begins at nothing and grows until the line is short enough.

use super::{ChunkTimes, Run};

/// Characters that a line may take: with the name of the field before it, a hundred columns.
const ROOM: usize = 90;
/// Fewer chunks than this are written one by one, though they came evenly: that is no longer, and plainer.
const FEW: usize = 3;
/// How far behind the end of the best run a better one is looked for, so that the work grows with the chunks only.
const AHEAD: usize = 64;

/// `arrived` never goes down.
pub(super) fn fit(arrived: &[u32]) -> Option<ChunkTimes> {
    let first = *arrived.first()?;
    let mut tolerance = 0;
    loop {
        if let Some(then) = runs(arrived, tolerance) {
            let times = ChunkTimes { first, then };
            // One run for all is as short as it gets.
            if times.then.len() <= 1 || times.to_string().len() <= ROOM {
                return Some(times);
            }
        }
        tolerance += 1 + tolerance / 4;
    }
}

/// `None` when there are more than a line could have.
fn runs(arrived: &[u32], tolerance: u32) -> Option<Vec<Run>> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at + 1 < arrived.len() {
        // A digit and a space each.
        if runs.len() > ROOM / 2 {
            return None;
        }
        let end = run_end(arrived, at, tolerance);
        let step = if end - at < FEW { 1 } else { end - at };
        while at < end {
            let chunks = u32::try_from(step).unwrap_or(u32::MAX);
            runs.push(Run { chunks, over: arrived[at + step] - arrived[at] });
            at += step;
        }
    }
    Some(runs)
}

/// The last chunk such that those between `start` and it are off by no more than the tolerance when they are spaced evenly.
fn run_end(arrived: &[u32], start: usize, tolerance: u32) -> usize {
    let rise = |to: usize| i64::from(arrived[to] - arrived[start]);
    let tolerance = i64::from(tolerance);
    let mut best = start + 1;
    // The slopes that come near enough to all chunks so far, as fractions: rise and run.
    let (mut least, mut most) = ((0, 1), (i64::MAX, 1));
    let mut to = start;
    while to + 1 < arrived.len().min(best + AHEAD) {
        to += 1;
        let steps = i64::try_from(to - start).unwrap_or(i64::MAX);
        let slope = (rise(to), steps);
        if !steeper(least, slope) && !steeper(slope, most) {
            best = to;
        }
        let (low, high) = ((rise(to) - tolerance, steps), (rise(to) + tolerance, steps));
        least = if steeper(low, least) { low } else { least };
        most = if steeper(most, high) { high } else { most };
        if steeper(least, most) {
            break;
        }
    }
    best
}

fn steeper(a: (i64, i64), b: (i64, i64)) -> bool {
    i128::from(a.0) * i128::from(b.1) > i128::from(b.0) * i128::from(a.1)
}
