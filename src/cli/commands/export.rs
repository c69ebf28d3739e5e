//! `llm-cassette export`: gives cassettes to other tools.

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::commands::output::Output;
use crate::cli::commands::unread::Unread;
use crate::cli::commands::whole_files::replace;
use crate::cli::commands::{entries, files};
use crate::cli::har;
use crate::model::error::{Error, ErrorKind};
use crate::model::interaction::Interaction;
use crate::model::json::Layout;
use crate::model::text::{plural, shown_path};

/// Write cassettes as an HTTP Archive, for browsers, proxies and what else reads HAR 1.2.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(in crate::cli) struct Arguments {
    /// Cassettes, or folders with cassettes.
    #[arg(required = true, value_name = "FILES")]
    paths: Vec<PathBuf>,
    /// As an HTTP Archive (HAR 1.2).
    #[arg(long, required = true)]
    har: bool,
    /// The file to write, instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write over a file that is there.
    #[arg(long)]
    force: bool,
}

const MORE: &str = "\
There are no secrets in an archive, as there are none in cassettes. `llm-cassette import` makes the same cassettes of it, how \
streams were cut and when their chunks came included.";

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    if let Some(path) = arguments.output.as_ref().filter(|path| path.exists() && !arguments.force) {
        return Err(Error::new(ErrorKind::BadSetting, format!("{} exists already", shown_path(path)))
            .with_hint("give another file, or write over this one with `--force`"));
    }
    let mut unread = Unread::default();
    let mut cassettes = Vec::new();
    for path in files::cassettes(&arguments.paths)? {
        cassettes.extend(unread.unless(&path, entries::read(&path)));
    }
    let interactions: Vec<&Interaction> = cassettes
        .iter()
        .flat_map(|cassette| cassette.entries.iter().map(|entry| &entry.parsed.interaction))
        .collect();
    let archive = har::archive(&interactions);
    match &arguments.output {
        None => output.value(&archive),
        Some(path) => {
            let layout = Layout::from_name("pretty").unwrap_or_default();
            replace(path, &format!("{}\n", layout.write(&archive)))
                .map_err(|error| Error::io("write", path, error))?;
            let (exchanges, files) =
                (plural(interactions.len(), "exchange"), plural(cassettes.len(), "cassette"));
            output.line(&format!("wrote {exchanges} of {files} to {}", shown_path(path)));
        }
    }
    unread.outcome()
}
