//! The folder with the blobs of the cassettes beside it, and the right to write in it: a blob is there before a document refers
//! to it, and gone when none does.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::format::blobs::BlobName;
use crate::model::error::Error;
use crate::model::text::shown_path;
use crate::store::blob_files::names_in;
use crate::store::cassette_files::{file_begins_as_cassette, is_lfs_pointer, is_named_as_cassette};
use crate::store::regular_files;

/// Whether power may fail at once, too, and not just the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durably {
    /// As documents are appended.
    Written,
    /// Before something that was good is replaced.
    Synced,
}

/// The right to add and remove blobs of a folder, held until dropped.
pub(super) struct BlobDir {
    folder: PathBuf,
    /// Where a blob is written before it gets its name. One is enough, as only one process has the right.
    draft: PathBuf,
    _lock: File,
}

impl BlobDir {
    /// `side` is the folder beside the cassettes for what is not to be committed.
    pub(super) fn lock(folder: PathBuf, side: &Path) -> Result<BlobDir, Error> {
        let path = side.join("blobs.lock");
        let options = &mut OpenOptions::new();
        let lock = regular_files::open_own(options.write(true).create(true).truncate(true), &path);
        let lock = lock.and_then(|file| file.lock().map(|()| file));
        let lock = lock.map_err(|error| Error::io("write", &path, error))?;
        Ok(BlobDir { folder, draft: side.join("blob.draft"), _lock: lock })
    }

    /// Writes the blobs that are not there yet or not whole.
    pub(super) fn put<'a>(
        self,
        blobs: impl Iterator<Item = (&'a BlobName, &'a Bytes)>,
        durably: Durably,
    ) -> Result<Placed, Error> {
        let mut placed = Placed { dir: self, fresh: Vec::new() };
        let mut written = Vec::new();
        for (name, bytes) in blobs {
            let path = placed.dir.folder.join(name.as_str());
            let there = regular_files::read(&path).ok();
            if there.as_deref() == Some(&bytes[..]) {
                continue;
            }
            placed.dir.write(&path, bytes).map_err(|error| Error::io("write", &path, error))?;
            if there.is_none() {
                placed.fresh.push(path.clone());
            }
            written.push(path);
        }
        if durably == Durably::Synced {
            // All at the end: one after the other, each as it is written, takes twenty times as long.
            for path in &written {
                let file = OpenOptions::new().write(true).open(path);
                file.and_then(|file| file.sync_all()).map_err(|error| Error::io("write", path, error))?;
            }
        }
        Ok(placed)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let written = regular_files::create_draft(&self.draft).and_then(|mut draft| draft.write_all(bytes));
        written.and_then(|()| fs::rename(&self.draft, path)).inspect_err(|_| {
            let _ = fs::remove_file(&self.draft);
        })
    }

    /// Removes the blobs that no cassette of the folder refers to. What cannot be removed is found by the next one who
    /// looks, and where a cassette cannot be read, all of them stay.
    pub(super) fn sweep(&self) {
        // What a link leads to belongs to other cassettes, which do not stand here.
        if self.folder.is_symlink() {
            return;
        }
        for name in orphans(&self.folder).unwrap_or_default() {
            let _ = fs::remove_file(self.folder.join(name.as_str()));
        }
        // Refused unless it is empty.
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Blobs on disk to which no document refers yet. Until they are kept, an error takes them away again.
pub(super) struct Placed {
    dir: BlobDir,
    fresh: Vec<PathBuf>,
}

impl Placed {
    /// A document refers to them now.
    pub(super) fn keep(mut self) {
        self.fresh.clear();
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        if self.fresh.is_empty() {
            return;
        }
        for path in &self.fresh {
            let _ = fs::remove_file(path);
        }
        let _ = fs::remove_dir(&self.dir.folder);
    }
}

/// The blobs in a folder to which none of the cassettes beside it refers. An error where that cannot be known.
pub(super) fn orphans(folder: &Path) -> io::Result<Vec<BlobName>> {
    let mut left: HashSet<BlobName> = match fs::read_dir(folder) {
        Ok(entries) => {
            entries.filter_map(|entry| BlobName::parse(entry.ok()?.file_name().to_str()?)).collect()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    for cassette in cassettes(folder)? {
        if left.is_empty() {
            break;
        }
        let bytes = regular_files::read(&cassette)?;
        // What stands in it, we would not see.
        if is_lfs_pointer(&bytes) || memchr::memchr(0, &bytes).is_some() {
            return Err(io::Error::other(format!(
                "{} does not say what it refers to",
                shown_path(&cassette)
            )));
        }
        for name in names_in(&bytes) {
            left.remove(&name);
        }
    }
    let mut left: Vec<BlobName> = left.into_iter().collect();
    left.sort();
    Ok(left)
}

/// The files beside a folder of blobs that may refer to them: what is called as cassettes are, or begins as they do.
fn cassettes(folder: &Path) -> io::Result<Vec<PathBuf>> {
    beside(folder, |path| Ok(is_named_as_cassette(path) || path.is_file() && file_begins_as_cassette(path)?))
}

/// Those that are called as cassettes are.
#[cfg(any(test, feature = "cli"))]
pub(super) fn named_as_cassettes(folder: &Path) -> io::Result<Vec<PathBuf>> {
    beside(folder, |path| Ok(is_named_as_cassette(path)))
}

fn beside(folder: &Path, is_wanted: impl Fn(&Path) -> io::Result<bool>) -> io::Result<Vec<PathBuf>> {
    let home = match folder.parent() {
        Some(home) if !home.as_os_str().is_empty() => home,
        _ => Path::new("."),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(home)? {
        let path = entry?.path();
        if !path.is_dir() && is_wanted(&path)? {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
