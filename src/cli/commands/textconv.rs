//! `llm-cassette textconv`: what git compares instead of the file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::cli::Outcome;
use crate::cli::commands::entries::{self, Cassette};
use crate::cli::commands::git::Repository;
use crate::cli::commands::git_objects::Objects;
use crate::cli::commands::output::Output;
use crate::cli::conversation::transcript;
use crate::format::blobs::{BlobName, FOLDER};
use crate::model::error::Error;
use crate::store::blob_files;
use crate::store::regular_files;

/// Print a cassette as plain text, for `git diff`.
///
/// `llm-cassette git-setup` tells git to use it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The cassette.
    file: PathBuf,
}

/// Prints the conversations; of a file that is no whole cassette its own bytes, since git can show nothing without.
pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let path = &arguments.file;
    let bytes = regular_files::read(path).map_err(|error| Error::io("read", path, error))?;
    match read(path, &bytes) {
        Ok(cassette) if !cassette.torn && !cassette.entries.is_empty() => {
            let interactions = cassette.entries.iter().map(|entry| &entry.parsed.interaction);
            output.text(&transcript(interactions));
        }
        _ => output.bytes(&bytes),
    }
    Ok(Outcome::Fine)
}

fn read(path: &Path, bytes: &[u8]) -> Result<Cassette, Error> {
    entries::parse(path, bytes.to_vec()).or_else(|error| {
        // Of an older version git gives a file that stands by itself, far from any blobs.
        let stored = stored(bytes).unwrap_or_default();
        if stored.is_empty() { Err(error) } else { entries::parse_older(path, bytes.to_vec(), stored) }
    })
}

/// The blobs that a text names, from anywhere in the history of the repository around.
fn stored(text: &[u8]) -> Result<HashMap<BlobName, Bytes>, Error> {
    let names: Vec<BlobName> = blob_files::names_in(text).into_iter().collect();
    let repository = Repository::around(Path::new("."))?;
    let places: Vec<String> = names.iter().map(|name| format!(":(top,glob)**/{FOLDER}/{name}")).collect();
    let mut ask =
        vec!["log", "--all", "--no-renames", "--diff-filter=AM", "--format=", "--raw", "--no-abbrev", "--"];
    ask.extend(places.iter().map(String::as_str));
    let rendered = repository.printed_here(&ask)?;
    let mut objects = Objects::open(&repository)?;
    let mut found = HashMap::new();
    // `:000000 100644 0000… 8f1a… A	cassettes/blobs/2205…`
    for line in String::from_utf8_lossy(&rendered).lines() {
        let Some((object, path)) = line.split_once('\t').map(|(raw, path)| (raw.split(' ').nth(3), path))
        else {
            continue;
        };
        let name = path.rsplit('/').next().and_then(BlobName::parse);
        if let (Some(object), Some(name)) = (object, name)
            && let Some(bytes) = objects.get(object)?.filter(|bytes| BlobName::of(bytes) == name)
        {
            found.insert(name, bytes.into());
        }
    }
    Ok(found)
}
