//! The end of a refresh: what it recorded takes the places of what it replaces.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Document, Session, State, values};
use crate::format::blobs::Blobs;
use crate::format::{first_line, reheaded};
use crate::matching::request_key::Key;
use crate::model::error::Error;
use crate::model::labels::Labels;
use crate::session::refresh::{self, New, Old, Outcome, Part, Plan};
use crate::store::storage;
use crate::store::tape::{SlotId, Tape};

/// A call of the run, as the plan and the file want it.
struct Ended<'a> {
    order: u64,
    new: New<'a>,
    document: Option<&'a Document>,
}

impl Session {
    pub(super) fn commit(&self, state: &mut State, owned: bool) -> Result<(), Error> {
        let mut blobs = Blobs::default();
        for document in state.calls.iter().filter_map(|call| call.document.as_ref()) {
            blobs.extend(document.blobs.clone());
        }
        let mut outcome = (0, 0, Vec::new());
        storage::replace(&self.path, &blobs, |bytes| {
            let (tape, _) = Tape::new(&self.path, bytes.clone(), self.settings.rules.clone())?;
            let slots = tape.all().collect::<Result<Vec<_>, Error>>()?;
            let old: Vec<Old<'_>> = slots
                .iter()
                .map(|(slot, parsed)| Old {
                    key: parsed.normal.key,
                    take: parsed.interaction.take,
                    comments: tape.comments(*slot),
                    response: &parsed.interaction.response,
                    kept: self.is_kept(parsed),
                })
                .collect();
            let (new, documents): (Vec<New<'_>>, Vec<Option<&Document>>) =
                self.ended(state, &tape).into_iter().map(|call| (call.new, call.document)).unzip();
            let plan = refresh::plan(&old, &new, owned);
            outcome = (
                plan.unchanged,
                plan.removed,
                plan.left.iter().map(|index| self.place(&tape, *index)).collect(),
            );
            if bytes.is_empty() && plan.parts.is_empty() {
                return Ok(None);
            }
            let mut out =
                if tape.preamble().is_empty() { first_line().into_bytes() } else { tape.preamble().to_vec() };
            for (name, value) in &state.variables.unwritten {
                out = values::with(&out, name, value);
            }
            let texts = self.linked(&tape, &slots, &documents, &plan.parts)?;
            let expired: HashSet<&[u8]> = state.expired.iter().map(|slot| self.tape.text(*slot)).collect();
            for (part, text) in plan.parts.iter().zip(texts) {
                if !out.ends_with(b"\n") {
                    out.push(b'\n');
                }
                let Some((place, call)) = answered(*part, &plan) else {
                    out.extend_from_slice(&text);
                    continue;
                };
                let old = &slots[place].1.interaction;
                let new = documents[call].filter(|_| expired.contains(tape.text(place)));
                let time = new.map(|document| document.parsed.interaction.recorded_at.as_str());
                out.extend_from_slice(&self.with_head(*part, text, &old.labels, time));
            }
            Ok((out != bytes).then_some(out))
        })?;
        let (unchanged, removed, left) = outcome;
        state.report.unchanged = unchanged;
        state.report.removed = removed;
        state.report.unused = left;
        Ok(())
    }

    /// The calls of the run in the order in which they began.
    fn ended<'a>(&self, state: &'a State, tape: &Tape) -> Vec<Ended<'a>> {
        let recorded = state.calls.iter().map(|call| {
            let document = call.document.as_ref();
            let response = document.map(|document| &document.parsed.interaction.response);
            let outcome = response.map_or(Outcome::Failed, Outcome::Recorded);
            Ended { order: call.order, new: New { key: call.key, outcome }, document }
        });
        // What is still under way has no answer yet, and that is no reason to take out the old one.
        let others = state.under_way.iter().map(|(order, key)| Ended {
            order: *order,
            new: New { key: *key, outcome: Outcome::Failed },
            document: None,
        });
        let places: HashMap<&[u8], SlotId> = (0..tape.len()).map(|slot| (tape.text(slot), slot)).collect();
        let kept = state.kept.iter().filter_map(|(order, slot)| {
            // Somebody may have edited the file meanwhile.
            let place = *places.get(self.tape.text(*slot))?;
            let key: Key = self.tape.get(*slot).ok()?.normal.key;
            Some(Ended { order: *order, new: New { key, outcome: Outcome::Played(place) }, document: None })
        });
        let mut calls: Vec<Ended<'a>> = recorded.chain(others).chain(kept).collect();
        calls.sort_by_key(|call| call.order);
        calls
    }

    /// What people wrote by hand stays when an answer changes. When it does not, what the cassette has to say is added, and
    /// what was too old is as good as new.
    fn with_head<'a>(
        &self,
        part: Part<'_>,
        text: Cow<'a, [u8]>,
        old: &Labels,
        time: Option<&str>,
    ) -> Cow<'a, [u8]> {
        let (has, time) = match part {
            Part::Old(_) => (old, time),
            Part::New(_) | Part::Comments(_) => (&self.settings.labels, None),
        };
        let wanted = old.and(&self.settings.labels);
        if wanted == *has && time.is_none() {
            return text;
        }
        let changed = std::str::from_utf8(&text).ok().and_then(|text| reheaded(text, &wanted, time));
        changed.map_or(text, |changed| Cow::Owned(changed.into_bytes()))
    }
}

/// The old document and the call that a part is about, where a call answered an old document anew.
fn answered(part: Part<'_>, plan: &Plan<'_>) -> Option<(usize, usize)> {
    let found = plan.answered.iter().find(|(place, call)| match part {
        Part::Old(index) => *place == index,
        Part::New(index) => *call == index,
        Part::Comments(_) => false,
    });
    found.copied()
}
