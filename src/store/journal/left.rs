//! What is left of refreshes that nobody finished.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memmem;

use super::note::{Call, Run};
use super::{ANSWERS, CLAIMED, COMMITTING, LOCK, folders_of, remove_folder};
use crate::format::blobs::BlobName;
use crate::format::variables;
use crate::matching::request_key::Key;
use crate::matching::user_rules::Rules;
use crate::model::error::Error;
use crate::model::exchange::Cut;
use crate::store::cassette_files::load;
use crate::store::regular_files;
use crate::store::storage;
use crate::store::tape::{Parsed, SlotId, Tape};

/// A journal that is there.
#[derive(Debug)]
pub(crate) enum Found {
    /// Its run lives.
    Running(
        #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only the command line tells of it"))]
        Running,
    ),
    Left(Box<Left>),
    Unreadable(Unreadable),
}

/// The journal of a run that lives.
#[derive(Debug)]
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only the command line tells of it"))]
pub(crate) struct Running {
    pub(crate) cassette: PathBuf,
    pub(crate) folder: PathBuf,
}

/// A journal of which nobody can tell what it says.
#[derive(Debug)]
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only the command line removes it"))]
pub(crate) struct Unreadable {
    pub(crate) cassette: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) error: Error,
}

/// The journal of a run that is dead.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) cassette: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) run: Run,
    tape: Tape,
    /// The answers that nobody had claimed when this was read.
    answers: BTreeMap<SlotId, Call>,
}

/// The journals of a cassette, for a run that may go on from them: the newest first. Requests are compared by `rules`. Those that
/// are of no use to anybody are removed.
pub(crate) fn beside(cassette: &Path, rules: &Rules) -> Result<Vec<Found>, Error> {
    if folders_of(cassette)?.is_empty() {
        return Ok(Vec::new());
    }
    storage::locked(cassette, |_| {
        let mut found = Vec::new();
        for folder in folders_of(cassette)? {
            match look(cassette, &folder, Some(rules)) {
                Some(journal) => found.push(journal),
                None => remove_folder(&folder)?,
            }
        }
        found.sort_by(|one, other| began(other).cmp(&began(one)));
        drop_copies(&mut found)?;
        Ok(found)
    })
}

/// The journals of a cassette, or of all cassettes beside a side folder, as they are.
#[cfg(feature = "cli")]
pub(crate) fn in_folder(side: &Path, cassette: Option<&Path>) -> Result<Vec<Found>, Error> {
    let read = |error| Error::io("read", side, error);
    let own = cassette.map(super::file_name);
    let home = side.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for (name, _, folder) in super::folders_in(side).map_err(read)? {
        if own.as_ref().is_none_or(|own| **own == *name) {
            let cassette = cassette.map_or_else(|| home.join(&name), Path::to_owned);
            found.extend(look(&cassette, &folder, None));
        }
    }
    Ok(found)
}

/// A journal as it is; `None` for one that is of no use: nothing was kept in it, or all of it is in the cassette.
fn look(cassette: &Path, folder: &Path, rules: Option<&Rules>) -> Option<Found> {
    let unreadable = |error| {
        let (cassette, folder) = (cassette.to_owned(), folder.to_owned());
        Some(Found::Unreadable(Unreadable { cassette, folder, error }))
    };
    match is_locked(folder) {
        Ok(true) => {
            let (cassette, folder) = (cassette.to_owned(), folder.to_owned());
            return Some(Found::Running(Running { cassette, folder }));
        }
        Ok(false) => {}
        Err(error) => return unreadable(error),
    }
    match read(cassette, folder, rules) {
        Ok(left) => left.map(|left| Found::Left(Box::new(left))),
        Err(error) => unreadable(error),
    }
}

/// Whether the run of a journal lives. To ask takes a lock for a moment that others who ask can share.
fn is_locked(folder: &Path) -> Result<bool, Error> {
    let path = folder.join(LOCK);
    let read = |error| Error::io("read", &path, error);
    let file = match regular_files::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(read(error)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(read(error)),
    }
}

