//! The end of a refresh: what it recorded takes the places of what it replaces.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Session, State};
use crate::format::blobs::Blobs;
use crate::matching::old_ids::OldIds;
use crate::matching::request_key::{Key, normalise};
use crate::model::error::Error;
use crate::model::interaction::Interaction;
use crate::model::text::{plural, shown_path};
use crate::model::warn::warn;
use crate::session::ownership::Stays;
use crate::session::refresh::{self, New, Old, Outcome, Plan};
use crate::session::results::Keyed;
use crate::store::document::Document;
use crate::store::tape::{Parsed, SlotId, Tape};
use crate::store::writer::{Heading, Part, Revision, Slots};

/// A call of the run, as the plan and the file want it.
struct Ended<'a> {
    order: u64,
    new: New<'a>,
    document: Option<&'a Document>,
}

impl Session {
    /// `takes_out` says that what was not asked for may go, as far as it is this run's own.
    pub(super) fn commit(&self, state: &mut State, takes_out: bool) -> Result<(), Error> {
        self.call_by_old_ids(state)?;
        let mut blobs = Blobs::default();
        for document in state.results.documents() {
            blobs.extend(document.blobs.clone());
        }
        let mut outcome = (0, 0, Vec::new());
        let mut stays: Vec<(String, Stays)> = Vec::new();
        let merged = |tape: &Tape, slots: &Slots| {
            let old = self.old(slots, |slot| tape.comments(slot));
            let texts: HashMap<&[u8], SlotId> = (0..tape.len()).map(|slot| (tape.text(slot), slot)).collect();
            // Somebody may have edited the file meanwhile.
            let place = |slot| texts.get(&*self.tape.document(slot).ok()?).copied();
            let (new, documents): (Vec<New<'_>>, Vec<Option<&Document>>) =
                self.ended(state, place).into_iter().map(|call| (call.new, call.document)).unzip();
            let owner = if takes_out { self.owner() } else { None };
            let plan = refresh::plan(&old, &new, |index| {
                let Some(owner) = &owner else { return false };
                let reason = owner.may_take_out(self.recorded_key(&slots[index].1)).err();
                stays.extend(reason.map(|reason| (self.place(tape, index), reason)));
                reason.is_none()
            });
            // What the run called by new ids, the file has under old ones.
            if let Some(user) = &self.user {
                plan.answered.iter().for_each(|(place, _)| user.uses(self.recorded_key(&slots[*place].1)));
            }
            let ledger = self.uses_of_others(!plan.left.is_empty());
            let is_ours =
                |index: &&usize| !self.is_used_by_others(&ledger, self.recorded_key(&slots[**index].1));
            let left = plan.left.iter().filter(is_ours).map(|index| self.place(tape, *index)).collect();
            outcome = (plan.unchanged, plan.removed, left);
            let expired: HashSet<Cow<'_, [u8]>> =
                state.plays.expired().filter_map(|slot| self.tape.document(slot).ok()).collect();
            let is_expired = |slot| expired.contains(tape.text(slot));
            Revision {
                parts: self.parts(&plan, slots, &documents, is_expired),
                variables: state.variables.unwritten().to_vec(),
            }
        };
        let destination = self.settings.refreshed;
        let waits = self.writer.merge(&blobs, destination, merged, |bytes| self.committing(bytes))?;
        self.committed();
        let (unchanged, removed, left) = outcome;
        state.totals.refreshed(unchanged, removed, left);
        if waits {
            // What was taken over from a run that nobody finished waits as well.
            let count = state.results.documents().count().saturating_sub(unchanged) + removed;
            state.totals.pending(count);
            warn(&format!(
                "{}: {} of this refresh {} for review\nhint: run `llm-cassette review`; until then, replays give the old answers",
                shown_path(&self.path),
                plural(count, "change"),
                if count == 1 { "waits" } else { "wait" },
            ));
        }
        self.tell_what_stays(&stays.iter().map(|(_, reason)| *reason).collect::<Vec<_>>());
        state.totals.kept(stays.into_iter().map(|(place, reason)| format!("{place}: {}", reason.why())));
        Ok(())
    }

    /// Puts the old ids of what the cassette knows in the place of the new ones that the run handed on, in all that it
    /// recorded.
    fn call_by_old_ids(&self, state: &mut State) -> Result<(), Error> {
        let slots: Vec<(SlotId, Arc<Parsed>)> = self.tape.all().collect::<Result<_, Error>>()?;
        let old = self.old(&slots, |_| &[]);
        let new: Vec<New<'_>> = self.ended(state, Some).into_iter().map(|call| call.new).collect();
        let ids = refresh::old_ids(&old, &new, &self.settings.rules);
        if ids.is_empty() {
            return Ok(());
        }
        let mut takes: HashMap<Key, usize> = HashMap::new();
        let renamed = state.results.calls().iter().map(|call| match &call.document {
            Some(document) => self.renamed(document, &ids, &mut takes),
            // What the call failed to answer anew is to stay.
            None => Ok(state.history.request(call.order).and_then(|request| {
                let request = ids.request(&self.presentable(request))?;
                Some((normalise(&request, &self.settings.rules).key, None))
            })),
        });
        let renamed: Result<Vec<Option<Keyed>>, Error> = renamed.collect();
        match renamed {
            Ok(renamed) => state.results.rename(renamed),
            // Under new ids all of it replays as well, though more of the file changes.
            Err(error) => {
                let reason = self.redactor.scrub(error.message());
                warn(&format!("{}: new ids stay as they are: {reason}", shown_path(&self.path)));
            }
        }
        Ok(())
    }

    /// A document under old ids, and the key of its request; `None` where it stays as it is. `takes` counts the calls of
    /// each key.
    fn renamed(
        &self,
        document: &Document,
        ids: &OldIds,
        takes: &mut HashMap<Key, usize>,
    ) -> Result<Option<Keyed>, Error> {
        let was = &document.parsed.interaction;
        let (request, response) = (ids.request(&was.request), ids.response(&was.response));
        let normal = match &request {
            Some(request) => normalise(request, &self.settings.rules),
            None => document.parsed.normal().clone(),
        };
        let before = takes.entry(normal.key).or_default();
        let take = self.count_takes(&normal).number(*before);
        *before += 1;
        if request.is_none() && response.is_none() && take == was.take {
            return Ok(None);
        }
        let key = normal.key;
        let interaction = Interaction {
            request: request.unwrap_or_else(|| was.request.clone()),
            response: response.unwrap_or_else(|| was.response.clone()),
            take,
            ..was.clone()
        };
        let mut renamed = self.document(&self.redacted(interaction)?, normal, None)?;
        renamed.replays = document.replays;
        Ok(Some((key, Some(renamed))))
    }

    fn old<'a>(&self, slots: &'a Slots, comments: impl Fn(SlotId) -> &'a [u8]) -> Vec<Old<'a>> {
        let old = slots.iter().map(|(slot, parsed)| Old {
            key: parsed.normal().key,
            take: parsed.interaction.take,
            comments: comments(*slot),
            request: Some(&parsed.interaction.request),
            response: &parsed.interaction.response,
            kept: self.is_kept(parsed),
        });
        old.collect()
    }

    /// The calls of the run in the order in which they began. `place` says where in the file a slot of the tape is now.
    fn ended<'a>(&self, state: &'a State, place: impl Fn(SlotId) -> Option<SlotId>) -> Vec<Ended<'a>> {
        let recorded = state.results.calls().iter().map(|call| {
            let document = call.document.as_ref();
            let response = document.map(|document| &document.parsed.interaction.response);
            let outcome = response.map_or(Outcome::Failed, Outcome::Recorded);
            let request = match document {
                Some(document) => Some(&document.parsed.interaction.request),
                None => state.history.request(call.order),
            };
            Ended { order: call.order, new: New { key: call.key, request, outcome }, document }
        });
        // What is still under way has no answer yet, and that is no reason to take out the old one.
        let others = state.under_way.calls().map(|(order, key)| Ended {
            order,
            new: New { key, request: state.history.request(order), outcome: Outcome::Failed },
            document: None,
        });
        let kept = state.plays.kept().filter_map(|(order, slot)| {
            let place = place(slot)?;
            let key: Key = self.tape.get(slot).ok()?.normal().key;
            let request = state.history.request(order);
            Some(Ended { order, new: New { key, request, outcome: Outcome::Played(place) }, document: None })
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
