//! A page in the reader's browser.

use std::path::Path;
use std::process::{Command, Stdio};

use super::destination::Destination;
use crate::cli::commands::output::Output;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;

/// What opens a file with the program that the reader has chosen for it.
const OPENER: &[&str] = if cfg!(windows) {
    // `start` is a word of a shell, to which names of files can mean something else.
    &["rundll32", "url.dll,FileProtocolHandler"]
} else if cfg!(target_os = "macos") {
    &["open"]
} else {
    &["xdg-open"]
};

/// Opens what was written, if that is wanted; what was said of it is out by then.
pub(super) fn open(destination: &Destination, wanted: bool, output: &mut Output) -> Result<(), Error> {
    let Destination::File(path) = destination else { return Ok(()) };
    if !wanted {
        return Ok(());
    }
    output.flush()?;
    let [program, arguments @ ..] = OPENER else { return Ok(()) };
    // A name that begins with a hyphen would be an option.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let failed = |why: String| failed(&path, program, &why);
    let mut command = Command::new(program);
    command.args(arguments).arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(format!("it ended with {status}"))),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn failed(path: &Path, program: &str, why: &str) -> Error {
    let message = format!("the page is written, and `{program}` could not open it: {why}");
    Error::new(ErrorKind::Io, message).with_hint(format!("open {} in a browser", shown_path(path)))
}