fn read(cassette: &Path, folder: &Path, rules: Option<&Rules>) -> Result<Option<Left>, Error> {
    let path = folder.join(ANSWERS);
    let Some(bytes) = load(&path)? else { return Ok(None) };
    if is_committed(cassette, folder) {
        return Ok(None);
    }
    let top = memmem::find(&bytes, b"\n---").unwrap_or(bytes.len());
    let run = Run::of(&String::from_utf8_lossy(&bytes[..top]));
    let rules = rules.or(run.rules.as_ref()).cloned().unwrap_or_default();
    let (tape, _) = Tape::new(&path, bytes, rules)?;
    // What cannot be read must be known before money is spent on what follows.
    tape.all().try_for_each(|parsed| parsed.map(|_| ()))?;
    let mut by_order: HashMap<u64, SlotId> = HashMap::new();
    let mut answers = BTreeMap::new();
    for slot in 0..tape.len() {
        let unknown = Call { order: u64::MAX - (tape.len() - slot) as u64, altered: false };
        let call = Call::of(&comments_before(&tape, slot)).unwrap_or(unknown);
        // More of an answer can arrive than its protocol announced; then it is there once more.
        if let Some(shorter) = by_order.insert(call.order, slot) {
            answers.remove(&shorter);
        }
        answers.insert(slot, call);
    }
    claimed(folder)?.iter().for_each(|slot| {
        answers.remove(slot);
    });
    let (cassette, folder) = (cassette.to_owned(), folder.to_owned());
    Ok((!answers.is_empty()).then_some(Left { cassette, folder, run, tape, answers }))
}

fn comments_before(tape: &Tape, slot: SlotId) -> String {
    let comments = slot.checked_sub(1).map_or_else(|| tape.preamble(), |before| tape.comments(before));
    String::from_utf8_lossy(comments).into_owned()
}

/// Whether the run of a journal died when it had put all of it into the cassette.
fn is_committed(cassette: &Path, folder: &Path) -> bool {
    let Ok(wanted) = regular_files::read(&folder.join(COMMITTING)) else { return false };
    load(cassette).ok().flatten().is_some_and(|bytes| BlobName::of(&bytes).as_str().as_bytes() == wanted)
}

/// The answers that later runs have claimed.
fn claimed(folder: &Path) -> Result<HashSet<SlotId>, Error> {
    let path = folder.join(CLAIMED);
    Ok(slots(&load(&path)?.unwrap_or_default()))
}

fn slots(text: &[u8]) -> HashSet<SlotId> {
    // A line that a crash tore off has no end.
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    String::from_utf8_lossy(&text[..whole]).lines().filter_map(|line| line.parse().ok()).collect()
}

fn began(found: &Found) -> Option<&str> {
    match found {
        Found::Left(left) => Some(&left.run.began_at),
        _ => None,
    }
}

/// A run that died while it claimed an answer may have left that in its journal and in the one that it was from. The older one
/// goes.
fn drop_copies(found: &mut [Found]) -> Result<(), Error> {
    let mut seen: HashMap<(Key, String), Vec<Arc<Parsed>>> = HashMap::new();
    for journal in found {
        let Found::Left(left) = journal else { continue };
        let mut own = Vec::new();
        for slot in left.answers.keys().copied().collect::<Vec<_>>() {
            let parsed = left.tape.get(slot)?;
            let interaction = &parsed.interaction;
            let place = (parsed.normal().key, interaction.recorded_at.clone());
            let same = |other: &Arc<Parsed>| other.interaction.response == interaction.response;
            if seen.get(&place).is_some_and(|others| others.iter().any(same)) {
                left.claim(slot, || ())?;
                left.answers.remove(&slot);
            } else {
                own.push((place, parsed));
            }
        }
        for (place, parsed) in own {
            seen.entry(place).or_default().push(parsed);
        }
    }
    Ok(())
}

impl Left {
    /// How many answers nobody had claimed when this was read.
    pub(crate) fn len(&self) -> usize {
        self.answers.len()
    }

    /// How many answers nobody has claimed by now.
    pub(crate) fn unclaimed(&self) -> Result<usize, Error> {
        if !self.folder.join(ANSWERS).exists() {
            return Ok(0);
        }
        let claimed = claimed(&self.folder)?;
        Ok(self.answers.keys().filter(|slot| !claimed.contains(slot)).count())
    }

    /// When the last of the answers was recorded.
    pub(crate) fn last_recorded_at(&self) -> String {
        let parsed = self.answers.keys().filter_map(|slot| self.tape.get(*slot).ok());
        parsed.map(|parsed| parsed.interaction.recorded_at.clone()).max().unwrap_or_default()
    }

    /// The answers to a request that can be given to a client as if they had just come.
    pub(crate) fn answers_to(&self, key: &Key) -> Vec<(SlotId, Arc<Parsed>)> {
        let takes = self.tape.takes(key).unwrap_or_default();
        let usable = takes.iter().filter(|(slot, parsed)| {
            let whole = parsed.interaction.response.body.cut == Cut::Whole;
            whole && self.answers.get(slot).is_some_and(|call| !call.altered)
        });
        usable.cloned().collect()
    }

