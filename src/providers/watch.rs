//! Watches a stream on its way to the caller.

use super::reading::Reading;
use crate::model::wire::Incoming;
use http::HeaderMap;

/// Fed with the chunks as they pass, knows whether the stream has reached the end that its protocol defines and whether
/// the provider reported an error in it.
#[derive(Debug)]
pub(crate) struct StreamWatch {
    incoming: Incoming,
    reading: Reading,
}

impl StreamWatch {
    /// For an answer with these headers.
    pub(crate) fn new(headers: &HeaderMap) -> StreamWatch {
        StreamWatch { incoming: Incoming::new(headers), reading: Reading::default() }
    }

    pub(crate) fn push(&mut self, chunk: &[u8]) {
        for (framing, event) in self.incoming.push(chunk) {
            self.reading.event(framing, &event);
        }
    }

    /// Nothing more will come: reads the last event even if it lacks its line end.
    pub(crate) fn finish(&mut self) {
        for (framing, event) in self.incoming.finish() {
            self.reading.event(framing, &event);
        }
        self.reading.finish();
    }

    /// Whether the event that ends a stream of this protocol has arrived.
    pub(crate) fn ended(&self) -> bool {
        self.reading.ended
    }

    /// The error that an event reported, in words without secrets.
    pub(crate) fn error(&self) -> Option<&str> {
        self.reading.failure.as_ref().map(|failure| failure.words.as_str())
    }
}
