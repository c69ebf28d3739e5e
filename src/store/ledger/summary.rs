//! What uses add up to.

use std::collections::BTreeMap;

use super::Event;
use super::months::Months;
use crate::matching::request_key::Key;
use crate::model::age::Age;
use crate::model::interaction::Interaction;
use crate::model::unrecorded::Cause;

/// The uses of interactions, by cassette, key and take; and the misses, by cassette and provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) used: BTreeMap<(String, Key, u64), Used>,
    pub(crate) missed: BTreeMap<(String, Option<String>), Missed>,
    /// How calls ended that were not recorded, and have not been since: the last time, by cassette and key.
    pub(crate) unrecorded: BTreeMap<(String, Key), Ended>,
    /// Who used what, by cassette and key.
    pub(super) users: BTreeMap<(String, Key), Users>,
    /// When the first of all events was; what happened before, nobody noted.
    pub(crate) since: Option<i64>,
}

/// What happened to one interaction. Times are in seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) hits: u64,
    /// How often it was recorded on this machine, each time since a request found nothing to be played.
    pub(crate) recorded: u64,
    /// When it was first recorded on this machine.
    pub(crate) first_created_at: Option<i64>,
    /// When it was last played or recorded.
    pub(crate) last_used_at: Option<i64>,
    /// How long the last recording took, in milliseconds: to its first byte, and in all.
    pub(crate) times: Option<(u64, u64)>,
    /// When the hits were, as far as that was noted.
    pub(crate) months: Months,
}

/// How a call ended that was not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    /// `None` where another version noted it.
    pub(crate) cause: Option<Cause>,
    pub(crate) reason: String,
    pub(crate) at: i64,
}

/// Who has used an interaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Users {
    first: Option<String>,
    /// There are others beside the first.
    more: bool,
    /// It was used by something that has no name.
    strangers: bool,
}

impl Users {
    /// Somebody has used it.
    pub(crate) fn add(&mut self, who: Option<&str>) {
        match (who, &self.first) {
            (None, _) => self.strangers = true,
            (Some(who), None) => self.first = Some(who.to_owned()),
            (Some(who), Some(first)) => self.more |= first != who,
        }
    }

    /// Whether one has used it who has another name than this.
    pub(crate) fn has_others_than(&self, who: Option<&str>) -> bool {
        self.more || self.first.as_deref().is_some_and(|first| Some(first) != who)
    }

    /// The first that has a name.
    #[cfg(feature = "cli")]
    pub(crate) fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }

    pub(crate) fn has_strangers(&self) -> bool {
        self.strangers
    }

    pub(crate) fn is_nobody(&self) -> bool {
        self.first.is_none() && !self.strangers
    }

    /// In a word for a line of the ledger: the name, if there is one, behind marks for strangers and for others.
    pub(super) fn to_word(&self) -> String {
        let marks = [(self.strangers, "?"), (self.more, "+")].map(|(is, mark)| if is { mark } else { "" });
        format!("{}:{}", marks.concat(), self.first.as_deref().unwrap_or_default())
    }

    pub(super) fn of_word(word: &str) -> Option<Users> {
        let (marks, first) = word.split_once(':')?;
        let first = Some(first.to_owned()).filter(|first| !first.is_empty());
        Some(Users { first, more: marks.contains('+'), strangers: marks.contains('?') })
    }
}

/// Requests without a recording.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Missed {
    pub(crate) count: u64,
    pub(crate) last_at: i64,
}

impl Summary {
    /// Something happened; `who` did it, if that is known.
    pub(super) fn add(&mut self, cassette: &str, event: &Event, at: i64, who: Option<&str>) {
        self.began(at);
        if let Event::Hit { key, .. } | Event::Recorded { key, .. } = event {
            self.users.entry((cassette.to_owned(), *key)).or_default().add(who);
        }
        match event {
            Event::Hit { key, take, times } => {
                let used = self.used.entry((cassette.to_owned(), *key, *take)).or_default();
                used.hits = used.hits.saturating_add(*times);
                used.months.add(at, *times);
                used.last_used_at = used.last_used_at.max(Some(at));
            }
            Event::Recorded { key, take, first_byte, total } => {
                let used = self.used.entry((cassette.to_owned(), *key, *take)).or_default();
                used.first_created_at = Some(used.first_created_at.map_or(at, |first| first.min(at)));
                used.recorded += 1;
                used.last_used_at = used.last_used_at.max(Some(at));
                used.times = Some((*first_byte, *total));
                self.unrecorded.remove(&(cassette.to_owned(), *key));
            }
            Event::Unrecorded { key, cause, reason } => {
                let ended = Ended { cause: Some(*cause), reason: reason.clone(), at };
                self.unrecorded.insert((cassette.to_owned(), *key), ended);
            }
            Event::Miss { provider } => {
                let missed = self.missed.entry((cassette.to_owned(), provider.clone())).or_default();
                missed.count += 1;
                missed.last_at = missed.last_at.max(at);
            }
        }
    }

    pub(super) fn began(&mut self, at: i64) {
        self.since = Some(self.since.map_or(at, |since| since.min(at)));
    }

    /// What happened to an interaction of a cassette.
    pub(crate) fn of(&self, cassette: &str, key: Key, take: u64) -> Used {
        self.used.get(&(cassette.to_owned(), key, take)).copied().unwrap_or_default()
    }

    /// Who has used any take of a request.
    pub(crate) fn users(&self, cassette: &str, key: Key) -> Users {
        self.users.get(&(cassette.to_owned(), key)).cloned().unwrap_or_default()
    }

    /// How long nobody has used an interaction. A ledger can only tell of the time since it began; one that is empty cannot
    /// tell at all.
    pub(crate) fn unused(
        &self,
        cassette: &str,
        key: Key,
        interaction: &Interaction,
        now: jiff::Timestamp,
    ) -> Option<Age> {
        let last = self.of(cassette, key, interaction.take).last_used_at;
        let since = self.since?.max(last.unwrap_or(i64::MIN));
        let unused = Age(u64::try_from(now.as_second().saturating_sub(since)).unwrap_or(0));
        Some(unused.min(Age::of(&interaction.recorded_at, now)?))
    }

    /// When any interaction was last played or recorded.
    #[cfg(feature = "cli")]
    pub(crate) fn last_use(&self) -> Option<i64> {
        self.used.values().filter_map(|used| used.last_used_at).max()
    }

    /// When an interaction was last played or recorded, or missed.
    #[cfg(feature = "cli")]
    pub(crate) fn last(&self) -> Option<i64> {
        self.last_use().max(self.missed.values().map(|missed| missed.last_at).max())
    }
}
