//! `llm-cassette warm`: records requests ahead of time, so that tests and demos find them in the cassette.

mod bar;
#[cfg(feature = "reqwest-0-13")]
mod calls;
mod plan;
mod tally;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::api::builder::Builder;
use crate::api::cassette::Cassette;
use crate::cli::Outcome;
use crate::cli::commands::output::Output;
use crate::cli::warm::{self, Job, Shape, Wanted};
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::Head;
use crate::model::json::{self, Json};
use crate::model::mode::Mode;
use crate::model::policy::Policy;
use crate::model::text::shown_path;
use crate::session::Session;
use crate::session::budget::Budget;
use crate::store::cassette_files::is_named_as_cassette;
use bar::Bar;
use tally::Tally;

/// Record requests ahead of time: from the batch form of providers, from pairs of question and answer, or from a log.
#[derive(Debug, clap::Args)]
#[command(after_help = FORMS)]
pub(in crate::cli) struct Arguments {
    /// Lines of JSON, each a request or a pair.
    #[arg(required_unless_present = "from_log")]
    file: Option<PathBuf>,
    /// The cassette: a path that ends in `.yaml`, or a name as `Cassette::open` takes it.
    #[arg(long, value_name = "FILE")]
    cassette: PathBuf,
    /// A log with lines of JSON; its most frequent requests are recorded.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    from_log: Option<PathBuf>,
    /// How many of the log's requests to record.
    #[arg(long, value_name = "COUNT", default_value_t = 100, requires = "from_log")]
    top: usize,
    /// The server for paths in `url`, such as `https://api.openai.com`; by default that of the provider who has such paths.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// A header of every request; `$NAME` stands for a variable of the environment. Can be repeated.
    #[arg(long = "header", value_name = "HEADER")]
    headers: Vec<String>,
    /// How many calls may be under way at once.
    #[arg(short, long, value_name = "COUNT", default_value = "10", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: u16,
    /// How often a call is sent again when the provider is busy or the network fails.
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    retries: u32,
    /// What the run may cost at most: `calls=100,tokens=50000,usd=0.50`.
    #[arg(long, value_name = "CAPS")]
    budget: Option<String>,
    /// The provider whose answers pairs become, where a line names none.
    #[arg(long, value_enum, value_name = "PROVIDER", default_value = "openai")]
    pairs: Shape,
    /// The model for pairs and for Gemini's lines that name none.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Further fields for the requests of pairs, such as `{"max_tokens": 512}`.
    #[arg(long, value_name = "JSON")]
    params: Option<String>,
    /// A tag for what is recorded, such as `faq`. Can be repeated.
    #[arg(long = "tag", value_name = "NAME")]
    tags: Vec<String>,
    /// Show what would be recorded, and neither send nor write anything.
    #[arg(long)]
    dry_run: bool,
}

const FORMS: &str = "\
A line is a request as batch APIs take it, {\"custom_id\", \"method\", \"url\", \"body\"}, Anthropic's {\"custom_id\", \"params\"} or \
Gemini's {\"key\", \"request\"}, or a pair, {\"question\", \"answer\"}, \
which is recorded without a call. Requests that the cassette has already are not sent again: to go on after a stop, run the \
same command again. Exit codes: 0: everything is recorded; 1: some of it is not; 2: the command failed.";

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let wanted = arguments.wanted()?;
    let (jobs, other_lines) = arguments.read(&wanted)?;
    let cassette = arguments.open()?;
    let session = cassette.session();
    let top = arguments.from_log.is_some().then_some(arguments.top);
    let plan = plan::plan(session, jobs, top)?;
    if arguments.dry_run {
        plan::show(session, &plan, other_lines, output);
        return Ok(Outcome::Fine);
    }
    let mut tally = Tally { there: plan.there, repeated: plan.repeated, other_lines, ..Tally::default() };
    let mut bar = Bar::new(plan.calls.len() + plan.pairs.len());
    // What cannot be sent must be known before anything is.
    let calls = plan::with_credentials(plan.calls, !arguments.headers.is_empty())?;
    for job in plan.pairs {
        write_down(session, job, &mut tally);
        bar.draw(&tally);
    }
    send(session, calls, arguments, &mut tally, &mut bar)?;
    bar.clear();
    session.settle()?;
    tally.spent = session.spent();
    tally::show(&tally, output);
    Ok(if tally.complete() { Outcome::Fine } else { Outcome::Found })
}

