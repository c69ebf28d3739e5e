//! How old recordings are, and from when on that is too old.

use jiff::Timestamp;

const DAY: i64 = 24 * 60 * 60;

/// The moment from which ages are counted, and the age from which a recording is stale.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Clock {
    now: Timestamp,
    stale_after_days: u32,
}

impl Clock {
    pub(in crate::cli) fn new(now: Timestamp, stale_after_days: u32) -> Clock {
        Clock { now, stale_after_days }
    }

    /// The day on which this is told.
    pub(super) fn today(&self) -> String {
        self.now.to_string().chars().take(10).collect()
    }

    pub(super) fn stale_after_days(&self) -> u32 {
        self.stale_after_days
    }

    /// Whole days since a time as cassettes write it. One in the future is none old.
    pub(super) fn days_since(&self, recorded_at: &str) -> Option<u32> {
        let then: Timestamp = recorded_at.parse().ok()?;
        u32::try_from(((self.now.as_second() - then.as_second()) / DAY).max(0)).ok()
    }

    pub(super) fn is_stale(&self, recorded_at: &str) -> bool {
        self.days_since(recorded_at).is_some_and(|days| days > self.stale_after_days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_stale_once_it_is_older_than_the_limit() {
        let clock = Clock::new("2026-11-21T12:00:00Z".parse().unwrap(), 90);
        assert!(!clock.is_stale("2026-08-23T12:00:00Z"), "90 days");
        assert!(clock.is_stale("2026-08-22T12:00:00Z"), "91 days");
        assert_eq!(clock.days_since("2027-01-01T00:00:00Z"), Some(0), "a clock that was ahead");
    }
}
