//! What the ledgers beside cassettes know of their uses.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Place;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::cli::commands::entries::Entry;
use crate::model::error::Error;
use crate::session::selector::{Candidate, Selection};
use crate::store::cassette_files;
use crate::store::ledger::{self, Summary, Used, Users};

/// The ledgers of folders, each read once.
#[derive(Debug, Default)]
pub(super) struct Ledgers(BTreeMap<PathBuf, Rc<Summary>>);

impl Ledgers {
    /// The ledger beside a cassette.
    pub(super) fn beside(&mut self, cassette: &Path) -> Result<Rc<Summary>, Error> {
        let folder = cassette_files::side_folder(cassette);
        match self.0.entry(folder) {
            Place::Occupied(known) => Ok(Rc::clone(known.get())),
            Place::Vacant(place) => {
                let read = ledger::read(place.key());
                let read = read.map_err(|error| Error::io("read the ledger in", place.key(), error))?;
                Ok(Rc::clone(place.insert(Rc::new(read))))
            }
        }
    }

    /// Whether a selection means an interaction.
    pub(super) fn fits(&mut self, only: &Selection, cassette: &Path, entry: &Entry) -> Result<bool, Error> {
        let path = cassette_files::from_package(cassette);
        let key = entry.key().to_string();
        let mut candidate = Candidate::of(&entry.parsed.interaction, &path, &key);
        if only.asks_for_uses() {
            let ledger = self.beside(cassette)?;
            let now = jiff::Timestamp::now();
            candidate.unused = ledger.unused(&name(cassette), entry.key(), &entry.parsed.interaction, now);
        }
        Ok(only.fits(&candidate))
    }
}

/// What a ledger knows of an interaction.
pub(super) fn used(ledger: &Summary, cassette: &Path, entry: &Entry) -> Used {
    ledger.of(&name(cassette), entry.key(), entry.parsed.interaction.take)
}

/// Who used an interaction, as far as a ledger knows.
pub(super) fn users(ledger: &Summary, cassette: &Path, entry: &Entry) -> Users {
    ledger.users(&name(cassette), entry.key())
}

/// What a cassette is called in the ledger beside it.
fn name(cassette: &Path) -> String {
    cassette.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether nobody has used an interaction since it was recorded, as far as a ledger can tell: one that knows of no use of
/// anything since then cannot.
pub(super) fn is_unused(ledger: &Summary, cassette: &Path) -> impl Fn(&Entry) -> bool {
    let last = ledger.last_use();
    move |entry| {
        let recorded = entry.parsed.interaction.recorded_at.parse::<jiff::Timestamp>();
        recorded.is_ok_and(|recorded| {
            let recorded = Some(recorded.as_second());
            last >= recorded && used(ledger, cassette, entry).last_used_at < recorded
        })
    }
}
