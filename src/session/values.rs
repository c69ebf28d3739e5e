//! Values that a test makes up: made once while recording, given back in replay.

use std::collections::HashMap;

use super::Session;
use crate::format::variables;
use crate::model::error::{Error, ErrorKind};
use crate::model::mode::Mode;

/// The variables of a run.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// Those of the file and those made since; `None` before the first is asked for.
    known: Option<HashMap<String, String>>,
    /// Made by a refresh, to be written when it is committed.
    pub(super) unwritten: Vec<(String, String)>,
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
        // Held while the value is made: two threads that ask at once are given the same one.
        let mut state = self.state();
        if state.variables.known.is_none() {
            state.variables.known = Some(self.tape.variables()?.into_iter().collect());
        }
        if let Some(value) = state.variables.known.as_ref().and_then(|known| known.get(name)) {
            return Ok(value.clone());
        }
        if self.mode == Mode::Replay {
            return Err(Error::new(
                ErrorKind::NoMatch,
                format!("{}: there is no variable `{name}` in the cassette", self.path.display()),
            )
            .with_hint("run once with `LLM_CASSETTE_MODE=record cargo test` to make and keep it"));
        }
        let mut value = make();
        if self.redactor.scan_text(&value).is_some() {
            return Err(Error::new(
                ErrorKind::Unrecordable,
                format!("refused to keep the variable `{name}`: it holds a secret"),
            ));
        }
        match self.mode {
            _ if self.is_in_memory() => {}
            Mode::Refresh => state.variables.unwritten.push((name.to_owned(), value.clone())),
            // Another process may have been faster: then its value counts.
            _ => value = self.writer.set_variable(name, value)?,
        }
        state.variables.known.get_or_insert_default().insert(name.to_owned(), value.clone());
        Ok(value)
    }
}
