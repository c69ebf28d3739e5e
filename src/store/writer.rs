//! Writing the file of a cassette. All of it goes through here, in verbs that say what is to change; a store of another kind
//! would have the same.
//!
//! Others may have written the file since it was read. So each verb looks at the file as it is, under its lock, and what has
//! to be decided of that (what stays after a refresh, and in which order; what may be evicted) is asked of the caller then.
//! What the caller decides is data. How it becomes a file, with every document still saying what it said, is known here.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::format::blobs::Blobs;
use crate::format::{first_line, reheaded, variables};
use crate::matching::user_rules::Rules;
use crate::model::error::Error;
use crate::model::interaction::Interaction;
use crate::model::labels::Labels;
use crate::store::document::Document;
use crate::store::grown::{self, Start};
use crate::store::pending::{self, Pending};
use crate::store::relink::{Piece, Stance, link};
use crate::store::removal::{to_fit, without};
use crate::store::storage::{self, Appending};
use crate::store::tape::{Parsed, SlotId, Tape};

/// The documents of a file, parsed.
pub(crate) type Slots = [(SlotId, Arc<Parsed>)];

/// What a file is to become.
#[derive(Debug, Default)]
pub(crate) struct Revision<'d> {
    /// What follows its first lines, in this order.
    pub(crate) parts: Vec<Part<'d>>,
    /// What its first lines are to say beside what they say.
    pub(crate) variables: Vec<(String, String)>,
}

/// A part of a file to be.
#[derive(Debug)]
pub(crate) enum Part<'d> {
    /// The document that the file has in this slot, perhaps under a new heading.
    Old(SlotId, Option<Heading>),
    New(&'d Document, Option<Heading>),
    /// What stands behind the document in this slot.
    Comments(SlotId),
}

/// What the first lines of a document say that people may change.
#[derive(Debug)]
pub(crate) struct Heading {
    pub(crate) labels: Labels,
    /// `None` leaves the time as it is.
    pub(crate) recorded_at: Option<String>,
}

/// A document that was appended when its call ended, and where it belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Appended<'d> {
    pub(crate) document: &'d Document,
    /// It took the place of another one, and stands where it belongs.
    pub(crate) stays: bool,
}

/// What became of a document that was to take the place of another one.
#[derive(Debug)]
pub(crate) enum Rerecorded {
    /// It is there, with this text.
    Replaced(String),
    /// The old one says the same, and is there with this text under a new heading.
    Renewed(String),
    /// The old one has gone, and somebody else has put another one in its place.
    ByOthers,
    /// The old one has gone.
    Gone,
}

/// What it took for a file to fit.
#[derive(Debug, Default)]
pub(crate) struct Evicted {
    pub(crate) interactions: usize,
    /// Of the file that is left, in bytes.
    pub(crate) size: usize,
}

/// Where a revision goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Destination {
    /// Into the file.
    #[default]
    InPlace,
    /// Beside the file, until somebody accepts it.
    Beside,
}

/// The file of one cassette, to be written.
#[derive(Debug, Clone)]
pub(crate) struct CassetteWriter {
    path: PathBuf,
    /// By these two requests are the same.
    rules: Rules,
    appending: Arc<Mutex<Appending>>,
}

impl CassetteWriter {
    pub(crate) fn new(path: &Path, rules: Rules) -> CassetteWriter {
        CassetteWriter { path: path.to_owned(), rules, appending: Arc::default() }
    }

    /// Whether there is a file.
    pub(crate) fn file_exists(&self) -> bool {
        self.path.exists()
    }

    /// Adds a document to the end, at a cost that does not grow with the file. Says whether a document that was never
    /// finished had to be cut off.
    pub(crate) fn append(&self, document: &mut Document) -> Result<bool, Error> {
        let mut appending = self.appending.lock().unwrap_or_else(PoisonError::into_inner);
        let added = appending.append(&self.path, &document.text, &document.blobs)?;
        document.at = Some(added.at);
        Ok(added.torn)
    }

