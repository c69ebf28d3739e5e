//! `llm-cassette list`: what there is.

use std::path::PathBuf;

use super::output::{Output, Style, plain};
use super::uses::Ledgers;
use super::{Outcome, entries, files};
use crate::error::Error;
use crate::json::Json;
use crate::select::Selection;

/// List cassettes and their interactions.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Only interactions that fit, such as `provider=openai,tag=faq,older_than=30d` or `pinned`.
    #[arg(long, value_name = "CONDITIONS", default_value = "")]
    only: String,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let only = Selection::parse(&arguments.only)?;
    let mut ledgers = Ledgers::default();
    let mut cassettes = Vec::new();
    for path in files::cassettes(&arguments.paths)? {
        let mut cassette = entries::read(&path)?;
        let mut fitting = Vec::new();
        for entry in cassette.entries {
            if ledgers.fits(&only, &path, &entry)? {
                fitting.push(entry);
            }
        }
        cassette.entries = fitting;
        if only.is_empty() || !cassette.entries.is_empty() {
            cassettes.push(cassette);
        }
    }
    if output.wants_json() {
        output.value(&Json::Array(cassettes.iter().map(tree).collect()));
        return Ok(Outcome::Fine);
    }
    for cassette in &cassettes {
        let count = cassette.entries.len();
        let heading = format!("{} ({count})", cassette.path.display());
        output.line(&output.paint(Style::Heading, &plain(&heading)));
        cassette.entries.iter().for_each(|entry| output.line(&entry.summary()));
    }
    Ok(Outcome::Fine)
}

fn tree(cassette: &entries::Cassette) -> Json {
    let entries = cassette.entries.iter().map(|entry| Json::Object(entry.fields())).collect();
    Json::Object(vec![
        ("path".to_owned(), Json::from(cassette.path.to_string_lossy().as_ref())),
        ("torn".to_owned(), Json::Bool(cassette.torn)),
        ("interactions".to_owned(), Json::Array(entries)),
    ])
}
