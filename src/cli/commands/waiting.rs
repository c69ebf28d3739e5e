//! The cassettes beside which a refresh left answers for review, as commands see them.

use std::path::{Path, PathBuf};

use crate::cli::commands::files;
use crate::model::error::Error;
use crate::store::cassette_files::SIDE_FOLDER;
use crate::store::pending::{self, Pending};

/// Those that are among files and, with all their folders, directories; all below the current folder if there are none.
pub(super) fn cassettes(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let here = [PathBuf::from(".")];
    let mut waiting = Vec::new();
    for path in if paths.is_empty() { here.as_slice() } else { paths } {
        if path.is_dir() {
            for folder in files::folders(path)? {
                let folder = folder.strip_prefix(".").map(Path::to_owned).unwrap_or(folder);
                waiting.extend(pending::beside(&folder.join(SIDE_FOLDER))?);
            }
        } else if Pending::of(path)?.is_some() {
            waiting.push(path.clone());
        }
    }
    Ok(waiting)
}
