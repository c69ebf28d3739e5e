//! From a call that was sent to a document on disk, or to the reason why there is none.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version};

use super::ticket::Ticket;
use super::{Call, Document};
use crate::blobs::Blobs;
use crate::error::{Error, Kind};
use crate::exchange::{Response, ResponseBody};
use crate::flight::Flight;
use crate::format::{self, Written};
use crate::interaction::Interaction;
use crate::labels::Labels;
use crate::ledger::Event;
use crate::memory::Memory;
use crate::mode::Mode;
use crate::provider::{self, Facts, StreamWatch};
use crate::redact::Redacted;
use crate::request_key::{Key, json_body, normalise};
use crate::seal::seal;
use crate::stream;
use crate::tape::Parsed;
use crate::trace;
use crate::turns::Earlier;
use crate::view::{RequestView, ResponseView};

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
    HungUp,
    /// The transfer failed.
    Broke(String),
}

/// Collects a response while it passes by.
pub(crate) struct Recorder {
    ticket: Ticket,
    head: Head,
    chunks: Vec<Bytes>,
    /// When the first of them came.
    first: Option<Instant>,
    /// Follows the protocol of a stream.
    watch: StreamWatch,
    /// What was written when the protocol's end was reached. Should more bytes follow, it is written again.
    kept: Option<String>,
}

impl Recorder {
    pub(super) fn new(ticket: Ticket, head: Head) -> Recorder {
        let watch = StreamWatch::new(&head.headers);
        Recorder { ticket, head, chunks: Vec::new(), first: None, watch, kept: None }
    }

    /// What identical requests wait for, if they may have the same answer.
    pub(crate) fn flight(&self) -> Option<Arc<Flight>> {
        self.ticket.flight()
    }

    /// A chunk passed by.
    pub(crate) fn chunk(&mut self, chunk: &Bytes) {
        self.first.get_or_insert_with(Instant::now);
        self.chunks.push(chunk.clone());
        self.watch.push(chunk);
    }

    /// Whether the protocol says that this is all, though the connection may stay open.
    pub(crate) fn protocol_ended(&self) -> bool {
        self.watch.ended() || self.watch.error().is_some()
    }

    /// The response is over: whether it was recorded, or why not. May be called again when more came than the protocol
    /// announced.
    pub(crate) fn end(&mut self, ending: &Ending) -> Result<(), String> {
        let session = Arc::clone(&self.ticket.session);
        self.watch.finish();
        // A client that hangs up behind the protocol's end, or a connection that breaks there, has missed nothing.
        let ending = if self.protocol_ended() { &Ending::Complete } else { ending };
        let (response, facts) = self.response(ending);
        if let Err(reason) = self.verdict(&response, &facts, ending) {
            if self.kept.is_none() {
                self.ticket.skip(&reason);
            }
            return Err(reason);
        }
        match self.document(response, facts) {
            Ok((_, parsed)) if session.is_in_memory() => self.hold(&parsed),
            Ok((written, parsed)) => self.keep(written, parsed),
            Err(error) => {
                let reason = error.message().to_owned();
                self.ticket.skip(&reason);
                session.fail(error);
                Err(reason)
            }
        }
    }

    fn response(&self, ending: &Ending) -> (Response, Facts) {
        let bytes = match self.chunks.as_slice() {
            [one] => one.clone(),
            many => Bytes::from(many.concat()),
        };
        let streamed = stream::framing(&self.head.headers, &bytes).is_some() || self.asks_for_a_stream();
        let chunks = if streamed { self.chunks.iter().map(Bytes::len).collect() } else { Vec::new() };
        let named = self.ticket.session.settings.gateways.named(&self.ticket.request.url).is_some();
        let facts = provider::facts_behind(
            named,
            &self.ticket.request.url,
            &self.ticket.request.headers,
            json_body(&self.ticket.request).as_ref(),
            self.head.status,
            &self.head.headers,
            &bytes,
        );
        let response = Response {
            status: self.head.status,
            version: self.head.version,
            url: (self.head.url != self.ticket.request.url).then(|| self.head.url.clone()),
            headers: self.head.headers.clone(),
            body: ResponseBody { bytes, chunks, hung_up: *ending == Ending::HungUp },
        };
        (response, facts)
    }

    /// Gemini can stream one JSON array, and other services stream formats that we do not know: the path tells.
    fn asks_for_a_stream(&self) -> bool {
        let path = self.ticket.request.url.split('?').next().unwrap_or_default();
        path.rsplit(['/', ':']).next().is_some_and(|last| last.to_ascii_lowercase().contains("stream"))
    }

