//! What we ask of git.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;

/// A repository with a work tree, as seen from a folder in it.
pub(super) struct Repository {
    /// Where the work tree begins.
    pub(super) root: PathBuf,
    /// From there to here: empty, or with a slash at its end.
    pub(super) here: String,
}

impl Repository {
    /// The repository that a folder is in.
    pub(super) fn around(folder: &Path) -> Result<Repository, Error> {
        match (git(folder, &["rev-parse", "--show-toplevel"])?, git(folder, &["rev-parse", "--show-prefix"])?)
        {
            (Some(root), Some(here)) => Ok(Repository { root: PathBuf::from(root), here }),
            _ => Err(Error::new(
                ErrorKind::BadSetting,
                format!("{} is not in the work tree of a git repository", shown(folder)),
            )
            .with_hint("run the command in the repository that holds the cassettes; `git init` creates one")),
        }
    }

    /// The output of a command; `None` if git says no.
    pub(super) fn git(&self, arguments: &[&str]) -> Result<Option<String>, Error> {
        git(&self.root, arguments)
    }

    /// What a command prints that has to succeed, run where the caller is, so that paths mean what they mean there.
    pub(super) fn printed_here(&self, arguments: &[&str]) -> Result<Vec<u8>, Error> {
        let done = output(&self.root.join(&self.here), arguments)?;
        if done.status.success() {
            return Ok(done.stdout);
        }
        let said = String::from_utf8_lossy(&done.stderr);
        Err(Error::new(ErrorKind::Io, format!("`git {}` failed: {}", arguments.join(" "), said.trim())))
    }

    /// Runs a command that has to succeed.
    pub(super) fn must(&self, arguments: &[&str]) -> Result<(), Error> {
        match self.git(arguments)? {
            Some(_) => Ok(()),
            None => Err(Error::new(
                ErrorKind::Io,
                format!("`git {}` failed in {}", arguments.join(" "), shown_path(&self.root)),
            )
            .with_hint("run it yourself to see why")),
        }
    }

    /// A setting of this clone.
    pub(super) fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        self.git(&["config", "--local", "--get", name])
    }

    /// The value of an attribute of a path.
    pub(super) fn attribute(&self, name: &str, path: &str) -> Result<Option<String>, Error> {
        let rendered = self.git(&["check-attr", name, "--", path])?;
        Ok(rendered.and_then(|line| line.rsplit_once(": ").map(|(_, value)| value.to_owned())))
    }
}

fn shown(folder: &Path) -> String {
    let here = folder.as_os_str().is_empty() || folder == Path::new(".");
    if here { "this folder".to_owned() } else { shown_path(folder) }
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Option<String>, Error> {
    let done = output(folder, arguments)?;
    let text = String::from_utf8_lossy(&done.stdout);
    Ok(done.status.success().then(|| text.trim_end_matches(['\n', '\r']).to_owned()))
}

fn output(folder: &Path, arguments: &[&str]) -> Result<Output, Error> {
    let done = Command::new("git").current_dir(folder).args(arguments).stdin(Stdio::null()).output();
    done.map_err(|error| not_run(folder, error))
}

fn not_run(folder: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("could not run git in {}: {error}", shown(folder))).caused_by(error)
}
