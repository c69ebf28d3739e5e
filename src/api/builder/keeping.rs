//! How long recordings are kept, and how many.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Builder;
use crate::model::expiry::Expiry;
use crate::model::labels;
use crate::model::view::RequestView;
use crate::session::memory::Limits;

impl Builder {
    /// How old recordings may be; [`expiry`](Self::expiry) says what happens to older ones. `LLM_CASSETTE_MAX_AGE=30d`, or
    /// `30d,fail`, sets it for all cassettes of a run, and `off` lifts it. What is pinned is never too old.
    pub fn max_age(mut self, age: Duration) -> Builder {
        self.settings.max_age.all = Some(age.into());
        self
    }

    /// How old recordings with a tag may be. Of several tags the strictest counts.
    pub fn max_age_of_tag(mut self, tag: &str, age: Duration) -> Builder {
        match labels::is_name(tag) {
            true => self.settings.max_age.of_tags.push((tag.to_owned(), age.into())),
            false => self.fail(format!("{tag:?} cannot be a tag"), &format!("use {}", labels::NAME)),
        }
        self
    }

    /// Lets a function choose how old the recorded answer to a request may be. Where it says `None`, tags and cassette
    /// decide.
    pub fn max_age_by(
        mut self,
        choose: impl Fn(&RequestView<'_>) -> Option<Duration> + Send + Sync + 'static,
    ) -> Builder {
        self.settings.max_age.by_request = Some(Arc::new(choose));
        self
    }

    /// What happens when a recording is older than it may be; [`Expiry::Warn`] unless set here.
    pub fn expiry(mut self, expiry: Expiry) -> Builder {
        self.settings.max_age.policy = expiry;
        self
    }

    /// How long a cassette [in memory](crate::Cassette::in_memory) plays an answer, from when it was recorded.
    pub fn time_to_live(mut self, time_to_live: Duration) -> Builder {
        self.limit("time_to_live", |limits| limits.time_to_live = Some(time_to_live));
        self
    }

    /// How many bytes the cassette may have. To make room it lets go of what was not used for longest.
    ///
    /// A file is looked at when a run that recorded something ends, without the blobs beside it. What that run used stays,
    /// and so does what is pinned, with a warning if it is too much; all takes of a request stay or go together. When
    /// something was last used, the ledger knows; of what it does not know, the time of recording counts.
    ///
    /// [In memory](crate::Cassette::in_memory) it is about that many bytes at any time, and an answer that would not fit alone is
    /// skipped.
    pub fn max_size(mut self, bytes: usize) -> Builder {
        self.settings.max_size = Some(bytes);
        self
    }

    /// The clock for [`time_to_live`](Self::time_to_live), for tests of what becomes of a program when answers expire.
    pub fn clock(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> Builder {
        self.limit("clock", |limits| limits.clock = Arc::new(now));
        self
    }

    fn limit(&mut self, what: &str, set: impl FnOnce(&mut Limits)) {
        match &mut self.settings.memory {
            Some(limits) => set(limits),
            None => self.fail(
                format!("`{what}` is for cassettes in memory, and this one has a file"),
                "start with `Cassette::in_memory()`, or leave it out",
            ),
        }
    }
}
