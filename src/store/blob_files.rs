//! Blobs as they lie on disk: where those of a cassette are, their bytes, checked when they are read, and which of them a text
//! refers to. Nothing here writes.

#[cfg(any(test, feature = "cli"))]
use std::collections::HashMap;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::format::blobs::{BlobName, FOLDER};
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
