//! `llm-cassette diff`: what changed, by meaning.

use std::path::PathBuf;

use super::Outcome;
use super::entries::Cassette;
use super::output::{Output, Style, complain, plain};
use super::prices::Chosen;
use super::revisions::{self, Pair, Revisions};
use crate::compare::markdown::markdown;
use crate::compare::told::{self, Line, Teller, Tone};
use crate::compare::tree::tree;
use crate::compare::{Comparing, Comparison, Recorded, Shapes};
use crate::difference::Limits;
use crate::error::{Error, Kind};

/// Show what changed in cassettes: prompts, answers, calls of tools, tokens and cost.
///
/// Without arguments, the work tree is compared with the last commit. Recordings belong together that have the same
/// key, and then those whose requests are most alike.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Two files or two folders to compare; with git, only cassettes below these.
    paths: Vec<PathBuf>,
    /// Compare with the commit at which this branch left REV, as a pull request does.
    #[arg(long, value_name = "REV", conflicts_with = "staged")]
    base: Option<String>,
    /// Compare the last commit with what is staged.
    #[arg(long)]
    staged: bool,
    /// How to print it; for JSON there is `--json`.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Everything: long texts, and what repeats itself.
    #[arg(long)]
    full: bool,
    /// Exit with 1 if something changed.
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    prices: Chosen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    /// Markdown for a comment on a pull request: of bounded length, details folded.
    Markdown,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let (comparison, failed) = compare(arguments)?;
    if output.wants_json() {
        output.value(&tree(&comparison));
    } else if arguments.format == Format::Markdown {
        output.text(&markdown(&comparison, &command(arguments)));
    } else {
        print(&comparison, arguments.full, output);
    }
    let changed = !comparison.files.is_empty();
    match failed {
        Some(error) => Err(error),
        None if changed && arguments.exit_code => Ok(Outcome::Found),
        None => Ok(Outcome::Fine),
    }
}

/// What changed, and the last thing that could not be read; the others have been told.
fn compare(arguments: &Arguments) -> Result<(Comparison, Option<Error>), Error> {
    let prices = arguments.prices.table()?;
    let limits = if arguments.full { Limits::NONE } else { Limits::SHORT };
    let comparing = Comparing { prices: &prices, limits };
    let (before, after, pairs) = pairs(arguments)?;
    let mut shapes = Shapes::default();
    let (mut files, mut failed) = (Vec::new(), Vec::new());
    for Pair { path, was, versions } in pairs {
        let versions = match versions {
            Ok(versions) => versions,
            // One bad file keeps nobody from comparing the others.
            Err(error) => {
                failed.push(error);
                continue;
            }
        };
        let name = |path: PathBuf| path.display().to_string().replace('\\', "/");
        let (old, new) = (recorded(versions.0.as_ref()), recorded(versions.1.as_ref()));
        let file = comparing.file(name(path), was.map(name), (&old, &new), &mut shapes);
        if file.is_changed() {
            files.push(file);
        }
    }
    let told = failed.iter().map(|error| error.message().to_owned()).collect();
    let last = failed.pop();
    failed.iter().for_each(complain);
    Ok((Comparison { before, after, files, drifts: shapes.drifts(), failed: told }, last))
}

fn recorded(cassette: Option<&Cassette>) -> Vec<Recorded<'_>> {
    let entries = cassette.map(|cassette| cassette.entries.as_slice()).unwrap_or_default();
    entries.iter().map(|entry| Recorded { line: entry.line, parsed: &entry.parsed }).collect()
}

/// What to compare with what, in words and in files.
fn pairs(arguments: &Arguments) -> Result<(String, String, Vec<Pair>), Error> {
    let paths = arguments.paths.as_slice();
    if let Some(revision) = &arguments.base {
        let revisions = Revisions::since_fork(revision)?;
        let before = format!("{revision} at {}", revisions.base());
        return Ok((before, "the work tree".to_owned(), revisions.pairs(paths)?));
    }
    match paths {
        [before, after] if !arguments.staged => {
            if let Some(path) = paths.iter().find(|path| !path.exists()) {
                let message = format!("there is no {}", path.display());
                return Err(Error::new(Kind::MissingFile, message)
                    .hint("give two files or two folders; to compare revisions, give `--base REV`"));
            }
            let name = |path: &PathBuf| path.display().to_string();
            Ok((name(before), name(after), revisions::of_files(before, after)?))
        }
        _ => {
            let revisions = Revisions::since_head(arguments.staged)?;
            let after = if arguments.staged { "what is staged" } else { "the work tree" };
            Ok((format!("the last commit, {}", revisions.base()), after.to_owned(), revisions.pairs(paths)?))
        }
    }
}

/// What to type to see all of it.
fn command(arguments: &Arguments) -> String {
    let mut command = format!("{} diff --full", super::NAME);
    if let Some(revision) = &arguments.base {
        command.push_str(&format!(" --base {revision}"));
    }
    if arguments.staged {
        command.push_str(" --staged");
    }
    for path in &arguments.paths {
        command.push_str(&format!(" {}", path.display()));
    }
    command
}

fn print(comparison: &Comparison, full: bool, output: &mut Output) {
    for file in &comparison.files {
        output.line(&output.paint(Style::Heading, &plain(&told::heading(file))));
        let mut teller = Teller::new(full);
        for change in &file.changes {
            output.line("");
            teller.change(change).iter().for_each(|line| print_line(line, output));
        }
        output.line("");
    }
    let drifts = told::drifts(&comparison.drifts);
    drifts.iter().for_each(|line| print_line(line, output));
    if !drifts.is_empty() {
        output.line("");
    }
    if comparison.files.is_empty() {
        let (before, after) = (&comparison.before, &comparison.after);
        output.line(&plain(&format!("no cassette differs between {before} and {after}")));
        return;
    }
    told::summary(comparison).iter().for_each(|line| output.line(line));
}

fn print_line(line: &Line, output: &mut Output) {
    let painted: String = line.iter().map(|span| paint(span.tone, &plain(&span.text), output)).collect();
    output.line(painted.trim_end());
}

fn paint(tone: Tone, text: &str, output: &Output) -> String {
    match tone {
        // Without colours, words are marked as git does it.
        Tone::Gone if !output.has_color() => format!("[-{text}-]"),
        Tone::Come if !output.has_color() => format!("{{+{text}+}}"),
        Tone::Gone | Tone::LineGone => output.paint(Style::Gone, text),
        Tone::Come | Tone::LineCome => output.paint(Style::Come, text),
        Tone::Plain => text.to_owned(),
        Tone::Heading => output.paint(Style::Heading, text),
        Tone::Faint => output.paint(Style::Faint, text),
        Tone::Notice => output.paint(Style::Warning, text),
    }
}
