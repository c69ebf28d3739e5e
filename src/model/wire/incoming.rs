//! A body that is still arriving, cut into events once it is clear how they are framed.

use bytes::Bytes;
use http::HeaderMap;

use super::{Framing, Guess, Splitter, guess};

#[derive(Debug)]
pub(crate) struct Incoming {
    headers: HeaderMap,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The framing is not clear yet from what has arrived.
    Unclear(Vec<u8>),
    Splitting(Framing, Splitter),
    /// A body that is no stream: it ends when its bytes do.
    Plain,
}

impl Incoming {
    /// A body with these headers.
    pub(crate) fn new(headers: &HeaderMap) -> Incoming {
        Incoming { headers: headers.clone(), state: State::Unclear(Vec::new()) }
    }

    /// The events that this chunk completes.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Vec<(Framing, Bytes)> {
        match &mut self.state {
            State::Plain => Vec::new(),
            State::Splitting(framing, splitter) => of(*framing, splitter.push(chunk)),
            State::Unclear(arrived) => {
                arrived.extend_from_slice(chunk);
                match guess(&self.headers, arrived) {
                    Guess::Wait => Vec::new(),
                    Guess::Plain => {
                        self.state = State::Plain;
                        Vec::new()
                    }
                    Guess::Is(framing) => {
                        let mut splitter = Splitter::new(framing);
                        let events = of(framing, splitter.push(arrived));
                        self.state = State::Splitting(framing, splitter);
                        events
                    }
                }
            }
        }
    }

    /// Nothing more will come: the last event, even if it lacks its line end.
    pub(crate) fn finish(&mut self) -> Vec<(Framing, Bytes)> {
        match std::mem::replace(&mut self.state, State::Plain) {
            State::Splitting(framing, splitter) => of(framing, splitter.finish()),
            State::Unclear(_) | State::Plain => Vec::new(),
        }
    }
}

fn of(framing: Framing, events: Vec<Bytes>) -> Vec<(Framing, Bytes)> {
    events.into_iter().map(|event| (framing, event)).collect()
}
