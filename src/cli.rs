//! The command `llm-cassette`: lists, shows, compares and checks cassettes. Data goes to standard output, talk to standard
//! error. It exits with 0 when all is well, 1 when it found what it was asked to look for, 2 when it could not do its work.

mod canonicalise;
mod check;
mod commands;
mod compare;
mod conversation;
mod har;
mod import;
mod page;
mod problem;
mod stats;
#[cfg(test)]
mod tests;
mod warm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::model::error::Error;
use commands::output::{ColorChoice, Output};

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
Exit codes: 0: all is well; 1: the command found what it looks for, such as a problem or, with --exit-code, a \
difference; 2: the command failed.";

#[derive(Debug, Subcommand)]
enum Command {
    List(commands::list::Arguments),
    Show(commands::show::Arguments),
    Diff(commands::diff::Arguments),
    Review(commands::review::Arguments),
    Report(commands::report::Arguments),
    Stats(commands::stats::Arguments),
    Verify(commands::verify::Arguments),
    Format(commands::format::Arguments),
    Rm(commands::rm::Arguments),
    Prune(commands::prune::Arguments),
    Refresh(commands::refresh::Arguments),
    Warm(commands::warm::Arguments),
    Import(commands::import::Arguments),
    Serve(commands::serve::Arguments),
    Run(commands::run::Arguments),
    Export(commands::export::Arguments),
    GitSetup(commands::git_setup::Arguments),
    Textconv(commands::textconv::Arguments),
    Schema(commands::schema::Arguments),
    Completions(commands::completions::Arguments),
    Man(commands::man::Arguments),
}

/// How a command ended that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Fine,
    /// It found what it was asked to look for.
    Found,
    /// It ran another program, which ended so.
    Code(u8),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = Output::stdout(arguments.json, arguments.color);
    match run(arguments.command, &mut output).and_then(|outcome| output.flush().map(|()| outcome)) {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Ok(Outcome::Code(code)) => ExitCode::from(code),
        Err(error) => {
            commands::output::complain(&error);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command, output: &mut Output) -> Result<Outcome, Error> {
    match command {
        Command::List(arguments) => commands::list::run(&arguments, output),
        Command::Diff(arguments) => commands::diff::run(&arguments, output),
        Command::Review(arguments) => commands::review::run(&arguments, output),
        Command::Report(arguments) => commands::report::run(&arguments, output),
        Command::Stats(arguments) => commands::stats::run(&arguments, output),
        Command::Verify(arguments) => commands::verify::run(&arguments, output),
        Command::Format(arguments) => commands::format::run(&arguments, output),
        Command::Rm(arguments) => commands::rm::run(&arguments, output),
        Command::Prune(arguments) => commands::prune::run(&arguments, output),
        Command::Refresh(arguments) => commands::refresh::run(&arguments, output),
        Command::Warm(arguments) => commands::warm::run(&arguments, output),
        Command::Import(arguments) => commands::import::run(&arguments, output),
        Command::Serve(arguments) => commands::serve::run(&arguments, output),
        Command::Run(arguments) => commands::run::run(&arguments, output),
        Command::Export(arguments) => commands::export::run(&arguments, output),
        Command::GitSetup(arguments) => commands::git_setup::run(&arguments, output),
        Command::Show(arguments) => commands::show::run(&arguments, output),
        Command::Textconv(arguments) => commands::textconv::run(&arguments, output),
        Command::Schema(arguments) => commands::schema::run(&arguments, output),
        Command::Completions(arguments) => commands::completions::run(&arguments, output),
        Command::Man(arguments) => commands::man::run(&arguments, output),
    }
}
