//! Plays a recorded body: the same bytes, a stream in the same chunks, and an error where the client had hung up or the
//! transfer broke.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::adapters::told;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::{Cut, ResponseBody};

/// A recorded body on its way to the client.
#[derive(Debug)]
pub(crate) struct PlayingBody {
    chunks: VecDeque<Bytes>,
    /// The length, where the live body would have told one: a stream does not.
    length: Option<u64>,
    /// Told once behind the last chunk.
    error: Option<Error>,
    /// Nothing comes behind the last chunk, and no end either.
    stays_open: bool,
}

impl PlayingBody {
    /// `stays_open` says that the stream was open when the client left, and is again.
    pub(crate) fn new(body: &ResponseBody, stays_open: bool) -> PlayingBody {
        let streamed = !body.chunks.is_empty();
        let mut rest = body.bytes.clone();
        let mut chunks: VecDeque<Bytes> =
            body.chunks.iter().map(|length| rest.split_to((*length).min(rest.len()))).collect();
        if !rest.is_empty() {
            chunks.push_back(rest);
        }
        let length = (!streamed && body.cut == Cut::Whole).then_some(body.bytes.len() as u64);
        let error = if stays_open { None } else { error_behind(body) };
        PlayingBody { chunks, length, error, stays_open }
    }
}

/// What the client gets behind the last chunk, if it reads on.
fn error_behind(body: &ResponseBody) -> Option<Error> {
    let length = body.bytes.len();
    match body.cut {
        // It came to a clean end when it was recorded, early or not.
        Cut::Whole | Cut::EndedEarly => None,
        Cut::ClientAborted => {
            let message = format!(
                "the recording ends here: the client closed the connection after {length} bytes of the response when it was made"
            );
            let hint = "stop reading there, or let the client read to the end and run `LLM_CASSETTE_MODE=refresh cargo test`";
            Some(Error::new(ErrorKind::ClientAborted, message).with_hint(hint))
        }
        Cut::Broke => {
            let message = format!(
                "the transfer breaks here: it broke after {length} bytes of the response when it was recorded"
            );
            let hint =
                "this is a recorded error; for a whole answer run `LLM_CASSETTE_MODE=refresh cargo test`";
            Some(Error::new(ErrorKind::TransferBroke, message).with_hint(hint))
        }
    }
}

impl Body for PlayingBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(chunk) = self.chunks.pop_front() {
            if let Some(length) = &mut self.length {
                *length = length.saturating_sub(chunk.len() as u64);
            }
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match self.stays_open {
            // Nobody is to be woken: the client leaves when it has heard enough.
            true => Poll::Pending,
            false => {
                let error = self.error.take();
                error.iter().for_each(told::remember);
                Poll::Ready(error.map(Err))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_empty() && self.error.is_none() && !self.stays_open
    }

    fn size_hint(&self) -> SizeHint {
        match self.length {
            Some(length) => SizeHint::with_exact(length),
            None => SizeHint::default(),
        }
    }
}
