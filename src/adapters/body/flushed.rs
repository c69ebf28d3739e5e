//! A body whose pieces go out one by one: a server gathers those that are there at once, and sends them together.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// A body that has its next piece a moment after the one before it.
pub(crate) struct FlushedBody<B> {
    inner: B,
    has_given: bool,
}

impl<B> FlushedBody<B> {
    pub(crate) fn new(inner: B) -> FlushedBody<B> {
        FlushedBody { inner, has_given: false }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for FlushedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if std::mem::take(&mut self.has_given) {
            // Who finds nothing to send sends what there is.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let frame = Pin::new(&mut self.inner).poll_frame(cx);
        self.has_given = matches!(frame, Poll::Ready(Some(Ok(_))));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
