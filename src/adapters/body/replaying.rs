//! Plays a recorded body: the same bytes, a stream in the same chunks, and an error where the client had hung up or the
//! transfer broke.

use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::adapters::told;
use crate::model::aside::Pieces;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::{Cut, ResponseBody};

/// A recorded body on its way to the client.
#[derive(Debug)]
pub(crate) struct PlayingBody {
    chunks: VecDeque<Bytes>,
    /// What comes instead of them: a body that is not in memory.
    aside: Option<Reading>,
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
        if body.aside.is_some() {
            chunks.clear();
        }
        let aside = body.aside.as_ref().map(|aside| Reading::new(aside.pieces(), &body.chunks));
        let length = (!streamed && body.cut == Cut::Whole).then_some(body.length() as u64);
        let error = if stays_open { None } else { error_behind(body) };
        PlayingBody { chunks, aside, length, error, stays_open }
    }
}

impl PlayingBody {
    /// The chunk that comes next; `None` behind the last one.
    fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.aside {
            Some(reading) => reading.next(),
            None => Ok(self.chunks.pop_front()),
        }
    }
}

/// A body that is read while it is played.
#[derive(Debug)]
struct Reading {
    pieces: Arc<dyn Pieces>,
    /// How many of them have been read.
    read: usize,
    /// What is left of the last one.
    rest: Bytes,
    /// The lengths of the chunks to come; none where it came as anything else than a stream.
    lengths: VecDeque<usize>,
}

impl Reading {
    fn new(pieces: &Arc<dyn Pieces>, lengths: &[usize]) -> Reading {
        let lengths = lengths.iter().copied().collect();
        Reading { pieces: Arc::clone(pieces), read: 0, rest: Bytes::new(), lengths }
    }

    fn is_over(&self) -> bool {
        self.rest.is_empty() && self.read >= self.pieces.count()
    }

    /// The next chunk, or the next piece of what has none; `None` behind the end.
    fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if self.is_over() {
            return Ok(None);
        }
        let Some(length) = self.lengths.pop_front() else {
            self.fill()?;
            return Ok(Some(mem::take(&mut self.rest)));
        };
        self.fill()?;
        if length <= self.rest.len() {
            return Ok(Some(self.rest.split_to(length)));
        }
        let mut chunk = Vec::new();
        while chunk.len() < length && !self.is_over() {
            self.fill()?;
            let more = (length - chunk.len()).min(self.rest.len());
            chunk.extend_from_slice(&self.rest.split_to(more));
        }
        Ok(Some(chunk.into()))
    }

    /// Reads the next piece if nothing is left of the one before.
    fn fill(&mut self) -> Result<(), Error> {
        if self.rest.is_empty() && self.read < self.pieces.count() {
            self.rest = self.pieces.piece(self.read)?;
            self.read += 1;
        }
        Ok(())
    }
}

/// What the client gets behind the last chunk, if it reads on.
fn error_behind(body: &ResponseBody) -> Option<Error> {
    let length = body.length();
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
        let chunk = match self.next() {
            Ok(chunk) => chunk,
            Err(error) => {
                // Nothing that comes behind it could be right.
                (self.aside, self.length) = (None, None);
                self.error = Some(error);
                None
            }
        };
        if let Some(chunk) = chunk {
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
        let has_more = self.aside.as_ref().is_some_and(|reading| !reading.is_over());
        self.chunks.is_empty() && !has_more && self.error.is_none() && !self.stays_open
    }

    fn size_hint(&self) -> SizeHint {
        match self.length {
            Some(length) => SizeHint::with_exact(length),
            None => SizeHint::default(),
        }
    }
}
