//! What a refresh was answered and nobody has accepted yet: the cassette as it would be, beside the cassette as it is.
//!
//! It lies where git does not look, in a folder `.llm-cassette/NAME.yaml.pending`: the version to be, with the blobs that it
//! alone refers to, and the version that it was made of. Whoever reads it brings it up to what became of the cassette since.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::format::blobs::{BlobName, Blobs, FOLDER};
use crate::matching::request_key::Key;
use crate::matching::user_rules::Rules;
use crate::model::error::Error;
use crate::store::blob_files;
use crate::store::cassette_files::side_folder;
use crate::store::regular_files;
use crate::store::tape::Tape;
use crate::store::versions;

/// What the name of a cassette has behind it in the name of the folder.
const SIGN: &str = ".pending";

/// The version to be.
const NEW: &str = "new.yaml";

/// What it was made of.
const BASE: &str = "base.yaml";

/// What waits beside a cassette.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    /// The version to be.
    pub(crate) bytes: Vec<u8>,
    /// The cassette as it was then.
    base: Vec<u8>,
    /// What the version to be refers to and the folder of the cassette need not have.
    pub(crate) blobs: HashMap<BlobName, Bytes>,
}

impl Pending {
    /// What waits beside a cassette, if anything does.
    pub(crate) fn of(cassette: &Path) -> Result<Option<Pending>, Error> {
        let folder = folder_of(cassette);
        let Some(bytes) = read(&folder.join(NEW))? else { return Ok(None) };
        // The version to be is written first. Where there is nothing else, what it was made of is still there.
        let base = match read(&folder.join(BASE))? {
            Some(base) => base,
            None => read(cassette)?.unwrap_or_default(),
        };
        let mut blobs = HashMap::new();
        for name in blob_files::names_in(&bytes) {
            if let Some(blob) = read(&folder.join(FOLDER).join(name.as_str()))?
                && BlobName::of(&blob) == name
            {
                blobs.insert(name, blob.into());
            }
        }
        Ok(Some(Pending { bytes, base, blobs }))
    }

    /// How many takes of a request it has.
    pub(crate) fn takes(self, cassette: &Path, key: &Key, rules: &Rules) -> Result<usize, Error> {
        let (tape, _) = Tape::new(cassette, self.bytes, rules.clone())?;
        Ok(tape.with_blobs(self.blobs).takes(key)?.len())
    }

    /// The version to be, brought up to what became of the cassette since.
    pub(crate) fn brought_up_to(self, cassette: &Path, now: &[u8], rules: &Rules) -> Result<Pending, Error> {
        if now == self.base {
            return Ok(self);
        }
        let tape = |bytes: &[u8]| Tape::new(cassette, bytes.to_vec(), rules.clone()).map(|(tape, _)| tape);
        let version = tape(&self.bytes)?.with_blobs(self.blobs.clone());
        let bytes = versions::rebased(cassette, &tape(&self.base)?, tape(now)?, version)?;
        Ok(Pending { bytes, base: now.to_vec(), ..self })
    }
}

/// Where the version to be is, for whoever edits it.
#[cfg(feature = "cli")]
pub(crate) fn file(cassette: &Path) -> PathBuf {
    folder_of(cassette).join(NEW)
}

/// Puts a version beside a cassette that is `base`, in the place of the one that waits there. The lock of the cassette has to
/// be held.
pub(super) fn put(cassette: &Path, bytes: &[u8], base: &[u8], blobs: &Blobs) -> Result<(), Error> {
    let folder = folder_of(cassette);
    let failed = |error| Error::io("write", &folder, error);
    let wanted = if blobs.is_empty() { Default::default() } else { blob_files::names_in(bytes) };
    fs::create_dir_all(&folder).map_err(failed)?;
    for (name, blob) in blobs.iter().filter(|(name, _)| wanted.contains(*name)) {
        fs::create_dir_all(folder.join(FOLDER)).map_err(failed)?;
        write(&folder, &Path::new(FOLDER).join(name.as_str()), blob).map_err(failed)?;
    }
    // In this order: whoever reads a new version beside an old base brings it up to the cassette, which it is already.
    write(&folder, Path::new(NEW), bytes).map_err(failed)?;
    write(&folder, Path::new(BASE), base).map_err(failed)
}

/// Takes away what waits beside a cassette. The lock of the cassette has to be held.
#[cfg(feature = "cli")]
pub(super) fn remove(cassette: &Path) -> Result<(), Error> {
    let folder = folder_of(cassette);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", &folder, error)),
        _ => Ok(()),
    }
}

/// The cassettes beside a folder `.llm-cassette` for which something waits, in order.
#[cfg(feature = "cli")]
pub(crate) fn beside(side: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |error| Error::io("read", side, error);
    let entries = match fs::read_dir(side) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let home = side.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(SIGN));
        found.extend(name.filter(|_| path.join(NEW).is_file()).map(|name| home.join(name)));
    }
    found.sort();
    Ok(found)
}

fn folder_of(cassette: &Path) -> PathBuf {
    let real = fs::canonicalize(cassette).unwrap_or_else(|_| cassette.to_owned());
    let mut name = real.file_name().unwrap_or_default().to_owned();
    name.push(SIGN);
    side_folder(cassette).join(name)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match regular_files::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path, error)),
    }
}

/// Writes a file of the folder in one step.
fn write(folder: &Path, name: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = folder.join("draft");
    regular_files::create_draft(&draft).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    })?;
    fs::rename(&draft, folder.join(name))
}
