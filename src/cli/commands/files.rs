//! Which files a command means.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::commands::output;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::store::cassette_files::is_cassette;

/// Folders in which nobody keeps cassettes of their own.
const SKIPPED: [&str; 2] = ["target", "node_modules"];

/// The cassettes among files and, with all their folders, directories; sorted, each once. A file that was named is
/// taken as it is; in a directory, a cassette is a YAML file with the signature in its first line. Where there are none,
/// standard error says so: to find nothing is no failure, and silence would look as if all were well.
pub(super) fn cassettes(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let here = [PathBuf::from(".")];
    for path in if paths.is_empty() { here.as_slice() } else { paths } {
        if path.is_dir() {
            walk(path, &mut found)?;
        } else if path.exists() {
            found.push(path.clone());
        } else {
            return Err(Error::new(ErrorKind::MissingFile, format!("{} does not exist", shown_path(path)))
                .with_hint(
                    "give files or folders that exist, or none for all cassettes below the current folder",
                ));
        }
    }
    for path in &mut found {
        if let Ok(short) = path.strip_prefix(".") {
            *path = short.to_owned();
        }
    }
    found.sort();
    found.dedup();
    if found.is_empty() {
        output::say(&format!("no cassettes found in {}", searched(paths)));
    }
    Ok(found)
}

/// A folder, and all folders below it in which people keep cassettes.
pub(super) fn folders(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = |error| Error::io("read", folder, error);
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).map_err(read)? {
        let entry = entry.map_err(read)?;
        if entry.file_type().map_err(read)?.is_dir() && !is_skipped(&entry.file_name().to_string_lossy()) {
            found.extend(folders(&entry.path())?);
        }
    }
    Ok(found)
}

fn is_skipped(folder: &str) -> bool {
    folder.starts_with('.') || SKIPPED.contains(&folder)
}

/// The folders that were searched, for people.
fn searched(paths: &[PathBuf]) -> String {
    match paths {
        [] => "the current folder and its subfolders".to_owned(),
        _ => paths.iter().map(shown_path).collect::<Vec<_>>().join(", "),
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let read = |error| Error::io("read", folder, error);
    for entry in fs::read_dir(folder).map_err(read)? {
        let entry = entry.map_err(read)?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        let kind = entry.file_type().map_err(read)?;
        if kind.is_dir() {
            if !is_skipped(&name) {
                walk(&path, found)?;
            }
        } else if is_cassette(&path) {
            found.push(path);
        }
    }
    Ok(())
}
