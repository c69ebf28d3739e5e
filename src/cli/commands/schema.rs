//! `llm-cassette schema`: what editors have to know of cassettes.

use crate::cli::Outcome;
use crate::cli::commands::output::Output;
use crate::format::schema::SCHEMA;
use crate::model::error::Error;

/// Print a JSON schema of cassettes, with which editors explain, complete and check their fields.
///
/// To keep one: `llm-cassette schema > cassette.schema.json`. docs/format.md says how editors find it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {}

pub(in crate::cli) fn run(_: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    output.document(SCHEMA);
    Ok(Outcome::Fine)
}
