//! Refuses anchors, aliases, tags, directives, merge keys and second documents before the library sees a text: nested
//! aliases make it build gigabytes out of kilobytes, and none of these belongs into a cassette.
//!
//! Whether a `*` is an alias or a part of some text depends on everything before it. So this walks over the text as
//! libyaml's scanner does, with the same rules for indentation, keys and the ends of scalars; it only makes no tokens.
//! Where libyaml would stop with an error it may go on, since nothing behind such a place is ever used.
//!
//! Files of other tools have anchors, aliases and tags. There the walk says where tags stand, and who reads them counts what
//! aliases make.

mod scalars;

use std::ops::Range;

use super::ReadError;

/// Deeper than any tree that is written here; libyaml has no bound of its own, and takes quadratic time.
const MAX_DEPTH: usize = 128;

/// The error for the first thing that has no place in a cassette.
pub(super) fn check(text: &str) -> Result<(), ReadError> {
    scan(text).map(|_| ())
}

/// Where comments begin.
#[cfg(feature = "cli")]
pub(super) fn comments(text: &str) -> Result<Vec<usize>, ReadError> {
    scan(text).map(|scanner| scanner.comments)
}

/// Where tags stand in a document of another tool, which may have anchors and aliases too.
#[cfg(feature = "cli")]
pub(super) fn tags(text: &str) -> Result<Vec<Range<usize>>, ReadError> {
    let mut scanner = Scanner { foreign: true, ..Scanner::new(text) };
    while scanner.token()? {}
    Ok(scanner.tags)
}

fn scan(text: &str) -> Result<Scanner<'_>, ReadError> {
    let mut scanner = Scanner::new(text);
    scanner.characters()?;
    while scanner.token()? {}
    Ok(scanner)
}

/// A scalar or flow collection that turns out to be a key when a colon follows it.
#[derive(Clone, Copy)]
struct Key {
    at: usize,
    line: usize,
    column: isize,
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    line_start: usize,
    /// Column of the innermost block collection; -1 outside of all.
    indent: isize,
    outer_indents: Vec<isize>,
    /// How many `[` and `{` are open.
    flow: usize,
    /// Whether a key may begin here, which in a block is nearly only at the beginning of a line.
    key_allowed: bool,
    /// The possible key outside of flow collections. Inside, keys don't change indentation.
    key: Option<Key>,
    comments: Vec<usize>,
    /// Whether this is a file of another tool, in which anchors, aliases and tags may stand.
    foreign: bool,
    tags: Vec<Range<usize>>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Scanner<'a> {
        Scanner {
            text,
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
            line_start: 0,
            indent: -1,
            outer_indents: Vec::new(),
            flow: 0,
            key_allowed: true,
            key: None,
            comments: Vec::new(),
            foreign: false,
            tags: Vec::new(),
        }
    }
}

