//! A body whose chunks come when they came to the client that recorded them.

use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::model::exchange::ResponseBody;

/// How fast a stream is played.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Pace {
    /// As fast as the client reads.
    #[default]
    Instant,
    /// So many times as fast as it came.
    Speed(f64),
}

impl Pace {
    /// A stream that took a day takes years. Whoever wants less has something else in mind.
    const SLOWEST: f64 = 0.001;

    /// When a chunk is due that came after so many milliseconds.
    fn due(self, milliseconds: u32) -> Option<Duration> {
        match self {
            Pace::Instant => None,
            Pace::Speed(factor) => Some(Duration::from_millis(u64::from(milliseconds)).div_f64(factor)),
        }
    }
}

impl FromStr for Pace {
    type Err = String;

    /// `×` is not on every keyboard, so `x` is as good.
    fn from_str(text: &str) -> Result<Pace, String> {
        let factor = |text: &str| {
            text.parse().ok().filter(|factor| f64::is_finite(*factor) && *factor >= Pace::SLOWEST)
        };
        match text {
            "none" => Some(Pace::Instant),
            "recorded" => Some(Pace::Speed(1.0)),
            other => other.strip_prefix(['×', 'x']).and_then(factor).map(Pace::Speed),
        }
        .ok_or_else(|| {
            format!(
                "the pace is `recorded`, `none`, or how many times as fast as it came: `x2` takes half as long, `x0.1` ten times \
                 as long, `x{}` is the slowest; not {text:?}",
                Pace::SLOWEST
            )
        })
    }
}

/// Holds each chunk of a body back until it is due. It is due by the clock, whatever the client did meanwhile, so that one
/// that reads slowly is not made slower.
pub(crate) struct PacedBody<B> {
    inner: B,
    /// Where each recorded chunk ends, and when it is due.
    due: std::vec::IntoIter<(usize, Instant)>,
    /// The recorded chunk that the bytes come from.
    at: Option<(usize, Instant)>,
    /// How many bytes have come.
    seen: usize,
    held: Option<Frame<Bytes>>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<B> PacedBody<B> {
    /// `inner` plays `recorded`, perhaps cut in other places: a piece is due when the last of its bytes came. `began` is
    /// when the request was there. Without times nothing is held back.
    pub(crate) fn new(inner: B, recorded: &ResponseBody, pace: Pace, began: Instant) -> PacedBody<B> {
        let mut end = 0;
        let times = recorded.times.iter().flat_map(|times| times.iter());
        let due = recorded.chunks.iter().zip(times).filter_map(|(length, time)| {
            end += length;
            Some((end, began + pace.due(time)?))
        });
        let mut due = due.collect::<Vec<_>>().into_iter();
        PacedBody { inner, at: due.next(), due, seen: 0, held: None, timer: None }
    }

    /// When the chunk is due that ends at the bytes seen so far.
    fn due(&mut self) -> Option<Instant> {
        while self.at.is_some_and(|(end, _)| end < self.seen) {
            self.at = self.due.next();
        }
        self.at.map(|(_, due)| due)
    }
}

impl<B: Body<Data = Bytes> + Unpin> PacedBody<B> {
    fn hold(&mut self, frame: Frame<Bytes>) {
        self.seen += frame.data_ref().map_or(0, Bytes::len);
        self.held = Some(frame);
        let Some(due) = self.due() else {
            self.timer = None;
            return;
        };
        match &mut self.timer {
            Some(timer) => timer.as_mut().reset(due),
            None => self.timer = Some(Box::pin(sleep_until(due))),
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for PacedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.held.is_none() {
            match ready!(Pin::new(&mut self.inner).poll_frame(cx)) {
                Some(Ok(frame)) => self.hold(frame),
                other => return Poll::Ready(other),
            }
        }
        if let Some(timer) = &mut self.timer {
            ready!(timer.as_mut().poll(cx));
        }
        Poll::Ready(self.held.take().map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.held.as_ref().and_then(Frame::data_ref).map_or(0, |data| data.len() as u64);
        let inner = self.inner.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + held);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + held);
        }
        hint
    }
}

#[cfg(test)]
mod tests;
