//! What interactions add up to in two versions. Those that are in both stand apart from those that came and went: a pull
//! request that only adds has not made anything dearer.

use crate::providers::Usage;
use crate::providers::price::{Payment, Totals};

/// What an interaction took, and what that costs.
pub(super) type Counted = (Usage, Payment);

/// The sums over interactions of two versions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::cli) struct Sums {
    /// How those were that are in both versions.
    pub(in crate::cli) was: Totals,
    /// How they are.
    pub(in crate::cli) is: Totals,
    pub(in crate::cli) added: Totals,
    pub(in crate::cli) removed: Totals,
}

impl Sums {
    /// Counts an interaction that is in both versions.
    pub(super) fn stays(&mut self, before: Counted, after: Counted) {
        self.was.add(&before.0, before.1);
        self.is.add(&after.0, after.1);
    }

    pub(super) fn comes(&mut self, after: Counted) {
        self.added.add(&after.0, after.1);
    }

    pub(super) fn goes(&mut self, before: Counted) {
        self.removed.add(&before.0, before.1);
    }

    pub(super) fn plus(&self, other: &Sums) -> Sums {
        Sums {
            was: self.was.plus(&other.was),
            is: self.is.plus(&other.is),
            added: self.added.plus(&other.added),
            removed: self.removed.plus(&other.removed),
        }
    }

    /// All of the version before.
    pub(in crate::cli) fn before(&self) -> Totals {
        self.was.plus(&self.removed)
    }

    /// All of the version after.
    pub(in crate::cli) fn after(&self) -> Totals {
        self.is.plus(&self.added)
    }
}
