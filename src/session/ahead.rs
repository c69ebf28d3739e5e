//! What recording ahead of time asks of a session beside what every door does.

use std::sync::Arc;

use bytes::Bytes;

use super::record::{Ending, Head};
use super::{Asked, Session};
use crate::budget::Spent;
use crate::error::{Error, Kind};
use crate::exchange::Request;
use crate::request_key::Key;

impl Session {
    /// The key of a request, and whether the cassette has an answer to it. Nothing counts as played.
    pub(crate) fn knows(&self, request: Request) -> Result<(Key, bool), Error> {
        let asked = Asked::new(self, request);
        let key = asked.stored().1.key;
        Ok((key, !self.takes(&asked)?.is_empty()))
    }

    /// Records an answer that nobody was asked for, or says why not.
    pub(crate) fn write_down(
        self: &Arc<Self>,
        request: Request,
        head: Head,
        body: &Bytes,
    ) -> Result<(), String> {
        let mut recorder = self.ticket(Asked::new(self, request)).answered(head);
        recorder.chunk(body);
        recorder.end(&Ending::Complete)
    }

    /// What the calls of this session have cost so far.
    pub(crate) fn spent(&self) -> Spent {
        self.state().spent.clone()
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
    pub(crate) fn broken(&self) -> bool {
        self.state().failed.as_ref().is_some_and(|error| error.kind() == Kind::Io)
    }

    /// Puts what was recorded in the order of the calls. Calls that failed are for the caller to tell of; a file that could
    /// not be written is an error.
    pub(crate) fn settle(&self) -> Result<(), Error> {
        let mut state = self.state();
        match state.failed.take() {
            Some(error) if error.kind() == Kind::Io => return Err(error),
            _ => {}
        }
        self.write(&mut state, false)
    }
}
