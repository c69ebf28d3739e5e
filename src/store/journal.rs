//! The answers of a refresh, kept as each ends, so that a run that nobody finishes loses none of them.
//!
//! A journal is a folder of its own beside the cassette, where git does not look: `.llm-cassette/NAME.refresh-N`. In it are
//! the answers, as a cassette with blobs of its own, so that every command can read them; and a lock, which is held as long as
//! the run lives. A run that is over has no further use for its journal once its answers are in the cassette. What is left of
//! one that died is for the next run, which claims answers one by one (`left.rs`), or for the command line.

mod left;
mod note;

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::format::blobs::{self, BlobName};
use crate::format::first_line;
use crate::model::error::Error;
use crate::store::cassette_files::side_folder;
use crate::store::document::Document;
use crate::store::regular_files;
use crate::store::storage;

#[cfg(feature = "cli")]
pub(crate) use left::in_folder;
pub(crate) use left::{Found, Left, beside};
pub(crate) use note::{Call, Run};

/// The files of a journal.
const ANSWERS: &str = "answers.yaml";
const LOCK: &str = "lock";
/// The answers on their way to be written again.
const DRAFT: &str = "answers.new";
/// Which of the answers later runs have taken over, a line each.
const CLAIMED: &str = "claimed";
/// The SHA-256 of the cassette as the run that is being finished leaves it. Where the cassette is that, the journal is done with.
const COMMITTING: &str = "committing";

/// What stands between the name of a cassette and the number of a journal of it.
const SIGN: &str = ".refresh-";

/// The journal of a run that lives.
#[derive(Debug)]
pub(crate) struct Journal {
    cassette: PathBuf,
    folder: PathBuf,
    file: File,
    /// What stands at the top, until it is written.
    top: String,
    /// How many variables of the run have been noted.
    variables: usize,
    lock: File,
}

impl Journal {
    /// Begins a journal of a cassette.
    pub(crate) fn begin(cassette: &Path, run: &Run) -> Result<Journal, Error> {
        // Whoever looks for journals of dead runs holds the same lock, and so never sees one that is not locked yet.
        storage::locked(cassette, |side| {
            let folder = make_folder(side, cassette)?;
            let write = |error| Error::io("write", &folder, error);
            let lock = File::create(folder.join(LOCK)).and_then(|file| file.lock().map(|()| file));
            let lock = lock.map_err(write)?;
            let file = OpenOptions::new().append(true).create_new(true).open(folder.join(ANSWERS));
            let file = file.map_err(write)?;
            let (cassette, top) = (cassette.to_owned(), format!("{}{}", first_line(), run.line()));
            Ok(Journal { cassette, folder, file, top, variables: 0, lock })
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps an answer, at the cost of a write. `variables` are all that the run has made so far: requests to come may hold
    /// them.
    pub(crate) fn append(
        &mut self,
        call: Call,
        document: &Document,
        variables: &[(String, String)],
    ) -> Result<(), Error> {
        let path = self.folder.join(ANSWERS);
        let write = |error| Error::io("write", &path, error);
        self.put_blobs(document)?;
        let mut text = self.top.clone();
        for (name, value) in variables.iter().skip(self.variables) {
            text.push_str(&note::variable(name, value));
        }
        text.push_str(&call.line());
        text.push_str(&document.text);
        let before = self.file.seek(SeekFrom::End(0)).map_err(write)?;
        // One write: what a crash in the midst of it leaves has no closing line and is recognised.
        self.file.write_all(text.as_bytes()).map_err(|error| {
            // A full disk must not leave half a document in the way of the next one.
            let _ = self.file.set_len(before);
            write(error)
        })?;
        self.top.clear();
        self.variables = variables.len().max(self.variables);
        Ok(())
    }

    /// Puts other documents in the place of those with these texts, in one step; without one, the text goes. Blobs that nothing
    /// refers to any longer go as well.
    pub(crate) fn restate(&mut self, changed: &[(String, Option<&Document>)]) -> Result<(), Error> {
        let path = self.folder.join(ANSWERS);
        let write = |error| Error::io("write", &path, error);
        let mut text = fs::read_to_string(&path).map_err(write)?;
        for (old, new) in changed {
            if let Some(new) = new {
                self.put_blobs(new)?;
            }
            text = text.replace(old.as_str(), new.map_or("", |new| &new.text));
        }
        let draft = self.folder.join(DRAFT);
        fs::write(&draft, &text).map_err(write)?;
        self.file = OpenOptions::new().append(true).open(&draft).map_err(write)?;
        fs::rename(&draft, &path).map_err(write)?;
        let blobs = self.folder.join(blobs::FOLDER);
        for entry in fs::read_dir(&blobs).into_iter().flatten().flatten() {
            if !text.contains(&*entry.file_name().to_string_lossy()) {
                fs::remove_file(entry.path()).map_err(|error| Error::io("remove", &entry.path(), error))?;
            }
        }
        Ok(())
    }

    fn put_blobs(&self, document: &Document) -> Result<(), Error> {
        let folder = self.folder.join(blobs::FOLDER);
        for (name, bytes) in document.blobs.iter() {
            let path = folder.join(name.as_str());
            let there = fs::metadata(&path).is_ok_and(|blob| blob.len() == bytes.len() as u64);
            if !there {
                // Half of one is not referred to, and is written again by whoever needs it.
                let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, bytes));
                written.map_err(|error| Error::io("write", &path, error))?;
            }
        }
        Ok(())
    }

    /// Says that the cassette is about to become these bytes, with all answers in it. Should the process end before the journal
    /// is gone, that tells that it is of no use any more. Where it cannot be noted, the answers are just found once more.
    pub(crate) fn committing(&self, bytes: &[u8]) {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let note = regular_files::open_own(&options, &self.folder.join(COMMITTING));
        let _ = note.and_then(|mut note| note.write_all(BlobName::of(bytes).as_str().as_bytes()));
    }

    /// Takes the journal away: its answers are in the cassette.
    pub(crate) fn remove(self) -> Result<(), Error> {
        let Journal { cassette, folder, file, lock, .. } = self;
        storage::locked(&cassette, |_| {
            // Some systems do not remove what is open.
            drop((file, lock));
            remove_folder(&folder)
        })
    }
}

/// Makes the folder of a further journal.
fn make_folder(side: &Path, cassette: &Path) -> Result<PathBuf, Error> {
    let name = file_name(cassette);
    for number in 1..=u32::MAX {
        let mut folder = name.clone();
        folder.push(format!("{SIGN}{number}"));
        let folder = side.join(folder);
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io("write", &folder, error)),
        }
    }
    Err(Error::io("write", side, io::Error::other("there are too many journals")))
}

