//! `llm-cassette list`: what there is.

use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::commands::ledgers::{Ledgers, used};
use crate::cli::commands::output::{Output, Style, warn};
use crate::cli::commands::unread::Unread;
use crate::cli::commands::{entries, files, journals};
use crate::model::error::Error;
use crate::model::json::{Json, object};
use crate::model::text::{shell_quoted, shown_path};
use crate::session::selector::Selection;
use crate::store::journal::Found;
use crate::store::ledger::{Summary, Used};

/// List cassettes and their interactions.
///
/// One that cannot be read is told on standard error, in JSON has an `error`, and makes the command end with 2.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Only interactions that fit, such as `provider=openai,tag=faq,older_than=30d` or `pinned`.
    #[arg(long, value_name = "CONDITIONS", default_value = "")]
    only: String,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let only = Selection::parse(&arguments.only)?;
    let mut ledgers = Ledgers::default();
    let mut cassettes = Vec::new();
    let mut unread = Unread::default();
    for path in files::cassettes(&arguments.paths)? {
        let Some(mut cassette) = unread.unless(&path, entries::read(&path)) else { continue };
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
    if !only.is_empty() && cassettes.is_empty() {
        let only = shell_quoted(&arguments.only);
        warn(&format!("nothing fits `--only {only}`; `llm-cassette list` shows what there is"));
    }
    // A selection asks for interactions; what is unfinished is not one yet.
    let unfinished = if only.is_empty() { journals::journals(&arguments.paths)? } else { Vec::new() };
    if output.wants_json() {
        let trees = cassettes.iter().map(|cassette| {
            Ok(tree(cassette, &*ledgers.beside(&cassette.path)?, of(&unfinished, &cassette.path)))
        });
        let trees = trees.collect::<Result<Vec<_>, Error>>()?;
        let unread_trees = unread.trees().map(|mut tree| {
            if let Json::Object(fields) = &mut tree {
                fields.push(("interactions".to_owned(), Json::Array(Vec::new())));
            }
            tree
        });
        let all = trees.into_iter().chain(unread_trees).chain(of_no_file(&unfinished));
        output.value(&Json::Array(all.collect()));
        return unread.outcome();
    }
    for cassette in &cassettes {
        let count = cassette.entries.len();
        let heading = format!("{} ({count})", shown_path(&cassette.path));
        output.styled(Style::Heading, &heading);
        cassette.entries.iter().for_each(|entry| output.line(&entry.summary()));
    }
    for journal in &unfinished {
        output.line(&journals::summary(journal));
        if let Some(hint) = journals::hint(journal) {
            output.line(&format!("  hint: {hint}"));
        }
    }
    output.flush()?;
    unread.outcome()
}

/// The refreshes of a cassette that are not finished.
fn of(unfinished: &[Found], cassette: &Path) -> Json {
    let own = unfinished.iter().filter(|journal| journals::cassette(journal) == cassette);
    Json::Array(own.map(journals::tree).collect())
}

/// Cassettes that have no file yet, as what was to be their first run is not finished.
fn of_no_file(unfinished: &[Found]) -> Vec<Json> {
    let mut paths: Vec<&Path> = unfinished.iter().map(journals::cassette).collect();
    paths.retain(|path| !path.exists());
    paths.sort();
    paths.dedup();
    let tree = |path: &Path| {
        object([
            ("path", Json::from(path.to_string_lossy().as_ref())),
            ("truncated", Json::Bool(false)),
            ("interactions", Json::Array(Vec::new())),
            ("unfinished", of(unfinished, path)),
        ])
    };
    paths.into_iter().map(tree).collect()
}

fn tree(cassette: &entries::Cassette, ledger: &Summary, unfinished: Json) -> Json {
    let entries = cassette.entries.iter().map(|entry| {
        let mut fields = entry.fields();
        fields.extend(uses(entry, used(ledger, &cassette.path, entry)));
        Json::Object(fields)
    });
    Json::Object(vec![
        ("path".to_owned(), Json::from(cassette.path.to_string_lossy().as_ref())),
        ("truncated".to_owned(), Json::Bool(cassette.torn)),
        ("interactions".to_owned(), Json::Array(entries.collect())),
        ("unfinished".to_owned(), unfinished),
    ])
}

/// By the run that recorded it and since; the times are those of this machine.
fn uses(entry: &entries::Entry, since: Used) -> [(String, Json); 3] {
    let time = |seconds: Option<i64>| {
        let time = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        time.map_or(Json::Null, |time| Json::from(time.to_string().as_str()))
    };
    [
        ("usage_count".to_owned(), Json::from(entry.parsed.interaction.usage_count + since.hits)),
        ("first_created_at".to_owned(), time(since.first_created_at)),
        ("last_used_at".to_owned(), time(since.last_used_at)),
    ]
}
