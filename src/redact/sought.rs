//! Words that are looked for in every text. To prepare a search takes longer than to search a short text, so it is done once.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;

/// Many words of which most texts have none.
pub(super) struct AnyOf(LazyLock<Option<AhoCorasick>, fn() -> Option<AhoCorasick>>);

impl AnyOf {
    pub(super) const fn new(prepare: fn() -> Option<AhoCorasick>) -> AnyOf {
        AnyOf(LazyLock::new(prepare))
    }

    /// Whether one of the words may stand in a text.
    pub(super) fn may_be_in(&self, text: &[u8]) -> bool {
        self.0.as_ref().is_none_or(|search| search.is_match(text))
    }
}

/// A word and its search, which is prepared when it is first needed.
pub(super) struct Sought(LazyLock<Finder<'static>, fn() -> Finder<'static>>);

impl Sought {
    pub(super) const fn new(prepare: fn() -> Finder<'static>) -> Sought {
        Sought(LazyLock::new(prepare))
    }

    /// Where the word stands first.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        self.0.find(text)
    }

    /// The length of the word.
    pub(super) fn len(&self) -> usize {
        self.0.needle().len()
    }
}

/// Words that are looked for.
macro_rules! sought {
    ($($word:expr),* $(,)?) => {
        [$($crate::redact::sought::Sought::new(|| memchr::memmem::Finder::new($word))),*]
    };
}
pub(super) use sought;