    /// Whether this is to be recorded, or why not.
    fn verdict(&self, response: &Response, facts: &Facts, ending: &Ending) -> Result<(), String> {
        let settings = &self.ticket.session.settings;
        if let Ending::Broke(why) = ending {
            return Err(format!("the transfer broke: {why}"));
        }
        if let Some(error) = &facts.error {
            let status = response.status;
            let reason = if status.is_success() { error.clone() } else { http_reason(status, error) };
            if facts.credential_or_quota || !settings.record_errors {
                return Err(reason);
            }
        }
        let request = RequestView {
            method: &self.ticket.request.method,
            url: &self.ticket.request.url,
            headers: &self.ticket.request.headers,
            body: Some(&self.ticket.request.body),
        };
        let seen =
            ResponseView { status: response.status, headers: &response.headers, body: &response.body.bytes };
        settings.policies.iter().try_for_each(|policy| policy.judge(&request, &seen)).map_err(Cow::into_owned)
    }

    /// Redacts, writes, and proves the result: what was written is read back and compared with what was meant.
    fn document(&self, response: Response, facts: Facts) -> Result<(Written, Arc<Parsed>), Error> {
        let session = &self.ticket.session;
        let interaction = Interaction {
            recorded_at: seconds(self.ticket.began),
            usage_count: 1,
            take: self.ticket.take(),
            provider: session
                .settings
                .gateways
                .named(&self.ticket.request.url)
                .or_else(|| facts.provider.map(provider::Provider::name))
                .map(str::to_owned),
            model: facts.model,
            usage: facts
                .usage
                .map(|usage| usage.fields())
                .unwrap_or_default()
                .into_iter()
                .map(|(n, c)| (n.to_owned(), c))
                .collect(),
            labels: self.labels(),
            request: self.ticket.stored.clone(),
            response,
        };
        let redacted = session
            .redactor
            .redact(interaction)
            .map_err(|leak| refused(&format!("a secret was still in {} after redaction", leak.place)))?;
        // What the answer gave away may have to go from the request too, which then has another normal form.
        let normal = match redacted.interaction().request == self.ticket.stored {
            true => self.ticket.normal.clone(),
            false => normalise(&redacted.interaction().request, &session.settings.rules),
        };
        let key = match session.settings.rules.is_empty() {
            true => normal.key,
            false => session.file_key(&redacted.interaction().request),
        };
        // What goes into the midst of a file chooses when all of the new file is known.
        let base = match session.mode {
            Mode::Record if self.ticket.replaces.is_none() => {
                session.earlier_turn(self.ticket.order, &redacted.interaction().request)
            }
            Mode::Replay | Mode::Record | Mode::Refresh | Mode::Off => None,
        };
        let earlier = base.as_ref().map(|(key, parsed)| Earlier::new(*key, &parsed.interaction));
        let mut written = format::write(&redacted, &key, earlier.as_ref());
        if let Some(place) = session.redactor.scan_text(&written.text) {
            return Err(refused(&format!("a secret was still in the document ({place})")));
        }
        if written.blobs.iter().any(|(_, bytes)| session.redactor.scan_blob(bytes)) {
            return Err(refused("a secret was still in a value that stands aside, such as an attached file"));
        }
        written.text = seal(&written.text);
        let interaction = prove(&redacted, &key, &written, earlier.as_ref())
            .map_err(|what| refused(&format!("it would not replay truly: {what}")))?;
        Ok((written, Arc::new(Parsed::new(interaction, normal))))
    }

    /// What was said of the recording that this one replaces is said of this one too.
    fn labels(&self) -> Labels {
        let ours = &self.ticket.labels;
        self.ticket
            .replaces
            .as_ref()
            .map_or_else(|| ours.clone(), |(_, old)| old.interaction.labels.and(ours))
    }

