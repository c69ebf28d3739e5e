//! Values that a test makes up: made once while recording, given back in replay.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Session;
use crate::format::variables;
use crate::model::error::{Error, ErrorKind};
use crate::model::mode::Mode;
use crate::model::text::shown_path;
use crate::store::tape::Recordings;

/// The variables of a run.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// Those of the file and those made since; `None` before the first is asked for.
    known: Option<HashMap<String, String>>,
    /// Made by a refresh, to be written when it is committed.
    unwritten: Vec<(String, String)>,
}

impl Variables {
    pub(super) fn get(&mut self, name: &str, tape: &Recordings) -> Result<Option<String>, Error> {
        let known = match &mut self.known {
            Some(known) => known,
            unknown => unknown.insert(tape.variables()?.into_iter().collect()),
        };
        Ok(known.get(name).cloned())
    }

    /// Keeps a value, unless there is one by now. Gives the one that counts. `later` says that it is yet to be written.
    pub(super) fn keep(&mut self, name: &str, value: String, later: bool) -> String {
        match self.known.get_or_insert_default().entry(name.to_owned()) {
            Entry::Occupied(there) => there.get().clone(),
            Entry::Vacant(place) => {
                if later {
                    self.unwritten.push((name.to_owned(), value.clone()));
                }
                place.insert(value).clone()
            }
        }
    }

    /// What is to be written with a refresh.
    pub(super) fn unwritten(&self) -> &[(String, String)] {
        &self.unwritten
    }
}

impl Session {
    /// The value of a variable.
    pub(crate) fn variable(&self, name: &str, make: impl FnOnce() -> String) -> Result<String, Error> {
        if !variables::is_name(name) {
            return Err(Error::new(ErrorKind::BadName, format!("{name:?} cannot be the name of a variable"))
                .with_hint("use letters, digits, `_`, `-` and `.`"));
        }
        if self.mode == Mode::Off {
            return Ok(make());
        }
        if let Some(value) = self.state().variables.get(name, &self.tape)? {
            return Ok(value);
        }
        if self.mode == Mode::Replay {
            let message =
                format!("{}: there is no variable `{name}` in the cassette", shown_path(&self.path));
            let error = Error::new(ErrorKind::NoMatch, message)
                .with_hint("to make and keep it, run `LLM_CASSETTE_MODE=record cargo test`");
            return Err(self.hinted(error));
        }
        if let Some(value) = self.kept_variable(name) {
            return Ok(self.state().variables.keep(name, value, true));
        }
        // Nothing is locked meanwhile, and nobody waits for it: whatever the test does in here, such as asking for other
        // variables, cannot hang it. So two that ask at once both make a value, and the first one that is kept counts.
        let mut value = make();
        if self.redactor.scan_text(&value).is_some() {
            return Err(Error::new(
                ErrorKind::Unrecordable,
                format!("refused to keep the variable `{name}`: it holds a secret"),
            ));
        }
        if self.mode == Mode::Record && !self.is_in_memory() {
            // Another thread or process may have been faster: then its value counts.
            value = self.writer.set_variable(name, value)?;
        }
        Ok(self.state().variables.keep(name, value, self.mode == Mode::Refresh))
    }
}
