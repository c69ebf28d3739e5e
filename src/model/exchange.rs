//! What passes between a client and a provider, in types that belong to no HTTP client.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};

/// A request as the client sent it, its body collected.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
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
    /// Lengths of the chunks in which a stream arrived; they add up to the length of `bytes`. Empty when the body
    /// is no stream: how a plain body was cut on its way is chance.
    pub(crate) chunks: Vec<usize>,
    /// The client went away before the stream was complete, so this is all there is to replay.
    pub(crate) client_aborted: bool,
}
