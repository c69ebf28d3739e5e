//! `llm-cassette run`: a command whose SDKs ask cassettes, in whichever language, and one summary of all of them at its end.

mod annotations;
mod came;
mod child;
mod run_file;
mod signals;
mod summary;
mod variables;

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::sync::oneshot;

use super::serve::{Common, runtime};
use crate::adapters::server::Listening;
use crate::cli::Outcome;
use crate::cli::check::known_secrets::Environment;
use crate::cli::commands::output::{Output, complain, say, warn};
use crate::model::error::{Error, ErrorKind};
use crate::model::mode::Mode;
use crate::model::text::{plural, shell_word};
use came::Came;
use child::{Child, NotRun};
use run_file::RunFile;

/// Run a command whose SDKs ask cassettes, and say at its end what became of all requests.
#[derive(Debug, clap::Args)]
#[command(after_help = ENDS)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Replay first; if requests had no recording, run the command once more and record these.
    #[arg(long, conflicts_with = "mode")]
    refresh_failed: bool,
    /// What to run, with its arguments, such as `cargo test` or `pytest -q`.
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

const ENDS: &str = "\
The command finds the server by the variables that SDKs read, such as OPENAI_BASE_URL, and by LLM_CASSETTE_URL. Its standard \
streams are its own; the summary goes to standard error. Exit codes: that of the command, or 128 and the number of the signal \
that ended it; 1 if it was 0 and a request was refused; 126: the command could not be run; 127: there is no such command; 2: \
llm-cassette failed.";

/// How commands begin that run this again.
const RUN: &str = "llm-cassette run";

/// What came of one time that the command was to run.
enum Pass {
    /// It could not be started.
    NotRun(NotRun),
    Ran {
        code: u8,
        came: Came,
    },
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let mut output = output.as_stderr();
    let first_mode = if arguments.refresh_failed { Some(Mode::Replay) } else { arguments.common.mode() };
    let mut last = pass(arguments, first_mode, false)?;
    if let Pass::Ran { came, .. } = &last
        && arguments.refresh_failed
        && came.refused() > 0
    {
        let refused = plural(came.refused(), "request");
        say(&format!(
            "llm-cassette: {refused} had no answer; the command runs again, to record what is missing"
        ));
        last = pass(arguments, Some(Mode::Record), came.has_expired())?;
    }
    let (code, came) = match last {
        Pass::Ran { code, came } => (code, came),
        Pass::NotRun(NotRun { code, error }) => {
            complain(&error);
            return Ok(Outcome::Code(code));
        }
    };
    let failed = came.refused() > 0 || came.has_errors();
    let code = if code == 0 && failed { 1 } else { code };
    summary::show(&came, &|| again_in_public(arguments), code, &mut output);
    if annotations::are_wanted() {
        annotations::lines(&came).iter().for_each(|line| output.line(line));
    }
    output.flush()?;
    Ok(Outcome::Code(code))
}

/// What people type to run this again, in whichever mode.
fn again(arguments: &Arguments) -> String {
    let words: Vec<String> =
        arguments.command.iter().map(|word| shell_word(&word.to_string_lossy())).collect();
    format!("{RUN}{} -- {}", arguments.common.words(), words.join(" "))
}

/// The same for whoever reads the log: people type keys into commands.
fn again_in_public(arguments: &Arguments) -> String {
    Environment::of_process().scrub(&again(arguments))
}

/// Runs the command once, in front of a server of its own.
fn pass(arguments: &Arguments, mode: Option<Mode>, rerecords: bool) -> Result<Pass, Error> {
    let told = RunFile::create()?;
    let runs = arguments.common.runs_in(mode, &again(arguments))?.telling(told.path(), rerecords);
    let runs = Arc::new(runs);
    let in_force = runs.mode()?;
    let mut options = arguments.common.options()?;
    let found = variables::found(&|name| std::env::var(name).ok(), in_force, &mut options.upstreams);
    found.left.iter().for_each(|left| warn(left));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listening = Listening::bind(address, Arc::clone(&runs), options)?;
    let mut environment = found.at(&format!("http://{}", listening.address()));
    environment.extend(variables::of_run(mode, rerecords, told.path()));
    let child = Child { command: &arguments.command, environment };

    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(listening.serve(async {
            // Also when the sender is dropped.
            let _ = stopped.await;
        }));
        let ended = child.run().await;
        let _ = stop.send(());
        match serving.await {
            Ok(served) => served?,
            Err(error) => return Err(Error::new(ErrorKind::Io, format!("the server ended: {error}"))),
        }
        ended
    });
    // A connection to a provider may be kept for ever.
    runtime.shutdown_background();
    runs.finish_all();
    Ok(match ended? {
        Err(not_run) => Pass::NotRun(not_run),
        Ok(code) => Pass::Ran { code, came: Came::of(told.lines()?) },
    })
}
