//! The journals of refreshes that were not finished, as commands see them.

use std::path::{Path, PathBuf};

use crate::cli::commands::files;
use crate::model::error::{Error, ErrorKind};
use crate::model::json::{Json, object};
use crate::model::text::{plural, shell_quoted, shown_path};
use crate::session::unfinished;
use crate::store::cassette_files::{SIDE_FOLDER, side_folder};
use crate::store::journal::{self, Found};

/// The journals beside the cassettes that are among files and, with all their folders, directories. A cassette need not be there
/// to have one: it may be the first run that was not finished.
pub(super) fn journals(paths: &[PathBuf]) -> Result<Vec<Found>, Error> {
    let here = [PathBuf::from(".")];
    let mut found = Vec::new();
    for path in if paths.is_empty() { here.as_slice() } else { paths } {
        if path.is_dir() {
            for folder in files::folders(path)? {
                let folder = folder.strip_prefix(".").map(Path::to_owned).unwrap_or(folder);
                found.extend(journal::in_folder(&folder.join(SIDE_FOLDER), None)?);
            }
            continue;
        }
        let of_this = of(path.strip_prefix(".").unwrap_or(path))?;
        if of_this.is_empty() && !path.exists() {
            return Err(Error::new(ErrorKind::MissingFile, format!("{} does not exist", shown_path(path)))
                .with_hint("give files or folders that exist, or none for all below the current folder"));
        }
        found.extend(of_this);
    }
    Ok(found)
}

/// The journals of one cassette.
pub(super) fn of(cassette: &Path) -> Result<Vec<Found>, Error> {
    journal::in_folder(&side_folder(cassette), Some(cassette))
}

/// What a journal is, on a line for people.
pub(super) fn summary(found: &Found) -> String {
    match found {
        Found::Running(running) => format!("{}: a refresh is running", shown_path(&running.cassette)),
        Found::Unreadable(unreadable) => format!(
            "{}: a refresh was not finished, and what it was answered cannot be read: {}",
            shown_path(&unreadable.cassette),
            unreadable.error.message()
        ),
        Found::Left(left) => {
            let test = left.run.test.as_ref().map(|test| format!(" of {test}")).unwrap_or_default();
            format!(
                "{}: a refresh{test} was not finished, and {} of it {} kept, the last of {}",
                shown_path(&left.cassette),
                plural(left.len(), "answer"),
                if left.len() == 1 { "is" } else { "are" },
                left.last_recorded_at()
            )
        }
    }
}

/// What to do about a journal.
pub(super) fn hint(found: &Found) -> Option<String> {
    match found {
        Found::Running(_) => None,
        Found::Left(left) => Some(unfinished::hint(&left.cassette)),
        Found::Unreadable(unreadable) => {
            let file = shell_quoted(&unreadable.cassette);
            Some(format!("`llm-cassette refresh --discard {file}` removes it"))
        }
    }
}

/// The same for programs.
pub(super) fn fields(found: &Found) -> Vec<(&'static str, Json)> {
    let text = |path: &Path| Json::from(path.to_string_lossy().as_ref());
    let (cassette, folder, state) = match found {
        Found::Running(running) => (&running.cassette, &running.folder, "running"),
        Found::Left(left) => (&left.cassette, &left.folder, "unfinished"),
        Found::Unreadable(unreadable) => (&unreadable.cassette, &unreadable.folder, "unreadable"),
    };
    let mut fields =
        vec![("cassette", text(cassette)), ("journal", text(folder)), ("state", Json::from(state))];
    if let Found::Left(left) = found {
        fields.extend([
            ("answers", Json::from(left.len() as u64)),
            ("began_at", Json::from(left.run.began_at.as_str())),
            ("last_recorded_at", Json::from(left.last_recorded_at())),
            ("test", left.run.test.as_deref().map_or(Json::Null, Json::from)),
        ]);
    }
    fields
}

pub(super) fn tree(found: &Found) -> Json {
    object(fields(found))
}

/// The cassette that a journal is of.
pub(super) fn cassette(found: &Found) -> &Path {
    match found {
        Found::Running(running) => &running.cassette,
        Found::Left(left) => &left.cassette,
        Found::Unreadable(unreadable) => &unreadable.cassette,
    }
}
