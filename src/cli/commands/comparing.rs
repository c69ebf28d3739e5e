//! Comparing cassettes in two versions, for the commands that show what changed.

use std::path::{Path, PathBuf};

use crate::cli::commands::entries::Cassette;
use crate::cli::commands::revisions::{self, Pair, Revisions};
use crate::cli::compare::{Comparing, Comparison, Recorded, Shapes};
use crate::matching::difference::Limits;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::providers::price::Prices;

/// What to compare with what.
#[derive(Debug, Clone, Copy)]
pub(super) enum Versions<'a> {
    /// The commit at which this branch left a revision, and the work tree.
    SinceFork(&'a str),
    /// The last commit, and the work tree or what is staged.
    SinceHead { staged: bool },
    /// Two files or two folders.
    Paths(&'a Path, &'a Path),
}

/// What changed, and why some could not be compared. With git, only what is below `paths` counts.
pub(super) fn compare(
    versions: &Versions<'_>,
    paths: &[PathBuf],
    prices: &Prices,
    limits: Limits,
) -> Result<(Comparison, Vec<Error>), Error> {
    let comparing = Comparing { prices, limits };
    let (before, after, pairs) = pairs(versions, paths)?;
    let mut shapes = Shapes::default();
    let (mut files, mut failed) = (Vec::new(), Vec::new());
    for Pair { path, was, versions } in pairs {
        let versions = match versions {
            Ok(versions) => versions,
            // One bad file keeps nobody from comparing the others.
            Err(error) => {
                failed.push(error);
                continue;
            }
        };
        let name = |path: PathBuf| path.to_string_lossy().replace('\\', "/");
        let (old, new) = (recorded(versions.0.as_ref()), recorded(versions.1.as_ref()));
        let file = comparing.file(name(path), was.map(name), (&old, &new), &mut shapes);
        if file.is_changed() {
            files.push(file);
        }
    }
    let rendered = failed.iter().map(|error| error.message().to_owned()).collect();
    Ok((Comparison { before, after, files, drifts: shapes.drifts(), failed: rendered }, failed))
}

fn recorded(cassette: Option<&Cassette>) -> Vec<Recorded<'_>> {
    let entries = cassette.map(|cassette| cassette.entries.as_slice()).unwrap_or_default();
    entries.iter().map(|entry| Recorded { line: entry.line, parsed: &entry.parsed }).collect()
}

/// What is compared with what, in words and in files.
fn pairs(versions: &Versions<'_>, paths: &[PathBuf]) -> Result<(String, String, Vec<Pair>), Error> {
    match *versions {
        Versions::SinceFork(revision) => {
            let revisions = Revisions::since_fork(revision)?;
            let before = format!("{revision} at {}", revisions.base());
            Ok((before, "the work tree".to_owned(), revisions.pairs(paths)?))
        }
        Versions::SinceHead { staged } => {
            let revisions = Revisions::since_head(staged)?;
            let after = if staged { "what is staged" } else { "the work tree" };
            Ok((format!("the last commit ({})", revisions.base()), after.to_owned(), revisions.pairs(paths)?))
        }
        Versions::Paths(before, after) => {
            if let Some(path) = [before, after].into_iter().find(|path| !path.exists()) {
                let message = format!("{} does not exist", shown_path(path));
                return Err(Error::new(ErrorKind::MissingFile, message)
                    .with_hint("give two files or two folders; to compare revisions, give `--base REV`"));
            }
            let name = |path: &Path| shown_path(path);
            Ok((name(before), name(after), revisions::of_files(before, after)?))
        }
    }
}
