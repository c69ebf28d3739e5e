//! Passes a body on untouched, chunk by chunk as they arrive, and shows each chunk to the recorder.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::session::{Ending, Recorder, chain};

/// A live body and the recorder that watches it.
pub(crate) struct RecordingBody<B: Body> {
    live: B,
    recorder: Recorder,
    /// Chunks have passed by that the recorder has not been told the end of.
    pending: bool,
}

impl<B> RecordingBody<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    pub(crate) fn new(live: B, recorder: Recorder) -> RecordingBody<B> {
        let mut body = RecordingBody { live, recorder, pending: true };
        // An empty body may never be polled.
        body.end_if_known();
        body
    }

    /// Writes as soon as it is known that nothing more comes, rather than when the client asks for more: clients of
    /// bodies with a length stop asking at the last byte, and clients of streams at the protocol's last event. Only the
    /// chunk that ends the response waits for this.
    fn end_if_known(&mut self) {
        if self.pending && (self.live.is_end_stream() || self.recorder.protocol_ended()) {
            self.end(&Ending::Complete);
        }
    }
}

impl<B: Body> RecordingBody<B> {
    fn end(&mut self, ending: &Ending) {
        if std::mem::take(&mut self.pending) {
            // The session tells of what is not recorded.
            let _ = self.recorder.end(ending);
        }
    }
}

impl<B> Body for RecordingBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::error::Error + 'static,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.live).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(chunk) = frame.data_ref().filter(|chunk| !chunk.is_empty()) {
                    self.pending = true;
                    self.recorder.chunk(chunk);
                }
                self.end_if_known();
            }
            Some(Err(error)) => {
                let why = chain(error);
                self.end(&Ending::Broke(why));
            }
            None => self.end(&Ending::Complete),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.live.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.live.size_hint()
    }
}

impl<B: Body> Drop for RecordingBody<B> {
    fn drop(&mut self) {
        let ending = if self.live.is_end_stream() { Ending::Complete } else { Ending::HungUp };
        self.end(&ending);
    }
}
