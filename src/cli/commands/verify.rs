//! `llm-cassette verify`: whether cassettes are what they should be.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::check::known_secrets::Environment;
use crate::cli::check::{self, Edited, replaced_in_answers};
use crate::cli::commands::output::{Output, Style, say};
use crate::cli::commands::{files, format, journals, waiting};
use crate::cli::problem::{Cure, Problem, What};
use crate::model::error::Error;
use crate::model::json::Json;
use crate::model::text::{plural, shell_quoted, shown_path};
use crate::store::cassette_files;
use crate::store::storage::{self, survey};

/// Check that cassettes can be read, have the right keys, hold no secrets, and have all their blobs.
///
/// JSON is a list of problems, each with `file`, `line` (or null), `problem` (conflict, unmerged, newer, unreadable, secret,
/// variable, truncated, key, take, blob or orphan), `message` and `hint` (or null).
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Fix what has one right answer, and report the rest: keys and checksums of what was edited, documents that a merge
    /// interleaved, ends that were never finished (they are moved aside), blobs that nothing refers to.
    #[arg(long)]
    fix: bool,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let environment = Environment::of_process();
    let cassettes = files::cassettes(&arguments.paths)?;
    let mut found = look(&cassettes, &environment)?;
    if arguments.fix && fix(&found, &environment)? {
        found = look(&cassettes, &environment)?;
    }
    print(&found.problems, cassettes.len(), output);
    // That is as it should be, and explains why a program gets another answer in replay.
    found.replaced.iter().for_each(|line| say(line));
    found.edited.iter().flat_map(Edited::in_words).for_each(|line| say(&line));
    // The cassettes are as they should be all the same, and what is not in git is no business of who else checks them. So this
    // is said, and is not a problem.
    for journal in journals::journals(&arguments.paths)? {
        say(&journals::summary(&journal));
        if let Some(hint) = journals::hint(&journal) {
            say(&format!("hint: {hint}"));
        }
    }
    for path in waiting::cassettes(&arguments.paths)? {
        say(&format!("{}: new answers wait for review", shown_path(&path)));
        say(&format!("hint: run `llm-cassette review {}`", shell_quoted(&path)));
    }
    Ok(if found.problems.is_empty() { Outcome::Fine } else { Outcome::Found })
}

/// What there is to say of cassettes.
struct Found {
    problems: BTreeSet<Problem>,
    /// Where answers have something in the place of secrets.
    replaced: Vec<String>,
    /// What would be in the way of a merge.
    edited: Vec<Edited>,
}

fn look(cassettes: &[PathBuf], environment: &Environment) -> Result<Found, Error> {
    let mut problems = BTreeSet::new();
    let mut homes = BTreeSet::new();
    let (mut replaced, mut edited) = (Vec::new(), Vec::new());
    for path in cassettes {
        match cassette_files::load(path) {
            Ok(Some(bytes)) => {
                problems.extend(check::check(path, &bytes, environment)?);
                replaced.extend(replaced_in_answers(path, &bytes));
                edited.extend(check::edited(path, &bytes));
            }
            Ok(None) => {}
            // One that cannot be read is what this looks for, and keeps nobody from the others.
            Err(error) => {
                problems.insert(Problem::of_error(path, What::Unreadable, &error));
            }
        }
        homes.insert(home(path));
    }
    for home in homes {
        let of_blobs = blobs(&home, cassettes)?;
        // Whoever reads a document whose blob is missing says the same.
        let said: HashSet<_> = of_blobs.iter().map(Problem::said).collect();
        problems.retain(|problem| !said.contains(&problem.said()));
        problems.extend(of_blobs);
    }
    // Where something is wrong, that has a cure of its own.
    edited.retain(|edited: &Edited| problems.iter().all(|problem| problem.file != edited.file));
    Ok(Found { problems, replaced, edited })
}

/// The folder of a cassette.
fn home(path: &Path) -> PathBuf {
    let home = path.parent().filter(|home| !home.as_os_str().is_empty());
    home.unwrap_or(Path::new(".")).to_owned()
}

/// Fixes what has one right answer, and says so; whether there was anything. A file that has a problem for people as well is
/// left as it is, for to write it again would answer that, too.
fn fix(found: &Found, environment: &Environment) -> Result<bool, Error> {
    let problems = &found.problems;
    let of_people: HashSet<&PathBuf> = problems
        .iter()
        .filter(|problem| problem.what.cure().is_none() && problem.what != What::Blob)
        .map(|problem| &problem.file)
        .collect();
    let with = |cure| problems.iter().filter(move |problem| problem.what.cure() == Some(cure));
    let wrong = with(Cure::Format).map(|problem| &problem.file);
    let edited = found.edited.iter().map(|edited| &edited.file);
    let to_format: BTreeSet<&PathBuf> =
        wrong.chain(edited).filter(|file| !of_people.contains(file)).collect();
    let mut fixed = false;
    for path in to_format {
        let Ok(Some(told)) = format::format(path, environment, false)? else { continue };
        fixed = true;
        say(&format!("{}: written again", shown_path(path)));
        told.notes(path).iter().for_each(|note| say(note));
    }
    for blob in with(Cure::Delete).map(|problem| &problem.file) {
        // Blobs lie in a folder beside their cassettes.
        let Some(folder) = blob.parent() else { continue };
        storage::sweep(&home(folder).join("any.yaml"))?;
        if !blob.exists() {
            fixed = true;
            say(&format!("{}: deleted, since no cassette refers to it", shown_path(blob)));
        }
    }
    Ok(fixed)
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
