//! A fast way to read what was written by `write` and not touched since, many times faster than the library.
//!
//! It parses in good faith, checking little, and then writes the tree again: only when that gives the very same text is
//! the tree taken. So nothing can be read here in another way than the library reads it, as long as the library reads
//! everything that `write` writes, which is what `write` is tested for.
//!
//! Who knows that `write` wrote a text need not have it written again: a checksum tells so, or the tree that it was written from.

mod flow;

use super::{number, write::write};
use crate::model::json::Json;

/// The deepest tree that `write` has to care for; a bound is needed for the recursion below.
const MAX_DEPTH: usize = 110;

/// The tree, or `None` when the text may be anything but what `write` gives for some tree.
pub(super) fn read(text: &str) -> Option<Json> {
    read_written(text).filter(|tree| write(tree) == text)
}

/// The tree of a text that `write` gave. Of another text it may be any tree, or none.
pub(super) fn read_written(text: &str) -> Option<Json> {
    let mut parser = Parser { text, at: 0 };
    let fields = if text == "{}\n" { Vec::new() } else { parser.mapping(0, 0)? };
    let tree = Json::Object(fields);
    (parser.at == text.len() || text == "{}\n").then_some(())?;
    is_readable(&tree).then_some(tree)
}

/// What `write` writes and the library does not read back as the same: repeated keys and numbers beyond doubles.
fn is_readable(tree: &Json) -> bool {
    match tree {
        Json::Number(text) => number::fits(text),
        Json::Array(items) => items.iter().all(is_readable),
        Json::Object(fields) => fields.iter().all(|(_, value)| is_readable(value)) && !repeats_a_key(fields),
        Json::Null | Json::Bool(_) | Json::String(_) => true,
    }
}

fn repeats_a_key(fields: &[(String, Json)]) -> bool {
    if fields.len() < 16 {
        return fields
            .iter()
            .enumerate()
            .any(|(index, (name, _))| fields[..index].iter().any(|(other, _)| other == name));
    }
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, token: &str) -> bool {
        let found =
            self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(token.as_bytes()));
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str) -> Option<()> {
        self.take(token).then_some(())
    }

    fn text_of(&mut self, length: usize) -> Option<&'a str> {
        let text = self.rest().get(..length)?;
        self.at += length;
        Some(text)
    }

    /// The rest of the line, without the line break, which is skipped.
    fn line(&mut self) -> Option<&'a str> {
        let line = self.text_of(line_length(self.rest())?)?;
        self.at += 1;
        Some(line)
    }

    /// At the front of a line: skips its indentation if that is exactly `indent`.
    fn indentation(&mut self, indent: usize) -> bool {
        let spaces = self.rest().bytes().take_while(|&byte| byte == b' ').count();
        let matches = spaces == indent && self.at + spaces < self.text.len();
        if matches {
            self.at += spaces;
        }
        matches
    }

    /// From the first key on, wherever on its line that stands.
    fn mapping(&mut self, indent: usize, depth: usize) -> Option<Vec<(String, Json)>> {
        let mut fields = Vec::new();
        loop {
            let is_long = self.take("? ");
            let is_quoted = matches!(self.peek()?, b'"' | b'\'');
            let name = match (is_quoted, is_long) {
                (true, _) => self.quoted()?,
                (false, true) => self.text_of(line_length(self.rest())?)?.to_owned(),
                (false, false) => self.text_of(key_length(self.rest())?)?.to_owned(),
            };
            if is_long {
                self.expect("\n")?;
                self.indentation(indent).then_some(())?;
            }
            self.expect(":")?;
            fields.push((name, self.value(indent, depth + 1)?));
            if !self.indentation(indent) {
                return Some(fields);
            }
        }
    }

    /// From the first dash on.
    fn sequence(&mut self, indent: usize, depth: usize) -> Option<Vec<Json>> {
        let mut items = Vec::new();
        loop {
            self.expect("-")?;
            items.push(self.value(indent, depth + 1)?);
            if !self.indentation(indent) {
                return Some(items);
            }
        }
    }

    /// What stands behind a colon or a dash, up to the front of the line behind it.
    fn value(&mut self, indent: usize, depth: usize) -> Option<Json> {
        let inner = indent + 2;
        if depth > MAX_DEPTH {
            return None;
        }
        if self.take("\n") {
            return if self.indentation(inner) { self.block(inner, depth) } else { None };
        }
        self.expect(" ")?;
        let value = match self.peek()? {
            b'|' => return self.literal(inner).map(Json::String),
            b'[' | b'{' => self.flow(depth)?,
            b'"' | b'\'' => {
                let start = self.at;
                let text = self.quoted()?;
                if self.peek() == Some(b':') {
                    self.at = start;
                    return self.block(inner, depth);
                }
                Json::String(text)
            }
            _ if self.at_dash() || self.rest().starts_with("? ") => return self.block(inner, depth),
            _ => match first_end(self.rest())? {
                End::Key(_) => return self.block(inner, depth),
                End::Line(length) => plain(self.text_of(length)?),
            },
        };
        self.expect("\n")?;
        Some(value)
    }

    fn at_dash(&self) -> bool {
        let bytes = self.text.as_bytes();
        self.peek() == Some(b'-') && matches!(bytes.get(self.at + 1), Some(b' ' | b'\n'))
    }

    fn block(&mut self, indent: usize, depth: usize) -> Option<Json> {
        if self.at_dash() {
            self.sequence(indent, depth).map(Json::Array)
        } else {
            self.mapping(indent, depth).map(Json::Object)
        }
    }

    fn literal(&mut self, indent: usize) -> Option<String> {
        let header = self.line()?;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let spaces = rest.bytes().take(indent).take_while(|&byte| byte == b' ').count();
            if spaces == indent {
                self.at += indent;
                text.push_str(self.line()?);
            } else if rest.starts_with('\n') {
                self.at += 1;
            } else {
                break;
            }
            text.push('\n');
        }
        if header.ends_with('-') {
            text.pop();
        }
        Some(text)
    }
}

fn line_length(rest: &str) -> Option<usize> {
    rest.bytes().position(|byte| byte == b'\n')
}

/// Where text that has no quotes ends on its line.
enum End {
    /// At a colon, so it is a key.
    Key(usize),
    Line(usize),
}

fn first_end(rest: &str) -> Option<End> {
    let bytes = rest.as_bytes();
    let is_end = |(at, byte): (usize, &u8)| match byte {
        b'\n' => true,
        b':' => matches!(bytes.get(at + 1), Some(b' ' | b'\n')),
        _ => false,
    };
    let end = bytes.iter().enumerate().position(is_end)?;
    Some(if bytes[end] == b':' { End::Key(end) } else { End::Line(end) })
}

fn key_length(rest: &str) -> Option<usize> {
    match first_end(rest)? {
        End::Key(length) => Some(length),
        End::Line(_) => None,
    }
}

fn plain(text: &str) -> Json {
    match text {
        "null" => Json::Null,
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        text if number::is_json(text) => Json::Number(text.to_owned()),
        text => Json::String(text.to_owned()),
    }
}
