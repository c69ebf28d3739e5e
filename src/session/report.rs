//! What a cassette did during a run.

use std::fmt;

#[cfg(feature = "server")]
use crate::model::json::{Json, object};
use crate::model::text::grouped;
use crate::providers::price::Dollars;

/// What [`Cassette::finish`](crate::Cassette::finish) found out.
///
/// `Display` is one line, such as `recorded 2, played 3, skipped 1 (HTTP 429) · 1,204 tokens · $0.0021`.
///
/// ```
/// let report = llm_cassette::Report::default();
/// assert_eq!(report.to_string(), "recorded 0, played 0");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// How many requests came by the cassette at all, those included that it let pass.
    pub requests: usize,
    /// How many requests were answered from the cassette.
    pub played: usize,
    /// How many calls were recorded.
    pub recorded: usize,
    /// How many calls of a refresh were answered with what an earlier run, which nobody finished, was answered and paid for.
    pub resumed: usize,
    /// How many of the recorded calls brought the answer that the cassette had already, and so changed no line.
    pub unchanged: usize,
    /// Calls that went out and were not recorded, and why.
    pub skipped: Vec<Skipped>,
    /// Requests that the cassette had no answer for: the first line of each miss.
    pub missed: Vec<String>,
    /// Interactions of the cassette that no request asked for, as `cassettes/x.yaml:12: POST api.openai.com/…`; without those
    /// that another test or handle is known to use, in this process or, by the ledger, before. After a refresh: those that it
    /// left in the cassette.
    pub unused: Vec<String>,
    /// Interactions that a refresh did not ask for and left, though the cassette is said to belong to one test, and why: others
    /// have used them, or it is not known who has.
    pub kept: Vec<String>,
    /// How many interactions were older than they may be: played with a warning, refused or recorded again, as
    /// [`Expiry`](crate::Expiry) has it.
    pub expired: usize,
    /// Interactions that a refresh took out, since nothing asked for them any more.
    pub removed: usize,
    /// Changes of a refresh that wait beside the cassette until somebody accepts them with `llm-cassette review`, as
    /// `review = "pending"` in `llm-cassette.toml` has it. Replays give the old answers until then.
    pub pending: usize,
    /// Interactions that went to make room, as [`Builder::max_size`](crate::Builder::max_size) has it.
    pub evicted: usize,
    /// Answers of refreshes that nobody finished, and that this refresh did not ask for. They are gone, as the cassette belongs
    /// to its test alone.
    pub discarded: usize,
    /// The names of headers that recorded answers had and that are not stored, each once, without those that go without
    /// saying, such as `date`. [`Builder::keep_header`](crate::Builder::keep_header) keeps one.
    pub headers_left_out: Vec<String>,
    /// Recorded answers in which secrets were replaced, and where, as
    /// `POST api.example.com/token: 1 value is replaced in the answer: /access_token`. In replay, the program gets `[REDACTED]`
    /// there.
    pub redacted: Vec<String>,
    /// Input tokens of everything played and recorded, where the provider reported them. Those of an answer that was paid for
    /// and is fetched again count once.
    pub input_tokens: u64,
    /// Output tokens of everything played and recorded, where the provider reported them, counted like the input tokens.
    pub output_tokens: u64,
    pub(crate) spent: Dollars,
    pub(crate) saved: Dollars,
    /// Recorded answers whose price is not known.
    pub(crate) unpriced: usize,
}

/// A call that was not recorded.
///
/// ```
/// fn print_what_was_skipped(report: &llm_cassette::Report) {
///     for skipped in &report.skipped {
///         println!("{}: {}", skipped.request, skipped.reason);
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Method and URL, without secrets.
    pub request: String,
    /// Why, such as `HTTP 429`.
    pub reason: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "recorded {}, played {}", self.recorded, self.played)?;
        if self.resumed > 0 {
            write!(f, ", resumed {}", self.resumed)?;
        }
        if self.unchanged > 0 {
            write!(f, ", unchanged {}", self.unchanged)?;
        }
        if !self.skipped.is_empty() {
            let mut reasons: Vec<&str> = self.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
            reasons.dedup();
            write!(f, ", skipped {} ({})", self.skipped.len(), reasons.join("; "))?;
        }
        for (count, what) in [
            (self.missed.len(), "missed"),
            (self.expired, "expired"),
            (self.unused.len(), "unused"),
            (self.kept.len(), "kept"),
            (self.removed, "removed"),
            (self.pending, "pending"),
            (self.evicted, "evicted"),
            (self.discarded, "discarded"),
            (self.redacted.len(), "redacted"),
        ] {
            if count > 0 {
                write!(f, ", {what} {count}")?;
            }
        }
        if self.input_tokens + self.output_tokens > 0 {
            write!(f, " · {} tokens", grouped(self.input_tokens + self.output_tokens))?;
        }
        self.money(f)?;
        match self.headers_left_out.as_slice() {
            [] => Ok(()),
            names => write!(f, " · headers left out: {}", names.join(", ")),
        }
    }
}

