//! Cassette files: read whole, appended to at the cost of what is appended, replaced in one step. Every writer holds a
//! lock, so that processes and handles that record one cassette lose nothing of each other's.

mod appending;
mod blob_dir;
mod lock;
#[cfg(any(test, feature = "cli"))]
pub(crate) mod survey;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::format::blobs::Blobs;
use crate::format::{CLOSE, first_line};
use crate::model::error::Error;
use crate::store::cassette_files::load;
use crate::store::tape;
pub(crate) use appending::Appending;
use blob_dir::Durably;
use lock::Lock;

/// What it took to add a document to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Added {
    /// A torn end had to be cut off.
    pub(crate) torn: bool,
    /// The offset of the document.
    pub(crate) at: u64,
}

/// Adds a document to the end of a cassette, once the blobs are there that it refers to; makes the file if need be.
#[cfg(test)]
pub(crate) fn append(path: &Path, document: &str, blobs: &Blobs) -> Result<Added, Error> {
    append_under(&Lock::take(path)?, path, document, blobs).map(|(added, _)| added)
}

/// The same for who has the lock. Gives the file too.
fn append_under(lock: &Lock, path: &Path, document: &str, blobs: &Blobs) -> Result<(Added, File), Error> {
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
    let added = Added { torn, at: before + (text.len() - document.len()) as u64 };
    Ok((added, file))
}

/// Replaces a cassette by what `change` makes of its bytes, in one step. `change` says `None` to leave it alone; no bytes
/// at all remove the file. Of the blobs, those are written that it then refers to; those that no cassette refers to any longer are removed.
pub(crate) fn replace(
    path: &Path,
    blobs: &Blobs,
    change: impl FnOnce(Vec<u8>) -> Result<Option<Vec<u8>>, Error>,
) -> Result<(), Error> {
    replace_with_blobs(path, |old| Ok(change(old)?.map(|bytes| (bytes, blobs.clone()))))
}

/// The same, where only `change` can tell what there is to write of blobs.
pub(crate) fn replace_with_blobs(
    path: &Path,
    change: impl FnOnce(Vec<u8>) -> Result<Option<(Vec<u8>, Blobs)>, Error>,
) -> Result<(), Error> {
    let lock = Lock::take(path)?;
    let old = load(path)?.unwrap_or_default();
    let torn = tape::scan(&old).ok().and_then(|scan| scan.torn).map(|at| old[at..].to_vec());
    if let Some((bytes, blobs)) = change(old)? {
        lock.put(path, &bytes, torn, &blobs)?;
    }
    lock.sweep(path);
    Ok(())
}

/// Removes the blobs beside a cassette that no cassette refers to.
#[cfg(feature = "cli")]
pub(crate) fn sweep(path: &Path) -> Result<(), Error> {
    Lock::take(path)?.sweep(path);
    Ok(())
}

/// Does something while nobody writes a cassette, nor begins or takes away journals of it. It is given the folder beside the
/// cassette, which is there.
pub(super) fn locked<T>(path: &Path, work: impl FnOnce(&Path) -> Result<T, Error>) -> Result<T, Error> {
    let lock = Lock::take(path)?;
    work(lock.folder())
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

#[cfg(test)]
mod tests;
