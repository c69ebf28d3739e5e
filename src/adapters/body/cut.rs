//! A body cut in other places than it was recorded in, to try how a client puts the pieces together.

use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::PlayingBody;
use crate::model::exchange::{Response, ResponseBody};
use crate::model::wire::{self, Splitter};

/// Where the body of an answer is cut on its way to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Cutting {
    /// A stream where it was when it was recorded.
    #[default]
    Recorded,
    /// Behind each byte.
    Byte,
    /// A stream behind each of its events.
    Event,
    /// Anywhere, for the same seed and body in the same places.
    Random(u64),
}

impl FromStr for Cutting {
    type Err = String;

    fn from_str(text: &str) -> Result<Cutting, String> {
        let seed = |seed: &str| seed.parse().ok().map(Cutting::Random);
        match text {
            "recorded" => Some(Cutting::Recorded),
            "byte" => Some(Cutting::Byte),
            "event" => Some(Cutting::Event),
            other => other.strip_prefix("random:").and_then(seed),
        }
        .ok_or_else(|| {
            format!(
                "chunks are `recorded`, `byte`, `event` or `random:SEED`, such as `random:7`, not {text:?}"
            )
        })
    }
}

/// A recorded body in pieces of another length.
#[derive(Debug)]
pub(crate) struct CutBody {
    inner: PlayingBody,
    /// What is left of a chunk.
    rest: Bytes,
    lengths: Lengths,
}

/// How long the next piece of a chunk is.
#[derive(Debug)]
enum Lengths {
    All,
    One,
    Random(SplitMix),
}

impl CutBody {
    /// `stays_open` is as for [`PlayingBody::new`].
    pub(crate) fn new(response: &Response, cutting: Cutting, stays_open: bool) -> CutBody {
        let recorded = &response.body;
        // A body that is no stream has a length, by which clients know it, and no chunks.
        let is_stream = !recorded.chunks.is_empty();
        let framing = wire::framing(&response.headers, &recorded.bytes).filter(|_| is_stream);
        let (chunks, lengths) = match (cutting, framing) {
            (Cutting::Event, Some(framing)) => {
                let mut splitter = Splitter::new(framing);
                let events = splitter.push(&recorded.bytes);
                let lengths = events.into_iter().chain(splitter.finish()).map(|event| event.len());
                (lengths.collect(), Lengths::All)
            }
            (Cutting::Recorded | Cutting::Event, _) => (recorded.chunks.clone(), Lengths::All),
            (Cutting::Byte, _) => (recorded.chunks.clone(), Lengths::One),
            // Pieces may reach over where the chunks were cut, but not in what is not in memory.
            (Cutting::Random(seed), _) => {
                let chunks = match is_stream && recorded.aside.is_none() {
                    true => vec![recorded.bytes.len()],
                    false => recorded.chunks.clone(),
                };
                (chunks, Lengths::Random(SplitMix(seed)))
            }
        };
        let (bytes, aside) = (recorded.bytes.clone(), recorded.aside.clone());
        let body = ResponseBody { bytes, chunks, times: None, cut: recorded.cut, aside };
        CutBody { inner: PlayingBody::new(&body, stays_open), rest: Bytes::new(), lengths }
    }
}

impl Lengths {
    fn next(&mut self) -> usize {
        match self {
            Lengths::All => usize::MAX,
            Lengths::One => 1,
            Lengths::Random(numbers) => numbers.length(),
        }
    }
}

/// Numbers that look thrown: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014. A crate for
/// this could give others for the same seed one day.
#[derive(Debug)]
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Up to 512, short ones as often as long ones: within a character, within a line, over several events.
    fn length(&mut self) -> usize {
        let most = 1_u64 << (self.next() % 10);
        usize::try_from(1 + self.next() % most).unwrap_or(1)
    }
}

impl Body for CutBody {
    type Data = Bytes;
    type Error = <PlayingBody as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.inner).poll_frame(cx)).map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(chunk))) => self.rest = chunk,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let length = self.lengths.next().min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.inner.size_hint().exact() {
            Some(length) => SizeHint::with_exact(length + self.rest.len() as u64),
            None => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests;