    /// Puts a document in the place of one with this text. Where that is no longer, nothing happens.
    pub(crate) fn replace(&self, old: &str, document: &Document) -> Result<(), Error> {
        self.edit(&document.blobs, |tape| {
            let place = (0..tape.len()).rev().find(|slot| tape.text(*slot) == old.as_bytes());
            Ok(Some(rebuilt(tape, |slot| (Some(slot) == place).then_some(document.text.as_bytes()))))
        })
    }

    /// Puts a document in the place of one with this text, of which `renewed` says whether it need only get a new heading.
    pub(crate) fn rerecord(
        &self,
        old: &[u8],
        document: &Document,
        renewed: impl FnOnce(&Interaction) -> Option<Heading>,
    ) -> Result<Rerecorded, Error> {
        let mut outcome = Rerecorded::Gone;
        self.edit(&document.blobs, |tape| {
            let Some(place) = (0..tape.len()).find(|slot| tape.text(*slot) == old) else {
                let (interaction, normal) = (&document.parsed.interaction, document.parsed.normal());
                let takes = tape.takes(&normal.key)?;
                if takes.iter().any(|(_, other)| other.interaction.take == interaction.take) {
                    outcome = Rerecorded::ByOthers;
                }
                return Ok(None);
            };
            if let Some(heading) = renewed(&tape.get(place)?.interaction)
                && let Some(text) = heading.over(old)
            {
                let out = rebuilt(tape, |slot| (slot == place).then_some(text.as_bytes()));
                outcome = Rerecorded::Renewed(text);
                return Ok(Some(out));
            }
            let slots = all(tape)?;
            let document =
                |slot| if slot == place { Part::New(document, None) } else { Part::Old(slot, None) };
            let parts: Vec<Part<'_>> = (0..tape.len()).map(document).collect();
            let texts = self.linked(tape, &slots, &parts)?;
            outcome = Rerecorded::Replaced(String::from_utf8_lossy(&texts[place]).into_owned());
            Ok(Some(rebuilt(tape, |slot| texts.get(slot).map(|text| &**text))))
        })?;
        Ok(outcome)
    }

    /// Puts other documents in the place of those that `change` gives them for, by their slots, or takes them out, where it gives
    /// `None`; the others say what they said. Gives what became of the text of each that has another one now.
    pub(crate) fn restate(
        &self,
        change: impl FnOnce(&Tape) -> Result<HashMap<SlotId, Option<Document>>, Error>,
    ) -> Result<HashMap<String, Option<String>>, Error> {
        let mut became = HashMap::new();
        // As anybody may have written the file, what changes is known under its lock only, and its blobs with it.
        storage::replace_with_blobs(&self.path, |bytes| {
            let tape = self.tape(bytes)?;
            let changed = change(&tape)?;
            if changed.is_empty() {
                return Ok(None);
            }
            let mut blobs = Blobs::default();
            changed.values().flatten().for_each(|document| blobs.extend(document.blobs.clone()));
            let slots = all(&tape)?;
            let parts = (0..tape.len()).filter_map(|slot| match changed.get(&slot) {
                None => Some(Part::Old(slot, None)),
                Some(document) => document.as_ref().map(|document| Part::New(document, None)),
            });
            let parts: Vec<Part<'_>> = parts.collect();
            let mut texts = self.linked(&tape, &slots, &parts)?.into_iter();
            let mut out = preamble(&tape);
            for slot in 0..tape.len() {
                let text = if matches!(changed.get(&slot), Some(None)) { None } else { texts.next() };
                let old = tape.text(slot);
                if text.as_deref() != Some(old) {
                    let text = text.as_deref().map(|text| String::from_utf8_lossy(text).into_owned());
                    became.insert(String::from_utf8_lossy(old).into_owned(), text);
                }
                out.extend_from_slice(text.as_deref().unwrap_or_default());
                out.extend_from_slice(tape.comments(slot));
            }
            Ok(Some((out, blobs)))
        })?;
        Ok(became)
    }

