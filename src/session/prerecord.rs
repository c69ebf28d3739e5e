//! What recording ahead of time asks of a session beside what every adapter does.

use std::sync::Arc;

use bytes::Bytes;

use super::{Lookup, Session};
use crate::matching::request_key::Key;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::{Ending, Head, Request};
use crate::model::labels::SOURCE;
use crate::model::ttl::Expiry;
use crate::session::budget::Spent;
use crate::session::decide::RecordingStatus;
use crate::store::tape::Breadth;

/// What a cassette has for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Nothing,
    Answer,
    /// One so old that it is to be recorded again.
    OldAnswer,
}

impl Session {
    /// The key of a request, and what the cassette has for it. Nothing counts as played.
    pub(crate) fn knows(&self, request: Request) -> Result<(Key, Known), Error> {
        let asked = Lookup::new(self, request);
        let key = asked.stored().1.key;
        let mut known = Known::Nothing;
        for (_, parsed) in self.takes(&asked, Breadth::Stated)?.iter() {
            if self.status(&asked, parsed) != RecordingStatus::Expired(Expiry::Record) {
                return Ok((key, Known::Answer));
            }
            known = Known::OldAnswer;
        }
        Ok((key, known))
    }

    /// Records an answer that a person wrote, so that a refresh leaves it alone; or says why not.
    pub(crate) fn write_down(
        self: &Arc<Self>,
        request: Request,
        head: Head,
        body: &Bytes,
    ) -> Result<(), String> {
        let mut pending = self.pending(Lookup::new(self, request));
        pending.labels.describe(SOURCE.0, SOURCE.1);
        pending.labels.pinned = true;
        let mut recorder = pending.answered(head);
        recorder.chunk(body);
        recorder.end(&Ending::Complete)
    }

    /// What the calls of this session have cost so far.
    pub(crate) fn spent(&self) -> Spent {
        self.state().totals.spent().clone()
    }

    /// The text without anything secret, for people's eyes.
    pub(crate) fn scrub(&self, text: &str) -> String {
        self.redactor.scrub(text)
    }

    /// Method and URL of a request, for people's eyes.
    pub(crate) fn title(&self, request: &Request) -> String {
        self.describe(request)
    }

    /// The failure to write that makes it pointless to send more.
    #[cfg(feature = "reqwest-0-13")]
    pub(crate) fn broken(&self) -> Option<String> {
        let state = self.state();
        let failed = state.results.failure().filter(|error| error.kind() == ErrorKind::Io);
        failed.map(|error| error.message().to_owned())
    }

    /// Puts what was recorded in the order of the calls. Calls that failed are for the caller to tell of; a file that could
    /// not be written is an error.
    pub(crate) fn settle(&self) -> Result<(), Error> {
        let mut state = self.state();
        match state.results.take_failure() {
            Some(error) if error.kind() == ErrorKind::Io => return Err(error),
            _ => {}
        }
        self.write(&mut state, false)
    }
}
