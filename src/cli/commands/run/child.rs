//! The command of a run: started, waited for, and told of signals.

use std::ffi::OsString;
use std::process::ExitStatus;

use super::signals::Signals;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shell_word;

/// What shells end with when there is no such command, and when it cannot be run.
const NOT_FOUND: u8 = 127;
const NOT_EXECUTABLE: u8 = 126;

pub(super) struct Child<'a> {
    pub(super) command: &'a [OsString],
    pub(super) environment: Vec<(String, OsString)>,
}

/// Why there is no command, and the code that says so.
pub(super) struct NotRun {
    pub(super) code: u8,
    pub(super) error: Error,
}

impl Child<'_> {
    /// Runs the command, with the standard streams of this process, until it ends. Gives the code with which this process is to
    /// end.
    pub(super) async fn run(self) -> Result<Result<u8, NotRun>, Error> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(Error::new(ErrorKind::BadSetting, "there is no command to run"));
        };
        // Before the command is there, so that no signal ends this process alone.
        let mut signals = Signals::listen()?;
        let mut command = tokio::process::Command::new(program);
        command.args(arguments).envs(self.environment);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                let (code, hint) = match error.kind() {
                    std::io::ErrorKind::NotFound => (NOT_FOUND, "is it installed, and on the `PATH`?"),
                    _ => (NOT_EXECUTABLE, "is it a program, and may it be run? `ls -l` tells"),
                };
                let message = format!("could not run {}: {error}", shown(program));
                return Ok(Err(NotRun { code, error: Error::new(ErrorKind::Io, message).with_hint(hint) }));
            }
        };
        loop {
            tokio::select! {
                ended = child.wait() => {
                    let ended = ended.map_err(|error| {
                        Error::new(ErrorKind::Io, format!("could not wait for {}: {error}", shown(program)))
                    })?;
                    return Ok(Ok(code(ended)));
                }
                signal = signals.next() => signal.pass_on(child.id()),
            }
        }
    }
}

/// The code of a process as shells tell it.
fn code(ended: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&ended) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    // Windows has codes of 32 bits, of which those of crashes are beyond a byte.
    ended.code().map_or(1, |code| u8::try_from(code).unwrap_or(u8::MAX))
}

fn shown(program: &OsString) -> String {
    shell_word(&program.to_string_lossy())
}
