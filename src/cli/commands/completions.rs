//! `llm-cassette completions`: what a shell has to know to complete the command.

use clap::CommandFactory as _;

use crate::cli::commands::output::Output;
use crate::cli::{NAME, Outcome};
use crate::model::error::Error;

/// Print a script that teaches a shell to complete this command.
///
/// For bash: `llm-cassette completions bash > ~/.local/share/bash-completion/completions/llm-cassette`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The shell to teach.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::cli::Arguments::command(), NAME, &mut script);
    output.document(&consistent(&String::from_utf8_lossy(&script)));
    Ok(Outcome::Fine)
}

/// The script for bash spells a hyphen in our name in two ways, and so completes nothing behind a subcommand
/// (clap-rs/clap#6421). Once that is mended this changes nothing.
fn consistent(script: &str) -> String {
    script.replace(&NAME.replace('-', "__subcmd__"), &NAME.replace('-', "__"))
}
