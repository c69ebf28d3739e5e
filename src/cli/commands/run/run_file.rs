//! The file by which all processes of a run tell what their cassettes did. It goes when the run is over.

use std::io::ErrorKind::AlreadyExists;
use std::path::{Path, PathBuf};

use crate::model::error::Error;
use crate::session::telling::line::Line;
use crate::store::told;

/// More names than somebody else has taken.
const TRIES: u32 = 100;

pub(super) struct RunFile(PathBuf);

impl RunFile {
    pub(super) fn create() -> Result<RunFile, Error> {
        let folder = std::env::temp_dir();
        let folder = std::path::absolute(&folder).map_err(|error| Error::io("find", &folder, error))?;
        let now = jiff::Timestamp::now().as_nanosecond();
        let mut number = 0;
        loop {
            let file = folder.join(format!("llm-cassette-run-{}-{now}-{number}", std::process::id()));
            match told::create(&file) {
                Ok(()) => return Ok(RunFile(file)),
                Err(error) if error.kind() == AlreadyExists && number < TRIES => number += 1,
                Err(error) => {
                    let hint = "set `TMPDIR` to a folder that can be written to";
                    return Err(Error::io("create", &file, error).with_hint(hint));
                }
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// What was told so far.
    pub(super) fn lines(&self) -> Result<Vec<Line>, Error> {
        let lines = told::lines(&self.0).map_err(|error| Error::io("read", &self.0, error))?;
        Ok(lines.iter().filter_map(|line| Line::parse(line)).collect())
    }
}

impl Drop for RunFile {
    fn drop(&mut self) {
        // It is in a folder for what may go at any time.
        let _ = std::fs::remove_file(&self.0);
    }
}
