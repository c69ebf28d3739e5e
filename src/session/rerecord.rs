//! Recordings on their way to the file while a run goes on: at its end, or in the place of one that is too old.

use super::Session;
use crate::matching::old_ids::{Differing, stays};
use crate::model::error::Error;
use crate::model::text::shown_path;
use crate::model::warn::warn;
use crate::store::document::Document;
use crate::store::tape::SlotId;
use crate::store::writer::{Heading, Rerecorded};

impl Session {
    /// Writes a document at the end of the file.
    pub(super) fn append(&self, document: &Document) -> Result<(), Error> {
        if self.writer.append(document)? {
            warn(&format!("removed a truncated document from the end of {}", shown_path(&self.path)));
        }
        Ok(())
    }

    /// Writes a document in the place of what a slot of the tape holds; only its time is new where it says the same.
    pub(super) fn rerecord(&self, slot: SlotId, document: &mut Document) -> Result<(), Error> {
        let text = self.state().results.text_in_place_of(slot).map(|text| text.as_bytes().to_vec());
        let old = text.unwrap_or_else(|| self.tape.text(slot).to_vec());
        let new = &document.parsed.interaction;
        let written = self.writer.rerecord(&old, document, |old| {
            // An id that could not be renamed may be handed on yet. That a time is, is unlikely.
            let same = stays(&old.response, &new.response, |value| matches!(value, Differing::Id(_)));
            same.then(|| Heading { labels: new.labels.clone(), recorded_at: Some(new.recorded_at.clone()) })
        })?;
        match written {
            Rerecorded::Replaced(text) => document.text = text,
            Rerecorded::Renewed(text) => {
                document.text = text;
                self.state().totals.unchanged();
            }
            // One such take is enough.
            Rerecorded::ByOthers => {}
            Rerecorded::Gone => self.append(document)?,
        }
        Ok(())
    }
}
