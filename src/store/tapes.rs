//! Tapes that several runs of one file play at once: a server's clients need not have the file in memory once each.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::model::error::Error;
use crate::store::tape::Recordings;

/// The tape that was opened last, for whoever opens the same file with the same rules.
#[derive(Debug, Default)]
pub(crate) struct Tapes(Mutex<Option<Held>>);

#[derive(Debug)]
struct Held {
    path: PathBuf,
    stamp: Stamp,
    tape: Arc<Recordings>,
}

/// What a file that has changed differs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl Tapes {
    /// The tape of a file, loaded if it is not at hand, or if the file has changed. Who comes while it is loaded waits.
    pub(crate) fn of(
        &self,
        path: &Path,
        load: impl FnOnce() -> Result<Option<Arc<Recordings>>, Error>,
    ) -> Result<Option<Arc<Recordings>>, Error> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Before the file is read: one that changes meanwhile is read again by the next.
        let stamp = Stamp::of(path);
        let known = held.as_ref().filter(|held| held.path == path && Some(held.stamp) == stamp);
        if let Some(known) = known {
            return Ok(Some(Arc::clone(&known.tape)));
        }
        let loaded = load()?;
        *held = match (&loaded, stamp) {
            (Some(tape), Some(stamp)) => Some(Held { path: path.to_owned(), stamp, tape: Arc::clone(tape) }),
            _ => None,
        };
        Ok(loaded)
    }
}

impl Stamp {
    fn of(path: &Path) -> Option<Stamp> {
        let found = fs::metadata(path).ok()?;
        Some(Stamp { length: found.len(), modified: found.modified().ok() })
    }
}
