//! `llm-cassette report`: a page that shows what cassettes hold.

mod destination;
mod opening;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::Outcome;
use crate::cli::commands::comparing::{Versions, compare};
use crate::cli::commands::entries::Entry;
use crate::cli::commands::ledgers::{Ledgers, is_unused, used, users};
use crate::cli::commands::output::{Output, complain};
use crate::cli::commands::prices::Chosen;
use crate::cli::commands::{entries, files};
use crate::cli::compare::render;
use crate::cli::page::{self, Call, Cassette, Clock, Content, Context, Uses};
use crate::matching::difference::Limits;
use crate::model::error::{Error, ErrorKind};
use crate::model::json::Json;
use crate::model::text::{plural, shown_path};
use crate::store::ledger::Summary;
use destination::Destination;

/// Write a page that shows every cassette: conversations, search, tokens, cost, what is stale or unused.
///
/// With --base, --staged or --against, what changed instead, side by side.
///
/// One HTML file that needs no network. The same cassettes give the same page, but for what is stale, which depends on
/// the day: --now or SOURCE_DATE_EPOCH sets it; and for what is unused, where there is a ledger of uses. Exits with 1 if
/// a cassette could not be read; the page then says why.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Where to write the page; `-` is standard output.
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
    /// Open the page in a browser.
    #[arg(long)]
    open: bool,
    /// Overwrite a file that is not a report.
    #[arg(long)]
    force: bool,
    /// The age from which a cassette is stale, in days or weeks: 90d, 12w.
    #[arg(long, value_name = "AGE", default_value = "90d", value_parser = days)]
    stale_after: u32,
    /// Show what changed since the commit at which this branch left REV, side by side.
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "against"])]
    base: Option<String>,
    /// Show what is staged beside the last commit.
    #[arg(long, conflicts_with = "against")]
    staged: bool,
    /// Show the cassettes beside those of an older file or folder.
    #[arg(long, value_name = "OLDER")]
    against: Option<PathBuf>,
    #[command(flatten)]
    prices: Chosen,
    /// The day or time from which ages count: 2026-11-21, 2026-11-21T12:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<Timestamp>,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let destination = Destination::find(&arguments.output, arguments.force)?;
    if output.wants_json() && matches!(destination, Destination::Standard) {
        let message = "`--json` and `--output -` would both write to standard output";
        return Err(Error::new(ErrorKind::BadSetting, message)
            .with_hint("leave out `--json`, or give `-o report.html`"));
    }
    if arguments.open && matches!(destination, Destination::Standard) {
        let message = "`--open` opens a file, and `--output -` writes none";
        return Err(Error::new(ErrorKind::BadSetting, message)
            .with_hint("leave out `--open`, or give `-o report.html`"));
    }
    if let Some(versions) = arguments.versions()? {
        return changes(arguments, &versions, &destination, output);
    }
    let now = match arguments.now {
        Some(now) => now,
        None => now_of_environment()?,
    };
    let folder = destination.folder();
    let prices = arguments.prices.table()?;
    let (mut cassettes, mut ledgers) = (Vec::new(), Ledgers::default());
    for path in files::cassettes(&arguments.paths)? {
        cassettes.push(cassette(&path, &folder, &mut ledgers)?);
    }
    let context = Context { clock: Clock::new(now, arguments.stale_after), prices: &prices };
    let page = page::render(&mut cassettes, &context);
    destination.write(&page, output)?;
    rendered(&cassettes, &destination, output);
    opening::open(&destination, arguments.open, output)?;
    let unread = cassettes.iter().any(|cassette| matches!(cassette.content, Content::Unreadable(_)));
    Ok(if unread { Outcome::Found } else { Outcome::Fine })
}

impl Arguments {
    /// What to compare, if that is what is wanted.
    fn versions(&self) -> Result<Option<Versions<'_>>, Error> {
        match (&self.base, &self.against, self.paths.as_slice()) {
            (Some(revision), _, _) => Ok(Some(Versions::SinceFork(revision))),
            (None, Some(older), [newer]) => Ok(Some(Versions::Paths(older, newer))),
            (None, Some(_), _) => {
                Err(Error::new(ErrorKind::BadSetting, "`--against` takes one file or folder to compare with")
                    .with_hint("run it as in `llm-cassette report --against old/cassettes cassettes`"))
            }
            (None, None, _) => Ok(self.staged.then_some(Versions::SinceHead { staged: true })),
        }
    }
}

