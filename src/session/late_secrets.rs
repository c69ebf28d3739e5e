//! What turns out to be a secret only after it was written: an answer hands out a token under a name that says nothing, and a
//! later request sends it as its key. It goes from all that this run wrote.
//!
//! A document says how many values were known when it was redacted. Where more are known by now it is redacted once more, and
//! where that changes something, written again: under another key where the request changed, and behind what it extends.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Session, State};
use crate::format::blobs::Blobs;
use crate::matching::request_key::{Key, normalise};
use crate::model::error::Error;
use crate::model::interaction::Interaction;
use crate::model::mode::Mode;
use crate::session::history::Entry;
use crate::session::results::Call;
use crate::store::document::Document;
use crate::store::tape::{SlotId, Tape};

/// What is to be written in the place of a call's document.
struct Restated {
    order: u64,
    key: Key,
    /// As it was written.
    old: String,
    /// `None` when it cannot be had without its secret.
    new: Option<Document>,
}

impl Session {
    /// Takes what was learned since out of what was written before. A document that cannot be had without it goes, and the run
    /// fails.
    pub(super) fn take_out_late_secrets(&self, state: &mut State) -> Result<(), Error> {
        if !self.mode.writes() || self.is_in_memory() || state.results.calls().is_empty() {
            return Ok(());
        }
        state.results.sort();
        let (restated, errors) = self.restated(state.results.calls());
        match self.mode {
            Mode::Record => self.restate_in_file(state, restated)?,
            Mode::Refresh => self.restate_in_journal(state, restated)?,
            Mode::Replay | Mode::Off => {}
        }
        errors.into_iter().next().map_or(Ok(()), |error| Err(error.scrubbed(&self.redactor)))
    }

    /// The same for a run that ends in a panic: what it has written stays, but for its secrets.
    pub(crate) fn take_out_what_came_late(&self) {
        let taken = self.take_out_late_secrets(&mut self.state());
        if let Err(error) = taken {
            self.fail(error);
        }
    }

    /// Takes out what a request sends as its key and an answer handed out, before the request leaves: should the process die on
    /// the way, it is not in the file. Whatever an answer gave in other ways goes at the end of the run.
    pub(super) fn take_out_at_once(&self, fresh: &[Vec<u8>]) {
        if fresh.is_empty() || !self.mode.writes() {
            return;
        }
        // Whoever holds the state may be asking for this very request; then the end of the run is early enough.
        let Ok(mut state) = self.state.try_lock() else { return };
        if fresh.iter().any(|value| state.handed_out.has(value))
            && let Err(error) = self.take_out_late_secrets(&mut state)
        {
            drop(state);
            self.fail(error);
        }
    }

    /// The documents that are to be written again, and why some cannot be.
    fn restated(&self, calls: &[Call]) -> (Vec<Restated>, Vec<Error>) {
        let known = self.redactor.known_values();
        let (mut restated, mut errors) = (Vec::new(), Vec::new());
        let mut moved: HashSet<Key> = HashSet::new();
        for call in calls {
            let Some(document) = call.document.as_ref().filter(|document| document.known < known) else {
                continue;
            };
            match self.clean(document) {
                Ok(None) => {}
                Ok(Some(new)) => {
                    let key = new.parsed.normal().key;
                    if key != call.key {
                        moved.insert(key);
                    }
                    restated.push(Restated {
                        order: call.order,
                        key,
                        old: document.text.clone(),
                        new: Some(new),
                    });
                }
                Err(error) => {
                    errors.push(error);
                    let (order, key, old) = (call.order, call.key, document.text.clone());
                    restated.push(Restated { order, key, old, new: None });
                }
            }
        }
        if let Err(error) = self.number_takes(calls, &moved, &mut restated) {
            errors.push(error);
        }
        (restated, errors)
    }

    /// A document without what is known by now; `None` where it holds nothing of that.
    fn clean(&self, document: &Document) -> Result<Option<Document>, Error> {
        let was = &document.parsed.interaction;
        let redacted = self.redacted(was.clone())?;
        let is = redacted.interaction();
        if is == was && self.redactor.scan_text(&document.text).is_none() {
            return Ok(None);
        }
        let normal = match is.request == was.request {
            true => document.parsed.normal().clone(),
            false => normalise(&is.request, &self.settings.rules),
        };
        let mut new = self.document(&redacted, normal, None)?;
        (new.replays, new.altered) = (document.replays, document.altered || is.response != was.response);
        Ok(Some(new))
    }

    /// Requests that differed only in what has gone are takes of one request now: those of these keys are counted anew.
    fn number_takes(
        &self,
        calls: &[Call],
        moved: &HashSet<Key>,
        restated: &mut Vec<Restated>,
    ) -> Result<(), Error> {
        let mut counts: HashMap<Key, usize> = HashMap::new();
        for call in calls.iter().filter(|_| !moved.is_empty()) {
            let at = restated.iter().position(|one| one.order == call.order);
            let now = match at {
                Some(at) => restated[at].new.as_ref(),
                None => call.document.as_ref(),
            };
            let Some(document) = now else { continue };
            let (normal, was) = (document.parsed.normal(), &document.parsed.interaction);
            if !moved.contains(&normal.key) || call.replaces.is_some() {
                continue;
            }
            let count = counts.entry(normal.key).or_default();
            let take = self.count_takes(normal).number(*count);
            *count += 1;
            if take == was.take {
                continue;
            }
            let interaction = Interaction { take, ..was.clone() };
            let mut new = self.document(&self.redacted(interaction)?, normal.clone(), None)?;
            (new.replays, new.altered) = (document.replays, document.altered);
            match at {
                Some(at) => restated[at].new = Some(new),
                None => {
                    let old = document.text.clone();
                    restated.push(Restated {
                        order: call.order,
                        key: new.parsed.normal().key,
                        old,
                        new: Some(new),
                    });
                }
            }
        }
        Ok(())
    }

