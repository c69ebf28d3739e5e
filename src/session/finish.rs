//! The end of a run: putting documents in order, and the report.

use super::{Session, State};
use crate::model::error::{Error, ErrorKind};
use crate::model::mode::Mode;
use crate::model::text::{plural, shown_path};
use crate::redact::replaced;
use crate::session::refusals::{Refusals, is_miss};
use crate::session::report::Report;
use crate::store::document::Document;
use crate::store::relink::{Piece, Stance};
use crate::store::tape::Recordings;
use crate::store::writer::Appended;

impl Session {
    /// Writes what is left to write and reports. May be called more than once.
    pub(crate) fn finish(&self) -> Result<Report, Error> {
        self.wait_for_large();
        if let Some(ledger) = &self.ledger {
            ledger.flush();
        }
        let ended = self.settle_and_judge();
        self.tell_finished(ended.as_ref().err());
        ended
    }

    fn settle_and_judge(&self) -> Result<Report, Error> {
        let mut state = self.state();
        // Whatever else becomes of the run: no secret of it may stay where it was written.
        if let Err(error) = self.take_out_late_secrets(&mut state) {
            state.results.fail(error);
        }
        // A refresh that has failed stays so: whoever asks again must not have half of it.
        let failed = match (self.mode, state.results.failure()) {
            (Mode::Refresh, Some(error)) => Some(error.again()),
            _ => state.results.take_failure(),
        };
        if let Some(error) = failed {
            self.tell_of_unfinished();
            return Err(state.refusals.beside(error));
        }
        self.write(&mut state, true).inspect_err(|_| self.tell_of_unfinished())?;
        if self.mode == Mode::Refresh && !state.results.calls().is_empty() {
            self.discard_leftovers(&mut state)?;
        }
        // A run that asked for nothing at all has refreshed nothing, and taken out nothing.
        if self.mode != Mode::Refresh || state.results.calls().is_empty() {
            let unused = self.unused(&state);
            state.totals.unused(unused);
        }
        self.tell_if_nothing_is_selected();
        self.add_savings(&mut state.totals);
        let mut report = state.totals.report().clone();
        report.requests = self.traffic.requests();
        report.redacted = redacted(&state);
        self.judge(report, &state.refusals)
    }

    /// Writes what is left to write when nobody called `finish`: all of it for a recording, which is on disk already
    /// but for its order; and a refresh only when every call of it was recorded in the end, as there is no other sign
    /// that the run succeeded. Otherwise it says where its answers are.
    pub(crate) fn finish_unasked(&self) -> Result<(), Error> {
        let mut state = self.state();
        if let Err(error) = self.take_out_late_secrets(&mut state) {
            state.results.fail(error.again());
            return Err(error);
        }
        let succeeded = state.results.failure().is_none()
            && state.under_way.is_empty()
            && state.results.every_request_was_recorded();
        match self.mode {
            Mode::Refresh if !succeeded => {
                self.tell_of_unfinished();
                Ok(())
            }
            // It may have failed all the same, by a returned error, and stopped early. So nothing is taken out.
            _ => self.write(&mut state, false).inspect_err(|_| self.tell_of_unfinished()),
        }
    }

