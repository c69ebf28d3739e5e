//! Runs that send only what a selection means, and replay the rest.

use std::path::Path;

use super::find::Found;
use super::{Lookup, Session};
use crate::model::error::Error;
use crate::model::mode::Mode;
use crate::model::wire::bodies::json_body;
use crate::providers;
use crate::session::selector::{Candidate, Selection, VARIABLE};
use crate::store::ledger::{self, Summary};
use crate::store::tape::Parsed;

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
        if left_out { Mode::Replay } else { self.mode }
    }

    /// Whether a refresh leaves a recording as it is.
    pub(super) fn is_kept(&self, parsed: &Parsed) -> bool {
        parsed.interaction.labels.pinned || (self.selects() && self.leaves_out(parsed))
    }

    /// Whether there is a recording that a refresh leaves as it is.
    pub(super) fn keeps_some(&self) -> bool {
        self.selects()
            || self.tape.all().any(|parsed| parsed.is_ok_and(|(_, parsed)| parsed.interaction.labels.pinned))
    }

    fn selects(&self) -> bool {
        self.mode.writes() && !self.settings.only.is_empty()
    }

    fn leaves_out(&self, parsed: &Parsed) -> bool {
        let (path, key) = (self.slashed_path(), self.recorded_key(parsed));
        let stated = key.to_string();
        let mut candidate = Candidate::of(&parsed.interaction, &path, &stated);
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        candidate.unused = self.uses.unused(&name, key, &parsed.interaction, jiff::Timestamp::now());
        !self.settings.only.fits(&candidate)
    }

    fn leaves_out_stranger(&self, asked: &Lookup<'_>) -> bool {
        let (stored, _) = asked.stored();
        let body = json_body(stored);
        let provider =
            self.settings.gateways.provider(&asked.request.url, &asked.request.headers, body.as_ref());
        let model = providers::model_asked_for(&asked.request.url, body.as_ref());
        !self.settings.only.fits(&Candidate {
            provider,
            model: model.as_deref(),
            path: &self.slashed_path(),
            url: &stored.url,
            key: &self.file_key(stored).to_string(),
            age: None,
            unused: None,
            tags: &self.settings.labels.tags,
            metadata: &self.settings.labels.metadata,
            pinned: false,
        })
    }

    fn slashed_path(&self) -> String {
        self.path.to_string_lossy().into_owned().replace('\\', "/")
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