    /// Writes documents in the place of what the file has. What others have written since this run began is looked at as well:
    /// several processes may record one cassette, and only one of them may know what is secret in it.
    fn restate_in_file(&self, state: &mut State, restated: Vec<Restated>) -> Result<(), Error> {
        if restated.is_empty() && self.wrote_alone(state) {
            return Ok(());
        }
        let mut by_text: HashMap<String, Restated> =
            restated.into_iter().map(|one| (one.old.clone(), one)).collect();
        let own: HashSet<&[u8]> =
            state.results.documents().map(|document| document.text.as_bytes()).collect();
        let mut calls: HashMap<String, (u64, Key)> = HashMap::new();
        let mut kept: HashMap<String, Document> = HashMap::new();
        let before: HashSet<Cow<'_, [u8]>> =
            (0..self.tape.len()).map(|slot| self.tape.document(slot)).collect::<Result<_, Error>>()?;
        let became = self.writer.restate(|tape| {
            let mut changed: HashMap<SlotId, Option<Document>> = HashMap::new();
            for slot in 0..tape.len() {
                let text = tape.text(slot);
                let said = String::from_utf8_lossy(text);
                if let Some(one) = by_text.remove(&*said) {
                    calls.insert(said.into_owned(), (one.order, one.key));
                    changed.insert(slot, one.new);
                } else if !own.contains(text) && !before.contains(text) {
                    changed.extend(self.clean_of_others(tape, slot)?.map(|new| (slot, Some(new))));
                }
            }
            for (slot, document) in changed.iter().filter_map(|(slot, new)| Some((slot, new.as_ref()?))) {
                kept.insert(String::from_utf8_lossy(tape.text(*slot)).into_owned(), again(document));
            }
            Ok(changed)
        })?;
        // What is in memory follows the file, as its texts are looked for there.
        let written: Vec<(u64, Key, Option<Document>)> = calls
            .into_iter()
            .map(|(old, (order, key))| {
                let text = became.get(&old).cloned().unwrap_or(Some(old.clone()));
                let document =
                    kept.remove(&old).zip(text).map(|(document, text)| Document { text, ..document });
                (order, key, document)
            })
            .collect();
        drop(own);
        for document in state.results.documents_mut() {
            if let Some(Some(text)) = became.get(&document.text) {
                document.text.clone_from(text);
            }
        }
        remember(state, written);
        Ok(())
    }

    /// Whether all that the file has got since the run began is what this run wrote, so that it need not be read for what others
    /// wrote.
    fn wrote_alone(&self, state: &State) -> bool {
        let Some(start) = self.tape.start() else { return false };
        let placed: Option<Vec<_>> = state.results.documents().map(Document::placed).collect();
        placed.is_some_and(|mut placed| {
            placed.sort_unstable_by_key(|(at, _)| *at);
            start.has_grown_by(&self.path, &placed)
        })
    }

    /// The same of a document that another process wrote.
    fn clean_of_others(&self, tape: &Tape, slot: SlotId) -> Result<Option<Document>, Error> {
        // What cannot be read is told of by whoever needs it.
        let Ok(parsed) = tape.get(slot) else { return Ok(None) };
        let redacted = self.redacted(parsed.interaction.clone())?;
        if redacted.interaction() == &parsed.interaction {
            return Ok(None);
        }
        let normal = normalise(&redacted.interaction().request, &self.settings.rules);
        self.document(&redacted, normal, None).map(Some)
    }

    /// Writes documents in the place of what the journal of this run has.
    fn restate_in_journal(&self, state: &mut State, restated: Vec<Restated>) -> Result<(), Error> {
        let changed: Vec<(String, Option<&Document>)> =
            restated.iter().map(|one| (one.old.clone(), one.new.as_ref())).collect();
        if changed.is_empty() {
            return Ok(());
        }
        self.restate_kept(&changed)?;
        remember(state, restated.into_iter().map(|one| (one.order, one.key, one.new)).collect());
        Ok(())
    }
}

/// What the file has of a document, without the blobs, which are on disk.
fn again(document: &Document) -> Document {
    Document {
        text: document.text.clone(),
        key: document.key,
        parsed: Arc::clone(&document.parsed),
        blobs: Blobs::default(),
        ..*document
    }
}

fn remember(state: &mut State, written: Vec<(u64, Key, Option<Document>)>) {
    for (order, key, document) in written {
        if let Some(document) = &document {
            let parsed = Arc::clone(&document.parsed);
            state.turns.recorded(order, &parsed);
            state.history.note(order, || Entry::Recorded(parsed));
        }
        state.results.restate(order, key, document);
    }
}
