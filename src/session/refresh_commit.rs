//! The end of a refresh: what it recorded takes the places of what it replaces.

use std::collections::{HashMap, HashSet};

use super::{Session, State};
use crate::format::blobs::Blobs;
use crate::matching::request_key::Key;
use crate::model::error::Error;
use crate::session::refresh::{self, New, Old, Outcome, Plan};
use crate::store::document::Document;
use crate::store::tape::{SlotId, Tape};
use crate::store::writer::{Heading, Part, Revision, Slots};

/// A call of the run, as the plan and the file want it.
struct Ended<'a> {
    order: u64,
    new: New<'a>,
    document: Option<&'a Document>,
}

impl Session {
    pub(super) fn commit(&self, state: &mut State, owned: bool) -> Result<(), Error> {
        let mut blobs = Blobs::default();
        for document in state.results.documents() {
            blobs.extend(document.blobs.clone());
        }
        let mut outcome = (0, 0, Vec::new());
        self.writer.merge(&blobs, |tape, slots| {
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
                self.ended(state, tape).into_iter().map(|call| (call.new, call.document)).unzip();
            let plan = refresh::plan(&old, &new, owned);
            let left = plan.left.iter().map(|index| self.place(tape, *index)).collect();
            outcome = (plan.unchanged, plan.removed, left);
            let expired: HashSet<&[u8]> = state.plays.expired().map(|slot| self.tape.text(slot)).collect();
            let is_expired = |slot| expired.contains(tape.text(slot));
            Revision {
                parts: self.parts(&plan, slots, &documents, is_expired),
                variables: state.variables.unwritten().to_vec(),
            }
        })?;
        let (unchanged, removed, left) = outcome;
        state.totals.refreshed(unchanged, removed, left);
        Ok(())
    }

    /// The calls of the run in the order in which they began.
    fn ended<'a>(&self, state: &'a State, tape: &Tape) -> Vec<Ended<'a>> {
        let recorded = state.results.calls().iter().map(|call| {
            let document = call.document.as_ref();
            let response = document.map(|document| &document.parsed.interaction.response);
            let outcome = response.map_or(Outcome::Failed, Outcome::Recorded);
            Ended { order: call.order, new: New { key: call.key, outcome }, document }
        });
        // What is still under way has no answer yet, and that is no reason to take out the old one.
        let others = state.under_way.calls().map(|(order, key)| Ended {
            order,
            new: New { key, outcome: Outcome::Failed },
            document: None,
        });
        let places: HashMap<&[u8], SlotId> = (0..tape.len()).map(|slot| (tape.text(slot), slot)).collect();
        let kept = state.plays.kept().filter_map(|(order, slot)| {
            // Somebody may have edited the file meanwhile.
            let place = *places.get(self.tape.text(slot))?;
            let key: Key = self.tape.get(slot).ok()?.normal.key;
            Some(Ended { order, new: New { key, outcome: Outcome::Played(place) }, document: None })
        });
        let mut calls: Vec<Ended<'a>> = recorded.chain(others).chain(kept).collect();
        calls.sort_by_key(|call| call.order);
        calls
    }

    /// The parts of the file to be. What people wrote by hand into a heading stays when an answer changes. When it does not,
    /// what the cassette has to say is added, and what was too old is as good as new.
    fn parts<'d>(
        &self,
        plan: &Plan,
        slots: &Slots,
        documents: &[Option<&'d Document>],
        is_expired: impl Fn(SlotId) -> bool,
    ) -> Vec<Part<'d>> {
        let by_place: HashMap<SlotId, usize> = plan.answered.iter().copied().collect();
        let by_call: HashMap<usize, SlotId> =
            plan.answered.iter().map(|(place, call)| (*call, *place)).collect();
        let ours = &self.settings.labels;
        let labels_of = |slot: SlotId| &slots[slot].1.interaction.labels;
        let part = |part: &refresh::Part| match *part {
            refresh::Part::Old(slot) => {
                let heading = by_place.get(&slot).and_then(|call| {
                    let new = documents[*call].filter(|_| is_expired(slot));
                    let recorded_at = new.map(|document| document.parsed.interaction.recorded_at.clone());
                    let (has, labels) = (labels_of(slot), labels_of(slot).and(ours));
                    (labels != *has || recorded_at.is_some()).then_some(Heading { labels, recorded_at })
                });
                Some(Part::Old(slot, heading))
            }
            refresh::Part::New(call) => {
                let labels = by_call.get(&call).map(|slot| labels_of(*slot).and(ours));
                let heading = labels.filter(|labels| labels != ours);
                let heading = heading.map(|labels| Heading { labels, recorded_at: None });
                documents[call].map(|document| Part::New(document, heading))
            }
            refresh::Part::Comments(slot) => Some(Part::Comments(slot)),
        };
        plan.parts.iter().filter_map(part).collect()
    }
}
