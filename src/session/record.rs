//! From a call that was sent to a document on disk, or to the reason why there is none.

mod arrived;
mod beside;
mod document;
mod keep;
mod old_ids;

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode};

use super::pending::PendingRecording;
use crate::model::address::Address;
use crate::model::chunk_times::ChunkTimes;
use crate::model::exchange::{Cut, Ending, Head, Response, ResponseBody};
use crate::model::unrecorded::{Cause, Unrecorded};
use crate::model::view::{RequestView, ResponseView};
use crate::model::wire;
use crate::model::wire::asked::asked_of;
use crate::providers::{self, Facts, StreamWatch};
use crate::redact::left_out;
use crate::session::single_flight::Inflight;
#[cfg(feature = "cli")]
use crate::store::document::Document;
use arrived::{Arrival, Arrived};
pub(super) use beside::Beside;

/// Collects a response while it passes by.
pub(crate) struct Recorder {
    pending: PendingRecording,
    head: Head,
    arrived: Arrived,
    /// When they came, as the earlier run noted whose answer this is.
    noted: Option<ChunkTimes>,
    /// Follows the protocol of a stream.
    watch: StreamWatch,
    /// What was written when the protocol's end was reached. Should more bytes follow, it is written again.
    kept: Option<String>,
}

impl PendingRecording {
    /// The head of the answer is here; what follows goes through the recorder.
    pub(crate) fn answered(self, head: Head) -> Recorder {
        Recorder::new(self, head)
    }
}

impl Recorder {
    fn new(mut pending: PendingRecording, head: Head) -> Recorder {
        if pending.request.method == Method::GET && wire::declares_stream(&head.headers) {
            pending.let_go();
        }
        let watch = StreamWatch::new(&head.headers);
        Recorder { pending, head, arrived: Arrived::default(), noted: None, watch, kept: None }
    }

    /// What identical requests wait for, if they may have the same answer.
    pub(crate) fn inflight(&self) -> Option<Arc<Inflight>> {
        self.pending.inflight()
    }

    /// A chunk passed by.
    pub(crate) fn chunk(&mut self, chunk: &Bytes) {
        self.arrived.push(chunk, self.pending.sent.elapsed());
        self.watch.push(chunk);
    }

    /// The chunks that will pass by came in an earlier run, at these times.
    pub(super) fn noted(&mut self, times: Option<ChunkTimes>) {
        self.noted = times;
    }

    /// Whether the protocol says that this is all, though the connection may stay open.
    pub(crate) fn protocol_ended(&self) -> bool {
        self.watch.ended() || self.watch.error().is_some()
    }

    /// The response is over: whether it was recorded, or why not. May be called again when more came than the protocol
    /// announced.
    pub(crate) fn end(&mut self, ending: &Ending) -> Result<(), String> {
        let session = Arc::clone(&self.pending.session);
        self.watch.finish();
        // A client that hangs up behind the protocol's end, or a connection that breaks there, has missed nothing.
        let ending = if self.protocol_ended() { &Ending::Complete } else { ending };
        let (response, facts) = self.response(ending);
        if let Err(unrecorded) = self.verdict(&response, &facts, ending) {
            // A stream that tells of an error is over for the protocol before it is for the connection.
            if self.kept.is_none() && !self.pending.reported {
                let is_error = facts.error.is_some();
                let seen = self.interaction(response, facts);
                if !self.pending.resumed {
                    session.count_unrecorded(&seen, is_error);
                }
                self.pending.skip_answered(Some(seen), &unrecorded);
                if unrecorded.cause == Cause::Refused {
                    session.fail(document::refused(&unrecorded.reason));
                }
            }
            return Err(unrecorded.reason);
        }
        let response = self.by_old_ids(response);
        match self.document(response, facts) {
            Ok(document) => {
                let stored = &document.parsed.interaction.response.headers;
                let names = left_out(&self.head.headers, stored);
                session.state().totals.left_out(names);
                match session.is_in_memory() {
                    true => self.hold(&document.parsed),
                    false => self.keep(document),
                }
            }
            Err(error) => {
                let reason = error.message().to_owned();
                let (response, facts) = self.response(ending);
                session.count_unrecorded(&self.interaction(response, facts), false);
                self.pending.skip(&Cause::Refused.because(&*reason));
                session.fail(error);
                Err(reason)
            }
        }
    }

