//! `llm-cassette textconv`: what git compares instead of the file.

use std::fs;
use std::path::PathBuf;

use super::output::{Output, plain};
use super::{Outcome, entries};
use crate::conversation::transcript;
use crate::error::Error;

/// Print a cassette as plain text, for `git diff`.
///
/// `llm-cassette git-setup` tells git to use it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The cassette.
    file: PathBuf,
}

/// Prints the conversations; of a file that is no whole cassette its own bytes, since git can show nothing without.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let path = &arguments.file;
    let bytes = fs::read(path).map_err(|error| Error::io("read", path, error))?;
    match entries::parse(path, bytes.clone()) {
        Ok(cassette) if !cassette.torn && !cassette.entries.is_empty() => {
            let interactions = cassette.entries.iter().map(|entry| &entry.parsed.interaction);
            output.text(&plain(&transcript(interactions)));
        }
        _ => output.bytes(&bytes),
    }
    Ok(Outcome::Fine)
}
