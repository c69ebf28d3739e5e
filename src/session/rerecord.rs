//! Recordings on their way to the file while a run goes on: at its end, or in the place of one that is too old.

use std::sync::Arc;

use super::{Document, Session, State};
use crate::format::blobs::Blobs;
use crate::format::reheaded;
use crate::matching::same_answer::same_answer;
use crate::model::error::Error;
use crate::model::warn::warn;
use crate::session::refresh::Part;
use crate::store::storage;
use crate::store::tape::{Parsed, SlotId, Tape};

impl Session {
    /// Writes a document at the end of the file. Gives its text.
    pub(super) fn append(&self, text: String, blobs: &Blobs) -> Result<String, Error> {
        if storage::append(&self.path, &text, blobs)? {
            warn(&format!("cut an unfinished document off the end of {}", self.path.display()));
        }
        Ok(text)
    }

    /// Writes a document in the place of what a slot of the tape holds; only its time is new where it says the same. Gives
    /// the text as it stands in the file.
    pub(super) fn renew(
        &self,
        slot: SlotId,
        text: String,
        blobs: &Blobs,
        parsed: &Arc<Parsed>,
    ) -> Result<String, Error> {
        let document = Document { text, blobs: Blobs::default(), parsed: Arc::clone(parsed), reused: 0 };
        let mut renewed = None;
        let mut unchanged = false;
        let mut by_others = false;
        let old = self.state().in_place_of(slot).unwrap_or_else(|| self.tape.text(slot).to_vec());
        storage::replace(&self.path, blobs, |bytes| {
            let (tape, _) = Tape::new(&self.path, bytes, self.settings.rules.clone())?;
            let Some(place) = (0..tape.len()).find(|at| tape.text(*at) == old) else {
                let takes = tape.takes(&parsed.normal.key)?;
                by_others = takes.iter().any(|(_, take)| take.interaction.take == parsed.interaction.take);
                return Ok(None);
            };
            let same = self.same_with_time(&tape, place, parsed)?;
            unchanged = same.is_some();
            let texts = match same {
                Some(text) => texts_with(&tape, place, text),
                None => self.texts_with_document(&tape, place, &document)?,
            };
            renewed = texts.get(place).and_then(|text| String::from_utf8(text.clone()).ok());
            let mut out = tape.preamble().to_vec();
            for (at, text) in texts.iter().enumerate() {
                out.extend_from_slice(text);
                out.extend_from_slice(tape.comments(at));
            }
            Ok(Some(out))
        })?;
        self.state().report.unchanged += usize::from(unchanged);
        match renewed {
            Some(text) => Ok(text),
            // Somebody has edited it or recorded it again meanwhile, and one such take is enough.
            None if by_others => Ok(document.text),
            None => self.append(document.text, blobs),
        }
    }

    /// The document at a place with the time of a new answer that says the same.
    fn same_with_time(&self, tape: &Tape, place: SlotId, new: &Parsed) -> Result<Option<String>, Error> {
        let old = tape.get(place)?;
        if !same_answer(&old.interaction.response, &new.interaction.response) {
            return Ok(None);
        }
        let text = std::str::from_utf8(tape.text(place)).unwrap_or_default();
        Ok(reheaded(text, &new.interaction.labels, Some(&new.interaction.recorded_at)))
    }

    fn texts_with_document(
        &self,
        tape: &Tape,
        place: SlotId,
        document: &Document,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let slots = tape.all().collect::<Result<Vec<_>, Error>>()?;
        let part = |at| if at == place { Part::New(0) } else { Part::Old(at) };
        let parts: Vec<Part<'_>> = (0..tape.len()).map(part).collect();
        let texts = self.linked(tape, &slots, &[Some(document)], &parts)?;
        Ok(texts.into_iter().map(std::borrow::Cow::into_owned).collect())
    }
}

impl State {
    /// What this session has put in the place of a recording already.
    fn in_place_of(&self, slot: SlotId) -> Option<Vec<u8>> {
        let last =
            self.calls.iter().rev().find(|call| call.replaces == Some(slot) && call.document.is_some())?;
        last.document.as_ref().map(|document| document.text.clone().into_bytes())
    }
}

fn texts_with(tape: &Tape, place: SlotId, text: String) -> Vec<Vec<u8>> {
    let mut texts: Vec<Vec<u8>> = (0..tape.len()).map(|at| tape.text(at).to_vec()).collect();
    if let Some(old) = texts.get_mut(place) {
        *old = text.into_bytes();
    }
    texts
}
