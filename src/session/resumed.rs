//! What a run has used of the answers that runs before it were given and nobody finished.

use std::collections::HashSet;
use std::sync::Arc;

use crate::store::tape::{Parsed, SlotId};

/// Where an answer of an earlier run stands: in which of the journals, and where in it.
pub(super) type Place = (usize, SlotId);

/// An answer of a run that nobody finished.
pub(super) struct Kept {
    pub(super) place: Place,
    pub(super) parsed: Arc<Parsed>,
}

/// What a run did with the answers of earlier ones.
#[derive(Debug, Default)]
pub(super) struct Resumed {
    used: HashSet<Place>,
    told: bool,
}

impl Resumed {
    /// The next of some answers that this run has not used, which is used now.
    pub(super) fn next(&mut self, kept: &mut Vec<Kept>) -> Option<Kept> {
        let at = kept.iter().position(|answer| !self.used.contains(&answer.place))?;
        let answer = kept.remove(at);
        self.used.insert(answer.place);
        Some(answer)
    }

    /// The first that can be used, and the others.
    pub(super) fn choose(&mut self, mut kept: Vec<Kept>) -> Option<(Kept, Vec<Kept>)> {
        self.next(&mut kept).map(|answer| (answer, kept))
    }

    /// Notes that it was said that the run goes on from an earlier one; says whether that is news.
    pub(super) fn tell(&mut self) -> bool {
        !std::mem::replace(&mut self.told, true)
    }
}