impl Scanner<'_> {
    /// Characters that libyaml does not take raw, and those that YAML 1.1 and 1.2 read differently.
    fn characters(&mut self) -> Result<(), ReadError> {
        let is_wrong = |c: char| match c {
            '\t' | '\n' | '\r' | ' '..='~' => false,
            c => c < '\u{a0}' || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'),
        };
        let Some((at, c)) = self.text.char_indices().find(|&(_, c)| is_wrong(c)) else { return Ok(()) };
        while let Some(step) = self.bytes[self.at..at].iter().position(|&b| is_break(Some(b))) {
            self.at += step;
            self.line_break();
        }
        self.at = at;
        let code = u32::from(c);
        self.fail(&format!(
            "the character U+{code:04X} has to be written as \"\\u{code:04x}\", in double quotes"
        ))
    }

    /// Walks over one token. `false` at the end of the text.
    fn token(&mut self) -> Result<bool, ReadError> {
        self.skip_to_token();
        let Some(first) = self.peek(0) else { return Ok(false) };
        let column = if self.flow == 0 { self.column() } else { 0 };
        while self.flow == 0 && self.indent > column {
            self.indent = self.outer_indents.pop().unwrap_or(-1);
        }
        if self.at == self.line_start && first == b'%' {
            return self.fail("a line that begins with `%` is a YAML directive, which a cassette can't have");
        }
        if self.at_document_marker() {
            return self.fail("`---` and `...` can't stand inside an interaction");
        }
        let blank_next = is_blank_or_end(self.peek(1));
        match first {
            b'[' | b'{' => {
                self.may_be_key(column);
                self.flow += 1;
                if self.flow > MAX_DEPTH {
                    return self.fail("brackets are nested too deeply");
                }
                self.key_allowed = true;
                self.at += 1;
            }
            b']' | b'}' => {
                self.flow = self.flow.saturating_sub(1);
                self.key_allowed = false;
                self.at += 1;
            }
            b',' => {
                self.forget_key();
                self.key_allowed = true;
                self.at += 1;
            }
            b'-' if blank_next => {
                self.begin_block(column)?;
                self.forget_key();
                self.key_allowed = true;
                self.at += 1;
            }
            b'?' if self.flow > 0 || blank_next => {
                self.begin_block(column)?;
                self.forget_key();
                self.key_allowed = self.flow == 0;
                self.at += 1;
            }
            b':' if self.flow > 0 || blank_next => self.colon(column)?,
            b'*' | b'&' | b'!' if self.foreign => self.property(first, column),
            b'*' => {
                return self
                    .fail("`*` begins a YAML alias, which a cassette can't have: put the text in quotes");
            }
            b'&' => {
                return self
                    .fail("`&` begins a YAML anchor, which a cassette can't have: put the text in quotes");
            }
            b'!' => {
                return self
                    .fail("`!` begins a YAML tag, which a cassette can't have: put the text in quotes");
            }
            b'|' | b'>' if self.flow == 0 => {
                self.forget_key();
                self.key_allowed = true;
                self.block_scalar()?;
            }
            b'\'' | b'"' => {
                self.may_be_key(column);
                self.key_allowed = false;
                self.quoted(first)?;
            }
            b'|' | b'>' | b'%' | b'@' | b'`' => {
                return self.fail("no value can begin with this character: put the text in quotes");
            }
            b'\t' => return self.fail("a tab can't indent a line"),
            _ => {
                self.may_be_key(column);
                self.key_allowed = false;
                self.plain()?;
            }
        }
        Ok(true)
    }

    /// An anchor, an alias or a tag, up to the next blank.
    fn property(&mut self, first: u8, column: isize) {
        self.may_be_key(column);
        self.key_allowed = false;
        let start = self.at;
        let verbatim = first == b'!' && self.peek(1) == Some(b'<');
        let ends = |byte: u8, flow: usize| {
            is_blank(byte) || flow > 0 && !verbatim && matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
        };
        while self.peek(0).is_some_and(|byte| !ends(byte, self.flow)) {
            self.at += 1;
        }
        if first == b'!' {
            self.tags.push(start..self.at);
        }
    }

    fn skip_to_token(&mut self) {
        loop {
            while self.peek(0) == Some(b' ')
                || (self.flow > 0 || !self.key_allowed) && self.peek(0) == Some(b'\t')
            {
                self.at += 1;
            }
            if self.peek(0) == Some(b'#') {
                self.comment();
            }
            if !is_break(self.peek(0)) {
                return;
            }
            self.line_break();
            if self.flow == 0 {
                self.key_allowed = true;
            }
        }
    }

    fn may_be_key(&mut self, column: isize) {
        if self.flow == 0 && self.key_allowed {
            self.key = Some(Key { at: self.at, line: self.line, column });
        }
    }

    fn forget_key(&mut self) {
        if self.flow == 0 {
            self.key = None;
        }
    }

    fn begin_block(&mut self, column: isize) -> Result<(), ReadError> {
        if self.flow == 0 && self.indent < column {
            self.outer_indents.push(self.indent);
            self.indent = column;
            if self.outer_indents.len() > MAX_DEPTH {
                return self.fail("lists and mappings are nested too deeply");
            }
        }
        Ok(())
    }

    fn colon(&mut self, column: isize) -> Result<(), ReadError> {
        if self.flow == 0 {
            // A key has to stand on one line and within 1024 bytes.
            let key = self.key.take().filter(|key| key.line == self.line && key.at + 1024 >= self.at);
            self.begin_block(key.map_or(column, |key| key.column))?;
            self.key_allowed = key.is_none();
        }
        self.at += 1;
        Ok(())
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// The column where only indentation stands before it.
    fn spaces(&self) -> isize {
        self.at.saturating_sub(self.line_start).cast_signed()
    }

    fn column(&self) -> isize {
        // Continuation bytes of UTF-8 are no characters of their own.
        let before = self.bytes.get(self.line_start..self.at).unwrap_or_default();
        before.iter().filter(|&&byte| byte & 0xc0 != 0x80).count().cast_signed()
    }

    fn at_document_marker(&self) -> bool {
        self.at == self.line_start
            && [b"---".as_slice(), b"..."].iter().any(|marker| self.bytes[self.at..].starts_with(marker))
            && is_blank_or_end(self.peek(3))
    }

    fn comment(&mut self) {
        self.comments.push(self.at);
        self.skip_line();
    }

    fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&byte| is_break(Some(byte))).unwrap_or(rest.len());
    }

    fn line_break(&mut self) {
        if self.at >= self.bytes.len() {
            return;
        }
        self.at += if self.peek(0) == Some(b'\r') && self.peek(1) == Some(b'\n') { 2 } else { 1 };
        self.line += 1;
        self.line_start = self.at;
    }

    fn fail<T>(&self, message: &str) -> Result<T, ReadError> {
        Err(ReadError {
            line: self.line,
            column: self.column().unsigned_abs() + 1,
            message: message.to_owned(),
        })
    }
}

fn is_break(byte: Option<u8>) -> bool {
    matches!(byte, Some(b'\n' | b'\r'))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_blank_or_end(byte: Option<u8>) -> bool {
    byte.is_none_or(is_blank)
}
