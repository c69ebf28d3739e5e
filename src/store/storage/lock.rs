//! The lock of a cassette, and what only its holder may do: put new bytes in its place, place its blobs, cut off a torn tail.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::End;
use super::blob_dir::{BlobDir, Durably, Placed};
use crate::format::blobs::Blobs;
use crate::format::first_line;
use crate::model::error::Error;
use crate::model::text::shown_path;
use crate::store::blob_files;
use crate::store::cassette_files::side_folder;
use crate::store::regular_files;
use crate::store::tape::{self, Unreadable};

/// The right to write one cassette, held until dropped. The lock is a file of its own, since the cassette itself is
/// replaced by renaming, and since locks of some systems keep readers out as well.
pub(super) struct Lock {
    file: File,
    /// Where it stands.
    path: PathBuf,
    folder: PathBuf,
}

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Lock, Error> {
        let write = |error| Error::io("write", path, error);
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = side_folder(path);
        let beside = |place: &Path, error: io::Error| {
            write(io::Error::new(error.kind(), format!("{}: {error}", shown_path(place))))
        };
        regular_files::make_side_folder(&folder).map_err(|error| beside(&folder, error))?;
        let lock = side_file(&folder, &real, "lock");
        let options = &mut OpenOptions::new();
        let file = regular_files::open_own(options.write(true).create(true).truncate(true), &lock)
            .map_err(|error| beside(&lock, error))?;
        file.lock().map_err(write)?;
        Ok(Lock { file, path: lock, folder })
    }

    /// Lets go of the lock, to be taken again. `None` where that cannot be done.
    pub(super) fn into_file(self) -> Option<(File, PathBuf)> {
        self.file.unlock().ok()?;
        Some((self.file, self.path))
    }

    /// The folder beside the cassette.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts new bytes in the place of a cassette, in one step. `torn` is what the old ones had of an unfinished document.
    pub(super) fn put(
        &self,
        path: &Path,
        bytes: &[u8],
        torn: Option<Vec<u8>>,
        blobs: &Blobs,
    ) -> Result<(), Error> {
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
        let written = regular_files::create_draft(&draft).and_then(|mut file| {
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
    pub(super) fn place(
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
    pub(super) fn sweep(&self, path: &Path) {
        let folder = blob_files::folder_of(path);
        if folder.is_dir()
            && let Ok(blobs) = BlobDir::lock(folder, &self.folder)
        {
            blobs.sweep();
        }
    }

    fn side_file(&self, path: &Path, ending: &str) -> PathBuf {
        side_file(&self.folder, path, ending)
    }

    /// Keeps what was cut off a file, behind what was cut off it before.
    fn keep_torn(&self, path: &Path, torn: &[u8]) -> io::Result<()> {
        let options = &mut OpenOptions::new();
        regular_files::open_own(options.append(true).create(true), &self.side_file(path, "torn"))?
            .write_all(torn)
    }

    /// Makes a file end usable: keeps what hand editors leave at the end, and cuts off, into a file beside the lock,
    /// what was never finished.
    pub(super) fn cut(&self, path: &Path, file: &mut File) -> Result<(End, bool), Error> {
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
