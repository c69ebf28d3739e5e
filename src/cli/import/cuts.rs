//! The chunks that a stream comes in.

use bytes::Bytes;

use crate::model::wire::{Framing, Splitter};

/// The pieces that a file says a body came in, if they are those of this body.
pub(super) fn cut_as_said(body: &Bytes, lengths: &[u64]) -> Option<Vec<Bytes>> {
    let mut rest = body.clone();
    let piece = |length: &u64| {
        let length = usize::try_from(*length).ok().filter(|length| (1..=rest.len()).contains(length))?;
        Some(rest.split_to(length))
    };
    let pieces: Vec<Bytes> = lengths.iter().map(piece).collect::<Option<_>>()?;
    (rest.is_empty() && !pieces.is_empty()).then_some(pieces)
}

/// A stream, cut between its events.
pub(super) fn cut(body: &Bytes, framing: Framing) -> Vec<Bytes> {
    let mut splitter = Splitter::new(framing);
    let mut events = splitter.push(body);
    events.extend(splitter.finish());
    events
}
