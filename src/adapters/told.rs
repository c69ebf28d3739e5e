//! The errors that clients were given, for those that keep nothing of one but its words: `rig` makes a text of whatever goes
//! wrong in a stream. There is no object of ours on the way from there to [`Error::find_in`], so this stands in the process.

use std::error::Error as StdError;
use std::sync::{Mutex, PoisonError};

use crate::model::error::Error;

/// So many different errors are kept, for as long as the process lives. A program that runs for ever has no more of them.
const MOST: usize = 1024;

/// In the order in which they were first told.
static TOLD: Mutex<Vec<(String, &'static Error)>> = Mutex::new(Vec::new());

/// Keeps an error that is about to be given to a client.
pub(super) fn remember(error: &Error) {
    let text = error.to_string();
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.len() < MOST && !told.iter().any(|(other, _)| *other == text) {
        told.push((text, Box::leak(Box::new(error.again()))));
    }
}

/// The error whose words stand in those of another, plain or as `Debug` writes a text.
pub(super) fn within(other: &(dyn StdError + 'static)) -> Option<&'static Error> {
    let said = other.to_string();
    let told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let stands = |text: &str| said.contains(text) || said.contains(format!("{text:?}").trim_matches('"'));
    // The longest, since one may begin as another does.
    let found = told.iter().filter(|(text, _)| stands(text)).max_by_key(|(text, _)| text.len());
    found.map(|(_, error)| *error)
}
