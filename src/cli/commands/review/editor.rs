//! Somebody's editor, on a line of a file.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;

/// Those that take a line as `+12`.
const TAKE_A_LINE: [&str; 9] = ["vi", "vim", "nvim", "nano", "emacs", "emacsclient", "kak", "micro", "ed"];

/// Opens a file at a line and waits until the editor ends.
pub(super) fn edit(file: &Path, line: usize) -> Result<(), Error> {
    let named = |name: &str| env::var(name).ok().filter(|command| !command.trim().is_empty());
    let command = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    // As git does it, words behind the program are its arguments.
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let mut run = Command::new(program);
    run.args(words);
    let name = Path::new(program).file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    if TAKE_A_LINE.contains(&name) {
        run.arg(format!("+{line}"));
    }
    let failed = |what: String| {
        Error::new(ErrorKind::Io, format!("the editor `{program}` {what}")).with_hint(format!(
            "set VISUAL or EDITOR to an editor that waits until you are done, or edit {} yourself",
            shown_path(file)
        ))
    };
    let ended = run.arg(file).status().map_err(|error| failed(format!("could not be run: {error}")))?;
    if ended.success() { Ok(()) } else { Err(failed(format!("ended with {ended}"))) }
}
