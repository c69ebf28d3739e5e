//! The command `llm-cassette`: lists, shows, compares and checks cassettes. Data goes to standard output, talk to standard
//! error. It exits with 0 when all is well, 1 when it found what it was asked to look for, 2 when it could not do its work.

mod comparing;
mod completions;
mod diff;
mod entries;
mod files;
mod format;
mod git_setup;
mod list;
mod man;
mod objects;
mod output;
mod prices;
mod prune;
mod removing;
mod report;
mod repository;
mod revisions;
mod rm;
mod show;
mod stats;
mod table;
mod textconv;
mod uses;
mod verify;
mod warm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Error;
use output::{ColorChoice, Output};

/// What people type.
const NAME: &str = "llm-cassette";

/// List, show, compare and check cassettes: recorded traffic of LLM providers.
#[derive(Debug, Parser)]
#[command(name = NAME, version, after_help = EXIT_CODES, max_term_width = 100)]
struct Arguments {
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    json: bool,
    /// Whether to use colours.
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 all is well; 1 the command found what it looks for, such as a problem or, where asked, a difference; \
2 it could not do its work.";

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Arguments),
    Show(show::Arguments),
    Diff(diff::Arguments),
    Report(report::Arguments),
    Stats(stats::Arguments),
    Verify(verify::Arguments),
    Format(format::Arguments),
    Rm(rm::Arguments),
    Prune(prune::Arguments),
    Warm(warm::Arguments),
    GitSetup(git_setup::Arguments),
    Textconv(textconv::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// How a command ended that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Fine,
    /// It found what it was asked to look for.
    Found,
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = Output::stdout(arguments.json, arguments.color);
    match run(arguments.command, &mut output).and_then(|outcome| output.flush().map(|()| outcome)) {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Err(error) => {
            output::complain(&error);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command, output: &mut Output) -> Result<Outcome, Error> {
    match command {
        Command::List(arguments) => list::run(&arguments, output),
        Command::Diff(arguments) => diff::run(&arguments, output),
        Command::Report(arguments) => report::run(&arguments, output),
        Command::Stats(arguments) => stats::run(&arguments, output),
        Command::Verify(arguments) => verify::run(&arguments, output),
        Command::Format(arguments) => format::run(&arguments, output),
        Command::Rm(arguments) => rm::run(&arguments, output),
        Command::Prune(arguments) => prune::run(&arguments, output),
        Command::Warm(arguments) => warm::run(&arguments, output),
        Command::GitSetup(arguments) => git_setup::run(&arguments, output),
        Command::Show(arguments) => show::run(&arguments, output),
        Command::Textconv(arguments) => textconv::run(&arguments, output),
        Command::Completions(arguments) => completions::run(&arguments, output),
        Command::Man(arguments) => man::run(&arguments, output),
    }
}
