//! What importing asks of a session: exchanges that another tool recorded become documents as live ones do, redacted and
//! proven to replay, and are put into a file only when all of them are there.

use std::sync::Arc;

use bytes::Bytes;

use super::{Lookup, Session};
use crate::model::chunk_times::ChunkTimes;
use crate::model::error::Error;
use crate::model::exchange::{Ending, Head, Request, Response};
use crate::model::unrecorded::Unrecorded;
use crate::store::document::Document;

/// An exchange that another tool recorded.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) request: Request,
    pub(crate) head: Head,
    /// The body, cut as it arrived as far as anybody knows.
    pub(crate) chunks: Vec<Bytes>,
    /// When each chunk came, as far as anybody knows.
    pub(crate) times: Option<ChunkTimes>,
    /// `None` where nothing says when.
    pub(crate) recorded_at: Option<jiff::Timestamp>,
    /// The tool, for the metadata.
    pub(crate) source: &'static str,
    /// A person made it up, so that a refresh is to leave it alone.
    pub(crate) pinned: bool,
}

impl Session {
    /// Remembers the secrets of an exchange. Those of all that is to be in one file must be known before the first of it is
    /// written, as what is secret in the last one may stand in the first one too.
    pub(crate) fn learn(&self, request: &Request, response: &Response) {
        self.redactor.learn(request);
        self.redactor.learn_response(response);
    }

    /// What a cassette would hold of an exchange; or why it is not recorded, without secrets.
    pub(crate) fn written(self: &Arc<Self>, recorded: Recorded) -> Result<Document, Unrecorded> {
        let mut pending = self.pending(Lookup::new(self, recorded.request));
        pending.labels.describe("source", recorded.source);
        pending.labels.pinned |= recorded.pinned;
        // It took its time elsewhere.
        pending.resumed = true;
        if let Some(time) = recorded.recorded_at {
            pending.began = time;
        }
        let mut recorder = pending.answered(recorded.head);
        recorder.noted(recorded.times);
        for chunk in &recorded.chunks {
            recorder.chunk(chunk);
        }
        recorder
            .into_document(&Ending::Complete)
            .map_err(|unrecorded| unrecorded.cause.because(self.scrub(&unrecorded.reason)))
    }

    /// Makes the file of these documents, in one step. A file that is there is left alone, unless it is to be replaced; says
    /// whether it was written.
    pub(crate) fn fill(&self, documents: &[Document], replaces: bool) -> Result<bool, Error> {
        self.writer.fill(documents, replaces)
    }
}
