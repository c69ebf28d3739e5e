//! `llm-cassette prune`: takes out what no test has used.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::commands::entries::Entry;
use crate::cli::commands::files;
use crate::cli::commands::ledgers::{Ledgers, used};
use crate::cli::commands::output::Output;
use crate::cli::commands::removing::{Fate, Removal};
use crate::cli::commands::rm::warn_of_changes;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::store::ledger::Summary;

/// Find what no test has used since a time, and remove it with `--yes`.
///
/// Run all tests first, as in `touch marker && cargo test --workspace && llm-cassette prune --since-file marker`: whatever they
/// played or recorded stays, and so does what is pinned. The ledger knows, so tests that turn it off look as if they used
/// nothing.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    #[command(flatten)]
    since: Since,
    /// Remove it. Without this it is only shown, and the exit code is 1 if there is anything.
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Show what would be removed, and exit with 0.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Since {
    /// A day or a time in UTC, such as `2026-11-20` or `2026-11-20T08:30:00Z`: when the last run of all tests began.
    #[arg(long, value_name = "TIME")]
    unused_since: Option<String>,
    /// A file that was made or touched just before the last run of all tests.
    #[arg(long, value_name = "FILE")]
    since_file: Option<PathBuf>,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let since = arguments.since.seconds()?;
    let cassettes = files::cassettes(&arguments.paths)?;
    let mut ledgers = Ledgers::default();
    let mut last = None;
    for cassette in &cassettes {
        last = last.max(ledgers.beside(cassette)?.last());
    }
    if !cassettes.is_empty() && last < Some(since) {
        return Err(nothing_used(since, last));
    }
    let removal = Removal::plan(&cassettes, |path, entry| {
        let ledger = ledgers.beside(path)?;
        Ok(match is_used(&ledger, path, entry, since) {
            true => Fate::Stays,
            false if entry.parsed.interaction.labels.pinned => Fate::Pinned,
            false => Fate::Goes,
        })
    })?;
    if arguments.yes {
        let stayed = removal.carry_out()?;
        warn_of_changes(stayed);
    }
    removal.show(arguments.yes, output);
    if arguments.yes || arguments.dry_run || removal.is_empty() {
        return Ok(Outcome::Fine);
    }
    if !output.wants_json() {
        output.line("if all tests ran since then, add `--yes` to remove them");
    }
    Ok(Outcome::Found)
}

/// Whether an interaction was played or recorded since a time. One that was recorded elsewhere and came by git is not old
/// enough to be judged.
fn is_used(ledger: &Summary, cassette: &Path, entry: &Entry, since: i64) -> bool {
    let recorded = entry.parsed.interaction.recorded_at.parse::<jiff::Timestamp>();
    used(ledger, cassette, entry).last_used_at >= Some(since)
        || recorded.is_ok_and(|recorded| recorded.as_second() >= since)
}

/// If no test ran, everything is unused, and that says nothing.
fn nothing_used(since: i64, last: Option<i64>) -> Error {
    let shown =
        |at: i64| jiff::Timestamp::from_second(at).map_or_else(|_| at.to_string(), |at| at.to_string());
    let last = last.map_or_else(String::new, |last| format!("; the last use was at {}", shown(last)));
    Error::new(
        ErrorKind::BadSetting,
        format!("the ledger has no use of these cassettes since {}{last}", shown(since)),
    )
    .with_hint("run all tests with the ledger on, and prune then: `touch marker && cargo test --workspace && llm-cassette prune \
         --since-file marker`")
}

impl Since {
    /// In seconds since 1970, as the ledger has times: without fractions, so that nothing of that second is missed.
    fn seconds(&self) -> Result<i64, Error> {
        match (&self.unused_since, &self.since_file) {
            (Some(text), _) => time(text),
            (None, Some(file)) => {
                let modified = fs::metadata(file).and_then(|data| data.modified());
                let modified = modified.map_err(|error| Error::io("read the time of", file, error))?;
                let since = jiff::Timestamp::try_from(modified).map_err(|error| {
                    Error::new(
                        ErrorKind::BadSetting,
                        format!("the time of {} is out of range: {error}", shown_path(file)),
                    )
                    .with_hint(format!("`touch {}`", shown_path(file)))
                })?;
                Ok(since.as_second())
            }
            (None, None) => Err(no_time("")),
        }
    }
}

fn time(text: &str) -> Result<i64, Error> {
    let day = || text.parse::<jiff::civil::Date>().and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC));
    let time = text.parse::<jiff::Timestamp>().or_else(|_| day().map(|day| day.timestamp()));
    time.map(jiff::Timestamp::as_second).map_err(|_| no_time(text))
}

fn no_time(text: &str) -> Error {
    Error::new(ErrorKind::BadSetting, format!("{text:?} is not a time")).with_hint(
        "write a day or a time in UTC, as in `--unused-since 2026-11-20` or `2026-11-20T08:30:00Z`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_or_a_second_in_utc() {
        assert_eq!(time("1970-01-02").unwrap(), 86_400);
        assert_eq!(time("1970-01-02T00:00:01Z").unwrap(), 86_401);
        for text in ["", "yesterday", "2026-13-01", "30d"] {
            assert_eq!(time(text).unwrap_err().message(), format!("{text:?} is not a time"));
        }
    }
}
