//! Runs that send only what a selection means, and replay the rest.

use std::path::Path;
use std::sync::Arc;

use super::find::Found;
use super::{Lookup, Session};
use crate::model::error::Error;
use crate::model::mode::Mode;
use crate::model::text::shown_path;
use crate::model::warn::warn;
use crate::model::wire::asked::asked_of;
use crate::providers;
use crate::session::selector::{Candidate, Selection, VARIABLE};
use crate::store::cassette_files::from_package;
use crate::store::ledger::{self, Summary};
use crate::store::tape::Parsed;

/// What a selection compares names with, where there is one: it takes a look at the disk.
pub(super) fn place(only: &Selection, path: &Path) -> String {
    if only.is_empty() { String::new() } else { from_package(path) }
}

/// What the ledger beside a cassette says as the run begins, where a selection asks for it. What cannot be read knows
/// nothing.
pub(super) fn uses(only: &Selection, path: &Path) -> Summary {
    match only.asks_for_uses() {
        true => ledger::beside(path),
        false => Summary::default(),
    }
}

impl Session {
    /// The mode that a request is under: what the selection leaves out is replayed. A request that nothing was recorded for is
    /// judged by what is known of it.
    pub(super) fn mode_for(&self, asked: &Lookup<'_>, found: Option<&Found>) -> Mode {
        let left_out = match found {
            _ if !self.selects() => false,
            Some(found) => found.slot().is_some() && self.leaves_out(&found.parsed),
            None => match self.last_take(asked) {
                Some(parsed) => self.leaves_out(&parsed),
                None => self.leaves_out_stranger(asked),
            },
        };
        if left_out {
            return Mode::Replay;
        }
        self.traffic.select();
        self.mode
    }

    /// Whether a refresh leaves a recording as it is.
    pub(super) fn is_kept(&self, parsed: &Parsed) -> bool {
        let takes = self.settings.settles.get(&parsed.normal().key);
        parsed.interaction.labels.pinned
            || takes.is_some_and(|takes| !takes.contains(&parsed.interaction.take))
            || (self.selects() && self.leaves_out(parsed))
    }

    /// Whether there is a recording that a refresh leaves as it is.
    pub(super) fn keeps_some(&self) -> bool {
        self.selects()
            || self.tape.all().any(|parsed| parsed.is_ok_and(|(_, parsed)| parsed.interaction.labels.pinned))
    }

    pub(super) fn selects(&self) -> bool {
        self.mode.writes() && !self.settings.only.is_empty()
    }

    fn leaves_out(&self, parsed: &Parsed) -> bool {
        let key = self.recorded_key(parsed);
        let stated = key.to_string();
        let mut candidate = Candidate::of(&parsed.interaction, &self.place, &stated);
        candidate.unused =
            self.uses.unused(&self.file_name(), key, &parsed.interaction, jiff::Timestamp::now());
        !self.settings.only.fits(&candidate)
    }

    fn leaves_out_stranger(&self, asked: &Lookup<'_>) -> bool {
        let (stored, _) = asked.stored();
        let body = asked_of(stored);
        let provider =
            self.settings.gateways.provider(&asked.request.url, &asked.request.headers, body.as_deref());
        let model = providers::model_asked_for(&asked.request.url, body.as_deref());
        !self.settings.only.fits(&Candidate {
            provider,
            model: model.as_deref(),
            path: &self.place,
            url: &stored.url,
            key: &self.file_key(stored).to_string(),
            age: None,
            unused: None,
            tags: &self.settings.labels.tags,
            metadata: &self.settings.labels.metadata,
            pinned: false,
        })
    }

    /// Says once that a selection fits nothing of the cassette and nothing that was asked: most likely a slip.
    pub(crate) fn tell_if_nothing_is_selected(&self) {
        if self.settings.quiet || !self.selects() || self.traffic.requests() == 0 {
            return;
        }
        let fits = |parsed: Result<(usize, Arc<Parsed>), Error>| {
            parsed.is_ok_and(|(_, parsed)| !self.leaves_out(&parsed))
        };
        if self.traffic.is_selected() || self.tape.all().any(fits) || self.traffic.tells_of_selection() {
            return;
        }
        warn(&format!(
            "{}: {VARIABLE} fits nothing that is recorded here and nothing that was asked for, so nothing was sent\n\
             hint: `llm-cassette list --only …` takes the same conditions and shows what they fit",
            shown_path(&self.path)
        ));
    }
}

/// A miss of a request that would have been sent, had the selection not left it out.
pub(super) fn left_out(miss: &Error) -> Error {
    Error::new(
        miss.kind(),
        format!("{}\n  {VARIABLE} does not select this request, so it was not sent", miss.message()),
    )
    .with_hint(format!("to record it, unset {VARIABLE}, or let it select this request too"))
}
