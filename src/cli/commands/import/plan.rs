//! Which files become which cassettes.

use std::path::{Path, PathBuf};

use crate::cli::commands::files;
use crate::cli::import;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::store::cassette_files::is_named_as_cassette;
use crate::store::regular_files;

/// What is to be made.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) cassettes: Vec<Made>,
    /// Files in folders that are not recordings.
    pub(super) other_files: usize,
}

/// A cassette, and the files that it is made of.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) cassette: PathBuf,
    pub(super) files: Vec<PathBuf>,
}

impl Plan {
    /// A file that was named is taken as it is; in a folder, those that are recordings.
    pub(super) fn of(paths: &[PathBuf], output: &Path) -> Result<Plan, Error> {
        let mut plan = Plan::default();
        for path in paths {
            if path.is_dir() {
                plan.folder(path, output)?;
            } else if path.exists() {
                // Of a file that was named, the folder around it may be what it is called after.
                let start = path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
                let inside = match path.file_name() {
                    Some(name) if name == "recording.har" => path.strip_prefix(start).unwrap_or(path),
                    Some(name) => Path::new(name),
                    None => path,
                };
                plan.add(path, inside, output)?;
            } else {
                let what = format!("{} does not exist", shown_path(path));
                return Err(Error::new(ErrorKind::MissingFile, what)
                    .with_hint("give recordings, or folders with recordings"));
            }
        }
        Ok(plan)
    }

    fn folder(&mut self, folder: &Path, output: &Path) -> Result<(), Error> {
        for folder_inside in files::folders(folder)? {
            let mut found = std::fs::read_dir(&folder_inside)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| Error::io("read", &folder_inside, error))?;
            found.sort_by_key(std::fs::DirEntry::file_name);
            for path in found.iter().map(std::fs::DirEntry::path).filter(|path| path.is_file()) {
                // What cannot be read says so only where it was named.
                let is_recording = regular_files::read(&path).is_ok_and(|bytes| import::recognises(&bytes));
                match is_recording {
                    true => self.add(&path, path.strip_prefix(folder).unwrap_or(&path), output)?,
                    false => self.other_files += 1,
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, file: &Path, inside: &Path, output: &Path) -> Result<(), Error> {
        if is_named_as_cassette(output) {
            match self.cassettes.first_mut() {
                Some(made) => made.files.push(file.to_owned()),
                None => {
                    self.cassettes.push(Made { cassette: output.to_owned(), files: vec![file.to_owned()] })
                }
            }
            return Ok(());
        }
        let cassette = output.join(import::cassette_name(inside));
        if let Some(made) = self.cassettes.iter().find(|made| made.cassette == cassette) {
            let other = made.files.first().map(shown_path).unwrap_or_default();
            let what =
                format!("{} and {other} would both become {}", shown_path(file), shown_path(&cassette));
            return Err(Error::new(ErrorKind::BadSetting, what).with_hint(
                "import them into different folders, or give the folder that both are in: its subfolders are kept",
            ));
        }
        self.cassettes.push(Made { cassette, files: vec![file.to_owned()] });
        Ok(())
    }
}
