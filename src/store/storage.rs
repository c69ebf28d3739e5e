//! Cassette files: read whole, appended to at the cost of what is appended, replaced in one step. Every writer holds a
//! lock, so that processes and handles that record one cassette lose nothing of each other's.

mod blob_dir;
#[cfg(any(test, feature = "cli"))]
pub(crate) mod survey;

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::format::blobs::Blobs;
use crate::format::{CLOSE, first_line};
use crate::model::error::Error;
use crate::store::blob_files;
use crate::store::cassette_files::{load, side_folder};
use crate::store::tape::{self, Unreadable};
use blob_dir::{BlobDir, Durably, Placed};

/// Adds a document to the end of a cassette, once the blobs are there that it refers to; makes the file if need be. Says
/// whether a torn end had to be cut off.
pub(crate) fn append(path: &Path, document: &str, blobs: &Blobs) -> Result<bool, Error> {
    let lock = Lock::take(path)?;
    let placed = lock.place(path, blobs, document.as_bytes(), Durably::Written)?;
    let write = |error| Error::io("write", path, error);
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(write)?;
    let end = file.seek(SeekFrom::End(0)).map_err(write)?;
    let (at, torn) = match usable_end(&mut file, end).map_err(write)? {
        Some(at) => (at, false),
        None => lock.cut(path, &mut file)?,
    };
    let mut text = String::with_capacity(document.len() + 20);
    match at {
        End::Start => text.push_str(&first_line()),
        End::AfterBreak => {}
        End::MissingBreak => text.push('\n'),
    }
    text.push_str(document);
    let before = file.seek(SeekFrom::End(0)).map_err(write)?;
    // One write: what a crash in the midst of it leaves has no closing line and is recognised.
    file.write_all(text.as_bytes()).map_err(|error| {
        // A full disk must not leave half a document in the way of the next one.
        let _ = file.set_len(before);
        write(error)
    })?;
    if let Some(placed) = placed {
        placed.keep();
    }
    Ok(torn)
}

/// Replaces a cassette by what `change` makes of its bytes, in one step. `change` says `None` to leave it alone; no bytes
/// at all remove the file. Of the blobs, those are written that it then refers to; those that no cassette refers to any longer are removed.
pub(crate) fn replace(
    path: &Path,
    blobs: &Blobs,
    change: impl FnOnce(Vec<u8>) -> Result<Option<Vec<u8>>, Error>,
) -> Result<(), Error> {
    let lock = Lock::take(path)?;
    let old = load(path)?.unwrap_or_default();
    let torn = tape::scan(&old).ok().and_then(|scan| scan.torn).map(|at| old[at..].to_vec());
    if let Some(bytes) = change(old)? {
        lock.put(path, &bytes, torn, blobs)?;
    }
    lock.sweep(path);
    Ok(())
}

/// How a file ends to which a document may be added.
enum End {
    Start,
    AfterBreak,
    MissingBreak,
}

/// Looks at the last bytes only: the cost of an append must not grow with the file.
fn usable_end(file: &mut File, length: u64) -> io::Result<Option<End>> {
    if length == 0 {
        return Ok(Some(End::Start));
    }
    let mut tail = [0; 8];
    let count = length.min(8);
    file.seek(SeekFrom::Start(length - count))?;
    let tail = &mut tail[..usize::try_from(count).unwrap_or_default()];
    file.read_exact(tail)?;
    let broken = tail.ends_with(b"\n");
    let line = tail.trim_ascii_end();
    let closed = line.strip_suffix(CLOSE.as_bytes()).is_some_and(|before| before.ends_with(b"\n"));
    Ok(closed.then_some(if broken { End::AfterBreak } else { End::MissingBreak }))
}

/// The right to write one cassette, held until dropped. The lock is a file of its own, since the cassette itself is
/// replaced by renaming, and since locks of some systems keep readers out as well.
struct Lock {
    _file: File,
    folder: PathBuf,
}

