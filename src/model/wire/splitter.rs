//! Cuts a stream into events while it arrives.

use super::eventstream::{self, Start};
use super::{Framing, sse};
use bytes::{Bytes, BytesMut};

/// Takes chunks, cut anywhere, and gives the raw bytes of each event as soon as it is complete. Looks at each byte once.
#[derive(Debug)]
pub(crate) struct Splitter {
    waiting: BytesMut,
    at: Place,
}

/// How far the bytes that wait have been looked at.
#[derive(Debug)]
enum Place {
    Sse(sse::Scan),
    Ndjson {
        seen: usize,
    },
    EventStream,
    /// What came is no frame. Nothing behind it can be told apart, so the rest is one piece.
    Lost,
}

impl Splitter {
    pub(crate) fn new(framing: Framing) -> Splitter {
        let at = match framing {
            Framing::Sse => Place::Sse(sse::Scan::default()),
            Framing::Ndjson => Place::Ndjson { seen: 0 },
            Framing::EventStream => Place::EventStream,
        };
        Splitter { waiting: BytesMut::new(), at }
    }

    /// The events that this chunk completes. All pieces together, with that of `finish`, are the bytes pushed.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Vec<Bytes> {
        self.waiting.extend_from_slice(chunk);
        let mut events = Vec::new();
        while let Some(end) = self.event_end() {
            events.push(self.waiting.split_to(end).freeze());
        }
        events
    }

    /// What came behind the last complete event, and nothing more will.
    pub(crate) fn finish(mut self) -> Vec<Bytes> {
        let mut events = Vec::new();
        // A carriage return at the very end may have been held back as half of a line break.
        if let Place::Sse(scan) = &mut self.at
            && let Some(end) = scan.event_end(&self.waiting, true)
        {
            events.push(self.waiting.split_to(end).freeze());
        }
        if !self.waiting.is_empty() {
            events.push(self.waiting.freeze());
        }
        events
    }

    fn event_end(&mut self) -> Option<usize> {
        match &mut self.at {
            Place::Sse(scan) => {
                let end = scan.event_end(&self.waiting, false)?;
                *scan = sse::Scan::default();
                Some(end)
            }
            Place::Ndjson { seen } => {
                let Some(at) = self.waiting[*seen..].iter().position(|&byte| byte == b'\n') else {
                    *seen = self.waiting.len();
                    return None;
                };
                let end = *seen + at + 1;
                *seen = 0;
                Some(end)
            }
            Place::EventStream => match eventstream::start(&self.waiting) {
                Start::Frame(length) => (length <= self.waiting.len()).then_some(length),
                Start::Short => None,
                Start::Other => {
                    self.at = Place::Lost;
                    None
                }
            },
            Place::Lost => None,
        }
    }
}
