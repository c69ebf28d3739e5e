//! `llm-cassette man`: the manual, made of what `--help` says.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::cli::commands::output::Output;
use crate::cli::{NAME, Outcome};
use crate::model::error::Error;

/// Print the manual page, or write one for each command.
///
/// To read it at once: `llm-cassette man | man -l -`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Write `llm-cassette.1`, `llm-cassette-list.1` and so on into this folder, which is created if needed.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let mut command = crate::cli::Arguments::command();
    command.build();
    let Some(folder) = &arguments.out else {
        output.bytes(&page(&command, NAME, Path::new("the manual"))?);
        return Ok(Outcome::Fine);
    };
    fs::create_dir_all(folder).map_err(|error| Error::io("make", folder, error))?;
    write(folder, &command, NAME)?;
    for part in command.get_subcommands().filter(|part| part.get_name() != "help") {
        write(folder, part, &format!("{NAME}-{}", part.get_name()))?;
    }
    Ok(Outcome::Fine)
}

fn write(folder: &Path, command: &Command, name: &str) -> Result<(), Error> {
    let path = folder.join(format!("{name}.1"));
    let page = page(command, name, &path)?;
    fs::write(&path, page).map_err(|error| Error::io("write", &path, error))
}

fn page(command: &Command, name: &str, path: &Path) -> Result<Vec<u8>, Error> {
    let mut page = Vec::new();
    // Without a name of its own, the page of `list` would be called `list`.
    let man = Man::new(command.clone().display_name(name.to_owned())).title(name.to_ascii_uppercase());
    man.render(&mut page).map_err(|error| Error::io("write", path, error))?;
    Ok(page)
}
