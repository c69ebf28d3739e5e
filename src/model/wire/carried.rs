//! What frames of AWS carry that hand on another's stream: SageMaker cuts what a model says wherever it comes, so that no frame
//! means anything by itself.
//!
//! The form is that of `ResponseStream` of SageMaker Runtime, as botocore 1.44.8 (PyPI) has it.

use bytes::Bytes;

use super::Framing;
use super::eventstream::{self, Message};

/// The piece in a frame, if it is one of somebody's stream.
pub(crate) fn piece(message: &Message) -> Option<&Bytes> {
    (message.text(":event-type") == Some("PayloadPart")).then_some(&message.payload)
}

/// All that the frames of a body carry, put together; `None` where one of them is something else.
pub(crate) fn whole(framing: Option<Framing>, body: &[u8]) -> Option<Vec<u8>> {
    let messages = (framing == Some(Framing::EventStream)).then(|| eventstream::decode_torn(body))??.0;
    let pieces: Option<Vec<&Bytes>> = messages.iter().map(piece).collect();
    pieces
        .filter(|pieces| !pieces.is_empty())
        .map(|pieces| pieces.iter().flat_map(|piece| piece.iter().copied()).collect())
}
