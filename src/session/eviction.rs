//! A file that may not grow for ever: what was not used for longest goes.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Session, State};
use crate::matching::request_key::Key;
use crate::model::error::Error;
use crate::model::text::{grouped, shown_path};
use crate::model::warn::warn;
use crate::store::ledger::{self, Summary};
use crate::store::tape::{Parsed, SlotId};
use crate::store::writer::{Evicted, Slots};

impl Session {
    /// Takes out what this run did not use, what was not used for longest first, until the file has no more bytes than it
    /// may have.
    pub(super) fn make_room(&self, state: &mut State) -> Result<(), Error> {
        let Some(room) = self.settings.max_size else { return Ok(()) };
        let Evicted { interactions, size } =
            self.writer.evict(room, |slots| self.by_last_use(state, slots))?;
        state.totals.evicted(interactions);
        if size > room {
            let path = shown_path(&self.path);
            let (size, room) = (grouped(size as u64), grouped(room as u64));
            warn(&format!(
                "{path} has {size} bytes and may have {room}; what is left was used by this run or is pinned"
            ));
        }
        Ok(())
    }

    /// What may go, all takes of a request together, what was not used for longest first.
    fn by_last_use(&self, state: &State, slots: &Slots) -> Result<Vec<Vec<SlotId>>, Error> {
        let used = self.used_by_this_run(state)?;
        let ledger = ledger::beside(&self.path);
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut groups: HashMap<Key, Group> = HashMap::new();
        for (slot, parsed) in slots {
            let group = groups.entry(parsed.normal().key).or_default();
            group.slots.push(*slot);
            group.stays |= parsed.interaction.labels.pinned;
            group.last_use = group.last_use.max(self.last_use(&ledger, &name, parsed));
        }
        let goes = groups.into_iter().filter(|(key, group)| !group.stays && !used.contains(key));
        // The first slot tells apart what was used in the same second.
        let ordered: BTreeMap<_, _> =
            goes.map(|(_, group)| ((group.last_use, group.slots[0]), group.slots)).collect();
        Ok(ordered.into_values().collect())
    }

    /// In seconds since 1970.
    fn last_use(&self, ledger: &Summary, cassette: &str, parsed: &Parsed) -> Option<i64> {
        let interaction = &parsed.interaction;
        let recorded = interaction.recorded_at.parse::<jiff::Timestamp>().ok();
        let used = ledger.of(cassette, self.recorded_key(parsed), interaction.take).last_used_at;
        used.max(recorded.map(jiff::Timestamp::as_second))
    }

    fn used_by_this_run(&self, state: &State) -> Result<HashSet<Key>, Error> {
        let mut used: HashSet<Key> = state.results.calls().iter().map(|call| call.key).collect();
        for slot in (0..self.tape.len()).filter(|slot| !state.plays.is_fresh(*slot)) {
            used.insert(self.tape.get(slot)?.normal().key);
        }
        Ok(used)
    }
}

/// The takes of a request.
#[derive(Debug, Default)]
struct Group {
    slots: Vec<SlotId>,
    stays: bool,
    last_use: Option<i64>,
}
