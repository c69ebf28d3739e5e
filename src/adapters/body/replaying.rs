//! Plays a recorded body: the same bytes, a stream in the same chunks, and an error where the client had hung up.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::ResponseBody;

/// A recorded body on its way to the client.
#[derive(Debug)]
pub(crate) struct PlayingBody {
    chunks: VecDeque<Bytes>,
    /// The length, where the live body would have told one: a stream does not.
    length: Option<u64>,
    /// Told once behind the last chunk.
    client_aborted: Option<Error>,
}

impl PlayingBody {
    pub(crate) fn new(body: &ResponseBody) -> PlayingBody {
        let streamed = !body.chunks.is_empty();
        let mut rest = body.bytes.clone();
        let mut chunks: VecDeque<Bytes> =
            body.chunks.iter().map(|length| rest.split_to((*length).min(rest.len()))).collect();
        if !rest.is_empty() {
            chunks.push_back(rest);
        }
        let length = (!streamed && !body.client_aborted).then_some(body.bytes.len() as u64);
        let client_aborted = body.client_aborted.then(|| {
            let message = format!(
                "the recording ends here: the client closed the connection after {} bytes of the response when it was made",
                body.bytes.len()
            );
            Error::new(ErrorKind::ClientAborted, message).with_hint(
                "stop reading there, or let the client read to the end and run `LLM_CASSETTE_MODE=refresh cargo test`",
            )
        });
        PlayingBody { chunks, length, client_aborted }
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
        Poll::Ready(self.client_aborted.take().map(Err))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_empty() && self.client_aborted.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match self.length {
            Some(length) => SizeHint::with_exact(length),
            None => SizeHint::default(),
        }
    }
}
