//! Passes a body on untouched, chunk by chunk as they arrive, and shows each chunk to the recorder. Who waits for the
//! recording reads ahead of the client, who gets the same chunks later.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::model::error::chain;
use crate::model::exchange::Ending;
use crate::session::Recorder;
use crate::session::single_flight::{Inflight, PollBody};

/// A live body and the recorder that watches it.
pub(crate) struct RecordingBody<B: Body> {
    shared: Arc<Shared<B>>,
}

struct Shared<B: Body> {
    watched: Mutex<Watched<B>>,
    /// `None` where nobody else could wait for this body.
    signal: Option<Arc<Signal>>,
}

struct Watched<B: Body> {
    live: B,
    /// `None` once what came is looked at beside the client.
    recorder: Option<Recorder>,
    /// Chunks have passed by that the recorder has not been told the end of.
    pending: bool,
    /// What others read before the client did.
    ahead: VecDeque<Result<Frame<Bytes>, B::Error>>,
    /// The live body has given all that it will.
    over: bool,
}

/// Wakes all that read one body: it keeps the waker of the last who asked, and that may be somebody who has gone.
struct Signal {
    client: Mutex<Option<Waker>>,
    flight: Arc<Inflight>,
}

impl Signal {
    fn client(&self) -> MutexGuard<'_, Option<Waker>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        let client = self.client().take();
        if let Some(client) = client {
            client.wake();
        }
        self.flight.wake();
    }
}

impl<B> RecordingBody<B>
where
    B: Body<Data = Bytes> + Unpin + Send + 'static,
    B::Error: std::error::Error + Send + 'static,
{
    pub(crate) fn new(live: B, recorder: Recorder) -> RecordingBody<B> {
        let flight = recorder.inflight();
        let recorder = Some(recorder);
        let mut watched = Watched { live, recorder, pending: true, ahead: VecDeque::new(), over: false };
        // An empty body may never be polled.
        watched.end_if_known();
        let signal = flight.map(|flight| Arc::new(Signal { client: Mutex::default(), flight }));
        let shared = Arc::new(Shared { watched: Mutex::new(watched), signal });
        if let Some(signal) = &shared.signal {
            let drive: Weak<Shared<B>> = Arc::downgrade(&shared);
            signal.flight.answered(drive);
        }
        RecordingBody { shared }
    }
}

impl<B: Body> Shared<B> {
    fn watched(&self) -> MutexGuard<'_, Watched<B>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B> PollBody for Shared<B>
where
    B: Body<Data = Bytes> + Unpin + Send,
    B::Error: std::error::Error + Send + 'static,
{
    fn drive(&self) {
        let Some(signal) = &self.signal else { return };
        let waker = Waker::from(Arc::clone(signal));
        let mut watched = self.watched();
        while let Poll::Ready(Some(frame)) = watched.poll(&mut Context::from_waker(&waker)) {
            watched.ahead.push_back(frame);
            signal.flight.progressed();
        }
        drop(watched);
        let client = signal.client().take();
        if let Some(client) = client {
            client.wake();
        }
    }
}

impl<B> Watched<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::error::Error + 'static,
{
    /// The next frame of the live body, once the recorder has seen it.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let frame = ready!(Pin::new(&mut self.live).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(chunk) = frame.data_ref().filter(|chunk| !chunk.is_empty()) {
                    self.pending = true;
                    self.recorder.iter_mut().for_each(|recorder| recorder.chunk(chunk));
                }
                self.end_if_known();
            }
            Some(Err(error)) => {
                let why = chain(error);
                self.end(Ending::Broke(why), true);
            }
            None => self.end(Ending::Complete, true),
        }
        self.over = !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }
}

impl<B: Body> Watched<B> {
    /// Writes as soon as it is known that nothing more comes, rather than when the client asks for more: clients of
    /// bodies with a length stop asking at the last byte, and clients of streams at the protocol's last event. Only the
    /// chunk that ends the response waits for this, and not that of a large one.
    fn end_if_known(&mut self) {
        let is_over = self.live.is_end_stream();
        let has_ended = |recorder: &Recorder| recorder.protocol_ended();
        if self.pending && (is_over || self.recorder.as_ref().is_some_and(has_ended)) {
            self.end(Ending::Complete, is_over);
        }
    }

    /// `is_over` says that nothing can follow.
    fn end(&mut self, ending: Ending, is_over: bool) {
        if !std::mem::take(&mut self.pending) {
            return;
        }
        if let Some(large) = self.recorder.take_if(|recorder| is_over && recorder.is_large()) {
            large.end_beside(ending);
        } else if let Some(recorder) = &mut self.recorder {
            // The session tells of what is not recorded.
            let _ = recorder.end(&ending);
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
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut watched = self.shared.watched();
        if let Some(frame) = watched.ahead.pop_front() {
            return Poll::Ready(Some(frame));
        }
        let Some(signal) = &self.shared.signal else { return watched.poll(cx) };
        *signal.client() = Some(cx.waker().clone());
        let waker = Waker::from(Arc::clone(signal));
        let frame = ready!(watched.poll(&mut Context::from_waker(&waker)));
        drop(watched);
        // Nobody will be woken for what comes next before somebody asks for it, and the client need not.
        signal.flight.progressed();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        let watched = self.shared.watched();
        watched.ahead.is_empty() && (watched.over || watched.live.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let watched = self.shared.watched();
        let live = watched.live.size_hint();
        let data = watched.ahead.iter().flatten().filter_map(Frame::data_ref);
        let ahead: u64 = data.map(|data| data.len() as u64).sum();
        let mut hint = SizeHint::new();
        hint.set_lower(live.lower() + ahead);
        if let Some(upper) = live.upper() {
            hint.set_upper(upper + ahead);
        }
        hint
    }
}

impl<B: Body> Drop for RecordingBody<B> {
    fn drop(&mut self) {
        let mut watched = self.shared.watched();
        let ending = if watched.live.is_end_stream() { Ending::Complete } else { Ending::ClientAborted };
        watched.end(ending, true);
        watched.over = true;
    }
}
