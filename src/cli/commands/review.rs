//! `llm-cassette review`: one change after the other, to be accepted or rejected.

mod asking;
mod editor;
mod subject;

use std::io::IsTerminal as _;
use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::commands::diff::print_line;
use crate::cli::commands::output::{Output, Style, say};
use crate::cli::commands::prices::Chosen;
use crate::cli::compare::render::{Renderer, question};
use crate::matching::difference::Limits;
use crate::model::error::{Error, ErrorKind};
use crate::model::json::{Json, object};
use crate::model::text::plural;
use subject::{Origin, Reading, Subject, Verdict, Waiting};

/// Accept or reject what changed in cassettes, one interaction after the other.
///
/// Reviews what refreshes left for review and, where there is a git repository, what differs from the last commit. On a
/// terminal it asks; elsewhere it lists what waits and exits with 1 if there is any. Rejecting puts the old recording back.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Compare with the commit at which this branch left REV, as a pull request does.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Accept all that waits, without asking.
    #[arg(long, group = "verdict")]
    accept: bool,
    /// Reject all that waits, without asking.
    #[arg(long, group = "verdict")]
    reject: bool,
    /// Reject all that waits, without asking, and pin the old recordings, so that no refresh replaces them; what is new is
    /// accepted, and pinned.
    #[arg(long, group = "verdict")]
    pin: bool,
    /// Only the change with this id, as the list names it; may be given again.
    #[arg(long, value_name = "ID")]
    change: Vec<String>,
    /// List what waits and ask nothing, on a terminal too.
    #[arg(long, conflicts_with = "verdict")]
    list: bool,
    /// Show everything: long texts, and what repeats itself.
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    prices: Chosen,
}

impl Arguments {
    fn verdict(&self) -> Option<Verdict> {
        match (self.accept, self.reject, self.pin) {
            (true, ..) => Some(Verdict::Accept),
            (_, true, _) => Some(Verdict::Reject),
            (.., true) => Some(Verdict::Pin),
            _ => None,
        }
    }

    fn names(&self, waiting: &Waiting) -> bool {
        self.change.is_empty() || self.change.iter().any(|id| waiting.id.starts_with(id.as_str()))
    }
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let limits = if arguments.full { Limits::NONE } else { Limits::SHORT };
    let reading = Reading { prices: arguments.prices.table()?, limits };
    let origins = subject::origins(&arguments.paths, arguments.base.as_deref())?;
    if let Some(verdict) = arguments.verdict() {
        return settle(arguments, verdict, &origins, &reading, output);
    }
    let asks = !arguments.list
        && arguments.change.is_empty()
        && !output.wants_json()
        && std::io::stdin().is_terminal()
        && std::io::stdout().is_terminal();
    if asks {
        return asking::ask(&origins, &reading, arguments.full, output);
    }
    list(arguments, &origins, &reading, output)
}

/// Shows what waits, with the names by which commands know it.
fn list(
    arguments: &Arguments,
    origins: &[Origin],
    reading: &Reading,
    output: &mut Output,
) -> Result<Outcome, Error> {
    let mut trees = Vec::new();
    let mut count = 0;
    for origin in origins {
        let Some(subject) = Subject::read(origin, reading)? else { continue };
        let waiting: Vec<&Waiting> = subject.waiting().iter().filter(|one| arguments.names(one)).collect();
        if waiting.is_empty() {
            continue;
        }
        count += waiting.len();
        if output.wants_json() {
            trees.extend(waiting.iter().map(|one| tree(&subject, one)));
            continue;
        }
        output.styled(Style::Heading, &subject.name());
        for one in waiting {
            output.line("");
            output.styled(Style::Faint, &format!("  change {}", one.short()));
            show(one, arguments.full, output);
        }
        output.line("");
    }
    if output.wants_json() {
        output.value(&Json::Array(trees));
    } else {
        output.line(&match count {
            0 => "nothing waits for review".to_owned(),
            count => format!("{} for review", waits(count)),
        });
    }
    if count > 0 {
        output.flush()?;
        say(
            "hint: on a terminal, `llm-cassette review` asks for each; elsewhere, `llm-cassette review --accept` or `--reject` \
             decides all of them, or those that `--change ID` names",
        );
    }
    Ok(if count > 0 { Outcome::Found } else { Outcome::Fine })
}

/// A change, with the question to whose answer it belongs.
fn show(waiting: &Waiting, full: bool, output: &mut Output) {
    let mut lines = Renderer::new(full).change(&waiting.change);
    if let Some(question) = question(&waiting.change) {
        lines.insert(1, question);
    }
    lines.iter().for_each(|line| print_line(line, output));
}

fn waits(count: usize) -> String {
    let verb = if count == 1 { "waits" } else { "wait" };
    format!("{} {verb}", plural(count, "change"))
}

fn tree(subject: &Subject, waiting: &Waiting) -> Json {
    let side = waiting.change.sides.newest();
    object([
        ("file", Json::from(subject.name())),
        ("id", Json::from(waiting.id.as_str())),
        ("since", Json::from(subject.since())),
        ("kind", Json::from(waiting.change.sides.kind())),
        ("line", Json::from(side.line as u64)),
        ("address", Json::from(side.address.as_str())),
    ])
}

/// Decides all that waits at once.
fn settle(
    arguments: &Arguments,
    verdict: Verdict,
    origins: &[Origin],
    reading: &Reading,
    output: &mut Output,
) -> Result<Outcome, Error> {
    let mut decided = 0;
    let mut trees = Vec::new();
    for origin in origins {
        let Some(subject) = Subject::read(origin, reading)? else { continue };
        let named = subject.waiting().iter().enumerate().filter(|(_, one)| arguments.names(one));
        let these: Vec<usize> = named.map(|(index, _)| index).collect();
        if these.is_empty() {
            continue;
        }
        subject.decide(&these, verdict)?;
        decided += these.len();
        let name = subject.name();
        if output.wants_json() {
            trees.extend(these.iter().map(|index| tree(&subject, &subject.waiting()[*index])));
        } else {
            output.line(&format!("{name}: {} {}", plural(these.len(), "change"), verdict.done()));
        }
    }
    if decided == 0 && !arguments.change.is_empty() {
        let ids = arguments.change.join(", ");
        return Err(Error::new(ErrorKind::BadSetting, format!("no change that waits is called {ids}"))
            .with_hint("`llm-cassette review --list` shows what waits, with its ids"));
    }
    if output.wants_json() {
        output.value(&Json::Array(trees));
    } else if decided == 0 {
        output.line("nothing waits for review");
    }
    Ok(Outcome::Fine)
}
