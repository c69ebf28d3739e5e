//! Cassettes that could not be read, for commands that go on with the others.

use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::commands::output::complain;
use crate::model::error::Error;
use crate::model::json::{Json, object};

/// What could not be read, and why.
#[derive(Default)]
pub(super) struct Unread(Vec<(PathBuf, Error)>);

impl Unread {
    /// What was read, if it was.
    pub(super) fn unless<T>(&mut self, path: &Path, read: Result<T, Error>) -> Option<T> {
        read.map_err(|error| self.0.push((path.to_owned(), error))).ok()
    }

    /// The same for programs.
    pub(super) fn trees(&self) -> impl Iterator<Item = Json> {
        self.0.iter().map(|(path, error)| {
            object([
                ("path", Json::from(path.to_string_lossy().as_ref())),
                ("error", Json::from(error.message())),
                ("hint", error.hint().map_or(Json::Null, Json::from)),
            ])
        })
    }

    /// How the command ends: whoever asks for all and gets less has to know. All but the last are told here.
    pub(super) fn outcome(mut self) -> Result<Outcome, Error> {
        let last = self.0.pop();
        self.0.iter().for_each(|(_, error)| complain(error));
        last.map_or(Ok(Outcome::Fine), |(_, error)| Err(error))
    }
}
