//! `llm-cassette import`: makes cassettes of what other tools recorded.

mod plan;
mod tally;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::api::builder::Builder;
use crate::cli::Outcome;
use crate::cli::commands::output::Output;
use crate::cli::import::{self, Found, Wanted};
use crate::cli::warm::Shape;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::{Response, ResponseBody};
use crate::model::mode::Mode;
use crate::model::text::shown_path;
use crate::session::Session;
use crate::session::import::Recorded;
use crate::store::document::Document;
use crate::store::regular_files;
use plan::{Made, Plan};
use tally::{Imported, Tally};

/// Make cassettes of recordings of other tools, such as vcrpy, VCR, Polly, go-vcr and browsers.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(in crate::cli) struct Arguments {
    /// Recordings, or folders with recordings.
    #[arg(required = true, value_name = "FILES")]
    paths: Vec<PathBuf>,
    /// The folder for the cassettes, or one cassette for all: a path that ends in `.yaml`.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// The server of recordings that have paths alone, such as `https://api.openai.com`.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The provider whose requests and answers pairs of question and answer become.
    #[arg(long, value_enum, value_name = "PROVIDER", default_value = "openai")]
    pairs: Shape,
    /// The model for pairs that name none.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Import answers with an error too, as fixtures of what goes wrong.
    #[arg(long)]
    errors: bool,
    /// Replace cassettes that are there.
    #[arg(long)]
    force: bool,
    /// A tag for what is imported, such as `vcrpy`. Can be repeated.
    #[arg(long = "tag", value_name = "NAME")]
    tags: Vec<String>,
    /// Say what would be imported, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

const MORE: &str = "\
A format is recognised by what stands in a file, whatever it is called. Each file becomes a cassette that is called as the file \
is; what it has lost, and what is not imported, is said. Secrets are taken out as in a recording. A cassette that is there is \
left alone. Exit codes: 0: everything is imported; 1: some of it is not; 2: the command failed.";

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let plan = Plan::of(&arguments.paths, &arguments.output)?;
    let mut tally = Tally { other_files: plan.other_files, dry_run: arguments.dry_run, ..Tally::default() };
    for made in plan.cassettes {
        import(&made, arguments, &mut tally)?;
    }
    tally::show(&tally, output);
    Ok(if tally.is_complete() { Outcome::Fine } else { Outcome::Found })
}

/// Makes one cassette.
fn import(made: &Made, arguments: &Arguments, tally: &mut Tally) -> Result<(), Error> {
    let session = open(&made.cassette, arguments)?;
    let wanted = Wanted {
        base: arguments.base_url.clone(),
        shape: arguments.pairs,
        model: arguments.model.clone(),
        now: jiff::Timestamp::now(),
    };
    let mut files = Vec::new();
    let mut read = Vec::new();
    for file in &made.files {
        let found = contents(file).and_then(|bytes| import::read(&bytes, &wanted));
        let mut imported = Imported::of(file, &made.cassette);
        match found {
            Ok(found) => read.push((files.len(), found)),
            Err(reason) => imported.unread = Some(session.scrub(&reason)),
        }
        files.push(imported);
    }
    // A secret of the last exchange may stand in the first.
    for recorded in read.iter().flat_map(|(_, found)| &found.exchanges).flatten() {
        session.learn(&recorded.recorded.request, &response(&recorded.recorded));
    }
    let documents: Vec<Document> =
        read.into_iter().flat_map(|(index, found)| written(&session, found, &mut files[index])).collect();
    let is_left = match arguments.dry_run {
        _ if documents.is_empty() => false,
        true => made.cassette.exists() && !arguments.force,
        false => !session.fill(&documents, arguments.force)?,
    };
    if is_left {
        files.iter_mut().for_each(Imported::leave);
    }
    tally.files.extend(files);
    Ok(())
}

/// What a file gives, as it would stand in a cassette.
fn written(session: &Arc<Session>, found: Found, imported: &mut Imported) -> Vec<Document> {
    imported.format = Some(found.format);
    let mut documents = Vec::new();
    for (index, exchange) in found.exchanges.into_iter().enumerate() {
        let (request, reason) = match exchange {
            Ok(exchange) => {
                let title = session.title(&exchange.recorded.request);
                match session.written(exchange.recorded) {
                    Ok(document) => {
                        imported.count(&exchange.losses, document.altered);
                        documents.push(document);
                        continue;
                    }
                    Err(unrecorded) => {
                        imported.is_error |= unrecorded.cause.setting().is_some();
                        (Some(title), unrecorded.reason)
                    }
                }
            }
            Err(refusal) => {
                (refusal.request.map(|request| session.scrub(&request)), session.scrub(&refusal.reason))
            }
        };
        imported.refuse(index + 1, request, reason);
    }
    documents
}

fn response(recorded: &Recorded) -> Response {
    Response {
        status: recorded.head.status,
        version: recorded.head.version,
        url: None,
        headers: recorded.head.headers.clone(),
        body: ResponseBody { bytes: Bytes::from(recorded.chunks.concat()), ..ResponseBody::default() },
    }
}

fn contents(file: &Path) -> Result<Vec<u8>, String> {
    regular_files::read(file).map_err(|error| Error::io("read", file, error).message().to_owned())
}

/// A session that writes nothing by itself.
fn open(cassette: &Path, arguments: &Arguments) -> Result<Arc<Session>, Error> {
    let place = std::path::absolute(cassette).map_err(|error| Error::io("find", cassette, error))?;
    if place.exists() && !arguments.force && !arguments.dry_run && !place.is_file() {
        return Err(Error::new(ErrorKind::BadSetting, format!("{} is not a file", shown_path(cassette))));
    }
    let folder = place.parent().unwrap_or(Path::new("."));
    // The configuration is that of the package in which the cassette is to lie.
    let mut builder = Builder::beside(&place, folder).configured()?.mode(Mode::Off).quiet();
    builder = arguments.tags.iter().fold(builder, |builder, tag| builder.tag(tag));
    if arguments.errors {
        builder = builder.record_errors(true);
        // Somebody has these in a repository on purpose, which of a live run nobody knows.
        builder = (400..=599).fold(builder, |builder, status| builder.record_status(status));
    }
    Ok(Arc::clone(builder.open()?.session()))
}