    /// The variables that the run made up.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let comments: String = (0..=self.tape.len()).map(|slot| comments_before(&self.tape, slot)).collect();
        variables::read(&comments).unwrap_or_default()
    }

    /// Takes an answer over, unless another run has, and says whether that is so. `keep` keeps it elsewhere first: where a crash
    /// comes between, it is in two places rather than in none.
    pub(crate) fn claim(&self, slot: SlotId, keep: impl FnOnce()) -> Result<bool, Error> {
        let path = self.folder.join(CLAIMED);
        let write = |error| Error::io("write", &path, error);
        let own = regular_files::open_own(OpenOptions::new().read(true).append(true).create(true), &path);
        let mut file = match own {
            Ok(file) => file,
            // Somebody has settled this journal meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(write(error)),
        };
        file.lock().map_err(write)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(write)?;
        if slots(&text).contains(&slot) || !self.folder.join(ANSWERS).exists() {
            return Ok(false);
        }
        keep();
        let gap = if text.is_empty() || text.ends_with(b"\n") { "" } else { "\n" };
        file.write_all(format!("{gap}{slot}\n").as_bytes()).map_err(write)?;
        Ok(true)
    }

    /// Removes the journal, unless somebody has begun to settle it.
    pub(crate) fn remove(&self) -> Result<bool, Error> {
        storage::locked(&self.cassette, |_| {
            let free = !is_locked(&self.folder)?;
            if free {
                remove_folder(&self.folder)?;
            }
            Ok(free)
        })
    }
}

#[cfg(feature = "cli")]
mod settling {
    //! What the command line does with a journal.

    use super::*;
    use crate::format::blobs::{self, Blobs};
    use crate::store::blob_files;
    use crate::store::document::Document;
    use crate::store::journal::Journal;

    impl Unreadable {
        /// Removes the journal.
        pub(crate) fn remove(&self) -> Result<(), Error> {
            storage::locked(&self.cassette, |_| remove_folder(&self.folder))
        }
    }

    impl Left {
        /// The calls and their answers.
        pub(crate) fn recorded(&self) -> Result<Vec<Arc<Parsed>>, Error> {
            self.answers.keys().map(|slot| self.tape.get(*slot)).collect()
        }

        /// The answers as a run would have them, in the order in which the calls began.
        pub(crate) fn documents(&self) -> Result<Vec<(u64, Document)>, Error> {
            let mut documents = Vec::new();
            for (slot, call) in &self.answers {
                let (text, parsed) = (self.tape.text(*slot), self.tape.get(*slot)?);
                let text = String::from_utf8_lossy(text).into_owned();
                let (key, blobs) = (self.tape.recorded_key(*slot), self.blobs_of(text.as_bytes()));
                documents.push((
                    call.order,
                    Document {
                        text,
                        key,
                        parsed,
                        at: None,
                        blobs,
                        replays: 0,
                        altered: call.altered,
                        known: 0,
                    },
                ));
            }
            documents.sort_by_key(|(order, _)| *order);
            Ok(documents)
        }

        /// The blobs that a document may refer to: what looks like the name of one may be a key.
        fn blobs_of(&self, text: &[u8]) -> Blobs {
            let folder = self.folder.join(blobs::FOLDER);
            let mut found = Blobs::default();
            for name in blob_files::names_in(text) {
                if let Ok(bytes) = blob_files::read(&folder, &name) {
                    found.add(bytes);
                }
            }
            found
        }

        /// Goes on with the journal as if its run lived; `None` where another process has been faster.
        pub(crate) fn take_over(&self) -> Result<Option<Journal>, Error> {
            let write = |error| Error::io("write", &self.folder, error);
            storage::locked(&self.cassette, |_| {
                let options = |append| {
                    let mut options = OpenOptions::new();
                    options.write(true).append(append).create(!append).clone()
                };
                let open = |name, append| regular_files::open_own(&options(append), &self.folder.join(name));
                let lock = open(LOCK, false).map_err(write)?;
                match lock.try_lock() {
                    Ok(()) => {}
                    Err(TryLockError::WouldBlock) => return Ok(None),
                    Err(TryLockError::Error(error)) => return Err(write(error)),
                }
                let file = open(ANSWERS, true).map_err(write)?;
                let (cassette, folder) = (self.cassette.clone(), self.folder.clone());
                Ok(Some(Journal { cassette, folder, file, top: String::new(), variables: 0, lock }))
            })
        }
    }
}