    /// The document of an exchange that is over, which is kept nowhere yet; or why there is none.
    #[cfg(feature = "cli")]
    pub(crate) fn into_document(mut self, ending: &Ending) -> Result<Document, Unrecorded> {
        self.watch.finish();
        let (response, facts) = self.response(ending);
        let judged = self.verdict(&response, &facts, ending);
        let document = judged.and_then(|()| {
            self.document(response, facts).map_err(|error| Cause::Refused.because(error.message()))
        });
        let session = Arc::clone(&self.pending.session);
        match &document {
            Ok(_) => {
                self.pending.reported = true;
                session.state().under_way.end(self.pending.order);
            }
            Err(unrecorded) => self.pending.skip(unrecorded),
        }
        document
    }

    fn response(&mut self, ending: &Ending) -> (Response, Facts) {
        let bytes = self.arrived.bytes();
        let streamed = wire::framing(&self.head.headers, &bytes).is_some()
            || self.asks_for_a_stream()
            || wire::is_played_as_it_comes(&self.head.headers);
        let arrived = if streamed { self.arrived.chunks() } else { &[] };
        let chunks = arrived.iter().map(|arrival| arrival.length).collect();
        let times = match self.pending.resumed {
            true => self.noted.clone(),
            false => ChunkTimes::of(&arrived.iter().map(Arrival::milliseconds).collect::<Vec<_>>()),
        };
        let named = self.pending.session.settings.gateways.named(&self.pending.request.url).is_some();
        let facts = providers::facts_behind(
            named,
            &self.pending.request.url,
            &self.pending.request.headers,
            asked_of(&self.pending.request).as_deref(),
            self.head.status,
            &self.head.headers,
            &bytes,
        );
        let response = Response {
            status: self.head.status,
            version: self.head.version,
            url: (self.head.url != self.pending.request.url).then(|| self.head.url.clone()),
            headers: self.head.headers.clone(),
            body: ResponseBody { bytes, chunks, times, cut: cut_by(ending, &facts), aside: None },
        };
        (response, facts)
    }

    /// Gemini can stream one JSON array, and other services stream formats that we do not know: the path tells.
    fn asks_for_a_stream(&self) -> bool {
        let path = Address::of(&self.pending.request.url).path;
        path.rsplit(['/', ':']).next().is_some_and(|last| last.to_ascii_lowercase().contains("stream"))
    }

    /// Whether this is to be recorded, or why not.
    fn verdict(&self, response: &Response, facts: &Facts, ending: &Ending) -> Result<(), Unrecorded> {
        let settings = &self.pending.session.settings;
        if let Some(why) = &self.pending.sealed {
            return Err(Cause::Refused.because(format!("the body of the request cannot be read: {why}")));
        }
        let status = response.status;
        if status == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Cause::Upgrade.because(
                "HTTP 101: what follows is another protocol, which a cassette cannot hold; use `pass_through`",
            ));
        }
        let is_named = settings.record_statuses.contains(&status);
        let is_wanted = settings.record_errors || is_named;
        if let Ending::Broke(why) = ending
            && !is_wanted
        {
            return Err(Cause::Broke.because(format!("the transfer broke: {why}")));
        }
        if let Some(error) = &facts.error {
            let reason = if status.is_success() { error.clone() } else { http_reason(status, error) };
            if facts.credential_or_quota && !is_named {
                return Err(Cause::Account(status).because(reason));
            }
            if !is_wanted {
                return Err(Cause::Error.because(reason));
            }
        }
        if response.body.cut == Cut::EndedEarly && !is_wanted {
            let missing = facts.missing.as_deref().unwrap_or("its end");
            return Err(Cause::EndedEarly.because(format!("the answer ended early, without {missing}")));
        }
        let request = RequestView {
            method: &self.pending.request.method,
            url: &self.pending.request.url,
            headers: &self.pending.request.headers,
            body: Some(&self.pending.request.body),
        };
        let seen =
            ResponseView { status: response.status, headers: &response.headers, body: &response.body.bytes };
        let judged = settings.policies.iter().try_for_each(|policy| policy.judge(&request, &seen));
        judged.map_err(|reason| Cause::Policy.because(reason))
    }
}

/// Why the body ends where it does.
fn cut_by(ending: &Ending, facts: &Facts) -> Cut {
    match ending {
        Ending::ClientAborted => Cut::ClientAborted,
        Ending::Broke(_) => Cut::Broke,
        Ending::Complete if facts.error.is_none() && facts.missing.is_some() => Cut::EndedEarly,
        Ending::Complete => Cut::Whole,
    }
}

fn http_reason(status: StatusCode, error: &str) -> String {
    let number = format!("HTTP {}", status.as_u16());
    if error.is_empty() || error.contains(&number) { number } else { format!("{number}: {error}") }
}
