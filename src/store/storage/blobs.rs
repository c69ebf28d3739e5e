//! The blobs beside the cassettes of a folder: checked when they are read, there before a document refers to them, and
//! gone when none does.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::format::blobs::{BlobName, FOLDER};
use crate::model::error::Error;
use crate::model::text::shell_quoted;
use crate::store::cassette_files::{file_begins_as_cassette, is_named_as_cassette};

/// How the files begin that Git LFS leaves where it has not fetched the real ones.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// A blob that cannot be used, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// The folder with the blobs of a cassette. Those of a linked one are where the file really is.
pub(crate) fn folder_of(cassette: &Path) -> PathBuf {
    let real = fs::canonicalize(cassette).ok().filter(|_| cassette.is_symlink());
    real.as_deref().unwrap_or(cassette).parent().unwrap_or(Path::new("")).join(FOLDER)
}

/// The bytes of a blob, which are what its name says.
pub(crate) fn read(folder: &Path, name: &BlobName) -> Result<Bytes, Unusable> {
    let path = folder.join(name.as_str());
    let (blob, file) = (format!("the blob {}", path.display()), shell_quoted(&path));
    let again = "or delete this interaction and record it again with `LLM_CASSETTE_MODE=record`";
    let bytes = fs::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unusable {
            message: format!("{blob} is missing"),
            hint: format!(
                "bring it back with `git checkout -- {file}`, or `git lfs pull` if Git LFS keeps it, {again}"
            ),
        },
        _ => Unusable {
            message: format!("{blob} could not be read: {error}"),
            hint: format!("make it readable, or take it back with `git checkout -- {file}`"),
        },
    })?;
    if BlobName::of(&bytes) == *name {
        return Ok(Bytes::from(bytes));
    }
    if bytes.starts_with(POINTER) {
        return Err(Unusable {
            message: format!("{blob} is but a pointer of Git LFS to its content"),
            hint: format!("fetch it with `git lfs pull`, {again}"),
        });
    }
    let hint = match with_plain_line_ends(&bytes) {
        bytes if BlobName::of(&bytes) == *name => format!(
            "its line ends were converted: put `**/{FOLDER}/* binary` into `.gitattributes`, delete the file, and take \
             it back with `git checkout -- {file}`"
        ),
        _ => format!(
            "take it back with `git checkout -- {file}`, or `git lfs pull` if Git LFS keeps it, {again}"
        ),
    };
    let message = format!("{blob} is damaged: its {} bytes have another SHA-256 than its name", bytes.len());
    Err(Unusable { message, hint })
}

fn with_plain_line_ends(bytes: &[u8]) -> Vec<u8> {
    let ends_in_both = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
    (0..bytes.len()).filter(|at| !ends_in_both(*at)).map(|at| bytes[at]).collect()
}

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
        let lock = File::create(&path).and_then(|file| file.lock().map(|()| file));
        let lock = lock.map_err(|error| Error::io("write", &path, error))?;
        Ok(BlobDir { folder, draft: side.join("blob.draft"), _lock: lock })
    }

    /// Writes the blobs that are not there yet or not whole.
    pub(super) fn put<'a>(
        self,
        blobs: impl Iterator<Item = (&'a BlobName, &'a Bytes)>,
        durably: Durably,
    ) -> Result<Placed, Error> {
        let mut placed = Placed { shelf: self, fresh: Vec::new() };
        let mut written = Vec::new();
        for (name, bytes) in blobs {
            let path = placed.shelf.folder.join(name.as_str());
            let there = fs::read(&path).ok();
            if there.as_deref() == Some(&bytes[..]) {
                continue;
            }
            placed.shelf.write(&path, bytes).map_err(|error| Error::io("write", &path, error))?;
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
        fs::write(&self.draft, bytes).and_then(|()| fs::rename(&self.draft, path)).inspect_err(|_| {
            let _ = fs::remove_file(&self.draft);
        })
    }

    /// Removes the blobs that no cassette of the folder refers to. What cannot be removed is found by the next one who
    /// looks, and where a cassette cannot be read, all of them stay.
    pub(super) fn sweep(&self) {
        for name in orphans(&self.folder).unwrap_or_default() {
            let _ = fs::remove_file(self.folder.join(name.as_str()));
        }
        // Refused unless it is empty.
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Blobs on disk to which no document refers yet. Until they are kept, an error takes them away again.
pub(super) struct Placed {
    shelf: BlobDir,
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
        let _ = fs::remove_dir(&self.shelf.folder);
    }
}

/// The blobs in a folder to which none of the cassettes beside it refers.
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
        for name in names_in(&fs::read(cassette)?) {
            left.remove(&name);
        }
    }
    let mut left: Vec<BlobName> = left.into_iter().collect();
    left.sort();
    Ok(left)
}

/// The files beside a folder of blobs that may refer to them: what is called as cassettes are, or begins as they do.
pub(super) fn cassettes(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let home = match folder.parent() {
        Some(home) if !home.as_os_str().is_empty() => home,
        _ => Path::new("."),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(home)? {
        let path = entry?.path();
        if path.is_file() && (is_named_as_cassette(&path) || file_begins_as_cassette(&path)?) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// All that a text may refer to, however it is written: every run of 64 hexadecimal digits.
pub(crate) fn names_in(text: &[u8]) -> HashSet<BlobName> {
    let runs = text.split(|byte| !byte.is_ascii_hexdigit()).filter(|run| run.len() == 64);
    runs.filter_map(|run| BlobName::parse(std::str::from_utf8(run).ok()?)).collect()
}

#[cfg(test)]
mod tests;
