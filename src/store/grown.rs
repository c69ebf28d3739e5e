//! A file that was opened and has only been added to since. Who knows what was added need not read the rest again.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use crate::store::regular_files;

/// How much of what a file ended with is compared.
const TAIL: usize = 4096;

/// A file as it was when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Start {
    file: FileId,
    length: u64,
    tail: Vec<u8>,
}

/// Which file a path leads to: one that took its place, as a cassette is replaced, is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    #[cfg(unix)]
    fn of(found: &Metadata) -> Option<FileId> {
        use std::os::unix::fs::MetadataExt as _;
        Some(FileId { device: found.dev(), inode: found.ino() })
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<FileId> {
        None
    }
}

/// A text that is said to stand at an offset of a file.
pub(crate) type Placed<'t> = (u64, &'t [u8]);

impl Start {
    /// A file before it is read; `None` where that can't be told, and where it has other bytes than are read then.
    pub(crate) fn of(path: &Path) -> Option<impl FnOnce(&[u8]) -> Option<Start> + use<>> {
        let found = fs::metadata(path).ok()?;
        let (file, length) = (FileId::of(&found)?, found.len());
        Some(move |bytes: &[u8]| {
            let tail = bytes[bytes.len().saturating_sub(TAIL)..].to_vec();
            (length == bytes.len() as u64).then_some(Start { file, length, tail })
        })
    }

    /// Whether the path leads to this file still.
    pub(crate) fn is_still(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|found| FileId::of(&found) == Some(self.file))
    }

    /// Whether the file has these texts behind what it had, one behind the other, and nothing else.
    pub(crate) fn has_grown_by(&self, path: &Path, texts: &[Placed<'_>]) -> bool {
        let mut end = self.length;
        for (at, text) in texts {
            if *at != end {
                return false;
            }
            end += text.len() as u64;
        }
        let Ok(mut file) = regular_files::open(path) else { return false };
        let is_same = |found: Metadata| FileId::of(&found) == Some(self.file) && found.len() == end;
        let tail = (self.length - self.tail.len() as u64, self.tail.as_slice());
        file.metadata().is_ok_and(is_same)
            && holds(&mut file, std::iter::once(tail).chain(texts.iter().copied()))
    }
}

/// Whether a file has texts where they are said to stand. One that can't be read has not.
pub(crate) fn has(path: &Path, texts: &[Placed<'_>]) -> bool {
    regular_files::open(path).is_ok_and(|mut file| holds(&mut file, texts.iter().copied()))
}

fn holds<'t>(file: &mut File, texts: impl Iterator<Item = Placed<'t>>) -> bool {
    let mut found = Vec::new();
    let mut read = |at: u64, text: &[u8]| -> io::Result<bool> {
        file.seek(SeekFrom::Start(at))?;
        found.resize(text.len(), 0);
        file.read_exact(&mut found)?;
        Ok(found == text)
    };
    let mut texts = texts;
    texts.all(|(at, text)| read(at, text).unwrap_or(false))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn start(path: &Path) -> Option<Start> {
        let begun = Start::of(path)?;
        begun(&fs::read(path).ok()?)
    }

    #[test]
    fn a_file_has_grown_by_what_was_added_and_by_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, "old ").unwrap();
        let begun = start(&path).unwrap();
        assert!(begun.has_grown_by(&path, &[]));
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        io::Write::write_all(&mut file, b"one two").unwrap();
        assert!(begun.has_grown_by(&path, &[(4, b"one "), (8, b"two")]));
        for (what, texts) in [
            ("less", &[(4, b"one ".as_slice())][..]),
            ("more", &[(4, b"one two!")]),
            ("others", &[(4, b"one "), (8, b"too")]),
            ("a gap", &[(4, b"one"), (8, b"two")]),
        ] {
            assert!(!begun.has_grown_by(&path, texts), "{what}");
        }
        fs::write(&path, "new one two").unwrap();
        assert!(!begun.has_grown_by(&path, &[(4, b"one "), (8, b"two")]), "its start is another");
    }

    #[test]
    fn a_file_that_took_the_place_of_another_has_not_grown() {
        let folder = tempfile::tempdir().unwrap();
        let (path, draft) = (folder.path().join("x"), folder.path().join("y"));
        fs::write(&path, "old ").unwrap();
        let begun = start(&path).unwrap();
        fs::write(&draft, "old one").unwrap();
        fs::rename(&draft, &path).unwrap();
        assert!(!begun.has_grown_by(&path, &[(4, b"one")]));
    }
}
