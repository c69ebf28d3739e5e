//! How old a recording may be, and what happens to one that is older.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::model::age::Age;
use crate::model::error::{Error, ErrorKind};
use crate::model::labels::Labels;
use crate::model::view::RequestView;

/// The environment variable with the age and the policy of every cassette of a run.
pub(crate) const VARIABLE: &str = "LLM_CASSETTE_TTL";

/// What happens when a recording is older than it may be. A replay never records it again by itself.
///
/// | | `replay` | `record` | `refresh` |
/// |---|---|---|---|
/// | `Warn` | played, with a warning | played, with a warning | sent again |
/// | `Fail` | refused | refused | sent again |
/// | `Record` | played, with a warning | sent again, and replaced | sent again |
///
/// ```
/// use std::time::Duration;
/// use llm_cassette::{Cassette, Expiry};
///
/// let cassette = Cassette::builder("faq").ttl(Duration::from_secs(86_400)).expiry(Expiry::Record).open()?;
/// # Ok::<(), llm_cassette::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Expiry {
    /// It is played, and a warning says so.
    #[default]
    Warn,
    /// The request is refused, and [`Cassette::finish`](crate::Cassette::finish) fails.
    Fail,
    /// In mode `record` it counts as not recorded, and what is recorded takes its place.
    Record,
}

impl Expiry {
    /// How the environment and files say it.
    pub(crate) const WORDS: [(&str, Expiry); 3] =
        [("warn", Expiry::Warn), ("fail", Expiry::Fail), ("record", Expiry::Record)];
}

type ByRequest = Arc<dyn Fn(&RequestView<'_>) -> Option<Duration> + Send + Sync>;

/// The ages that a cassette allows.
#[derive(Clone, Default)]
pub(crate) struct Ttl {
    pub(crate) policy: Expiry,
    pub(crate) all: Option<Age>,
    pub(crate) of_tags: Vec<(String, Age)>,
    pub(crate) by_request: Option<ByRequest>,
    /// The age that the environment set, to be repeated in commands.
    environment: Option<String>,
    off: bool,
}

impl Ttl {
    /// These ages as the environment variable has them: it replaces the age of the cassette and the policy. What was said of
    /// a tag or by a function was said on purpose, and stays; `off` lifts all of it.
    pub(crate) fn with_environment(mut self, text: &str) -> Result<Ttl, Error> {
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if part == "off" {
                self.off = true;
            } else if let Some((_, policy)) = Expiry::WORDS.iter().find(|(name, _)| *name == part) {
                self.policy = *policy;
            } else {
                let age = Age::parse(part).map_err(|_| {
                    Error::new(
                        ErrorKind::BadSetting,
                        format!("{VARIABLE} is {text:?}, and {part:?} is not an age"),
                    )
                    .with_hint(
                        "write an age and what happens then, as in `30d` or `12h,fail`: `warn`, `fail` or \
                             `record`; or `off`",
                    )
                })?;
                self.all = Some(age);
                self.environment = Some(part.to_owned());
            }
        }
        Ok(self)
    }

    /// How old recordings with a tag may be, in the place of what was said of the tag before.
    pub(crate) fn set_of_tag(&mut self, tag: &str, age: Age) {
        self.of_tags.retain(|(other, _)| other != tag);
        self.of_tags.push((tag.to_owned(), age));
    }

    /// How old the answer to a request may be: what a function says of the request, else the strictest of its tags, else
    /// the age of the cassette.
    pub(crate) fn of(&self, request: &RequestView<'_>, labels: &Labels) -> Option<Age> {
        if self.off || labels.pinned {
            return None;
        }
        let tagged = || {
            let ages = self.of_tags.iter().filter(|(tag, _)| labels.tags.contains(tag));
            ages.map(|(_, age)| *age).min()
        };
        let chosen = self.by_request.as_ref().and_then(|choose| choose(request)).map(Age::from);
        chosen.or_else(tagged).or(self.all)
    }

    /// The command that records again what is too old, and nothing else.
    pub(crate) fn cure(&self) -> String {
        let age = self.environment.as_ref().map(|age| format!("{age},")).unwrap_or_default();
        format!("to record it again, run `LLM_CASSETTE_MODE=record {VARIABLE}={age}record cargo test`")
    }
}

impl fmt::Debug for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ttl")
            .field("policy", &self.policy)
            .field("all", &self.all)
            .field("of_tags", &self.of_tags)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;

    fn of(ages: &Ttl, url: &str, labels: &Labels) -> Option<Age> {
        ages.of(&RequestView { method: &Method::POST, url, headers: &HeaderMap::new(), body: None }, labels)
    }

    fn tagged(tags: &[&str]) -> Labels {
        Labels { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..Labels::default() }
    }

    fn ages() -> Ttl {
        let by: ByRequest =
            Arc::new(|request| request.url().contains("models").then_some(Duration::from_secs(5)));
        Ttl {
            all: Some(Age(300)),
            of_tags: vec![("slow".to_owned(), Age(900)), ("faq".to_owned(), Age(60))],
            by_request: Some(by),
            ..Ttl::default()
        }
    }

    #[test]
    fn what_says_most_of_a_request_decides() {
        for (url, tags, wanted) in [
            ("/chat", &[][..], 300),
            ("/chat", &["slow"], 900),
            ("/chat", &["slow", "faq"], 60),
            ("/models", &["slow"], 5),
        ] {
            assert_eq!(of(&ages(), url, &tagged(tags)), Some(Age(wanted)), "{url} {tags:?}");
        }
        assert_eq!(of(&Ttl::default(), "/chat", &tagged(&["faq"])), None);
    }

    #[test]
    fn what_is_pinned_is_never_too_old() {
        assert_eq!(of(&ages(), "/models", &Labels { pinned: true, ..tagged(&["faq"]) }), None);
    }

    #[test]
    fn the_environment_sets_the_age_of_the_cassette_and_the_policy() {
        for (text, policy, untagged, tagged_slow) in [
            ("2min", Expiry::Warn, Some(120), Some(900)),
            ("2min, fail", Expiry::Fail, Some(120), Some(900)),
            ("record", Expiry::Record, Some(300), Some(900)),
            ("off", Expiry::Warn, None, None),
            ("", Expiry::Warn, Some(300), Some(900)),
        ] {
            let ages = ages().with_environment(text).unwrap();
            assert_eq!(ages.policy, policy, "{text}");
            assert_eq!(of(&ages, "/chat", &tagged(&[])), untagged.map(Age), "{text}");
            assert_eq!(of(&ages, "/chat", &tagged(&["slow"])), tagged_slow.map(Age), "{text}");
        }
    }

    #[test]
    fn an_environment_that_is_no_age_is_refused() {
        let error = Ttl::default().with_environment("30 days,fail").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadSetting);
        assert_eq!(error.message(), "LLM_CASSETTE_TTL is \"30 days,fail\", and \"30 days\" is not an age");
        assert!(error.hint().unwrap().contains("`12h,fail`"));
    }

    #[test]
    fn the_cure_repeats_the_age_of_the_environment() {
        assert!(ages().cure().contains("LLM_CASSETTE_TTL=record cargo test"));
        let ages = ages().with_environment("30d,fail").unwrap();
        assert!(ages.cure().contains("LLM_CASSETTE_TTL=30d,record cargo test"));
    }
}