    /// Puts documents that were appended by chance into this order, among the places that they have, and lets each choose
    /// once more what it extends: of `others`, if they are in the file, and of those before it. Gives their texts as they
    /// stand in the file then, and `None` for those that are no longer there: they may have been edited or recorded again,
    /// and what is gone is for others to decide.
    pub(crate) fn reorder(
        &self,
        documents: &[Appended<'_>],
        others: &[(Piece<'_>, Option<u64>)],
        start: Option<&Start>,
    ) -> Result<Vec<Option<String>>, Error> {
        // What a merge interleaved is put apart on this occasion.
        if start.is_some_and(|start| start.is_still(&self.path)) && self.are_in_order(documents, others)? {
            return Ok(documents.iter().map(|appended| Some(appended.document.text.clone())).collect());
        }
        let others: Vec<Piece<'_>> = others.iter().map(|(piece, _)| *piece).collect();
        let mut texts = vec![None; documents.len()];
        // The blobs came with the documents.
        self.edit(&Blobs::default(), |tape| {
            // Equal texts can stand for each other, so one slot each is all that has to be found.
            let mut slots: HashMap<&[u8], Vec<SlotId>> = HashMap::new();
            for slot in (0..tape.len()).rev() {
                slots.entry(tape.text(slot)).or_default().push(slot);
            }
            let found = documents.iter().enumerate().filter_map(|(index, appended)| {
                Some((index, slots.get_mut(appended.document.text.as_bytes())?.pop()?))
            });
            let found: Vec<(usize, SlotId)> = found.collect();
            let (stay, move_): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|(index, _)| documents[*index].stays);
            let piece = |stance| move |(index, _): &(usize, SlotId)| documents[*index].document.piece(stance);
            let there = others.iter().filter(|piece| slots.contains_key(piece.text.as_bytes())).copied();
            let before: Vec<Piece<'_>> = there.chain(stay.iter().map(piece(Stance::Stands))).collect();
            let moved = move_.iter().map(piece(Stance::Chooses));
            let linked = self.link(&before.iter().copied().chain(moved).collect::<Vec<_>>())?;
            let mut places: Vec<SlotId> = move_.iter().map(|(_, slot)| *slot).collect();
            places.sort_unstable();
            let mut new: HashMap<SlotId, usize> = HashMap::new();
            for (((index, _), text), place) in
                move_.iter().zip(linked.into_iter().skip(before.len())).zip(places)
            {
                texts[*index] = Some(documents[*index].document.counted(&text));
                new.insert(place, *index);
            }
            for (index, slot) in stay {
                let document = documents[index].document;
                texts[index] = Some(document.counted(&document.text));
                new.insert(slot, index);
            }
            let text = |slot| texts[*new.get(&slot)?].as_deref().map(str::as_bytes);
            Ok(Some(rebuilt(tape, text)))
        })?;
        Ok(texts)
    }

    /// Whether documents stand in the file, one behind the other, as [`reorder`](Self::reorder) would have them. To see that takes
    /// reading them alone, and not what the file had before. `others` come with their offsets in the file, if these are known.
    fn are_in_order(
        &self,
        documents: &[Appended<'_>],
        others: &[(Piece<'_>, Option<u64>)],
    ) -> Result<bool, Error> {
        let moves = |appended: &Appended<'_>| appended.stays || appended.document.replays > 0;
        let placed: Option<Vec<_>> = documents.iter().map(|appended| appended.document.placed()).collect();
        let Some(mut placed) = placed.filter(|_| !documents.iter().any(moves)) else { return Ok(false) };
        if placed.windows(2).any(|two| two[0].0 + two[0].1.len() as u64 != two[1].0) {
            return Ok(false);
        }
        let own = documents.iter().map(|appended| appended.document.piece(Stance::Chooses));
        let pieces: Vec<Piece<'_>> = others.iter().map(|(piece, _)| *piece).chain(own).collect();
        let linked = self.link(&pieces)?;
        let (linked, own) = (&linked[others.len()..], &pieces[others.len()..]);
        if linked.iter().zip(own).any(|(linked, own)| linked != own.text) {
            return Ok(false);
        }
        // With fewer to choose from, those that extend nothing would extend nothing.
        if own.iter().any(|own| own.text.contains("extends:")) {
            for (piece, at) in others {
                let Some(at) = at else { return Ok(false) };
                placed.push((*at, piece.text.as_bytes()));
            }
        }
        Ok(grown::has(&self.path, &placed))
    }

    /// Puts what a refresh recorded into the file, as `plan` has it when it sees what the file has now. `blobs` are those
    /// that the new documents refer to. `announce` is told what the file is about to be. Says whether that waits beside the
    /// file now, in place of being in it.
    pub(crate) fn merge<'d>(
        &self,
        blobs: &Blobs,
        destination: Destination,
        plan: impl FnOnce(&Tape, &Slots) -> Revision<'d>,
        announce: impl FnOnce(&[u8]),
    ) -> Result<bool, Error> {
        let mut waiting = false;
        storage::replace_with_blobs(&self.path, |bytes| {
            // Of what is not there yet, there is nothing that the run could be green on meanwhile.
            let waits = match destination {
                Destination::Beside if !bytes.is_empty() => Pending::of(&self.path)?,
                _ => None,
            };
            let before =
                waits.map(|waits| waits.brought_up_to(&self.path, &bytes, &self.rules)).transpose()?;
            let known = before.as_ref().map(|before| before.blobs.clone()).unwrap_or_default();
            let start = before.as_ref().map_or_else(|| bytes.clone(), |before| before.bytes.clone());
            let tape = self.tape(start)?.with_blobs(known.clone());
            let slots = all(&tape)?;
            let Revision { parts, variables } = plan(&tape, &slots);
            if tape.is_blank() && parts.is_empty() {
                return Ok(None);
            }
            let out = self.revised(&tape, &slots, &parts, &variables)?;
            announce(&out);
            // What says the same as before needs nobody to accept it.
            let kept = parts.iter().filter(|part| matches!(part, Part::Old(..))).count();
            let is_same = before.is_none()
                && kept == slots.len()
                && !parts.iter().any(|part| matches!(part, Part::New(..)));
            if destination == Destination::InPlace || bytes.is_empty() || is_same {
                return Ok((out != bytes).then(|| (out, blobs.clone())));
            }
            waiting = true;
            let mut all_blobs = blobs.clone();
            known.into_values().for_each(|blob| drop(all_blobs.add(blob)));
            pending::put(&self.path, &out, &bytes, &all_blobs)?;
            Ok(None)
        })?;
        Ok(waiting)
    }

    /// The file that a revision says.
    fn revised(
        &self,
        tape: &Tape,
        slots: &Slots,
        parts: &[Part<'_>],
        variables: &[(String, String)],
    ) -> Result<Vec<u8>, Error> {
        let mut out = preamble(tape);
        for (name, value) in variables {
            out = with_variable(&out, name, value);
        }
        for text in self.linked(tape, slots, parts)? {
            if !out.ends_with(b"\n") {
                out.push(b'\n');
            }
            out.extend_from_slice(&text);
        }
        Ok(out)
    }

    /// Puts other bytes in the place of all that the file has, and another version beside it or none, if the file has that
    /// still. Says whether it had. The blobs are those that either may refer to.
    #[cfg(feature = "cli")]
    pub(crate) fn settle(
        &self,
        old: &[u8],
        new: Vec<u8>,
        waits: Option<Vec<u8>>,
        blobs: &Blobs,
    ) -> Result<bool, Error> {
        let mut written = false;
        let wanted = new.clone();
        storage::replace(&self.path, blobs, |now| {
            written = now == old;
            Ok((written && new != old).then_some(new))
        })?;
        if !written {
            return Ok(false);
        }
        // Should it end here, what waits is brought up to the file by whoever reads it.
        storage::locked(&self.path, |_| match waits {
            Some(waits) => pending::put(&self.path, &waits, &wanted, blobs),
            None => pending::remove(&self.path),
        })?;
        Ok(true)
    }

    /// Makes the file of these documents, in one step and in this order. A file that has something is left alone, unless
    /// `replaces` says that it goes. Says whether the file was written.
    #[cfg(feature = "cli")]
    pub(crate) fn fill(&self, documents: &[Document], replaces: bool) -> Result<bool, Error> {
        let mut blobs = Blobs::default();
        documents.iter().for_each(|document| blobs.extend(document.blobs.clone()));
        let mut written = false;
        storage::replace(&self.path, &blobs, |bytes| {
            written = replaces || bytes.is_empty();
            if !written {
                return Ok(None);
            }
            let tape = self.tape(Vec::new())?;
            let parts: Vec<Part<'_>> = documents.iter().map(|document| Part::New(document, None)).collect();
            let mut out = preamble(&tape);
            self.linked(&tape, &[], &parts)?.iter().for_each(|text| out.extend_from_slice(text));
            Ok(Some(out))
        })?;
        Ok(written)
    }

    /// Takes out as many interactions as have to go for the file to have no more than so many bytes. `order` gives those that
    /// may go, all takes of a request together, the first of them first; it is not asked while the file fits.
    pub(crate) fn evict(
        &self,
        room: usize,
        order: impl FnOnce(&Slots) -> Result<Vec<Vec<SlotId>>, Error>,
    ) -> Result<Evicted, Error> {
        let mut evicted = Evicted::default();
        storage::replace(&self.path, &Blobs::default(), |bytes| {
            evicted.size = bytes.len();
            if evicted.size <= room {
                return Ok(None);
            }
            let tape = self.tape(bytes)?;
            let order = order(&all(&tape)?)?;
            let Some(fitted) = to_fit(&self.path, &tape, room, order)? else { return Ok(None) };
            evicted = Evicted { interactions: fitted.evicted, size: fitted.bytes.len() };
            Ok(Some(fitted.bytes))
        })?;
        Ok(evicted)
    }

    /// Adds a variable to the first lines, unless they have it: then its value counts. Gives the value that counts.
    pub(crate) fn set_variable(&self, name: &str, value: String) -> Result<String, Error> {
        let mut kept = value;
        self.edit(&Blobs::default(), |tape| {
            if let Some((_, theirs)) = tape.variables()?.into_iter().find(|(known, _)| known == name) {
                kept = theirs;
                return Ok(None);
            }
            let mut out = with_variable(&preamble(tape), name, &kept);
            out.extend_from_slice(tape.behind_preamble());
            Ok(Some(out))
        })?;
        Ok(kept)
    }

    /// Takes out the documents with these texts; the file goes with the last of them, if it says nothing else. Gives how
    /// many were there to be taken out.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only the command line edits a file"))]
    pub(crate) fn remove(&self, texts: &HashSet<Vec<u8>>) -> Result<usize, Error> {
        let mut gone = 0;
        self.edit(&Blobs::default(), |tape| {
            let goes: HashSet<SlotId> =
                (0..tape.len()).filter(|slot| texts.contains(tape.text(*slot))).collect();
            gone = goes.len();
            if goes.is_empty() { Ok(None) } else { without(&self.path, tape, &goes).map(Some) }
        })?;
        Ok(gone)
    }

    /// Puts other bytes in the place of all that the file has, if it has that still. Says whether it had.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only the command line edits a file"))]
    pub(crate) fn rewrite(&self, old: &[u8], new: Vec<u8>, blobs: &Blobs) -> Result<bool, Error> {
        let mut written = false;
        storage::replace(&self.path, blobs, |now| {
            written = now == old;
            Ok(written.then_some(new))
        })?;
        Ok(written)
    }

    /// Replaces the file by what `change` makes of it, unless that is the same or `None`.
    fn edit(
        &self,
        blobs: &Blobs,
        change: impl FnOnce(&Tape) -> Result<Option<Vec<u8>>, Error>,
    ) -> Result<(), Error> {
        storage::replace(&self.path, blobs, |bytes| {
            let tape = self.tape(bytes.clone())?;
            Ok(change(&tape)?.filter(|out| *out != bytes))
        })
    }

    fn tape(&self, bytes: Vec<u8>) -> Result<Tape, Error> {
        Tape::new(&self.path, bytes, self.rules.clone()).map(|(tape, _)| tape)
    }

    /// The texts of the parts of a file, each document saying what it said before.
    fn linked<'t>(
        &self,
        tape: &'t Tape,
        slots: &Slots,
        parts: &[Part<'_>],
    ) -> Result<Vec<Cow<'t, [u8]>>, Error> {
        let pieces = parts.iter().filter_map(|part| match part {
            Part::Old(slot, _) => {
                slots.get(*slot).map(|(slot, parsed)| Piece::of(tape, *slot, parsed, Stance::Keeps))
            }
            Part::New(document, _) => Some(document.piece(Stance::Chooses)),
            Part::Comments(_) => None,
        });
        let pieces: Vec<Piece<'_>> = pieces.collect();
        let mut linked = self.link(&pieces)?.into_iter();
        let texts = parts.iter().filter_map(|part| match part {
            Part::Comments(slot) => Some(Cow::Borrowed(tape.comments(*slot))),
            Part::Old(slot, heading) => {
                let text = match linked.next()? {
                    Cow::Borrowed(_) => Cow::Borrowed(tape.text(*slot)),
                    Cow::Owned(text) => Cow::Owned(text.into_bytes()),
                };
                Some(under(heading.as_ref(), text))
            }
            Part::New(document, heading) => {
                let text = document.counted(&linked.next()?).into_bytes();
                Some(under(heading.as_ref(), Cow::Owned(text)))
            }
        });
        Ok(texts.collect())
    }

    fn link<'p>(&self, pieces: &[Piece<'p>]) -> Result<Vec<Cow<'p, str>>, Error> {
        link(pieces).map_err(|place| pieces[place].unlinkable(&self.path))
    }
}

impl Heading {
    /// A document under this heading. `None` where it cannot be told how to change it.
    fn over(&self, text: &[u8]) -> Option<String> {
        reheaded(std::str::from_utf8(text).ok()?, &self.labels, self.recorded_at.as_deref())
    }
}

fn under<'t>(heading: Option<&Heading>, text: Cow<'t, [u8]>) -> Cow<'t, [u8]> {
    match heading.and_then(|heading| heading.over(&text)) {
        Some(text) => Cow::Owned(text.into_bytes()),
        None => text,
    }
}

fn all(tape: &Tape) -> Result<Vec<(SlotId, Arc<Parsed>)>, Error> {
    tape.all().collect()
}

/// The file with other texts in the place of some documents.
fn rebuilt<'a>(tape: &'a Tape, other: impl Fn(SlotId) -> Option<&'a [u8]>) -> Vec<u8> {
    let mut out = tape.preamble().to_vec();
    for slot in 0..tape.len() {
        out.extend_from_slice(other(slot).unwrap_or_else(|| tape.text(slot)));
        out.extend_from_slice(tape.comments(slot));
    }
    out
}

/// The first lines that a file has or is to have.
fn preamble(tape: &Tape) -> Vec<u8> {
    let first = first_line().into_bytes();
    // A crash in the midst of the very first write leaves the start of it.
    if first.starts_with(tape.preamble()) { first } else { tape.preamble().to_vec() }
}

fn with_variable(preamble: &[u8], name: &str, value: &str) -> Vec<u8> {
    variables::with(&String::from_utf8_lossy(preamble), name, value).into_bytes()
}

#[cfg(test)]
mod tests;
