//! What git has stored.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::cli::commands::git::Repository;
use crate::model::error::{Error, ErrorKind};

/// A process of git that gives what it has stored, one object after the other.
pub(super) struct Objects {
    child: Child,
    ask: ChildStdin,
    answer: BufReader<ChildStdout>,
}

impl Objects {
    pub(super) fn open(repository: &Repository) -> Result<Objects, Error> {
        let failed = |error| {
            Error::new(ErrorKind::Io, format!("could not run `git cat-file`: {error}")).caused_by(error)
        };
        let mut child = Command::new("git")
            .current_dir(&repository.root)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(ask), Some(answer)) => Ok(Objects { child, ask, answer: BufReader::new(answer) }),
            _ => Err(failed(std::io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// The bytes of an object such as `HEAD:cassettes/a.yaml`; `None` if there is no such thing.
    pub(super) fn get(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        if name.contains('\n') {
            return Ok(None);
        }
        self.exchange(name).map_err(|error| {
            Error::new(ErrorKind::Io, format!("`git cat-file` did not give {name}: {error}")).caused_by(error)
        })
    }

    fn exchange(&mut self, name: &str) -> std::io::Result<Option<Vec<u8>>> {
        writeln!(self.ask, "{name}")?;
        self.ask.flush()?;
        let mut head = String::new();
        self.answer.read_line(&mut head)?;
        if head.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let mut fields = head.trim_end().rsplit(' ');
        let (length, kind) = (fields.next().and_then(|length| length.parse::<u64>().ok()), fields.next());
        let Some(length) = length else { return Ok(None) };
        let mut bytes = Vec::new();
        (&mut self.answer).take(length + 1).read_to_end(&mut bytes)?;
        // A line end follows.
        bytes.pop();
        Ok((kind == Some("blob")).then_some(bytes))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It ends when nobody can ask any more; if it is not there to be ended, so much the better.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
