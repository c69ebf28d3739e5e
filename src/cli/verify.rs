//! `llm-cassette verify`: whether cassettes are what they should be.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::output::{Output, Style, plain};
use super::{Outcome, files};
use crate::error::{Error, Kind};
use crate::json::Json;
use crate::redact::{RedactOptions, Redactor};
use crate::request_key::Key;
use crate::rules::Rules;
use crate::storage::{self, survey};
use crate::tape::Tape;

/// Check that cassettes can be read, state the right keys, hold no secrets, and have all their blobs.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    file: PathBuf,
    /// `None` for what concerns the file as a whole.
    line: Option<usize>,
    message: String,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let redactor = Redactor::new(environment, RedactOptions::default()).map_err(|error| {
        Error::new(Kind::BadSetting, format!("the environment cannot be searched for: {error}"))
    })?;
    let cassettes = files::cassettes(&arguments.paths)?;
    let mut problems = BTreeSet::new();
    let mut homes = BTreeSet::new();
    for path in &cassettes {
        problems.extend(check(path, &redactor)?);
        let home = path.parent().filter(|home| !home.as_os_str().is_empty());
        homes.insert(home.unwrap_or(Path::new(".")).to_owned());
    }
    for home in homes {
        let survey = survey::survey(&home)?;
        problems.extend(survey.orphaned.into_iter().map(|file| Problem {
            file,
            line: None,
            message:
                "no cassette refers to this blob; the next recording in its folder removes it".to_owned(),
        }));
        problems.extend(survey.unusable.into_iter().map(|reference| Problem {
            file: reference.cassette,
            line: Some(reference.line),
            message: reference.why.message,
        }));
    }
    let found = if problems.is_empty() { Outcome::Fine } else { Outcome::Found };
    tell(&problems, cassettes.len(), output);
    Ok(found)
}

fn tell(problems: &BTreeSet<Problem>, cassettes: usize, output: &mut Output) {
    if output.wants_json() {
        let tree = |problem: &Problem| {
            Json::Object(vec![
                ("file".to_owned(), Json::from(problem.file.to_string_lossy().into_owned())),
                ("line".to_owned(), problem.line.map_or(Json::Null, |line| Json::from(line as u64))),
                ("message".to_owned(), Json::from(problem.message.as_str())),
            ])
        };
        output.value(&Json::Array(problems.iter().map(tree).collect()));
        return;
    }
    for Problem { file, line, message } in problems {
        let line = line.map_or_else(String::new, |line| format!("{line}:"));
        let place = plain(&format!("{}:{line}", file.display()));
        output.line(&format!("{} {}", output.paint(Style::Warning, &place), plain(message)));
    }
    output.line(&format!("{cassettes} cassettes, {} problems", problems.len()));
}

/// What is wrong with one cassette, all of it.
fn check(path: &Path, redactor: &Redactor) -> Result<Vec<Problem>, Error> {
    let at = |line: Option<usize>, message: String| Problem { file: path.to_owned(), line, message };
    let Some(bytes) = storage::load(path)? else { return Ok(Vec::new()) };
    let mut problems = Vec::new();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    for (number, line) in text.lines().enumerate() {
        if redactor.scan_text(line).is_some() {
            problems.push(at(
                Some(number + 1),
                "here stands what looks like a secret: take it out, and revoke it".to_owned(),
            ));
        }
    }
    let (tape, torn) = match Tape::new(path, bytes, Rules::default()) {
        Ok(read) => read,
        Err(error) => {
            problems.push(unreadable(path, &error));
            return Ok(problems);
        }
    };
    if torn {
        problems.push(at(Some(text.lines().count()), "the last document was never finished".to_owned()));
    }
    let mut takes: HashMap<(Key, u64), usize> = HashMap::new();
    for slot in 0..tape.len() {
        let line = tape.line(slot);
        match tape.get(slot) {
            Err(error) => problems.push(unreadable(path, &error)),
            Ok(parsed) => {
                let key = parsed.normal.key;
                if tape.stated_key(slot) != key {
                    let message =
                        format!("the key is not that of the request, which was edited; it should be {key}");
                    problems.push(at(Some(line + 1), message));
                }
                if let Some(other) = takes.insert((key, parsed.interaction.take), line) {
                    let take = parsed.interaction.take;
                    let message = format!("take {take} of this request stands in line {other} already");
                    problems.push(at(Some(line), message));
                }
            }
        }
    }
    Ok(problems)
}

/// The problem that an error tells, whose message starts with the file and mostly a line.
fn unreadable(path: &Path, error: &Error) -> Problem {
    let message = error.message();
    let rest = message.strip_prefix(&format!("{}:", path.display())).unwrap_or(message);
    let (line, rest) = match rest.split_once(": ").and_then(|(line, rest)| Some((line.parse().ok()?, rest))) {
        Some((line, rest)) => (Some(line), rest),
        None => (None, rest),
    };
    Problem { file: path.to_owned(), line, message: rest.trim().to_owned() }
}
