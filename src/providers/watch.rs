//! Watches a stream on its way to the caller.

use super::reading::Reading;
use crate::model::wire::{Guess, Splitter, guess};
use http::HeaderMap;

/// Fed with the chunks as they pass, knows whether the stream has reached the end that its protocol defines and whether
/// the provider reported an error in it.
#[derive(Debug)]
pub(crate) struct StreamWatch {
    headers: HeaderMap,
    state: State,
    reading: Reading,
}

#[derive(Debug)]
enum State {
    /// The framing is not clear yet from what has arrived.
    Unclear(Vec<u8>),
    Splitting(crate::model::wire::Framing, Splitter),
    /// A body that is no stream: it ends when its bytes do.
    Plain,
}

impl StreamWatch {
    /// For an answer with these headers.
    pub(crate) fn new(headers: &HeaderMap) -> StreamWatch {
        StreamWatch {
            headers: headers.clone(),
            state: State::Unclear(Vec::new()),
            reading: Reading::default(),
        }
    }

    pub(crate) fn push(&mut self, chunk: &[u8]) {
        match &mut self.state {
            State::Plain => {}
            State::Splitting(framing, splitter) => {
                for event in splitter.push(chunk) {
                    self.reading.event(*framing, &event);
                }
            }
            State::Unclear(arrived) => {
                arrived.extend_from_slice(chunk);
                match guess(&self.headers, arrived) {
                    Guess::Wait => {}
                    Guess::Plain => self.state = State::Plain,
                    Guess::Is(framing) => {
                        let arrived = std::mem::take(arrived);
                        self.state = State::Splitting(framing, Splitter::new(framing));
                        self.push(&arrived);
                    }
                }
            }
        }
    }

    /// Nothing more will come: reads the last event even if it lacks its line end.
    pub(crate) fn finish(&mut self) {
        if let State::Splitting(framing, splitter) = std::mem::replace(&mut self.state, State::Plain) {
            for event in splitter.finish() {
                self.reading.event(framing, &event);
            }
        }
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
