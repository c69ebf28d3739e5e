//! How long recordings are kept, and how many.

use std::sync::Arc;
use std::time::Duration;

use super::Builder;
use crate::api::setting;
use crate::model::ttl::Expiry;
use crate::model::view::RequestView;

impl Builder {
    /// How old recordings may be, in whole seconds; [`expiry`](Self::expiry) says what happens to older ones. What is pinned
    /// (`pinned: true`) is never too old.
    ///
    /// `LLM_CASSETTE_TTL` sets it for all cassettes of a run, as in `30d` or `30d,fail`: a whole number and `s`, `min`, `h`,
    /// `d`, `w`, `mo` (30 days) or `y` (365 days), then what happens, `warn`, `fail` or `record`; `off` lifts it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("faq").ttl(Duration::from_secs(30 * 24 * 60 * 60)).open()?; // 30 days
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ttl(mut self, age: Duration) -> Builder {
        self.settings.ttl.all = Some(age.into());
        self
    }

    /// How old recordings with a tag may be, in place of what [`ttl`](Self::ttl) says. Of several tags the strictest counts.
    ///
    /// ```
    /// use std::time::Duration;
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("faq").ttl_of_tag("news", Duration::from_secs(24 * 60 * 60)).open()?; // a day
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ttl_of_tag(mut self, tag: &str, age: Duration) -> Builder {
        if let Some(tag) = self.checked(setting::tag(tag)) {
            self.settings.ttl.set_of_tag(tag, age.into());
        }
        self
    }

    /// Lets a function choose how old the recorded answer to a request may be. Where it says `None`, tags and cassette
    /// decide. It sees the request as the client made it, secrets included, and its whole body.
    ///
    /// ```
    /// use std::time::Duration;
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("faq")
    ///     .ttl_by(|request| request.url().ends_with("/models").then_some(Duration::from_secs(60 * 60)))
    ///     .open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn ttl_by(
        mut self,
        choose: impl Fn(&RequestView<'_>) -> Option<Duration> + Send + Sync + 'static,
    ) -> Builder {
        self.settings.ttl.by_request = Some(Arc::new(choose));
        self
    }

    /// What happens when a recording is older than it may be; [`Expiry::Warn`] unless set here.
    ///
    /// ```
    /// use std::time::Duration;
    /// use llm_cassette::{Cassette, Expiry};
    ///
    /// let cassette = Cassette::builder("faq").ttl(Duration::from_secs(86_400)).expiry(Expiry::Fail).open()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn expiry(mut self, expiry: Expiry) -> Builder {
        self.settings.ttl.policy = expiry;
        self
    }

    /// How many bytes the cassette may have. To make room it lets go of what was not used for longest.
    ///
    /// A file is looked at when a run that recorded something ends, without the blobs beside it. What that run used stays,
    /// and so does what is pinned, with a warning if it is too much; all takes of a request stay or go together. When
    /// something was last used, the ledger knows; of what it does not know, the time of recording counts.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::builder("faq").max_size(2 << 20).open()?; // 2 MiB
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    pub fn max_size(mut self, bytes: usize) -> Builder {
        self.settings.max_size = Some(bytes);
        self
    }
}