    /// Keeps an answer in memory.
    fn hold(&mut self, parsed: &Arc<Parsed>) -> Result<(), String> {
        let session = Arc::clone(&self.ticket.session);
        let (order, key) = (self.ticket.order, self.ticket.normal.key);
        let mut state = session.state();
        let put = |memory: &mut Memory| memory.put(key, Arc::clone(parsed), parsed.size());
        let refused = match parsed.interaction.response.body.hung_up {
            true => Some("the client hung up"),
            false if state.memory.as_mut().is_some_and(put) => None,
            false => Some("larger than the cassette may get"),
        };
        if self.kept.is_some() {
            return refused.map_or(Ok(()), |reason| Err(reason.to_owned()));
        }
        if let Some(reason) = refused {
            drop(state);
            self.ticket.skip(reason);
            return Err(reason.to_owned());
        }
        state.forget(order, &key);
        state.report.recorded += 1;
        state.count_tokens(parsed);
        session.count_cost(&mut state, parsed);
        drop(state);
        trace::recorded(parsed, self.ticket.sent.elapsed());
        self.kept = Some(String::new());
        self.ticket.told = true;
        self.ticket.land();
        Ok(())
    }

    fn keep(&mut self, written: Written, parsed: Arc<Parsed>) -> Result<(), String> {
        let Written { mut text, mut blobs } = written;
        let session = Arc::clone(&self.ticket.session);
        if session.mode == Mode::Record {
            let written = match (&self.kept, &self.ticket.replaces) {
                (None, None) => session.append(text, &blobs),
                (None, Some((slot, _))) => session.renew(*slot, text, &blobs, &parsed),
                (Some(old), _) => session.rewrite_document(old, &text, &blobs).map(|()| text),
            };
            text = match written {
                Ok(text) => text,
                Err(error) => {
                    let reason = error.message().to_owned();
                    self.ticket.skip(&reason);
                    session.fail(error);
                    return Err(reason);
                }
            };
            blobs = Blobs::default();
        }
        self.ticket.told = true;
        if self.kept.is_none() {
            let total = Instant::now();
            trace::recorded(&parsed, total.duration_since(self.ticket.sent));
            let since = |moment: Instant| {
                let elapsed = moment.duration_since(self.ticket.sent);
                u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
            };
            session.note(|| Event::Recorded {
                key: session.stated_key(&parsed),
                take: parsed.interaction.take,
                first_byte: since(self.first.unwrap_or(total)),
                total: since(total),
            });
        }
        let mut state = session.state();
        state.under_way.remove(&self.ticket.order);
        let call = Call {
            order: self.ticket.order,
            key: self.ticket.normal.key,
            replaces: self.ticket.replaces.as_ref().map(|(slot, _)| *slot),
            document: Some(Document { text: text.clone(), blobs, parsed: Arc::clone(&parsed), reused: 0 }),
        };
        if self.kept.is_some() {
            state.calls.retain(|call| call.order != self.ticket.order);
        } else {
            state.report.recorded += 1;
            state.count_tokens(&parsed);
            session.count_cost(&mut state, &parsed);
        }
        state.turns.recorded(self.ticket.order, &parsed);
        state.answered(self.ticket.order, self.ticket.stored.clone(), &parsed);
        state.calls.push(call);
        state.committed = false;
        drop(state);
        self.kept = Some(text);
        self.ticket.land();
        Ok(())
    }
}

/// Reads a document back and compares everything that a replay would give.
fn prove(
    meant: &Redacted,
    key: &Key,
    written: &Written,
    earlier: Option<&Earlier<'_>>,
) -> Result<Interaction, String> {
    let inner =
        written.text.split_once('\n').and_then(|(_, rest)| rest.strip_suffix("...\n")).unwrap_or_default();
    let turn = earlier.map(|earlier| &earlier.turn);
    let (interaction, stated) =
        format::read(inner, &written.blobs, turn).map_err(|malformed| malformed.message)?;
    let (want, got) = (&meant.interaction().response, &interaction.response);
    let same = [
        ("its key", stated == *key),
        ("the request body", interaction.request.body == meant.interaction().request.body),
        // Equal requests have equal keys.
        ("the request", interaction.request == meant.interaction().request),
        ("the response body", got.body.bytes == want.body.bytes),
        ("the chunks of the response", got.body.chunks == want.body.chunks),
        ("the response headers", got.headers == want.headers),
        ("the response", got == want),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(format!("{what} came back different")),
        None => Ok(interaction),
    }
}

fn refused(why: &str) -> Error {
    Error::new(Kind::Unrecordable, format!("refused to record: {why}"))
}

fn http_reason(status: StatusCode, error: &str) -> String {
    let number = format!("HTTP {}", status.as_u16());
    if error.is_empty() || error.contains(&number) { number } else { format!("{number}: {error}") }
}

fn seconds(time: jiff::Timestamp) -> String {
    jiff::Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}
