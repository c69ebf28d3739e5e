//! `llm-cassette refresh`: settles refreshes that nobody finished.

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::check::known_secrets::Environment;
use crate::cli::commands::journals;
use crate::cli::commands::output::{Output, complain, say};
use crate::model::error::Error;
use crate::model::json::{Json, object};
use crate::model::text::{plural, shown_path};
use crate::session::settling::{Settled, settle};
use crate::store::journal::{Found, Left};

/// Show refreshes that were not finished, and settle them.
///
/// Their answers are kept beside the cassettes, and the next run of the same refresh goes on from there. This sends nothing: to
/// send requests again, run the tests with `LLM_CASSETTE_MODE=refresh`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Cassettes or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Take the answers into their cassettes, each in the place of what it is a new version of. Nothing is taken out.
    #[arg(long, conflicts_with = "discard")]
    resume: bool,
    /// Throw the answers away.
    #[arg(long)]
    discard: bool,
}

/// What became of a journal.
enum Fate {
    Stays,
    Settled(Settled),
    Discarded,
    /// Somebody else is at it.
    Busy,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let found = journals::journals(&arguments.paths)?;
    let environment = Environment::of_process();
    let (mut trees, mut failed, mut settled) = (Vec::new(), false, false);
    for journal in &found {
        let fate = match journal {
            Found::Left(left) if arguments.resume => resume(left, &environment),
            Found::Left(left) if arguments.discard => left.remove().map(discarded),
            Found::Unreadable(unreadable) if arguments.discard => {
                unreadable.remove().map(|()| Fate::Discarded)
            }
            _ => Ok(Fate::Stays),
        };
        // One that cannot be settled does not keep the others from it.
        let fate = fate.unwrap_or_else(|error| {
            complain(&error);
            failed = true;
            Fate::Stays
        });
        settled |= matches!(fate, Fate::Settled(_));
        if output.wants_json() {
            trees.push(tree(journal, &fate));
        } else {
            print(journal, &fate, output);
        }
    }
    if output.wants_json() {
        output.value(&Json::Array(trees));
    } else if found.is_empty() {
        output.line("no refresh was left unfinished");
    }
    if settled {
        say("what a cassette still lacks, `LLM_CASSETTE_MODE=record cargo test` records");
    }
    Ok(if failed { Outcome::Found } else { Outcome::Fine })
}

fn resume(left: &Left, environment: &Environment) -> Result<Fate, Error> {
    let recorded = left.recorded()?;
    let redactor = environment.redactor(&left.cassette, recorded.iter().map(|parsed| &parsed.interaction))?;
    Ok(settle(left, redactor)?.map_or(Fate::Busy, Fate::Settled))
}

fn discarded(gone: bool) -> Fate {
    if gone { Fate::Discarded } else { Fate::Busy }
}

fn print(journal: &Found, fate: &Fate, output: &mut Output) {
    let path = shown_path(journals::cassette(journal));
    match fate {
        Fate::Stays => {
            output.line(&journals::summary(journal));
            if let Some(hint) = journals::hint(journal) {
                output.line(&format!("  hint: {hint}"));
            }
        }
        Fate::Busy => output.line(&format!("{path}: another process has begun with it")),
        Fate::Discarded => output.line(&format!("{path}: discarded")),
        Fate::Settled(settled) => {
            let unchanged = match settled.unchanged {
                0 => String::new(),
                count => format!(", {count} unchanged"),
            };
            let pending = match settled.pending {
                0 => String::new(),
                1 => ", of which 1 change waits for review".to_owned(),
                count => format!(", of which {} wait for review", plural(count, "change")),
            };
            output.line(&format!("{path}: {} taken{unchanged}{pending}", plural(settled.taken, "answer")));
            for left_out in &settled.left_out {
                output.line(&format!("  left out: {left_out}"));
            }
            if settled.taken == 0 {
                output.line("  hint: to remove what is left, run the command with `--discard`");
            }
        }
    }
}

fn tree(journal: &Found, fate: &Fate) -> Json {
    let mut fields = journals::fields(journal);
    match fate {
        Fate::Stays => {}
        Fate::Busy => fields.push(("outcome", Json::from("busy"))),
        Fate::Discarded => fields.push(("outcome", Json::from("discarded"))),
        Fate::Settled(settled) => fields.extend([
            ("outcome", Json::from("resumed")),
            ("taken", Json::from(settled.taken as u64)),
            ("unchanged", Json::from(settled.unchanged as u64)),
            ("pending", Json::from(settled.pending as u64)),
            (
                "left_out",
                Json::Array(settled.left_out.iter().map(|text| Json::from(text.as_str())).collect()),
            ),
        ]),
    }
    object(fields)
}
