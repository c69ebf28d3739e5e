//! What a command prints, and how.

use std::io::{self, Write};
use std::path::Path;

use anstream::AutoStream;
use anstream::stream::{AsLockedWrite, RawStream};
use clap::builder::styling::{AnsiColor, Style as Ansi};

use crate::model::error::Error;
use crate::model::json::{Json, Layout};
use crate::model::text::{escape_for_terminal, escape_json, escape_line};

/// Whether to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum ColorChoice {
    /// On a terminal that has them, unless `NO_COLOR` is set; everywhere if `CLICOLOR_FORCE` is.
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
    Removed,
    Added,
}

impl Style {
    fn ansi(self) -> Ansi {
        match self {
            Style::Plain => Ansi::new(),
            Style::Heading => Ansi::new().bold(),
            Style::Speaker => AnsiColor::Cyan.on_default(),
            Style::Call => AnsiColor::Blue.on_default(),
            Style::Faint => Ansi::new().dimmed(),
            Style::Warning => AnsiColor::Yellow.on_default(),
            Style::Removed => AnsiColor::Red.on_default(),
            Style::Added => AnsiColor::Green.on_default(),
        }
    }
}

/// Where a command's data goes. Lines are escaped here, so that no text of a recording, whoever prints it, is obeyed by a
/// terminal. Nothing is lost between lines: `flush` says if it could be written.
pub(in crate::cli) struct Output {
    sink: Box<dyn Write>,
    json: bool,
    color: bool,
    choice: ColorChoice,
    failed: Option<io::Error>,
}

impl Output {
    pub(in crate::cli) fn stdout(json: bool, choice: ColorChoice) -> Output {
        Output::on(io::stdout(), AutoStream::choice(&io::stdout()), json, choice)
    }

    /// The same on standard error, where standard output is somebody else's.
    pub(super) fn as_stderr(&self) -> Output {
        Output::on(io::stderr(), AutoStream::choice(&io::stderr()), self.json, self.choice)
    }

    fn on(
        stream: impl RawStream + AsLockedWrite + 'static,
        chosen: anstream::ColorChoice,
        json: bool,
        choice: ColorChoice,
    ) -> Output {
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => chosen != anstream::ColorChoice::Never,
        };
        let sink: Box<dyn Write> = match color {
            // Consoles of Windows have to be told that there will be colours.
            true => Box::new(io::BufWriter::new(AutoStream::always(stream))),
            false => Box::new(io::BufWriter::new(stream)),
        };
        Output { sink, json, color, choice, failed: None }
    }

    /// Whether JSON is wanted instead of text.
    pub(super) fn wants_json(&self) -> bool {
        self.json
    }

    /// Prints a line.
    pub(super) fn line(&mut self, text: &str) {
        self.spans([(Style::Plain, text)]);
    }

    /// Prints a line in a style.
    pub(super) fn styled(&mut self, style: Style, text: &str) {
        self.spans([(style, text)]);
    }

    /// Prints a line of several pieces, without the white space at its end.
    pub(super) fn spans<T: AsRef<str>>(&mut self, pieces: impl IntoIterator<Item = (Style, T)>) {
        let mut pieces: Vec<(Style, String)> =
            pieces.into_iter().map(|(style, text)| (style, escape_line(text.as_ref()))).collect();
        while let Some((_, last)) = pieces.last_mut() {
            last.truncate(last.trim_end().len());
            if !last.is_empty() {
                break;
            }
            pieces.pop();
        }
        let line: String = pieces.iter().map(|(style, text)| self.painted(*style, text)).collect();
        self.bytes(format!("{line}\n").as_bytes());
    }

    fn painted(&self, style: Style, text: &str) -> String {
        if !self.color || style == Style::Plain || text.is_empty() {
            return text.to_owned();
        }
        let style = style.ansi();
        format!("{style}{text}{style:#}")
    }

    /// Prints text that has its line ends.
    pub(super) fn text(&mut self, text: &str) {
        self.bytes(escape_for_terminal(text).as_bytes());
    }

    /// Prints a document that something else than a terminal reads, as it is.
    pub(super) fn document(&mut self, text: &str) {
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
        self.document(&format!("{}\n", escape_json(&layout.write(value))));
    }

    /// Whether colours are used.
    pub(super) fn has_color(&self) -> bool {
        self.color
    }

    /// Writes everything out. A reader that has gone away, as `head` does, is no failure.
    pub(in crate::cli) fn flush(&mut self) -> Result<(), Error> {
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
    say(&format!("warning: {message}"));
}

/// Says on standard error what went wrong.
pub(in crate::cli) fn complain(error: &Error) {
    say(&format!("error: {error}"));
}

/// Says something on standard error that is no failure.
pub(super) fn say(text: &str) {
    // There is nobody left to tell if this fails.
    let _ = writeln!(io::stderr(), "{}", escape_for_terminal(text));
}
