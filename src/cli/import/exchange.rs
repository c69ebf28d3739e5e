//! An exchange as a foreign file has it, and as it can be recorded.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::model::json::Json;
use crate::session::import::Recorded;

/// What a file says of one exchange. Nothing of it is checked yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Raw {
    pub(super) method: String,
    /// With the host, or a path alone where the file has no host.
    pub(super) url: String,
    pub(super) request_headers: Vec<(String, Vec<u8>)>,
    pub(super) request_body: Vec<u8>,
    pub(super) status: u64,
    /// As in `HTTP/2`, `2.0` or `1.1`.
    pub(super) version: Option<String>,
    pub(super) response_headers: Vec<(String, Vec<u8>)>,
    pub(super) response_body: Vec<u8>,
    /// Where the chunks of the answer ended, if the file says so: their lengths.
    pub(super) chunks: Vec<u64>,
    /// When each of them came.
    pub(super) times: Vec<u64>,
    pub(super) recorded_at: Option<Timestamp>,
    /// Instead of all that: a question and an answer, as a line of `llm-cassette warm`.
    pub(super) pair: Option<Json>,
    pub(super) losses: BTreeSet<Loss>,
}

/// An exchange that can be recorded.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Imported {
    pub(in crate::cli) recorded: Recorded,
    pub(in crate::cli) losses: BTreeSet<Loss>,
}

/// An exchange that cannot be recorded, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Refusal {
    /// Method and URL, as far as the file has them.
    pub(in crate::cli) request: Option<String>,
    pub(in crate::cli) reason: String,
}

impl Refusal {
    pub(super) fn because(reason: impl Into<String>) -> Refusal {
        Refusal { request: None, reason: reason.into() }
    }
}

/// What a file has, in its order.
pub(super) type Exchanges = Vec<Result<Raw, Refusal>>;

/// What a file no longer has of an exchange, or has only perhaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::cli) enum Loss {
    /// A JSON body stands there as a tree.
    Layout,
    /// Bytes became text, and what was no text went without an error.
    ErrorsIgnored,
    /// The text is in another encoding than UTF-8, which the file does not do.
    Encoding,
    /// The body is longer or shorter than its `content-length`.
    Length,
    /// Of headers that came more than once, one value is left.
    OneValue,
    NoResponseHeaders,
    NoRequestHeaders,
    /// The request is of a kind that has a body, and has none.
    NoRequestBody,
    /// The client followed a redirect, which stands there as an answer.
    Redirect,
    /// HTTP does not allow a header that stands there.
    BadHeader,
    /// The file has paths alone.
    Host,
    /// What the client sent is known only as far as a matcher describes it.
    Matcher,
    /// There was no request, and one is made up.
    Request,
    /// How a stream was cut into chunks.
    Cuts,
    Time,
}

impl Loss {
    /// For programs.
    pub(in crate::cli) fn name(self) -> &'static str {
        match self {
            Loss::Layout => "layout",
            Loss::ErrorsIgnored => "errors_ignored",
            Loss::Encoding => "encoding",
            Loss::Length => "length",
            Loss::OneValue => "one_value",
            Loss::NoResponseHeaders => "no_response_headers",
            Loss::NoRequestHeaders => "no_request_headers",
            Loss::NoRequestBody => "no_request_body",
            Loss::Redirect => "redirect",
            Loss::BadHeader => "bad_header",
            Loss::Host => "host",
            Loss::Matcher => "matcher",
            Loss::Request => "request",
            Loss::Cuts => "cuts",
            Loss::Time => "time",
        }
    }

    /// For people: what the file does not have, and what the cassette has instead.
    pub(in crate::cli) fn in_words(self) -> &'static str {
        match self {
            Loss::Layout => "the layout of JSON bodies: they are written without white space",
            Loss::ErrorsIgnored => "bytes that are not UTF-8: the tool left them out when it recorded",
            Loss::Encoding => "bytes of text in another encoding than UTF-8",
            Loss::Length => {
                "bytes: the body has another length than `content-length` says, so the tool changed it"
            }
            Loss::OneValue => "headers that came more than once, but for one value",
            Loss::NoResponseHeaders => "the headers of the answer",
            Loss::NoRequestHeaders => "the headers of the request, some of which choose the answer",
            Loss::NoRequestBody => {
                "the body of the request, if it had one: vcrpy before 8 leaves out the JSON of aiohttp"
            }
            Loss::Redirect => {
                "that a redirect was followed: the redirect itself is played, which nobody follows any more"
            }
            Loss::BadHeader => "a header that is not valid in HTTP",
            Loss::Host => "the host: it is taken from `--base-url`, or from the provider who has such paths",
            Loss::Matcher => "the request: the file has what was to match, not what was sent",
            Loss::Request => {
                "the request: it is made up of the question, for `--pairs` and `--model`, and pinned"
            }
            Loss::Cuts => "where the chunks of a stream ended: it is cut between events",
            Loss::Time => "when it was recorded: it counts as recorded now",
        }
    }
}