/// The name by which journals of a cassette are called: two ways to one file, by name or through a link, meet at it.
fn file_name(cassette: &Path) -> OsString {
    let real = fs::canonicalize(cassette).unwrap_or_else(|_| cassette.to_owned());
    real.file_name().unwrap_or_default().to_owned()
}

/// The folders of journals in a side folder, with the name of the cassette of each and its number.
fn folders_in(side: &Path) -> io::Result<Vec<(String, u32, PathBuf)>> {
    let entries = match fs::read_dir(side) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What is linked to from here is not ours to read or to remove.
        if let Some((cassette, number)) = name.rsplit_once(SIGN)
            && let Ok(number) = number.parse()
            && entry.file_type()?.is_dir()
        {
            found.push((cassette.to_owned(), number, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// The folders of the journals of one cassette.
fn folders_of(cassette: &Path) -> Result<Vec<PathBuf>, Error> {
    let (side, own) = (side_folder(cassette), file_name(cassette));
    let found = folders_in(&side).map_err(|error| Error::io("read", &side, error))?;
    let of_this = found.into_iter().filter(|(name, ..)| *own == **name);
    Ok(of_this.map(|(_, _, folder)| folder).collect())
}

/// Removes what a journal consists of, and nothing else. The answers go first: without them nobody takes the rest for a journal.
fn remove_folder(folder: &Path) -> Result<(), Error> {
    let gone = |path: &Path, done: io::Result<()>| match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", path, error)),
        _ => Ok(()),
    };
    let file = |path: PathBuf| gone(&path, fs::remove_file(&path));
    file(folder.join(ANSWERS))?;
    let blobs = folder.join(blobs::FOLDER);
    if blobs.is_symlink() {
        file(blobs)?;
    } else {
        for entry in fs::read_dir(&blobs).into_iter().flatten().flatten() {
            file(entry.path())?;
        }
        gone(&blobs, fs::remove_dir(&blobs))?;
    }
    [CLAIMED, COMMITTING, DRAFT, LOCK].into_iter().try_for_each(|name| file(folder.join(name)))?;
    gone(folder, fs::remove_dir(folder))
}

#[cfg(test)]
mod tests;
