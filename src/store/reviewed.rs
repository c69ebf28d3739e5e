//! What was accepted and is not committed yet, so that nobody is asked twice. It is known on this machine alone.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::error::Error;
use crate::store::cassette_files::side_folder;
use crate::store::regular_files;

fn file(cassette: &Path) -> PathBuf {
    let mut name = cassette.file_name().unwrap_or_default().to_owned();
    name.push(".reviewed");
    side_folder(cassette).join(name)
}

/// The ids of changes of a cassette that were accepted.
pub(crate) fn accepted(cassette: &Path) -> Result<BTreeSet<String>, Error> {
    let path = file(cassette);
    match regular_files::read(&path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(Error::io("read", &path, error)),
    }
}

/// Notes them, in one step; what does not wait any more need not be known.
pub(crate) fn note(cassette: &Path, accepted: &BTreeSet<String>) -> Result<(), Error> {
    let path = file(cassette);
    let failed = |error| Error::io("write", &path, error);
    if accepted.is_empty() && !path.exists() {
        return Ok(());
    }
    regular_files::make_side_folder(&side_folder(cassette)).map_err(failed)?;
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let text: String = accepted.iter().map(|id| format!("{id}\n")).collect();
    let written = regular_files::create_draft(&draft)
        .and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()))
        .and_then(|()| fs::rename(&draft, &path));
    written.map_err(|error| {
        let _ = fs::remove_file(&draft);
        failed(error)
    })
}
