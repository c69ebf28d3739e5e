//! How long recordings are kept, and how many.

use std::sync::Arc;
use std::time::Duration;

use super::Builder;
use crate::model::expiry::Expiry;
use crate::model::labels;
use crate::model::view::RequestView;

impl Builder {
    /// How old recordings may be; [`expiry`](Self::expiry) says what happens to older ones. `LLM_CASSETTE_TTL=30d`, or
    /// `30d,fail`, sets it for all cassettes of a run, and `off` lifts it. What is pinned is never too old.
    pub fn ttl(mut self, age: Duration) -> Builder {
        self.settings.ttl.all = Some(age.into());
        self
    }

    /// How old recordings with a tag may be. Of several tags the strictest counts.
    pub fn ttl_of_tag(mut self, tag: &str, age: Duration) -> Builder {
        match labels::is_name(tag) {
            true => self.settings.ttl.of_tags.push((tag.to_owned(), age.into())),
            false => self.fail(format!("{tag:?} cannot be a tag"), &format!("use {}", labels::NAME)),
        }
        self
    }

    /// Lets a function choose how old the recorded answer to a request may be. Where it says `None`, tags and cassette
    /// decide.
    pub fn ttl_by(
        mut self,
        choose: impl Fn(&RequestView<'_>) -> Option<Duration> + Send + Sync + 'static,
    ) -> Builder {
        self.settings.ttl.by_request = Some(Arc::new(choose));
        self
    }

    /// What happens when a recording is older than it may be; [`Expiry::Warn`] unless set here.
    pub fn expiry(mut self, expiry: Expiry) -> Builder {
        self.settings.ttl.policy = expiry;
        self
    }

    /// How many bytes the cassette may have. To make room it lets go of what was not used for longest.
    ///
    /// A file is looked at when a run that recorded something ends, without the blobs beside it. What that run used stays,
    /// and so does what is pinned, with a warning if it is too much; all takes of a request stay or go together. When
    /// something was last used, the ledger knows; of what it does not know, the time of recording counts.
    pub fn max_size(mut self, bytes: usize) -> Builder {
        self.settings.max_size = Some(bytes);
        self
    }
}
