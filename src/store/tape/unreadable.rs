//! Why a file is no cassette, as a reader of errors is told.

use std::path::Path;

use crate::format::VERSION;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::{shell_quoted, shown_path};
use crate::store::unmerge;

/// Why a file is no cassette; `line` is that of the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Newer {
        version: String,
    },
    Malformed {
        line: usize,
        message: String,
    },
    /// Git LFS has not fetched it.
    Pointer,
    /// Documents run into each other, and cannot be told apart.
    Unresolvable {
        line: usize,
        why: unmerge::Why,
    },
}

impl Unreadable {
    pub(crate) fn into_error(self, path: &Path) -> Error {
        let place = |line: usize, message: &str| format!("{}:{line}: {message}", shown_path(path));
        match self {
            Unreadable::Newer { version } => Error::new(
                ErrorKind::NewerVersion,
                place(1, &format!("the file is in format {version}, and this version of llm-cassette reads format {VERSION}")),
            )
            .with_hint("run `cargo update -p llm-cassette`, or raise its version in `Cargo.toml`"),
            Unreadable::Pointer => Error::new(
                ErrorKind::Malformed,
                format!("{}: this is only a pointer of Git LFS to the cassette", shown_path(path)),
            )
            .with_hint("fetch it with `git lfs pull`"),
            Unreadable::Malformed { line, message } => {
                let path = shell_quoted(path);
                Error::new(ErrorKind::Malformed, place(line, &message))
                    .with_hint(format!("fix that line, or restore the file with `git checkout -- {path}`"))
            }
            Unreadable::Unresolvable { line, why } => {
                Error::new(ErrorKind::Malformed, place(line, why.message()))
                    .with_hint(why.hint(&shell_quoted(path)))
            }
        }
    }
}
