//! What can go wrong, said so that the reader knows what to do next.

use std::error::Error as StdError;
use std::fmt;

use crate::model::text::{escape_for_terminal, shown_path};

/// A failure of a cassette: of opening, matching, recording or finishing it.
///
/// `Display` says what happened, where, what came closest, and, on a last line that starts with `hint:`, the next
/// command or edit. The hint is part of the text because most users meet this error through an `unwrap` on an error
/// of their HTTP client, where nothing else of ours would be printed; `Debug` prints the same for the same reason.
/// Neither ever shows a secret.
///
/// Behind a client, find it with [`Error::find_in`].
///
/// ```
/// use llm_cassette::{Error, ErrorKind, Mode};
///
/// let error: Error = "rerecord".parse::<Mode>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::UnknownMode);
/// assert_eq!(error.to_string(), format!("{}\nhint: {}", error.message(), error.hint().unwrap()));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    /// The line of the cassette that this is about, or that came nearest.
    line: Option<usize>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What sort of failure an [`Error`] is.
///
/// ```
/// use llm_cassette::{Cassette, ErrorKind};
///
/// match Cassette::open("../outside").map_err(|error| error.kind()) {
///     Err(ErrorKind::BadName) => {}
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The mode is none of `replay`, `record`, `refresh`, `off`.
    UnknownMode,
    /// The name cannot be that of a cassette, such as `../x`.
    BadName,
    /// A setting does not hold up, such as a regular expression that does not parse: of the builder, of the environment or of
    /// `llm-cassette.toml`, and then the message has the line.
    BadSetting,
    /// There is no file, and the mode does not allow to make one.
    MissingFile,
    /// The cassette has no recording of this request.
    NoMatch,
    /// The cassette has recordings of this request, and all of them have been played.
    UsedUp,
    /// The recording is older than it may be, and [`Expiry::Fail`](crate::Expiry::Fail) is set.
    Expired,
    /// The file is not a cassette that this version can read; the message has the line.
    Malformed,
    /// The file was written by a newer version.
    NewerVersion,
    /// The file could not be read or written, or something changed it in place while it was open.
    Io,
    /// A recording would not have replayed truly, or would have held a secret, and was refused.
    Unrecordable,
    /// The client had hung up at this point when the stream was recorded.
    ClientAborted,
    /// The transfer broke at this point when the answer was recorded, as
    /// [`Builder::record_errors`](crate::Builder::record_errors) wants it.
    TransferBroke,
    /// At the end, something was amiss: a request without a recording, or a recording that nobody asked for.
    Unfinished,
    /// The cap on what a recording run may spend has been reached.
    OverBudget,
    /// An API key that a call would need is not in the environment.
    MissingKey,
    /// A turn of a conversation does not begin as the one before it did, and loses the provider's prompt cache.
    PromptMoved,
    /// A body was asked for as JSON, and is not JSON or has another shape.
    NotJson,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        // Paths, prompts and what servers say stand in it, and a test prints it to a terminal.
        let message = escape_for_terminal(&message.into());
        Error(Box::new(Inner { kind, message, hint: None, line: None, source: None }))
    }

    pub(crate) fn io(doing: &str, path: &std::path::Path, source: std::io::Error) -> Error {
        Error::new(ErrorKind::Io, format!("could not {doing} {}: {source}", shown_path(path)))
            .caused_by(source)
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Error {
        self.0.hint = Some(escape_for_terminal(&hint.into()));
        self
    }

    /// Notes the line of the cassette that this is about, where there is one.
    pub(crate) fn near(mut self, line: Option<usize>) -> Error {
        self.0.line = line;
        self
    }

    pub(crate) fn line(&self) -> Option<usize> {
        self.0.line
    }

    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        self.0.source = Some(source.into());
        self
    }

    /// The same error for a second place to be told at; its cause stays with the first.
    pub(crate) fn again(&self) -> Error {
        let error = Error::new(self.kind(), self.message()).near(self.line());
        match self.hint() {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }

    /// What sort of failure this is.
    ///
    /// ```
    /// use llm_cassette::{Cassette, ErrorKind};
    ///
    /// let error = Cassette::open("../outside").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::BadName);
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message without the hint: one line or several, harmless to a terminal.
    ///
    /// ```
    /// use llm_cassette::Mode;
    ///
    /// let error = "rerecord".parse::<Mode>().unwrap_err();
    /// assert_eq!(error.message(), r#"unknown mode "rerecord""#);
    /// ```
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The command or edit that gets the reader moving, where there is one.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let error = Cassette::builder("faq").match_header("x tenant").open().unwrap_err();
    /// assert_eq!(error.hint(), Some("write a name such as `x-tenant`"));
    /// ```
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match &self.0.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// An error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}
