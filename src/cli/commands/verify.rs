//! `llm-cassette verify`: whether cassettes are what they should be.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::check::known_secrets::Environment;
use crate::cli::check::{check, replaced_in_answers};
use crate::cli::commands::output::{Output, Style, say};
use crate::cli::commands::{files, journals};
use crate::cli::problem::{Problem, What};
use crate::model::error::Error;
use crate::model::json::Json;
use crate::model::text::{plural, shell_quoted};
use crate::store::cassette_files;
use crate::store::storage::survey;

/// Check that cassettes can be read, have the right keys, hold no secrets, and have all their blobs.
///
/// JSON is a list of problems, each with `file`, `line` (or null), `problem` (conflict, unmerged, newer, unreadable, secret,
/// variable, truncated, key, take, blob or orphan), `message` and `hint` (or null).
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let environment = Environment::of_process();
    let cassettes = files::cassettes(&arguments.paths)?;
    let mut problems = BTreeSet::new();
    let mut homes = BTreeSet::new();
    let mut replaced = Vec::new();
    for path in &cassettes {
        match cassette_files::load(path) {
            Ok(Some(bytes)) => {
                problems.extend(check(path, &bytes, &environment)?);
                replaced.extend(replaced_in_answers(path, &bytes));
            }
            Ok(None) => {}
            // One that cannot be read is what this looks for, and keeps nobody from the others.
            Err(error) => {
                problems.insert(Problem::of_error(path, What::Unreadable, &error));
            }
        }
        let home = path.parent().filter(|home| !home.as_os_str().is_empty());
        homes.insert(home.unwrap_or(Path::new(".")).to_owned());
    }
    for home in homes {
        let of_blobs = blobs(&home, &cassettes)?;
        // Whoever reads a document whose blob is missing says the same.
        let said: HashSet<_> = of_blobs.iter().map(Problem::said).collect();
        problems.retain(|problem| !said.contains(&problem.said()));
        problems.extend(of_blobs);
    }
    print(&problems, cassettes.len(), output);
    // That is as it should be, and explains why a program gets another answer in replay.
    replaced.iter().for_each(|line| say(line));
    // The cassettes are as they should be all the same, and what is not in git is no business of who else checks them. So this
    // is said, and is not a problem.
    for journal in journals::journals(&arguments.paths)? {
        say(&journals::summary(&journal));
        if let Some(hint) = journals::hint(&journal) {
            say(&format!("hint: {hint}"));
        }
    }
    Ok(if problems.is_empty() { Outcome::Fine } else { Outcome::Found })
}

/// What is wrong with the blobs of a folder, as far as these cassettes are concerned.
fn blobs(home: &Path, cassettes: &[PathBuf]) -> Result<Vec<Problem>, Error> {
    let survey = survey::survey(home)?;
    let orphaned = survey.orphaned.into_iter().map(|file| {
        Problem::new(&file, None, What::Orphan, "no cassette refers to this blob").with_hint(format!(
            "delete it with `rm {}`, or leave it to the next recording in its folder, which deletes it too",
            shell_quoted(&file)
        ))
    });
    let unusable = survey.unusable.into_iter().map(|reference| {
        let why = reference.why;
        Problem::new(&reference.cassette, Some(reference.line), What::Blob, why.message).with_hint(why.hint)
    });
    let asked: HashSet<&PathBuf> = cassettes.iter().collect();
    Ok(orphaned.chain(unusable.filter(|problem| asked.contains(&problem.file))).collect())
}

fn print(problems: &BTreeSet<Problem>, cassettes: usize, output: &mut Output) {
    if output.wants_json() {
        output.value(&Json::Array(problems.iter().map(Problem::tree).collect()));
        return;
    }
    for problem in problems {
        output.spans([(Style::Warning, problem.place()), (Style::Plain, format!(" {}", problem.message))]);
        if let Some(hint) = &problem.hint {
            output.line(&format!("  hint: {hint}"));
        }
    }
    output.line(&format!("{}, {}", plural(cassettes, "cassette"), plural(problems.len(), "problem")));
}
