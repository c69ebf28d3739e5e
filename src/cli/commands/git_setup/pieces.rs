//! Lines that we add to files of a repository, and take out again.

use std::fs;
use std::io;
use std::path::Path;

use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;

/// A line of a file, or several that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// In the root of the repository.
    pub(super) file: &'static str,
    /// Without a line break at its end.
    pub(super) text: String,
}

impl Piece {
    pub(super) fn stands_in(&self, root: &Path) -> Result<bool, Error> {
        Ok(without(&read(root, self.file)?, &self.text).is_some())
    }

    pub(super) fn add(&self, root: &Path) -> Result<(), Error> {
        write(root, self.file, &with(&read(root, self.file)?, &self.text))
    }

    pub(super) fn remove(&self, root: &Path) -> Result<(), Error> {
        match without(&read(root, self.file)?, &self.text) {
            Some(text) => write(root, self.file, &text),
            None => Ok(()),
        }
    }

    /// On one line, for people.
    pub(super) fn shown(&self) -> String {
        self.text.trim_start().replace('\n', "; ")
    }
}

/// A file in the root; nothing if it isn't there.
pub(super) fn read(root: &Path, file: &str) -> Result<String, Error> {
    let path = root.join(file);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::io("read", &path, error)),
    }
}

/// A file without a line has no use.
fn write(root: &Path, file: &str, text: &str) -> Result<(), Error> {
    let path = root.join(file);
    // A repository may come from a stranger, and a link in it lead anywhere.
    if path.is_symlink() {
        return Err(Error::new(
            ErrorKind::BadSetting,
            format!("{} is a link, and is not written through", shown_path(&path)),
        )
        .with_hint("put a file in its place, or add the lines yourself: `llm-cassette git-setup --dry-run` prints them"));
    }
    let done = if text.is_empty() { fs::remove_file(&path) } else { fs::write(&path, text) };
    done.map_err(|error| Error::io("write", &path, error))
}

/// The text with some lines more. Everything that stands there stays as it is.
fn with(text: &str, lines: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { end };
    format!("{text}{gap}{}{end}", lines.replace('\n', end))
}

/// The text without some lines that follow each other; `None` if they aren't there.
fn without(text: &str, lines: &str) -> Option<String> {
    let ours: Vec<&str> = lines.split('\n').collect();
    let mut there: Vec<&str> = text.split_inclusive('\n').collect();
    let mut found = false;
    let mut at = 0;
    while let Some(window) = there.get(at..at + ours.len()) {
        if window.iter().map(|line| line.trim_end_matches(['\n', '\r'])).eq(ours.iter().copied()) {
            there.drain(at..at + ours.len());
            found = true;
        } else {
            at += 1;
        }
    }
    found.then(|| there.concat())
}

#[cfg(test)]
mod tests {
    use super::{with, without};

    #[test]
    fn lines_of_a_person_stay_as_they_are() {
        assert_eq!(with("*.png binary", "x diff=y"), "*.png binary\nx diff=y\n");
        assert_eq!(with("a\r\nb\r\n", "x"), "a\r\nb\r\nx\r\n");
        assert_eq!(without("a\r\nx\r\nb\r\n", "x").as_deref(), Some("a\r\nb\r\n"));
        assert_eq!(without("x y\n", "x"), None);
        assert_eq!(without("x\nz\n", "x\ny"), None);
    }

    #[test]
    fn what_was_added_is_taken_out_again() {
        for text in ["", "*.png binary\n", "# mine\r\n\r\n"] {
            for lines in ["x diff=y", "\n[x]\ny = z"] {
                assert_eq!(without(&with(text, lines), lines).as_deref(), Some(text));
            }
        }
    }
}
