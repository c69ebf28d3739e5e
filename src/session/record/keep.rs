//! Putting a recording where it belongs: on disk, or in memory.

use std::sync::Arc;
use std::time::Instant;

use super::Recorder;
use crate::format::blobs::Blobs;
use crate::model::mode::Mode;
use crate::session::Call;
use crate::session::memory::Memory;
use crate::session::trace;
use crate::store::document::Document;
use crate::store::ledger::Event;
use crate::store::tape::Parsed;

impl Recorder {
    /// Keeps an answer in memory.
    pub(super) fn hold(&mut self, parsed: &Arc<Parsed>) -> Result<(), String> {
        let session = Arc::clone(&self.pending.session);
        let (order, key) = (self.pending.order, self.pending.normal.key);
        let mut state = session.state();
        let put = |memory: &mut Memory| memory.put(key, Arc::clone(parsed), parsed.size());
        let refused = match parsed.interaction.response.body.client_aborted {
            true => Some("the client hung up"),
            false if state.memory.as_mut().is_some_and(put) => None,
            false => Some("larger than the cassette may get"),
        };
        if self.kept.is_some() {
            return refused.map_or(Ok(()), |reason| Err(reason.to_owned()));
        }
        if let Some(reason) = refused {
            drop(state);
            self.pending.skip(reason);
            return Err(reason.to_owned());
        }
        state.forget(order, &key);
        state.report.recorded += 1;
        state.count_tokens(parsed);
        session.count_cost(&mut state, parsed);
        drop(state);
        trace::recorded(parsed, self.pending.sent.elapsed());
        self.kept = Some(String::new());
        self.pending.told = true;
        self.pending.complete();
        Ok(())
    }

    /// Keeps an answer on disk, or for the end of a refresh.
    pub(super) fn keep(&mut self, mut document: Document) -> Result<(), String> {
        let session = Arc::clone(&self.pending.session);
        let parsed = Arc::clone(&document.parsed);
        if session.mode == Mode::Record {
            let written = match (&self.kept, &self.pending.replaces) {
                (None, None) => session.append(&document),
                (None, Some((slot, _))) => session.rerecord(*slot, &mut document),
                (Some(old), _) => session.writer.replace(old, &document),
            };
            if let Err(error) = written {
                let reason = error.message().to_owned();
                self.pending.skip(&reason);
                session.fail(error);
                return Err(reason);
            }
            document.blobs = Blobs::default();
        }
        self.pending.told = true;
        if self.kept.is_none() {
            let total = Instant::now();
            trace::recorded(&parsed, total.duration_since(self.pending.sent));
            let since = |moment: Instant| {
                let elapsed = moment.duration_since(self.pending.sent);
                u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
            };
            session.note(|| Event::Recorded {
                key: session.recorded_key(&parsed),
                take: parsed.interaction.take,
                first_byte: since(self.first.unwrap_or(total)),
                total: since(total),
            });
        }
        let text = document.text.clone();
        let mut state = session.state();
        state.under_way.remove(&self.pending.order);
        let call = Call {
            order: self.pending.order,
            key: self.pending.normal.key,
            replaces: self.pending.replaces.as_ref().map(|(slot, _)| *slot),
            document: Some(document),
        };
        if self.kept.is_some() {
            state.calls.retain(|call| call.order != self.pending.order);
        } else {
            state.report.recorded += 1;
            state.count_tokens(&parsed);
            session.count_cost(&mut state, &parsed);
        }
        state.turns.recorded(self.pending.order, &parsed);
        state.answered(self.pending.order, self.pending.stored.clone(), &parsed);
        state.calls.push(call);
        state.committed = false;
        drop(state);
        self.kept = Some(text);
        self.pending.complete();
        Ok(())
    }
}
