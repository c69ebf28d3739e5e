//! What a command prints, and how.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use crate::model::error::Error;
use crate::model::json::{Json, Layout};
pub(super) use crate::model::text::plain;

/// Whether to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    Always,
    Never,
}

/// What a piece of text is, for colouring it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Heading,
    /// Who speaks.
    Speaker,
    /// A call of a tool, and what came of it.
    Call,
    Faint,
    Warning,
    /// What was there, and what is there instead.
    Gone,
    Come,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Style::Plain => "0",
            Style::Heading => "1",
            Style::Speaker => "36",
            Style::Call => "34",
            Style::Faint => "2",
            Style::Warning => "33",
            Style::Gone => "31",
            Style::Come => "32",
        }
    }
}

/// Where a command's data goes. Nothing is lost between lines: `flush` says if it could be written.
pub(crate) struct Output {
    sink: Box<dyn Write>,
    json: bool,
    color: bool,
    failed: Option<io::Error>,
}

impl Output {
    pub(crate) fn stdout(json: bool, color: ColorChoice) -> Output {
        let color = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
            }
        };
        Output { sink: Box::new(io::BufWriter::new(io::stdout())), json, color, failed: None }
    }

    /// Whether JSON is wanted instead of text.
    pub(super) fn wants_json(&self) -> bool {
        self.json
    }

    /// Prints a line.
    pub(super) fn line(&mut self, text: &str) {
        if self.failed.is_none() {
            self.failed = writeln!(self.sink, "{text}").err();
        }
    }

    /// Prints text that has its line ends.
    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Prints bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.sink.write_all(bytes).err();
        }
    }

    /// Prints a JSON value.
    pub(super) fn value(&mut self, value: &Json) {
        let layout = Layout::from_name("pretty").unwrap_or_default();
        self.line(&layout.write(value));
    }

    /// Whether colours are used.
    pub(super) fn has_color(&self) -> bool {
        self.color
    }

    /// The text in a style, if colours are used. What recordings say must have gone through [`plain`] before.
    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if self.color && style != Style::Plain {
            format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
        } else {
            text.to_owned()
        }
    }

    /// Writes everything out. A reader that has gone away, as `head` does, is no failure.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        let failed = self.failed.take().or_else(|| self.sink.flush().err());
        match failed {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::io("write", Path::new("the output"), error))
            }
            _ => Ok(()),
        }
    }
}

/// Says on standard error what the user should know.
pub(super) fn warn(message: &str) {
    let mut sink = io::stderr();
    let _ = writeln!(sink, "warning: {message}");
}

/// Says on standard error what went wrong.
pub(crate) fn complain(error: &Error) {
    let mut sink = io::stderr();
    // There is nobody left to tell if this fails.
    let _ = writeln!(sink, "error: {error}");
}

/// Says something on standard error that is no failure.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
