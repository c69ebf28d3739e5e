//! What a test gets to know of the prompts of its run.

use std::fmt;
use std::path::{Path, PathBuf};

use super::figures::{Net, Saving};
use super::{Figures, State, Turn};
use crate::model::error::{Error, ErrorKind};
use crate::model::text::{plural, shown_path};

/// How the prompts of a run went with the provider's cache; see [`Cassette::prompt_cache`](crate::Cassette::prompt_cache).
///
/// A cache has a prompt as far as it begins like one that was there before. So in a conversation every turn has to begin
/// with all of the turn before it: the model, the tools, the system prompt, the messages. Anthropic and Bedrock cache no
/// more than what stands before a `cache_control` or `cachePoint`; what is behind the last one may change.
///
/// `Display` is one line, such as `2 conversations, 5 turns kept, 1 moved · 81 % of the input cached · saved $0.0012`.
///
/// ```
/// use llm_cassette::{Cassette, Mode};
///
/// let cassette = Cassette::builder("agents/weather").mode(Mode::Replay).open()?;
/// // … the agent under test makes its calls, here none …
/// assert_eq!(cassette.prompt_cache().to_string(), "0 conversations, 0 turns kept, 0 moved");
/// # Ok::<(), llm_cassette::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptCache {
    path: PathBuf,
    figures: Figures,
    moved: Vec<String>,
}

impl PromptCache {
    pub(crate) fn new(path: &Path, figures: Figures, moved: Vec<String>) -> PromptCache {
        PromptCache { path: path.to_owned(), figures, moved }
    }

    /// Demands that no turn has lost what the turn before it could have left in the cache. Where nothing was to be cached,
    /// as there is no `cache_control`, nothing is lost.
    ///
    /// ```
    /// # let cassette = llm_cassette::Cassette::builder("docs").mode(llm_cassette::Mode::Replay).open()?;
    /// cassette.prompt_cache().kept()?;
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// # Errors
    /// When something moved; the error says in which turns, and what.
    pub fn kept(&self) -> Result<(), Error> {
        if self.moved.is_empty() {
            return Ok(());
        }
        let (lost, turns) = (self.moved.len(), self.figures.turns);
        let path = shown_path(&self.path);
        let mut message = format!(
            "{path}: the prompt changed near its beginning in {lost} of {turns} turns; the provider's cache does not have what comes after"
        );
        for moved in &self.moved {
            message.push_str("\n  ");
            message.push_str(&moved.replace('\n', "\n    "));
        }
        Err(Error::new(ErrorKind::PromptMoved, message).with_hint(format!(
            "keep what comes first in the prompt as it was, and add what is new at its end; \
             run `llm-cassette show {path}` to see the turns"
        )))
    }

    /// The turns that [`kept`](Self::kept) complains of: where each stands, and below it what moved, a line each.
    ///
    /// ```
    /// # let cassette = llm_cassette::Cassette::builder("docs").mode(llm_cassette::Mode::Replay).open()?;
    /// let prompt_cache = cassette.prompt_cache();
    /// assert_eq!(prompt_cache.moved().len() as u64, prompt_cache.turns_moved());
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn moved(&self) -> &[String] {
        &self.moved
    }

    /// How many conversations had more than one turn.
    ///
    /// ```
    /// # let cassette = llm_cassette::Cassette::builder("docs").mode(llm_cassette::Mode::Replay).open()?;
    /// let prompt_cache = cassette.prompt_cache();
    /// assert_eq!(prompt_cache.conversations(), 0); // nothing was asked
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn conversations(&self) -> u64 {
        self.figures.conversations
    }

    /// How many turns there were behind the first of each conversation.
    ///
    /// ```
    /// # let cassette = llm_cassette::Cassette::builder("docs").mode(llm_cassette::Mode::Replay).open()?;
    /// let prompt_cache = cassette.prompt_cache();
    /// assert_eq!(prompt_cache.turns(), 0); // nothing was asked
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn turns(&self) -> u64 {
        self.figures.turns
    }

    /// How many of these turns kept all that could be cached.
    ///
    /// ```
    /// # let cassette = llm_cassette::Cassette::builder("docs").mode(llm_cassette::Mode::Replay).open()?;
    /// let prompt_cache = cassette.prompt_cache();
    /// assert_eq!(prompt_cache.turns_kept(), prompt_cache.turns());
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn turns_kept(&self) -> u64 {
        self.figures.kept
    }

    /// How many of these turns lost something of it. Turns of which nothing was to be cached are neither.
    ///
    /// ```
    /// # let cassette = llm_cassette::Cassette::builder("docs").mode(llm_cassette::Mode::Replay).open()?;
    /// let prompt_cache = cassette.prompt_cache();
    /// assert_eq!(prompt_cache.turns_moved(), 0);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn turns_moved(&self) -> u64 {
        self.figures.moved
    }

    /// The share of the input tokens that came from the cache, from 0 to 1, as the provider reported it when the answers
    /// were recorded; `None` when nothing was reported. Above 1 where a provider counts cached tokens beside the input.
    ///
    /// ```
    /// # let cassette = llm_cassette::Cassette::builder("docs").mode(llm_cassette::Mode::Replay).open()?;
    /// let prompt_cache = cassette.prompt_cache();
    /// assert_eq!(prompt_cache.cached_share(), None); // nothing was asked
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn cached_share(&self) -> Option<f64> {
        self.figures.cached_share()
    }

    /// What the cache saved when the answers were recorded, in US dollars, less what writing to it cost: below zero if
    /// that was more. `None` when a price is not known.
    ///
    /// ```
    /// # let cassette = llm_cassette::Cassette::builder("docs").mode(llm_cassette::Mode::Replay).open()?;
    /// let prompt_cache = cassette.prompt_cache();
    /// if let Some(saved) = prompt_cache.saved_usd() {
    ///     println!("the cache saved ${saved:.4}");
    /// }
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn saved_usd(&self) -> Option<f64> {
        self.figures.saving.net().map(Net::as_f64)
    }
}

impl fmt::Display for PromptCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = &self.figures;
        let (conversations, kept) =
            (plural(figures.conversations, "conversation"), plural(figures.kept, "turn"));
        write!(f, "{conversations}, {kept} kept, {} moved", figures.moved)?;
        if let Some(cached) = figures.cached_in_words() {
            write!(f, " · {cached}")?;
        }
        if figures.saving != Saving::default() {
            write!(f, " · {}", figures.saving)?;
        }
        Ok(())
    }
}

impl Turn {
    /// What moved in this turn, below where it stands; `None` if nothing has.
    pub(crate) fn described(&self, place: &str) -> Option<String> {
        let State::Moved { what, .. } = &self.state else { return None };
        Some(format!("turn {} ({place})\n{}", self.number, what.join("\n")))
    }
}
