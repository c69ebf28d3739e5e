//! `llm-cassette diff`: what changed, by meaning.

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::commands::comparing::{Versions, compare};
use crate::cli::commands::output::{Output, Style, complain};
use crate::cli::commands::prices::Chosen;
use crate::cli::compare::Comparison;
use crate::cli::compare::gates::{Gates, Kind, MaxCost};
use crate::cli::compare::markdown::markdown;
use crate::cli::compare::render::{self, Line, Renderer};
use crate::cli::compare::tree::tree;
use crate::matching::difference::Limits;
use crate::model::error::Error;
use crate::model::text::shell_quoted;

/// Show what changed in cassettes: prompts, answers, tool calls, tokens and cost.
///
/// Without arguments, the work tree is compared with the last commit. Recordings are paired by their keys, and those that
/// are left by how alike their requests are.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
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
    /// Show everything: long texts, and what repeats itself.
    #[arg(long)]
    full: bool,
    /// Exit with 1 if something changed.
    #[arg(long)]
    exit_code: bool,
    /// Exit with 1 if there is a change of one of these kinds.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND,…")]
    fail_on: Vec<Kind>,
    /// Exit with 1 if recording costs more: `+5%` for what is in both versions, `+$0.10` or `$0.50` for all of it. What has no
    /// known price fails too.
    #[arg(long, value_parser = MaxCost::parse, value_name = "LIMIT")]
    max_cost: Option<MaxCost>,
    #[command(flatten)]
    prices: Chosen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    /// Markdown for a comment on a pull request: of bounded length, details folded.
    Markdown,
}

impl Arguments {
    fn versions(&self) -> Versions<'_> {
        match (&self.base, self.staged, self.paths.as_slice()) {
            (Some(revision), _, _) => Versions::SinceFork(revision),
            (None, false, [before, after]) => Versions::Paths(before, after),
            (None, staged, _) => Versions::SinceHead { staged },
        }
    }
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let limits = if arguments.full { Limits::NONE } else { Limits::SHORT };
    let prices = arguments.prices.table()?;
    let (comparison, mut failed) = compare(&arguments.versions(), &arguments.paths, &prices, limits)?;
    let gates = Gates { kinds: arguments.fail_on.clone(), max_cost: arguments.max_cost };
    let failures = gates.failures(&comparison);
    if output.wants_json() {
        output.value(&tree(&comparison, &failures));
    } else if arguments.format == Format::Markdown {
        output.document(&markdown(&comparison, &failures, &command(arguments)));
    } else {
        print(&comparison, arguments.full, output);
        for failure in &failures {
            output.styled(Style::Removed, &format!("not wanted: {}", failure.in_words()));
        }
    }
    let changed = !comparison.files.is_empty();
    let last = failed.pop();
    failed.iter().for_each(complain);
    match last {
        Some(error) => Err(error),
        None if !failures.is_empty() || (changed && arguments.exit_code) => Ok(Outcome::Found),
        None => Ok(Outcome::Fine),
    }
}

/// What to type to see all of it.
fn command(arguments: &Arguments) -> String {
    let mut command = format!("{} diff --full", crate::cli::NAME);
    if let Some(revision) = &arguments.base {
        command.push_str(&format!(" --base {}", shell_quoted(revision)));
    }
    if arguments.staged {
        command.push_str(" --staged");
    }
    for path in &arguments.paths {
        command.push_str(&format!(" {}", shell_quoted(path)));
    }
    command
}

fn print(comparison: &Comparison, full: bool, output: &mut Output) {
    for file in &comparison.files {
        output.styled(Style::Heading, &render::heading(file));
        let mut renderer = Renderer::new(full);
        for change in &file.changes {
            output.line("");
            renderer.change(change).iter().for_each(|line| print_line(line, output));
        }
        output.line("");
    }
    let drifts = render::drifts(&comparison.drifts);
    drifts.iter().for_each(|line| print_line(line, output));
    if !drifts.is_empty() {
        output.line("");
    }
    render::summary(comparison).iter().for_each(|line| output.line(line));
}

pub(super) fn print_line(line: &Line, output: &mut Output) {
    let color = output.has_color();
    output.spans(line.iter().map(|span| painted(span.style, &span.text, color)));
}

fn painted(style: render::Style, text: &str, color: bool) -> (Style, String) {
    let text = match style {
        // Without colours, words are marked as git does it.
        render::Style::Removed if !color => format!("[-{text}-]"),
        render::Style::Added if !color => format!("{{+{text}+}}"),
        _ => text.to_owned(),
    };
    let style = match style {
        render::Style::Removed | render::Style::LineRemoved => Style::Removed,
        render::Style::Added | render::Style::LineAdded => Style::Added,
        render::Style::Plain => Style::Plain,
        render::Style::Heading => Style::Heading,
        render::Style::Faint => Style::Faint,
        render::Style::Notice | render::Style::Changed => Style::Warning,
    };
    (style, text)
}
