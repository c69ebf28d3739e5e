//! Blobs as they lie on disk: where those of a cassette are, their bytes, checked when they are read, and which of them a text
//! refers to. Nothing here writes.

#[cfg(any(test, feature = "cli"))]
use std::collections::HashMap;
use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::format::blobs::{BlobName, FOLDER};
use crate::model::aside::{Aside, Pieces};
use crate::model::error::{Error, ErrorKind};
use crate::model::hex::hex;
use crate::model::text::{shell_quoted, shown_path};
use crate::store::cassette_files::is_lfs_pointer;
use crate::store::regular_files;

/// A blob that cannot be used, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// The folder with the blobs of a cassette. Those of a linked one are where the file really is.
pub(super) fn folder_of(cassette: &Path) -> PathBuf {
    let real = fs::canonicalize(cassette).ok().filter(|_| cassette.is_symlink());
    real.as_deref().unwrap_or(cassette).parent().unwrap_or(Path::new("")).join(FOLDER)
}

/// The bytes of a blob, which are what its name says.
pub(crate) fn read(folder: &Path, name: &BlobName) -> Result<Bytes, Unusable> {
    let path = folder.join(name.as_str());
    let (blob, file) = (format!("the blob {}", shown_path(&path)), shell_quoted(&path));
    let again = "or delete this interaction and run `LLM_CASSETTE_MODE=record cargo test`";
    let bytes = regular_files::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unusable {
            message: format!("{blob} is missing"),
            hint: format!(
                "restore it with `git checkout -- {file}`, or `git lfs pull` if Git LFS keeps it, {again}"
            ),
        },
        _ => Unusable {
            message: format!("{blob} could not be read: {error}"),
            hint: format!("make it readable, or restore it with `git checkout -- {file}`"),
        },
    })?;
    if BlobName::of(&bytes) == *name {
        return Ok(Bytes::from(bytes));
    }
    if is_lfs_pointer(&bytes) {
        return Err(Unusable {
            message: format!("{blob} is only a pointer of Git LFS to its content"),
            hint: format!("fetch it with `git lfs pull`, {again}"),
        });
    }
    let hint = match with_plain_line_ends(&bytes) {
        bytes if BlobName::of(&bytes) == *name => format!(
            "its line ends were converted: add `**/{FOLDER}/* binary` to `.gitattributes`, delete the file, and \
             restore it with `git checkout -- {file}`"
        ),
        _ => format!(
            "restore it with `git checkout -- {file}`, or `git lfs pull` if Git LFS keeps it, {again}"
        ),
    };
    let message = format!("{blob} is damaged: its {} bytes have another SHA-256 than its name", bytes.len());
    Err(Unusable { message, hint })
}

/// From so many bytes on, a body that is only played stays in its blob.
pub(super) const LARGE: usize = 4 << 20;

/// How much of one is in memory at a time.
const PIECE: usize = 256 << 10;

/// A blob that was what its name says when all of it was read, once. What each of its pieces adds up to was noted then, so that
/// none is given that is no longer the same.
#[derive(Debug)]
struct OnDisk {
    path: PathBuf,
    length: usize,
    sums: Vec<u32>,
}

/// A blob that is read in pieces, if it is what its name says.
pub(super) fn in_pieces(folder: &Path, name: &BlobName) -> Option<Aside> {
    let path = folder.join(name.as_str());
    let mut file = regular_files::open(&path).ok()?;
    let (mut digest, mut length, mut sums) = (Sha256::new(), 0, Vec::new());
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        piece.clear();
        (&mut file).take(PIECE as u64).read_to_end(&mut piece).ok()?;
        if piece.is_empty() {
            break;
        }
        digest.update(&piece);
        length += piece.len();
        sums.push(crc32fast::hash(&piece));
    }
    let is_whole = hex(&digest.finalize()) == name.as_str();
    is_whole.then(|| Aside::new(name.as_str(), OnDisk { path, length, sums }))
}

impl Pieces for OnDisk {
    fn length(&self) -> usize {
        self.length
    }

    fn count(&self) -> usize {
        self.sums.len()
    }

    fn piece(&self, number: usize) -> Result<Bytes, Error> {
        let unreadable = |error| Error::io("read", &self.path, error);
        let mut file = regular_files::open(&self.path).map_err(unreadable)?;
        file.seek(SeekFrom::Start((number * PIECE) as u64)).map_err(unreadable)?;
        let mut piece = Vec::with_capacity(PIECE);
        file.take(PIECE as u64).read_to_end(&mut piece).map_err(unreadable)?;
        if self.sums.get(number) == Some(&crc32fast::hash(&piece)) {
            return Ok(piece.into());
        }
        let message = format!(
            "something changed the blob {} while the cassette was open, so it is not played on",
            shown_path(&self.path)
        );
        Err(Error::new(ErrorKind::Io, message)
            .with_hint("let nothing write the file while tests replay it, and run them again"))
    }
}

fn with_plain_line_ends(bytes: &[u8]) -> Vec<u8> {
    let ends_in_both = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
    (0..bytes.len()).filter(|at| !ends_in_both(*at)).map(|at| bytes[at]).collect()
}

/// All that a text may refer to, however it is written: every run of 64 hexadecimal digits.
pub(crate) fn names_in(text: &[u8]) -> HashSet<BlobName> {
    names(text).collect()
}

/// The same, with the first line of each, from 0.
#[cfg(any(test, feature = "cli"))]
pub(super) fn lines_of_names(text: &[u8]) -> HashMap<BlobName, usize> {
    let mut lines = HashMap::new();
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        names(line).for_each(|name| {
            lines.entry(name).or_insert(number);
        });
    }
    lines
}

fn names(text: &[u8]) -> impl Iterator<Item = BlobName> {
    let runs = text.split(|byte| !byte.is_ascii_hexdigit()).filter(|run| run.len() == 64);
    runs.filter_map(|run| BlobName::parse(std::str::from_utf8(run).ok()?))
}
