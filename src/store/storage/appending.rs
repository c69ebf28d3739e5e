//! Adding to a cassette call by call. To find and open its lock and its file takes longer than to write a document, so both stay
//! open between two calls, for as long as they are what stands under their names.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::{Added, End, append_under, usable_end};
use crate::format::blobs::Blobs;
use crate::model::error::Error;

/// What is open of a cassette between two appends.
#[derive(Debug, Default)]
pub(crate) struct Appending(Option<Open>);

#[derive(Debug)]
struct Open {
    lock: Named,
    cassette: Named,
}

/// A file that is open, and under which name.
#[derive(Debug)]
struct Named {
    file: File,
    path: PathBuf,
    id: Id,
}

/// What tells files from each other: a device, and a number on it.
type Id = (u64, u64);

impl Appending {
    /// Adds a document to the end of a cassette, once the blobs are there that it refers to; makes the file if need be.
    pub(crate) fn append(&mut self, path: &Path, document: &str, blobs: &Blobs) -> Result<Added, Error> {
        // A lock that is held through one handle keeps out the other handles of this process too: what is not used is let go of
        // before another one is opened.
        if blobs.is_empty()
            && let Some(mut open) = self.0.take()
            && let Some(at) = open.add(document).map_err(|error| Error::io("write", path, error))?
        {
            self.0 = Some(open);
            return Ok(Added { torn: false, at });
        }
        let lock = Lock::take(path)?;
        let (added, file) = append_under(&lock, path, document, blobs)?;
        self.0 = lock.into_file().and_then(|(lock, place)| {
            Some(Open { lock: Named::of(lock, place)?, cassette: Named::of(file, path.to_owned())? })
        });
        Ok(added)
    }
}

impl Open {
    /// Adds a document, and gives its offset. `None` where that is not as simple as it mostly is: then nothing was written.
    fn add(&mut self, document: &str) -> io::Result<Option<u64>> {
        self.lock.file.lock()?;
        let added = self.add_locked(document);
        self.lock.file.unlock()?;
        added
    }

    fn add_locked(&mut self, document: &str) -> io::Result<Option<u64>> {
        let (Some(_), Some(length)) = (self.lock.length(), self.cassette.length()) else { return Ok(None) };
        let file = &mut self.cassette.file;
        if !matches!(usable_end(file, length)?, Some(End::AfterBreak)) {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(length))?;
        // One write: what a crash in the midst of it leaves has no closing line and is recognised.
        file.write_all(document.as_bytes()).inspect_err(|_| {
            // A full disk must not leave half a document in the way of the next one.
            let _ = file.set_len(length);
        })?;
        Ok(Some(length))
    }
}

impl Named {
    /// `None` where files cannot be told apart.
    fn of(file: File, path: PathBuf) -> Option<Named> {
        let id = id(&file.metadata().ok()?)?;
        Some(Named { file, path, id })
    }

    /// The length of the file, if it is still the one of this name.
    fn length(&self) -> Option<u64> {
        let found = fs::metadata(&self.path).ok()?;
        (id(&found) == Some(self.id)).then_some(found.len())
    }
}

#[cfg(unix)]
fn id(found: &fs::Metadata) -> Option<Id> {
    use std::os::unix::fs::MetadataExt as _;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn id(_: &fs::Metadata) -> Option<Id> {
    None
}