    fn judge(&self, report: Report, refusals: &Refusals) -> Result<Report, Error> {
        let complaint = |what: String, list: &[String]| {
            let count = list.len();
            let mut message = format!("{}: {what}", shown_path(&self.path));
            for line in list.iter().take(10) {
                message.push_str("\n  ");
                message.push_str(line);
            }
            if count > 10 {
                message.push_str(&format!("\n  … and {} more", count - 10));
            }
            Error::new(ErrorKind::Unfinished, message)
        };
        if !self.settings.tolerate_misses && !report.missed.is_empty() {
            let what = plural(report.missed.len(), "request");
            let message =
                format!("{}: {what} had no recording{}", shown_path(&self.path), refusals.lines(is_miss));
            let cure = refusals.hint(is_miss).unwrap_or_default();
            let hint = format!("the client hid the error; {cure}");
            return Err(Error::new(ErrorKind::Unfinished, message).with_hint(hint));
        }
        if report.requests == 0 {
            if self.settings.fail_on_unused {
                return Err(self.nobody_came());
            }
            self.tell_if_nobody_came();
        }
        if self.settings.fail_on_unused && !report.unused.is_empty() {
            let unused = match report.unused.len() {
                1 => "1 interaction was not used".to_owned(),
                count => format!("{} were not used", plural(count, "interaction")),
            };
            let error = complaint(unused, &report.unused).with_hint(
                "to remove what the test no longer asks for, run `LLM_CASSETTE_MODE=refresh cargo test`",
            );
            return Err(self.hinted(error));
        }
        Ok(report)
    }

    fn unused(&self, state: &State) -> Vec<String> {
        let fresh: Vec<usize> = (0..self.tape.len()).filter(|slot| state.plays.is_fresh(*slot)).collect();
        let ledger = self.uses_of_others(!fresh.is_empty());
        fresh
            .into_iter()
            .filter(|slot| !self.is_used_by_others(&ledger, self.tape.recorded_key(*slot)))
            .map(|slot| self.place(&self.tape, slot))
            .collect()
    }

    /// File, line and address of an interaction.
    pub(super) fn place(&self, tape: &Recordings, slot: usize) -> String {
        let place = format!("{}:{}", shown_path(&self.path), tape.line(slot));
        // Of what can no longer be read there is a place all the same.
        tape.title(slot).map_or(place.clone(), |title| format!("{place}: {title}"))
    }

    pub(super) fn write(&self, state: &mut State, takes_out: bool) -> Result<(), Error> {
        if state.results.are_written() {
            return Ok(());
        }
        state.results.sort();
        match self.mode {
            Mode::Record => {
                self.write_what_was_handed_on(state)?;
                self.put_in_order(state)?;
            }
            Mode::Refresh => self.commit(state, takes_out)?,
            Mode::Replay | Mode::Off => {}
        }
        self.make_room(state)?;
        state.results.set_written();
        Ok(())
    }

    /// Documents were appended as calls ended, which is chance; the file has them as calls began.
    fn put_in_order(&self, state: &mut State) -> Result<(), Error> {
        let recorded = state.results.calls().iter().filter_map(|call| {
            Some(Appended { document: call.document.as_ref()?, stays: call.replaces.is_some() })
        });
        let recorded: Vec<Appended<'_>> = recorded.collect();
        if recorded.is_empty() {
            return Ok(());
        }
        let played = self.played(&state.plays).map(|(slot, parsed)| {
            // What has been parsed is UTF-8.
            let text = String::from_utf8_lossy(&self.tape.document(slot)?).into_owned();
            Ok((text, slot, parsed))
        });
        let played = played.collect::<Result<Vec<_>, Error>>()?;
        let played = played.iter().map(|(text, slot, parsed)| {
            let key = self.tape.recorded_key(*slot);
            (Piece { text, key, parsed, stance: Stance::Stands }, self.tape.offset(*slot))
        });
        let texts = self.writer.reorder(&recorded, &played.collect::<Vec<_>>(), self.tape.start())?;
        for (document, text) in state.results.documents_mut().zip(texts) {
            if let Some(text) = text {
                document.text = text;
            }
        }
        Ok(())
    }
}

/// The answers of this run in which something was replaced.
fn redacted(state: &State) -> Vec<String> {
    let documents = state.results.calls().iter().filter_map(|call| call.document.as_ref());
    let altered = documents.filter(|document| document.altered);
    let line = |document: &Document| {
        let interaction = &document.parsed.interaction;
        Some(format!("{}: {}", interaction.request.address(), replaced(&interaction.response).sentence()?))
    };
    altered.filter_map(line).collect()
}
