//! `llm-cassette format`: cassettes as the program writes them.

use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::canonicalise::{Canonical, Note, Reason, canonicalise};
use crate::cli::check::known_secrets::Environment;
use crate::cli::commands::files;
use crate::cli::commands::output::{self, Output};
use crate::cli::problem::{Problem, What};
use crate::matching::user_rules::Rules;
use crate::model::error::{Error, ErrorKind};
use crate::model::json::Json;
use crate::model::text::shown_path;
use crate::store::cassette_files;
use crate::store::writer::CassetteWriter;

/// Rewrite cassettes as the program writes them: merged documents separated, keys and takes up to date, streams compact.
///
/// Prints the files that it wrote. What they mean stays the same, and comments stay wherever there is a place for them. JSON
/// is a list of the files that change, each with `file`, `written`, `reasons` and `notes`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Write nothing; list the files that would change and say why, and exit with 1 if there are any.
    #[arg(long)]
    check: bool,
}

/// A file that changes, and what to tell of it.
struct Changed {
    path: PathBuf,
    told: Told,
}

/// What there is to tell of a file that changes.
pub(super) struct Told {
    notes: Vec<Note>,
    reasons: Vec<Reason>,
}

impl Told {
    /// What its owner should know of the change, a sentence each.
    pub(super) fn notes(&self, path: &Path) -> Vec<String> {
        self.notes.iter().map(|note| said(path, note)).collect()
    }

    /// Why it changes, a sentence each.
    fn reasons(&self, path: &Path) -> Vec<String> {
        let path = shown_path(path);
        match self.reasons.as_slice() {
            [] if !self.notes.is_empty() => Vec::new(),
            [] => vec![format!("{path}: what stands around the documents is not as the program writes it")],
            reasons => reasons.iter().map(|why| format!("{path}:{}: {}", why.line, why.in_words())).collect(),
        }
    }
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let environment = Environment::of_process();
    let (mut changed, mut refused) = (Vec::new(), Vec::new());
    for path in files::cassettes(&arguments.paths)? {
        match format(&path, &environment, arguments.check) {
            Ok(Ok(told)) => changed.extend(told.map(|told| Changed { path, told })),
            Ok(Err(problems)) => refused.extend(problems),
            Err(error) => refused.push(Problem::of_error(&path, What::Unreadable, &error)),
        }
    }
    print(&changed, arguments.check, output);
    // Data comes before the talk that it is about, wherever the two go to one place.
    output.flush()?;
    for Changed { path, told } in &changed {
        if arguments.check {
            told.reasons(path).iter().for_each(|why| output::say(why));
        }
        told.notes(path).iter().for_each(|note| output::say(note));
    }
    match refused.as_slice() {
        [] if arguments.check && !changed.is_empty() => Ok(Outcome::Found),
        [] => Ok(Outcome::Fine),
        refused => Err(refusal(refused)),
    }
}

/// Formats a file. Gives what to tell of it, or `None` if it is as it should be.
pub(super) fn format(
    path: &Path,
    environment: &Environment,
    check_only: bool,
) -> Result<Result<Option<Told>, Vec<Problem>>, Error> {
    loop {
        let old = cassette_files::load(path)?.unwrap_or_default();
        let Canonical { bytes, blobs, notes, reasons } = match canonicalise(path, &old, environment) {
            Ok(canonical) => canonical,
            Err(problems) => return Ok(Err(problems)),
        };
        if bytes == old {
            return Ok(Ok(None));
        }
        let mut written = check_only;
        if !check_only {
            // What somebody recorded meanwhile must not be lost, so it is read again.
            written = CassetteWriter::new(path, Rules::default()).rewrite(&old, bytes, &blobs)?;
        }
        if written {
            return Ok(Ok(Some(Told { notes, reasons })));
        }
    }
}

fn print(changed: &[Changed], check_only: bool, output: &mut Output) {
    if output.wants_json() {
        let tree = |Changed { path, told }: &Changed| {
            let sentences = |all: Vec<String>| Json::Array(all.into_iter().map(Json::from).collect());
            Json::Object(vec![
                ("file".to_owned(), Json::from(path.to_string_lossy().into_owned())),
                ("written".to_owned(), Json::Bool(!check_only)),
                ("reasons".to_owned(), sentences(told.reasons(path))),
                ("notes".to_owned(), sentences(told.notes(path))),
            ])
        };
        output.value(&Json::Array(changed.iter().map(tree).collect()));
        return;
    }
    changed.iter().for_each(|changed| output.line(&shown_path(&changed.path)));
}

/// A note, with the file that it is about.
fn said(path: &Path, note: &Note) -> String {
    let path = shown_path(path);
    match note {
        Note::Unmerged => format!("{path}: documents that a union merge interleaved are separated"),
        Note::Torn => {
            format!("{path}: the last document is truncated; formatting moves it to `.llm-cassette/`")
        }
        Note::Lost(line) => {
            format!("{path}:{line}: this comment has no place in the new text and is dropped")
        }
        Note::Redacted(line, place) => {
            format!(
                "{path}:{line}: a secret is redacted in {place}; revoke it, since git keeps all that was ever committed"
            )
        }
    }
}

/// All that stands in the way, with the first hint as the next step.
fn refusal(problems: &[Problem]) -> Error {
    let mut message =
        String::from("some files were left as they are, since these documents cannot be formatted:");
    for problem in problems {
        message.push_str(&format!("\n  {} {}", problem.place(), problem.message));
    }
    let error = Error::new(ErrorKind::Malformed, message);
    match problems.iter().find_map(|problem| problem.hint.as_deref()) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}
