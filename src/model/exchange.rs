//! What passes between a client and a provider, in types that belong to no HTTP client.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};

use super::address::without_fragment;
use super::aside::Aside;
use super::chunk_times::ChunkTimes;
use super::splice::{Splice, apply, remap};
use super::text::escape_line;

/// Characters of a URL in a message.
const MAX_URL: usize = 200;

/// A request as the client sent it, its body collected.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// Method and URL for people, without the parts that a reader does not need.
    pub(crate) fn address(&self) -> String {
        let url = without_fragment(&self.url);
        let mut short: String = url.chars().take(MAX_URL).collect();
        if short.len() < url.len() {
            short.push('…');
        }
        format!("{} {}", self.method, escape_line(&short))
    }
}

/// A response as the client received it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) version: Version,
    /// Where the answer came from, when a redirect made that another place than was asked.
    pub(crate) url: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: ResponseBody,
}

/// The bytes of a response and how they arrived.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ResponseBody {
    pub(crate) bytes: Bytes,
    /// Lengths of the chunks in which a stream arrived; they add up to the length of the body. Empty when the body
    /// is no stream: how a plain body was cut on its way is chance.
    pub(crate) chunks: Vec<usize>,
    /// When each of these chunks arrived; `None` when that is not known, as of a body that is no stream.
    pub(crate) times: Option<ChunkTimes>,
    /// Why this may be less than the whole.
    pub(crate) cut: Cut,
    /// Where the bytes are, if they are not here: of a large file that is neither text nor events, while it is replayed. Then
    /// `bytes` is empty, as nobody but the client reads such a body.
    pub(crate) aside: Option<Aside>,
}

impl ResponseBody {
    /// How many bytes it has, wherever they are.
    pub(crate) fn length(&self) -> usize {
        self.aside.as_ref().map_or(self.bytes.len(), |aside| aside.pieces().length())
    }

    /// The body with other bytes in the places of some. A chunk of which nothing is left is gone, with its time.
    pub(crate) fn spliced(&self, splices: &[Splice]) -> ResponseBody {
        let chunks = remap(&self.chunks, splices);
        let times = match chunks.iter().all(Option::is_some) {
            true => self.times.clone(),
            false => self.times.as_ref().and_then(|times| times.keeping(chunks.iter().map(Option::is_some))),
        };
        ResponseBody {
            bytes: apply(&self.bytes, splices).into(),
            chunks: chunks.into_iter().flatten().collect(),
            times,
            cut: self.cut,
            aside: self.aside.clone(),
        }
    }
}

/// Why a recorded body ends where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Cut {
    /// It is all there.
    #[default]
    Whole,
    /// The client went away before the stream was complete, so this is all there is to replay.
    ClientAborted,
    /// The server ended the stream in good order, but before its protocol's end.
    EndedEarly,
    /// The transfer failed.
    Broke,
}

impl Cut {
    /// All but the usual, with the field of a cassette that says so.
    pub(crate) const FIELDS: [(Cut, &'static str); 3] = [
        (Cut::ClientAborted, "client_aborted"),
        (Cut::EndedEarly, "ended_early"),
        (Cut::Broke, "transfer_broke"),
    ];
}

/// The head of a response.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) version: Version,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
}

/// How a response came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All of it arrived, by the transport's or the protocol's account.
    Complete,
    /// The client went away.
    ClientAborted,
    /// The transfer failed.
    Broke(String),
}
