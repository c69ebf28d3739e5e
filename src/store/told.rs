//! The file by which cassettes tell a run of several processes what they did: lines that are added, each at once, by whoever has
//! something to tell.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use super::regular_files::open_own;

/// Adds a line, in one piece. Where the file is no longer there, nobody waits for it any more.
pub(crate) fn add(file: &Path, line: &str) -> io::Result<()> {
    match open_own(OpenOptions::new().append(true), file) {
        Ok(mut file) => file.write_all(format!("{line}\n").as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a file in a folder that is everybody's, with nothing in it, for this user alone.
#[cfg(feature = "cli")]
pub(crate) fn create(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(file).map(drop)
}

/// The lines of a file. One that has no end was cut short, and is left out.
#[cfg(feature = "cli")]
pub(crate) fn lines(file: &Path) -> io::Result<Vec<String>> {
    let bytes = super::regular_files::read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).map(str::to_owned).collect())
}
