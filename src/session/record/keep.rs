//! Putting a recording where it belongs: on disk, or in memory.

use std::sync::Arc;

use super::Recorder;
use super::arrived::Arrival;
use crate::format::blobs::Blobs;
use crate::model::exchange::Cut;
use crate::model::mode::Mode;
use crate::model::unrecorded::Cause;
use crate::session::history::Entry;
use crate::session::pending::PendingRecording;
use crate::session::results::Call;
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
        let refused = match parsed.interaction.response.body.cut {
            Cut::ClientAborted => Some("the client closed the connection"),
            Cut::EndedEarly | Cut::Broke => Some("the answer is not whole"),
            Cut::Whole if state.results.keep_in_memory(key, parsed) => None,
            Cut::Whole => Some("larger than the cassette may be"),
        };
        if self.kept.is_some() {
            return refused.map_or(Ok(()), |reason| Err(reason.to_owned()));
        }
        if let Some(reason) = refused {
            drop(state);
            session.count_unrecorded(&parsed.interaction, false);
            self.pending.skip(&Cause::Refused.because(reason));
            return Err(reason.to_owned());
        }
        state.under_way.forget(order, &key);
        drop(state);
        session.count_recorded(parsed);
        trace::recorded(parsed, self.pending.sent.elapsed());
        self.kept = Some(String::new());
        self.pending.reported = true;
        self.pending.complete();
        Ok(())
    }

    /// Keeps an answer on disk, or for the end of a refresh.
    pub(super) fn keep(&mut self, mut document: Document) -> Result<(), String> {
        let session = Arc::clone(&self.pending.session);
        let parsed = Arc::clone(&document.parsed);
        if session.mode == Mode::Record {
            let written = match (&self.kept, &self.pending.replaces) {
                (None, None) => session.append(&mut document),
                (None, Some((slot, _))) => session.rerecord(*slot, &mut document),
                (Some(old), _) => session.writer.replace(old, &document),
            };
            if let Err(error) = written {
                let reason = error.message().to_owned();
                self.pending.skip(&Cause::Refused.because(&*reason));
                session.fail(error);
                return Err(reason);
            }
            document.blobs = Blobs::default();
        }
        session.keep_in_journal(self.pending.order, &document);
        self.pending.reported = true;
        if self.kept.is_none() && !self.pending.resumed {
            let total = self.pending.sent.elapsed();
            trace::recorded(&parsed, total);
            let total = u64::try_from(total.as_millis()).unwrap_or(u64::MAX);
            session.note(|| Event::Recorded {
                key: session.recorded_key(&parsed),
                take: parsed.interaction.take,
                first_byte: self.arrived.chunks().first().map_or(total, Arrival::milliseconds),
                total,
            });
        }
        match (&self.kept, self.pending.resumed) {
            (Some(_), _) => {}
            (None, true) => session.state().totals.resumed(&parsed),
            (None, false) => session.count_recorded(&parsed),
        }
        let PendingRecording { order, normal, replaces, .. } = &self.pending;
        self.kept = Some(document.text.clone());
        let replaces = replaces.as_ref().map(|(slot, _)| *slot);
        let mut state = session.state();
        state.under_way.end(*order);
        state.plays.end_rerecording(*order, true);
        state.turns.recorded(*order, &parsed);
        state.handed_out.note(&parsed.interaction.response.body.bytes);
        state.history.note(*order, || Entry::Recorded(parsed));
        state.results.recorded(Call { order: *order, key: normal.key, replaces, document: Some(document) });
        drop(state);
        self.pending.complete();
        Ok(())
    }
}
