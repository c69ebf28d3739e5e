//! Putting a recording where it belongs: on disk, or in memory.

use std::sync::Arc;
use std::time::Instant;

use super::Recorder;
use crate::format::Written;
use crate::format::blobs::Blobs;
use crate::model::mode::Mode;
use crate::session::memory::Memory;
use crate::session::trace;
use crate::session::{Call, Document};
use crate::store::ledger::Event;
use crate::store::tape::Parsed;

impl Recorder {
    /// Keeps an answer in memory.
    pub(super) fn hold(&mut self, parsed: &Arc<Parsed>) -> Result<(), String> {
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

    pub(super) fn keep(&mut self, written: Written, parsed: Arc<Parsed>) -> Result<(), String> {
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