/// Records a pair as if the provider had answered.
fn write_down(session: &Arc<Session>, job: Job, tally: &mut Tally) {
    let Some(answer) = &job.answer else { return };
    let head = Head {
        status: http::StatusCode::OK,
        version: http::Version::HTTP_11,
        url: job.request.url.clone(),
        headers: warm::answer_headers(),
    };
    let body = answer.body(jiff::Timestamp::now());
    match session.write_down(job.request.clone(), head, &body) {
        Ok(()) => tally.written += 1,
        Err(reason) => tally.fail(&job, session.scrub(&reason), 0),
    }
}

#[cfg(feature = "reqwest-0-13")]
fn send(
    session: &Arc<Session>,
    calls: Vec<Job>,
    arguments: &Arguments,
    tally: &mut Tally,
    bar: &mut Bar,
) -> Result<(), Error> {
    if calls.is_empty() {
        return Ok(());
    }
    calls::send(session, calls, (usize::from(arguments.jobs), arguments.retries), tally, bar)
}

#[cfg(not(feature = "reqwest-0-13"))]
fn send(_: &Arc<Session>, calls: Vec<Job>, _: &Arguments, _: &mut Tally, _: &mut Bar) -> Result<(), Error> {
    match calls.len() {
        0 => Ok(()),
        _ => Err(Error::new(
            ErrorKind::BadSetting,
            "this `llm-cassette` was built without an HTTP client and cannot send requests",
        )
        .with_hint(
            "install it with `cargo install llm-cassette --features cli`, without `--no-default-features`",
        )),
    }
}

impl Arguments {
    fn wanted(&self) -> Result<Wanted, Error> {
        let mut headers = http::HeaderMap::new();
        for header in &self.headers {
            let (name, value) = warm::expand(header, |name| std::env::var(name).ok())?;
            headers.insert(name, value);
        }
        let params = match self.params.as_deref().map(|text| json::parse(text.as_bytes())) {
            None => Vec::new(),
            Some(Ok(Json::Object(fields))) => fields,
            Some(_) => {
                return Err(Error::new(ErrorKind::BadSetting, "`--params` is not a JSON object")
                    .with_hint("write `--params '{\"max_tokens\": 512}'`"));
            }
        };
        Ok(Wanted {
            base: self.base_url.clone(),
            headers,
            shape: self.pairs,
            model: self.model.clone(),
            params,
        })
    }

    /// The requests, and how many lines of the log hold none.
    fn read(&self, wanted: &Wanted) -> Result<(Vec<Job>, usize), Error> {
        let read = |path: &Path| std::fs::read(path).map_err(|error| Error::io("read", path, error));
        match (&self.from_log, &self.file) {
            (Some(log), _) => Ok(warm::log(&read(log)?, wanted)),
            (None, Some(file)) => warm::requests(&read(file)?, wanted)
                .map(|jobs| (jobs, 0))
                .map_err(|wrong| not_requests(file, &wrong)),
            (None, None) => Ok((Vec::new(), 0)),
        }
    }

    fn open(&self) -> Result<Cassette, Error> {
        // A path is meant from here on, whatever package Cargo may be working on.
        let place = match is_named_as_cassette(&self.cassette) {
            true => std::path::absolute(&self.cassette)
                .map_err(|error| Error::io("find", &self.cassette, error))?,
            false => self.cassette.clone(),
        };
        let budget = self.budget.as_deref().map(Budget::parse).transpose()?.unwrap_or_default();
        let builder = match place.parent() {
            // The configuration is that of the package in which the cassette lies.
            Some(folder) if place.is_absolute() => Builder::beside(&place, folder),
            _ => Cassette::builder(&place),
        };
        let builder = self.tags.iter().fold(builder, |builder, tag| builder.tag(tag));
        builder
            .mode(Mode::Record)
            .budget(budget)
            // Nobody follows a redirect, so it is no answer.
            .record_if(Policy::new(|_, response| !response.status().is_redirection()))
            .quiet()
            .open()
    }
}

/// How many bad lines are told one by one.
const TOLD: usize = 20;

fn not_requests(file: &Path, wrong: &[(usize, String)]) -> Error {
    let file = shown_path(file);
    let mut lines: Vec<String> =
        wrong.iter().take(TOLD).map(|(line, what)| format!("{file}:{line}: {what}")).collect();
    if wrong.len() > TOLD {
        lines.push(format!("… and {} more", wrong.len() - TOLD));
    }
    Error::new(ErrorKind::Malformed, lines.join("\n"))
        .with_hint("fix these lines and run the command again; nothing was sent")
}
