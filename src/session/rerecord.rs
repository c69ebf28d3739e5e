//! Recordings on their way to the file while a run goes on: at its end, or in the place of one that is too old.

use super::{Session, State};
use crate::matching::old_ids::{Differing, Mentions, stays};
use crate::model::error::Error;
use crate::model::exchange::Response;
use crate::model::text::shown_path;
use crate::model::warn::warn;
use crate::store::document::Document;
use crate::store::tape::SlotId;
use crate::store::writer::{Heading, Rerecorded};

impl Session {
    /// Writes a document at the end of the file.
    pub(super) fn append(&self, document: &mut Document) -> Result<(), Error> {
        if self.writer.append(document)? {
            warn(&format!("removed a truncated document from the end of {}", shown_path(&self.path)));
        }
        Ok(())
    }

    /// Writes a document in the place of what a slot of the tape holds; only its time is new where it says the same.
    pub(super) fn rerecord(&self, slot: SlotId, document: &mut Document) -> Result<(), Error> {
        let text = self.state().results.text_in_place_of(slot).map(|text| text.as_bytes().to_vec());
        let old = match text {
            Some(text) => text,
            None => self.tape.document(slot)?.into_owned(),
        };
        let new = &document.parsed.interaction;
        let written = self.writer.rerecord(&old, document, |old| {
            let same = is_renewed(&old.response, &new.response);
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

    /// An answer that says what the old one said stayed as it was. If what it says otherwise, such as a time, was handed on
    /// after all, it goes into the file.
    pub(super) fn write_what_was_handed_on(&self, state: &mut State) -> Result<(), Error> {
        let calls = state.results.calls();
        if calls.iter().all(|call| call.replaces.is_none()) {
            return Ok(());
        }
        let documents = calls.iter().map(|call| call.document.as_ref());
        let asked = Mentions::of_requests(
            documents.map(|document| document.map(|document| &document.parsed.interaction.request)),
        );
        let mut written: Vec<(u64, Document)> = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            let (Some(slot), Some(document)) = (call.replaces, &call.document) else { continue };
            let old = self.tape.get(slot)?;
            let (old, new) = (&old.interaction.response, &document.parsed.interaction.response);
            if is_renewed(old, new) && !stays(old, new, |value| asked.any_after(index, value.text())) {
                let (interaction, normal) = (&document.parsed.interaction, document.parsed.normal());
                let redacted = self.redacted(interaction.clone())?;
                let mut fresh = self.document(&redacted, normal.clone(), None)?;
                if let Rerecorded::Replaced(text) =
                    self.writer.rerecord(document.text.as_bytes(), &fresh, |_| None)?
                {
                    (fresh.text, fresh.replays) = (text, document.replays);
                    written.push((call.order, fresh));
                }
            }
        }
        state.results.rewrite(written);
        Ok(())
    }
}

/// Whether an answer only makes an old one young. An id that could not be renamed may be handed on yet; that something
/// else is, such as a time, is seen at the end.
fn is_renewed(old: &Response, new: &Response) -> bool {
    stays(old, new, |value| matches!(value, Differing::Id(_)))
}