impl Lock {
    fn take(path: &Path) -> Result<Lock, Error> {
        let write = |error| Error::io("write", path, error);
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = side_folder(path);
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            fs::create_dir_all(&folder).and_then(|()| fs::write(&ignore, "*\n")).map_err(write)?;
        }
        let file = File::create(side_file(&folder, &real, "lock")).map_err(write)?;
        file.lock().map_err(write)?;
        Ok(Lock { _file: file, folder })
    }

    /// Puts new bytes in the place of a cassette, in one step. `torn` is what the old ones had of an unfinished document.
    fn put(&self, path: &Path, bytes: &[u8], torn: Option<Vec<u8>>, blobs: &Blobs) -> Result<(), Error> {
        let write = |error| Error::io("write", path, error);
        let placed = self.place(path, blobs, bytes, Durably::Synced)?;
        if let Some(torn) = torn {
            self.keep_torn(path, &torn).map_err(write)?;
        }
        if bytes.is_empty() && !path.is_symlink() {
            return fs::remove_file(path).map_err(|error| Error::io("remove", path, error));
        }
        // Beside the lock, so on the same file system; a name per process, should a crash leave it behind.
        let draft = self.side_file(path, &format!("{}.draft", std::process::id()));
        let written = File::create(&draft).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        // The link of a linked cassette stays one.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let renamed = written.and_then(|()| {
            if let Ok(old) = fs::metadata(&target) {
                fs::set_permissions(&draft, old.permissions())?;
            }
            fs::rename(&draft, &target)
        });
        renamed.map_err(|error| {
            let _ = fs::remove_file(&draft);
            write(error)
        })?;
        if let Some(placed) = placed {
            placed.keep();
        }
        Ok(())
    }

    /// Writes those blobs that a text refers to.
    fn place(
        &self,
        path: &Path,
        blobs: &Blobs,
        text: &[u8],
        durably: Durably,
    ) -> Result<Option<Placed>, Error> {
        let wanted = if blobs.is_empty() { HashSet::new() } else { blob_files::names_in(text) };
        let mut named = blobs.iter().filter(|(name, _)| wanted.contains(*name)).peekable();
        if named.peek().is_none() {
            return Ok(None);
        }
        BlobDir::lock(blob_files::folder_of(path), &self.folder)?.put(named, durably).map(Some)
    }

    /// Removes the blobs that nobody needs. The cassette is as it should be by then, so nothing can fail.
    fn sweep(&self, path: &Path) {
        let folder = blob_files::folder_of(path);
        if folder.is_dir()
            && let Ok(shelf) = BlobDir::lock(folder, &self.folder)
        {
            shelf.sweep();
        }
    }

    fn side_file(&self, path: &Path, ending: &str) -> PathBuf {
        side_file(&self.folder, path, ending)
    }

    /// Keeps what was cut off a file, behind what was cut off it before.
    fn keep_torn(&self, path: &Path, torn: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).create(true).open(self.side_file(path, "torn"))?.write_all(torn)
    }

    /// Makes a file end usable: keeps what hand editors leave at the end, and cuts off, into a file beside the lock,
    /// what was never finished.
    fn cut(&self, path: &Path, file: &mut File) -> Result<(End, bool), Error> {
        let write = |error| Error::io("write", path, error);
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(write)?;
        file.read_to_end(&mut bytes).map_err(write)?;
        let scan = tape::scan(&bytes).map_err(|unreadable: Unreadable| unreadable.into_error(path))?;
        let first = first_line();
        let keep = match scan.torn {
            Some(at) => at,
            None if bytes.len() < first.len() && first.as_bytes().starts_with(&bytes) => 0,
            None => bytes.len(),
        };
        if keep < bytes.len() {
            self.keep_torn(path, &bytes[keep..]).map_err(write)?;
            file.set_len(u64::try_from(keep).unwrap_or(u64::MAX)).map_err(write)?;
        }
        let end = match &bytes[..keep] {
            [] => End::Start,
            [.., b'\n'] => End::AfterBreak,
            _ => End::MissingBreak,
        };
        Ok((end, keep < bytes.len()))
    }
}

fn side_file(folder: &Path, path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    folder.join(name)
}

#[cfg(test)]
mod tests;
