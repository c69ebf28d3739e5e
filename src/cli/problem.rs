//! What can be wrong with a cassette, said so that a person knows where and what to do.

use std::path::{Path, PathBuf};

use crate::model::error::Error;
use crate::model::json::Json;
use crate::model::text::shown_path;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Problem {
    pub(super) file: PathBuf,
    /// From 1; `None` for what concerns the file as a whole.
    pub(super) line: Option<usize>,
    pub(super) what: What,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// What a problem is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum What {
    /// A merge left the marks of a conflict, or documents that cannot be told apart.
    Conflict,
    /// A union merge interleaved documents that can be separated.
    Unmerged,
    /// Written in a format that this version does not know.
    Newer,
    Unreadable,
    Secret,
    /// A comment with a variable that cannot be read, contradicts another one, or is not read where it stands.
    Variable,
    /// The last document was never finished.
    Truncated,
    /// The stated key is not that of the request.
    Key,
    /// A take that is there already.
    Take,
    /// A blob that is missing or damaged.
    Blob,
    /// A blob that nothing refers to.
    Orphan,
}

/// The one right answer to a problem, where there is one and a program can give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cure {
    /// The cassette is written again, as `format` does.
    Format,
    /// A blob is deleted.
    Delete,
}

impl What {
    /// A secret has to be revoked as well, and of two takes with one number nobody knows which one to keep: these are for
    /// people.
    pub(super) fn cure(self) -> Option<Cure> {
        match self {
            What::Unmerged | What::Truncated | What::Key => Some(Cure::Format),
            What::Orphan => Some(Cure::Delete),
            What::Conflict
            | What::Newer
            | What::Unreadable
            | What::Secret
            | What::Variable
            | What::Take
            | What::Blob => None,
        }
    }

    /// As it stands in JSON.
    fn name(self) -> &'static str {
        match self {
            What::Conflict => "conflict",
            What::Unmerged => "unmerged",
            What::Newer => "newer",
            What::Unreadable => "unreadable",
            What::Secret => "secret",
            What::Variable => "variable",
            What::Truncated => "truncated",
            What::Key => "key",
            What::Take => "take",
            What::Blob => "blob",
            What::Orphan => "orphan",
        }
    }
}

impl Problem {
    pub(super) fn new(file: &Path, line: Option<usize>, what: What, message: impl Into<String>) -> Problem {
        Problem { file: file.to_owned(), line, what, message: message.into(), hint: None }
    }

    pub(super) fn with_hint(self, hint: impl Into<String>) -> Problem {
        Problem { hint: Some(hint.into()), ..self }
    }

    /// What an error says of a cassette. Its message starts with the file and, where it knows one, the line.
    pub(super) fn of_error(file: &Path, what: What, error: &Error) -> Problem {
        let message = error.message();
        let file_in_message = format!("{}:", shown_path(file));
        let rest = message.strip_prefix(&file_in_message).unwrap_or(message);
        let placed = rest.split_once(": ").and_then(|(line, rest)| Some((line.parse().ok()?, rest)));
        let (line, message) = placed.map_or((None, rest), |(line, rest)| (Some(line), rest));
        let hint = error.hint().map(str::to_owned);
        Problem { hint, ..Problem::new(file, line, what, message.trim()) }
    }

    /// Where it is and what it is, whatever it is about.
    pub(super) fn said(&self) -> (&Path, Option<usize>, &str) {
        (&self.file, self.line, &self.message)
    }

    /// The file, and the line where there is one, as terminals and editors open it.
    pub(super) fn place(&self) -> String {
        let line = self.line.map_or_else(String::new, |line| format!("{line}:"));
        format!("{}:{line}", shown_path(&self.file))
    }

    pub(super) fn tree(&self) -> Json {
        let text = |text: &str| Json::from(text);
        Json::Object(vec![
            ("file".to_owned(), Json::from(self.file.to_string_lossy().into_owned())),
            ("line".to_owned(), self.line.map_or(Json::Null, |line| Json::from(line as u64))),
            ("problem".to_owned(), text(self.what.name())),
            ("message".to_owned(), text(&self.message)),
            ("hint".to_owned(), self.hint.as_deref().map_or(Json::Null, text)),
        ])
    }
}
