//! Recordings that are older than they may be.

use super::find::Found;
use super::{Lookup, Session};
use crate::model::age::Age;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::Request;
use crate::model::text::shown_path;
use crate::model::view::RequestView;
use crate::model::warn::warn;
use crate::session::decide::RecordingStatus;
use crate::store::tape::Parsed;

impl Session {
    pub(super) fn status(&self, asked: &Lookup<'_>, parsed: &Parsed) -> RecordingStatus {
        if parsed.interaction.labels.pinned {
            return RecordingStatus::Pinned;
        }
        match self.overdue(&asked.request, parsed) {
            Some(_) => RecordingStatus::Expired(self.settings.ttl.policy),
            None if asked.hands_on() => RecordingStatus::Outlived,
            None => RecordingStatus::Usual,
        }
    }

    /// How old a recording is and how old it may be, if that is less.
    fn overdue(&self, request: &Request, parsed: &Parsed) -> Option<(Age, Age)> {
        let view = RequestView {
            method: &request.method,
            url: &request.url,
            headers: &request.headers,
            body: Some(&request.body),
        };
        let allowed = self.settings.ttl.of(&view, &parsed.interaction.labels)?;
        let age = Age::of(&parsed.interaction.recorded_at, jiff::Timestamp::now())?;
        (age > allowed).then_some((age, allowed))
    }

    /// Says that a recording is played though it is too old.
    pub(super) fn tell_of_age(&self, found: &Found) {
        let error = self.expired(&found.parsed.interaction.request, found);
        warn(&self.redactor.scrub(&self.hinted(error).to_string()));
    }

    /// Refuses a request whose recording is too old. `finish` says so again, as clients like to swallow errors.
    pub(super) fn too_old(&self, asked: &Lookup<'_>, found: &Found) -> Error {
        let error = self.expired(&asked.request, found).scrubbed(&self.redactor);
        let error = self.hinted(error);
        self.state().results.fail(error.again());
        self.turn_away(asked.unredacted().key, error)
    }

    fn expired(&self, request: &Request, found: &Found) -> Error {
        let line = found.slot().map_or(1, |slot| self.tape.line(slot));
        let ages = self.overdue(request, &found.parsed);
        let ages = ages
            .map(|(age, allowed)| format!(": it is {age} old, and {allowed} is allowed"))
            .unwrap_or_default();
        let address = self.describe(&found.parsed.interaction.request);
        Error::new(
            ErrorKind::Expired,
            format!("{}:{line}: the recording of {address} has expired{ages}", shown_path(&self.path)),
        )
        .near(Some(line))
        .with_hint(self.settings.ttl.cure())
    }
}
