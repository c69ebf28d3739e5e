//! The end of a run: putting documents in order, and the report.

use std::collections::HashMap;

use super::{Document, Session, State};
use crate::format::blobs::Blobs;
use crate::format::checksum::with_checksum;
use crate::model::error::{Error, ErrorKind};
use crate::model::mode::Mode;
use crate::session::miss;
use crate::session::report::Report;
use crate::store::storage;
use crate::store::tape::Tape;

impl Session {
    /// Writes what is left to write and reports. May be called more than once.
    pub(crate) fn finish(&self) -> Result<Report, Error> {
        let mut state = self.state();
        if let Some(error) = state.failed.take() {
            return Err(error);
        }
        self.write(&mut state, self.settings.owned)?;
        // A run that asked for nothing at all has refreshed nothing, and taken out nothing.
        if self.mode != Mode::Refresh || state.calls.is_empty() {
            state.report.unused = self.unused(&state);
        }
        let report = state.report.clone();
        drop(state);
        self.judge(report)
    }

    /// Writes what is left to write when nobody called `finish`: all of it for a recording, which is on disk already
    /// but for its order; and a refresh only when every call of it was recorded in the end, as there is no other sign
    /// that the run succeeded.
    pub(crate) fn finish_unasked(&self) -> Result<(), Error> {
        let mut state = self.state();
        let succeeded = state.failed.is_none() && state.every_request_was_recorded();
        match self.mode {
            Mode::Refresh if !succeeded => Ok(()),
            // It may have failed all the same, by a returned error, and stopped early. So nothing is taken out.
            _ => self.write(&mut state, false),
        }
    }

    fn judge(&self, report: Report) -> Result<Report, Error> {
        let complaint = |what: &str, list: &[String]| {
            let count = list.len();
            let mut message = format!("{}: {count} {what}", self.path.display());
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
            let error = complaint("request(s) had no recording", &report.missed)
                .with_hint("the client swallowed the error; run with `LLM_CASSETTE_MODE=record` to record what is missing");
            return Err(if self.settings.pinned { miss::in_pinned_mode(error) } else { error });
        }
        if self.settings.fail_on_unused && !report.unused.is_empty() {
            return Err(complaint("interaction(s) were not used", &report.unused)
                .with_hint("run with `LLM_CASSETTE_MODE=refresh` to drop what the test no longer asks for, or delete them"));
        }
        Ok(report)
    }

    fn unused(&self, state: &State) -> Vec<String> {
        (0..self.tape.len())
            .filter(|slot| state.played[*slot] == 0)
            .map(|slot| self.place(&self.tape, slot))
            .collect()
    }

    /// File, line and address of an interaction.
    pub(super) fn place(&self, tape: &Tape, slot: usize) -> String {
        let title = String::from_utf8_lossy(tape.text(slot)).lines().next().unwrap_or_default().to_owned();
        let title = title.trim_start_matches(['-', ' ', '#']).to_owned();
        format!("{}:{}: {title}", self.path.display(), tape.line(slot))
    }

    pub(super) fn write(&self, state: &mut State, owned: bool) -> Result<(), Error> {
        if state.committed || state.calls.is_empty() {
            return Ok(());
        }
        state.calls.sort_by_key(|call| call.order);
        match self.mode {
            Mode::Record => self.put_in_order(state)?,
            Mode::Refresh => self.commit(state, owned)?,
            Mode::Replay | Mode::Off => {}
        }
        self.make_room(state)?;
        state.committed = true;
        Ok(())
    }

