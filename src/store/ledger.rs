//! How often and when recordings were used since they were made. It lies beside the cassettes, in a folder that git
//! ignores, so that a replay leaves the tree clean.
//!
//! The first use of a recording by a handle is written when it happens: it says whose the recording is. How often the same
//! handle uses it again is counted, and written with the next use a second later, before whatever else is noted, by `finish`, and
//! when the handle goes. So a process that is killed may lose counts, and never that something was used. When there are many
//! lines they are folded into a summary. Many processes may write at once. Whatever goes wrong here is no reason to fail a
//! test: a ledger that cannot be written is not written.

mod log;
mod months;
mod summary;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::matching::request_key::Key;
use crate::model::unrecorded::Cause;
use crate::store::cassette_files::side_folder;
use log::Log;
#[cfg(feature = "cli")]
pub(crate) use months::Months;
pub(crate) use summary::{Ended, Missed, Summary, Used, Users};
use waiting::{Uses, Waiting};

/// The log of uses, and what older parts of it came to.
const LOG: &str = "ledger.log";
const SUMMARY: &str = "ledger.tsv";

/// Something that happened to an interaction, or to a request that had none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// It was played so many times.
    Hit { key: Key, take: u64, times: u64 },
    /// It was recorded; times in milliseconds since the request was sent.
    Recorded { key: Key, take: u64, first_byte: u64, total: u64 },
    /// A call ended, and nothing was recorded: why, in words without secrets.
    Unrecorded { key: Key, cause: Cause, reason: String },
    /// A request had no recording. Who would have answered, by OpenTelemetry's name, where that can be told.
    Miss { provider: Option<String> },
}

/// The ledger as one run of one cassette sees it.
#[derive(Debug)]
pub(crate) struct Ledger {
    folder: PathBuf,
    /// The file name of the cassette.
    cassette: String,
    /// Who uses the cassette, if that is known.
    user: Option<String>,
    /// Whether first uses are counted too, and written from time to time.
    gathers: bool,
    state: Mutex<State>,
    /// Uses that are not written yet.
    waiting: Mutex<Waiting>,
}

#[derive(Debug)]
enum State {
    /// Nothing has happened yet, so nothing is open.
    Untouched,
    Open(Log),
    /// It could not be written, and we leave it at that.
    Off,
}

impl Ledger {
    /// The ledger beside a cassette. Nothing is opened before something happens.
    pub(crate) fn beside(cassette: &Path, user: Option<&str>) -> Ledger {
        let name = cassette.file_name().unwrap_or_default().to_string_lossy();
        Ledger::new(&side_folder(cassette), &name, user)
    }

    fn new(side_folder: &Path, cassette: &str, user: Option<&str>) -> Ledger {
        let (folder, cassette) = (side_folder.to_owned(), cassette.to_owned());
        Ledger {
            folder,
            cassette,
            user: user.map(str::to_owned),
            gathers: false,
            state: Mutex::new(State::Untouched),
            waiting: Mutex::default(),
        }
    }

    /// The same, for a server: to write a line for each use, and to add them all up again, takes a fifth of an answer. A server
    /// that is killed has not noted what it answered last.
    pub(crate) fn gathering(mut self) -> Ledger {
        self.gathers = true;
        self
    }

    /// Notes an event; `at` is in seconds since 1970.
    pub(crate) fn note(&self, event: &Event, at: i64) {
        self.note_of(self.user.as_deref(), event, at);
    }

    /// Notes what somebody else did with this handle, of whom no more is known.
    pub(crate) fn note_of_stranger(&self, event: &Event, at: i64) {
        self.note_of(None, event, at);
    }

    fn note_of(&self, user: Option<&str>, event: &Event, at: i64) {
        if let Event::Hit { key, take, times } = event {
            let mut waiting = self.waiting();
            let what = (*key, *take, user.is_none());
            if self.gathers || !waiting.is_first(what) {
                waiting.add(what, *times, at);
                if waiting.is_due(at) {
                    let uses = waiting.take();
                    drop(waiting);
                    self.write_all(uses);
                }
                return;
            }
        }
        self.flush();
        self.write(&log::line(&self.cassette, event, at, user));
    }

    /// Writes what is not written yet.
    pub(crate) fn flush(&self) {
        let uses = self.waiting().take();
        self.write_all(uses);
    }

    fn write_all(&self, uses: Option<Uses>) {
        let Some(Uses { counts, last_at: at }) = uses else { return };
        let mut lines = String::new();
        for ((key, take, is_strange), times) in counts {
            let user = if is_strange { None } else { self.user.as_deref() };
            lines.push_str(&log::line(&self.cassette, &Event::Hit { key, take, times }, at, user));
        }
        self.write(&lines);
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, lines: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Untouched) {
            *state = Log::open(&self.folder).map_or(State::Off, State::Open);
        }
        if let State::Open(log) = &mut *state
            && log.add(lines).is_err()
        {
            *state = State::Off;
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.flush();
    }
}

/// All that the ledger beside a cassette says; nothing where it cannot be read.
pub(crate) fn beside(cassette: &Path) -> Summary {
    try_beside(cassette).unwrap_or_default()
}

/// All that the ledger beside a cassette says, which is nothing where there is none.
pub(crate) fn try_beside(cassette: &Path) -> std::io::Result<Summary> {
    read(&side_folder(cassette))
}

/// All that the ledger of a side folder says. A folder without one has an empty ledger; lines that cannot be read, as a
/// crash leaves them, are left out.
pub(crate) fn read(side_folder: &Path) -> std::io::Result<Summary> {
    Log::read(side_folder)
}

#[cfg(test)]
mod tests;