impl Report {
    /// What the answers of providers cost, in US dollars, those included that were not recorded; `None` when the price of any
    /// of them is not known. Prices are those of [`Builder::prices`](crate::Builder::prices), or those of the built-in list.
    ///
    /// ```
    /// let report = llm_cassette::Report::default();
    /// assert_eq!(report.cost_usd(), Some(0.0)); // nothing was recorded
    /// ```
    #[must_use]
    pub fn cost_usd(&self) -> Option<f64> {
        (self.unpriced == 0).then(|| self.spent.as_f64())
    }

    /// What the played answers would have cost, in US dollars, as far as their prices are known.
    ///
    /// ```
    /// let report = llm_cassette::Report::default();
    /// assert_eq!(report.saved_usd(), 0.0); // nothing was played
    /// ```
    #[must_use]
    pub fn saved_usd(&self) -> f64 {
        self.saved.as_f64()
    }

    /// As programs read it.
    #[cfg(feature = "server")]
    pub(crate) fn fields(&self) -> Vec<(&'static str, Json)> {
        let number = |count: usize| Json::Number(count.to_string());
        let text = |text: &str| Json::String(text.to_owned());
        let list = |lines: &[String]| Json::Array(lines.iter().map(|line| text(line)).collect());
        let skipped = self
            .skipped
            .iter()
            .map(|skipped| object([("request", text(&skipped.request)), ("reason", text(&skipped.reason))]));
        vec![
            ("requests", number(self.requests)),
            ("played", number(self.played)),
            ("recorded", number(self.recorded)),
            ("unchanged", number(self.unchanged)),
            ("missed", list(&self.missed)),
            ("skipped", Json::Array(skipped.collect())),
            ("unused", list(&self.unused)),
            ("redacted", list(&self.redacted)),
            ("expired", number(self.expired)),
            ("headers_left_out", list(&self.headers_left_out)),
            ("removed", number(self.removed)),
            ("pending", number(self.pending)),
            ("input_tokens", Json::Number(self.input_tokens.to_string())),
            ("output_tokens", Json::Number(self.output_tokens.to_string())),
            ("cost_usd", self.cost_usd().map_or(Json::Null, |cost| Json::Number(cost.to_string()))),
            ("saved_usd", Json::Number(self.saved_usd().to_string())),
        ]
    }

    /// Adds what another run came to.
    #[cfg(feature = "server")]
    pub(crate) fn add(&mut self, other: &Report) {
        for (sum, count) in [
            (&mut self.requests, other.requests),
            (&mut self.played, other.played),
            (&mut self.recorded, other.recorded),
            (&mut self.resumed, other.resumed),
            (&mut self.unchanged, other.unchanged),
            (&mut self.expired, other.expired),
            (&mut self.removed, other.removed),
            (&mut self.pending, other.pending),
            (&mut self.evicted, other.evicted),
            (&mut self.discarded, other.discarded),
            (&mut self.unpriced, other.unpriced),
        ] {
            *sum = sum.saturating_add(count);
        }
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.spent += other.spent;
        self.saved += other.saved;
        self.skipped.extend_from_slice(&other.skipped);
        self.missed.extend_from_slice(&other.missed);
        self.unused.extend_from_slice(&other.unused);
        self.kept.extend_from_slice(&other.kept);
        for name in &other.headers_left_out {
            if let Err(place) = self.headers_left_out.binary_search(name) {
                self.headers_left_out.insert(place, name.clone());
            }
        }
        self.redacted.extend_from_slice(&other.redacted);
    }

    fn money(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = Vec::new();
        if self.spent > Dollars::ZERO {
            told.push(self.spent.to_string());
        }
        if self.unpriced > 0 {
            told.push(format!("{} of unknown price", self.unpriced));
        }
        if self.saved > Dollars::ZERO {
            told.push(format!("{} saved", self.saved));
        }
        if told.is_empty() { Ok(()) } else { write!(f, " · {}", told.join(", ")) }
    }
}