    /// Documents were appended as calls ended, which is chance; the file has them as calls began.
    fn put_in_order(&self, state: &mut State) -> Result<(), Error> {
        if state.calls.iter().all(|call| call.document.is_none()) {
            return Ok(());
        }
        let mut written: Vec<(usize, String)> = Vec::new();
        // The blobs came with the documents.
        storage::replace(&self.path, &Blobs::default(), |bytes| {
            let (tape, _) = Tape::new(&self.path, bytes.clone(), self.settings.rules.clone())?;
            // Equal texts can stand for each other, so one slot each is all that has to be found.
            let mut slots: HashMap<&[u8], Vec<usize>> = HashMap::new();
            for slot in (0..tape.len()).rev() {
                slots.entry(tape.text(slot)).or_default().push(slot);
            }
            let mut mine: Vec<usize> = Vec::new();
            let mut found: Vec<(usize, &Document)> = Vec::new();
            // These stand where they belong.
            let mut renewed: Vec<(usize, usize, &Document)> = Vec::new();
            for (index, call) in state.calls.iter().enumerate() {
                // Somebody may have refreshed or edited the file meanwhile; what is gone is theirs to decide.
                if let Some(document) = &call.document
                    && let Some(slot) = slots.get_mut(document.text.as_bytes()).and_then(Vec::pop)
                {
                    if call.replaces.is_some() {
                        renewed.push((slot, index, document));
                    } else {
                        mine.push(slot);
                        found.push((index, document));
                    }
                }
            }
            let documents: Vec<&Document> = found.iter().map(|(_, document)| *document).collect();
            let status: Vec<&Document> = renewed.iter().map(|(.., document)| *document).collect();
            let linked = self.linked_to_played(state, &status, &documents, &slots)?;
            let counted =
                found.iter().zip(linked).map(|((index, document), text)| (*index, document.counted(&text)));
            written = counted.collect();
            mine.sort_unstable();
            for (slot, index, document) in renewed {
                mine.push(slot);
                written.push((index, document.counted(&document.text)));
            }
            let places: HashMap<usize, &str> =
                mine.into_iter().zip(written.iter().map(|(_, text)| text.as_str())).collect();
            Ok(rebuilt(&tape, &bytes, |slot, text| {
                places.get(&slot).map_or(text, |wanted| wanted.as_bytes())
            }))
        })?;
        for (index, text) in written {
            if let Some(document) = &mut state.calls[index].document {
                document.text = text;
            }
        }
        Ok(())
    }

    /// Puts another text in the place of a document that this session wrote.
    pub(super) fn rewrite_document(&self, old: &str, new: &str, blobs: &Blobs) -> Result<(), Error> {
        storage::replace(&self.path, blobs, |bytes| {
            let (tape, _) = Tape::new(&self.path, bytes.clone(), self.settings.rules.clone())?;
            let place = (0..tape.len()).rev().find(|slot| tape.text(*slot) == old.as_bytes());
            Ok(rebuilt(&tape, &bytes, |slot, text| if Some(slot) == place { new.as_bytes() } else { text }))
        })
    }
}

/// The file with other texts in the place of some documents; `None` when that is the same file.
fn rebuilt<'a>(tape: &'a Tape, bytes: &[u8], text: impl Fn(usize, &'a [u8]) -> &'a [u8]) -> Option<Vec<u8>> {
    let mut out = tape.preamble().to_vec();
    for slot in 0..tape.len() {
        out.extend_from_slice(text(slot, tape.text(slot)));
        out.extend_from_slice(tape.comments(slot));
    }
    (out != bytes).then_some(out)
}

impl Document {
    /// The text of a document with the number of its uses brought up to date.
    pub(super) fn counted(&self, text: &str) -> String {
        if self.reused == 0 {
            return text.to_owned();
        }
        let was = self.parsed.interaction.usage_count;
        let now = was + self.reused;
        with_checksum(&text.replacen(
            &format!("\nusage_count: {was}\n"),
            &format!("\nusage_count: {now}\n"),
            1,
        ))
    }
}

impl State {
    /// Whether each request that failed was asked again with success, as a client that retries does.
    fn every_request_was_recorded(&self) -> bool {
        self.under_way.is_empty()
            && self.calls.iter().all(|call| {
                call.document.is_some()
                    || self.calls.iter().any(|later| {
                        later.key == call.key && later.order > call.order && later.document.is_some()
                    })
            })
    }
}
