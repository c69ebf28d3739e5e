//! Where the text of a tape is: in memory, or in a file that is open, from which a document is read when it is needed.
//!
//! What a file is open for is replayed, and a replay needs a document at a time; a cassette of 80 MB need not be held for
//! that. Nobody keeps others from writing the file meanwhile. Who replaces it by another one under its name, as this program
//! does, leaves the open one as it is, and what is appended leaves what stands before it. For all else, what the bytes of each
//! document add up to was noted when the file was opened: a document that does not add up to that is not read.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use super::scan::in_parts::{PART, Scanned, scan_in_parts, sum};
use super::{Extent, Scan};
use crate::store::regular_files;

/// Files that are smaller are held: to hold them costs less than an open file would.
const LEAST_OPEN: usize = 1 << 20;

/// So many files may be open in a process, which may have no more than 256 of them on some systems. What is opened beyond
/// that is held.
const MOST_OPEN: usize = 64;

/// How many are open.
static OPEN_FILES: AtomicUsize = AtomicUsize::new(0);

/// Where the text of documents is.
#[derive(Debug)]
pub(super) enum Source {
    Held(Bytes),
    InFile(InFile),
}

/// A file from which documents are read by their place.
#[derive(Debug)]
pub(super) struct InFile {
    file: File,
    /// What stands before the first document.
    preamble: Vec<u8>,
    /// What each document adds up to.
    sums: Vec<u32>,
    length: usize,
    _room: Room,
}

/// The right to keep one file more open.
#[derive(Debug)]
struct Room;

/// What there is of a file that has been opened to be played.
pub(super) enum Opened {
    Held(Vec<u8>),
    InFile(Scan, InFile),
}

/// Why the text of a document could not be had.
#[derive(Debug)]
pub(super) enum Unread {
    /// The bytes in its place are not those that were there when the file was opened.
    Changed,
    Failed(io::Error),
}

impl Source {
    /// The bytes of a document that lies here, and the place that it has among the documents.
    pub(super) fn text(&self, slot: usize, extent: &Extent) -> Result<Cow<'_, [u8]>, Unread> {
        match self {
            Source::Held(bytes) => Ok(Cow::Borrowed(&bytes[extent.whole.clone()])),
            Source::InFile(file) => file.text(slot, &extent.whole).map(Cow::Owned),
        }
    }

    /// What stands before the first document, which begins at `end` if there is one.
    pub(super) fn preamble(&self, end: usize) -> &[u8] {
        match self {
            Source::Held(bytes) => &bytes[..end],
            Source::InFile(file) => &file.preamble,
        }
    }

    /// How many bytes the file had when it was opened.
    pub(super) fn length(&self) -> usize {
        match self {
            Source::Held(bytes) => bytes.len(),
            Source::InFile(file) => file.length,
        }
    }
}

impl InFile {
    /// Opens the text of a file, and leaves it where it is if that is worth it.
    pub(super) fn open(path: &Path) -> io::Result<Opened> {
        let file = regular_files::open(path)?;
        let length = usize::try_from(regular_files::length(&file)?).unwrap_or(usize::MAX);
        let room = if length < LEAST_OPEN || !CAN_READ_AT { None } else { Room::take() };
        let Some(room) = room else { return regular_files::read_all(&file).map(Opened::Held) };
        match scan_in_parts(&mut (&file).take(length as u64), PART, &mut Vec::new())? {
            Some(Scanned { scan, preamble, sums, length }) => {
                Ok(Opened::InFile(scan, InFile { file, preamble, sums, length, _room: room }))
            }
            None => {
                (&file).rewind()?;
                regular_files::read_all(&file).map(Opened::Held)
            }
        }
    }

    fn text(&self, slot: usize, place: &Range<usize>) -> Result<Vec<u8>, Unread> {
        let mut text = vec![0; place.len()];
        let mut filled = 0;
        while filled < text.len() {
            match read_at(&self.file, &mut text[filled..], (place.start + filled) as u64) {
                // It was cut off.
                Ok(0) => return Err(Unread::Changed),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Unread::Failed(error)),
            }
        }
        if self.sums.get(slot) == Some(&sum(&text)) { Ok(text) } else { Err(Unread::Changed) }
    }
}

impl Room {
    fn take() -> Option<Room> {
        let more = |open| (open < MOST_OPEN).then_some(open + 1);
        OPEN_FILES.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(|_| Room)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        OPEN_FILES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a file can be read at a place without a cursor that all who read it would share.
const CAN_READ_AT: bool = cfg!(any(unix, windows));

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

/// It moves the cursor as well, which nobody goes by.
#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, at)
}

#[cfg(not(any(unix, windows)))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_keeps_so_many_files_open_and_no_more_and_those_that_it_closes_make_room() {
        let open: Vec<Room> = std::iter::from_fn(Room::take).take(1_000).collect();
        assert!(open.len() <= MOST_OPEN, "{}", open.len());
        assert!(Room::take().is_none());
        drop(open);
        assert!(Room::take().is_some());
    }
}