/// Writes a page with what changed.
fn changes(
    arguments: &Arguments,
    versions: &Versions<'_>,
    destination: &Destination,
    output: &mut Output,
) -> Result<Outcome, Error> {
    let prices = arguments.prices.table()?;
    let (comparison, failed) = compare(versions, &arguments.paths, &prices, Limits::NONE)?;
    failed.iter().for_each(complain);
    destination.write(&page::render_changes(&comparison), output)?;
    if let Destination::File(path) = destination {
        let [added, removed, changed] = comparison.counts();
        if output.wants_json() {
            let count = |count: usize| Json::from(count as u64);
            output.value(&Json::Object(vec![
                ("path".to_owned(), Json::from(path.to_string_lossy().as_ref())),
                ("cassettes".to_owned(), count(comparison.files.len())),
                ("added".to_owned(), count(added)),
                ("removed".to_owned(), count(removed)),
                ("changed".to_owned(), count(changed)),
            ]));
        } else {
            let rendered = render::summary(&comparison).into_iter().next().unwrap_or_default();
            output.line(&format!("{}: {rendered}", shown_path(path)));
        }
    }
    opening::open(destination, arguments.open, output)?;
    Ok(if failed.is_empty() { Outcome::Fine } else { Outcome::Found })
}

/// A cassette as it is shown. One that cannot be read is shown as that, beside the others.
fn cassette(path: &Path, folder: &Path, ledgers: &mut Ledgers) -> Result<Cassette, Error> {
    let content = match entries::read(path) {
        Ok(read) => {
            let ledger = ledgers.beside(path)?;
            let unused = is_unused(&ledger, path);
            let call = |entry: Entry| {
                let (unused, uses) = (unused(&entry), uses(&ledger, path, &entry));
                Call::of(entry.line, entry.parsed, unused, uses)
            };
            Content::Calls { calls: read.entries.into_iter().map(call).collect(), torn: read.torn }
        }
        Err(error) => {
            complain(&error);
            Content::Unreadable(error.to_string())
        }
    };
    let name = path.to_string_lossy().replace('\\', "/");
    Ok(Cassette { name, link: destination::link(folder, path), content })
}

fn uses(ledger: &Summary, path: &Path, entry: &Entry) -> Uses {
    let (used, users) = (used(ledger, path, entry), users(ledger, path, entry));
    Uses {
        hits: used.hits,
        last_at: used.last_used_at,
        times: used.times,
        months: used.months,
        test: users.first().map(str::to_owned),
        by_others: users.has_others_than(users.first()) || users.has_strangers(),
    }
}

/// Says what was written.
fn rendered(cassettes: &[Cassette], destination: &Destination, output: &mut Output) {
    let Destination::File(path) = destination else { return };
    let calls = |cassette: &Cassette| match &cassette.content {
        Content::Calls { calls, .. } => calls.len(),
        Content::Unreadable(_) => 0,
    };
    let interactions: usize = cassettes.iter().map(calls).sum();
    if output.wants_json() {
        output.value(&Json::Object(vec![
            ("path".to_owned(), Json::from(path.to_string_lossy().as_ref())),
            ("cassettes".to_owned(), Json::from(cassettes.len() as u64)),
            ("interactions".to_owned(), Json::from(interactions as u64)),
        ]));
    } else {
        let rendered = format!(
            "{}: {}, {}",
            shown_path(path),
            plural(cassettes.len(), "cassette"),
            plural(interactions, "interaction")
        );
        output.line(&rendered);
    }
}

/// Now, or what builds that must be reproducible say instead.
fn now_of_environment() -> Result<Timestamp, Error> {
    let Some(set) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|set| !set.is_empty()) else {
        return Ok(Timestamp::now());
    };
    let seconds = set.to_str().and_then(|text| text.parse().ok());
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(|| {
        Error::new(ErrorKind::BadSetting, "SOURCE_DATE_EPOCH is not a number of seconds")
            .with_hint("set it to seconds since 1970, or give `--now 2026-11-21`")
    })
}

fn days(text: &str) -> Result<u32, String> {
    let (number, unit) = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(number), _) => (number, 1_u32),
        (None, Some(number)) => (number, 7),
        (None, None) => (text, 1),
    };
    let number: u32 = number.parse().map_err(|_| "give days or weeks, as in 90d or 12w".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "that is too long".to_owned())
}

fn time(text: &str) -> Result<Timestamp, String> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    whole.parse().map_err(|_| "give a day or a time, as in 2026-11-21 or 2026-11-21T12:00:00Z".to_owned())
}
