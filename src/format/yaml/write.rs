//! Writes a tree in the form in which it is reviewed: blocks, one thing a line, small flat things on one line.

mod dense;

use super::number;
use super::scalar::{self, Place, Style, push_spaces};
use crate::format::blobs::MARK;
use crate::model::json::Json;

/// Where a line with `{}` or `[]` ends at the latest; what does not fit goes on lines of its own.
const FLOW_WIDTH: usize = 80;
/// Where the lines of a long array of numbers break, and those of the events of a stream.
const WRAP_WIDTH: usize = 100;
/// YAML allows 1024 for a key before its colon, in bytes for some readers. A longer one takes the form with `?`.
const KEY_WIDTH: usize = 1000;
/// What one level is indented by.
const STEP: usize = 2;

/// Writes `tree`, whose root is an object, as one YAML document without a `---` line.
pub(crate) fn write(tree: &Json) -> String {
    // Indentation comes on top of what the values take.
    let room = tree.size() * 5 / 4;
    let mut writer = Writer {
        out: String::with_capacity(room),
        line: 0,
        width: FLOW_WIDTH,
        is_dense: false,
        event_width: WRAP_WIDTH,
    };
    match tree {
        Json::Object(fields) if !fields.is_empty() => writer.mapping(fields, 0),
        Json::Array(items) if !items.is_empty() => writer.sequence(items, 0),
        other => {
            writer.leaf(other, STEP);
            writer.end_line();
        }
    }
    writer.out
}

/// What a value stands behind.
#[derive(Clone, Copy)]
enum Behind {
    Key,
    /// A nested block begins on the same line: `- role: user`.
    Dash,
}

struct Writer {
    out: String,
    /// Where the line that is being written begins.
    line: usize,
    /// Where a line with `{}` or `[]` has to end.
    width: usize,
    /// Within the events of a stream.
    is_dense: bool,
    /// Where the line of an event that stands alone has to end.
    event_width: usize,
}

impl Writer {
    /// Begins where the line stands: at its front, or behind a dash.
    fn mapping(&mut self, fields: &[(String, Json)], indent: usize) {
        for (index, (name, value)) in fields.iter().enumerate() {
            if index > 0 {
                push_spaces(indent, &mut self.out);
            }
            self.key(name, indent);
            match dense::stream(name, value) {
                Some(fields) if !self.is_dense => self.stream(fields, indent + STEP),
                _ => self.value(value, indent, Behind::Key),
            }
        }
    }

    /// A key and its colon.
    fn key(&mut self, name: &str, indent: usize) {
        let start = self.out.len();
        scalar::write_on_line(name, Place::Key, &mut self.out);
        if self.out.len() - start > KEY_WIDTH {
            self.out.insert_str(start, "? ");
            self.end_line();
            push_spaces(indent, &mut self.out);
        }
        self.out.push(':');
    }

    /// The message of a compact stream stands there for its readers, and what its events are made of does not.
    fn stream(&mut self, fields: &[(String, Json)], indent: usize) {
        self.end_line();
        for (name, value) in fields {
            push_spaces(indent, &mut self.out);
            self.key(name, indent);
            self.is_dense = dense::is_dense(name, value);
            self.event_width = dense::event_width(name);
            if name == dense::COMMON && self.common(value, indent + STEP) {
                continue;
            }
            match self.is_dense {
                true => self.collection(value, indent + STEP, Behind::Key),
                false => self.value(value, indent, Behind::Key),
            }
            self.is_dense = false;
        }
    }

    /// The fields that all events have, on as many lines as they fill. `false` when they want lines of their own.
    fn common(&mut self, fields: &Json, indent: usize) -> bool {
        let start = self.out.len();
        self.out.push(' ');
        let fits = fields.as_object().is_some() && self.wrapped(fields, indent);
        if fits {
            self.end_line();
        } else {
            self.out.truncate(start);
        }
        fits
    }

    fn sequence(&mut self, items: &[Json], indent: usize) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                push_spaces(indent, &mut self.out);
            }
            self.out.push('-');
            self.value(item, indent, Behind::Dash);
        }
    }

    fn value(&mut self, value: &Json, indent: usize, behind: Behind) {
        let start = self.out.len();
        let inner = indent + STEP;
        self.out.push(' ');
        let is_collection = match value {
            Json::Object(fields) => !fields.is_empty(),
            Json::Array(items) => !items.is_empty(),
            _ => false,
        };
        if !is_collection {
            self.leaf(value, inner);
            self.end_line();
        } else if self.fits(value, inner) {
            self.end_line();
        } else {
            self.out.truncate(start);
            self.collection(value, inner, behind);
        }
    }

    fn fits(&mut self, value: &Json, inner: usize) -> bool {
        if self.is_dense { self.wrapped(value, inner) } else { self.flow_in(self.width_for(value), value) }
    }

    /// What stands for a blob is one thing and takes one line, so that another blob changes one line.
    fn width_for(&self, value: &Json) -> usize {
        if value.get(MARK).is_some() { usize::MAX } else { self.width }
    }

    fn flow_in(&mut self, width: usize, value: &Json) -> bool {
        let before = std::mem::replace(&mut self.width, width);
        let fits = self.flow(value, 2);
        self.width = before;
        fits
    }

    /// A collection that takes more than one line.
    fn collection(&mut self, value: &Json, indent: usize, behind: Behind) {
        let is_number = |item: &Json| matches!(item, Json::Number(_) | Json::Null | Json::Bool(_));
        if let Some(items) = value.as_array().filter(|items| items.iter().all(is_number)) {
            return self.numbers(items, indent);
        }
        match behind {
            Behind::Dash => self.out.push(' '),
            Behind::Key => {
                self.end_line();
                push_spaces(indent, &mut self.out);
            }
        }
        match value {
            Json::Object(fields) => self.mapping(fields, indent),
            Json::Array(items) => self.sequence(items, indent),
            _ => {}
        }
    }

    /// A scalar or an empty collection.
    fn leaf(&mut self, leaf: &Json, indent: usize) {
        match leaf {
            Json::Null => self.out.push_str("null"),
            Json::Bool(true) => self.out.push_str("true"),
            Json::Bool(false) => self.out.push_str("false"),
            Json::Number(text) => number::write(text, &mut self.out),
            Json::String(text) => {
                scalar::write(text, scalar::style(text, Place::Block), indent, &mut self.out)
            }
            Json::Array(_) => self.out.push_str("[]"),
            Json::Object(_) => self.out.push_str("{}"),
        }
    }

    /// Tries to write `tree` on this line. `levels` is how many collections may stand in one another. When it doesn't
    /// fit, or would be hard to read there, the answer is `false` and what was written so far is the caller's to remove.
    fn flow(&mut self, tree: &Json, levels: usize) -> bool {
        match tree {
            Json::String(text) => self.room_for(text.len()) && self.flow_string(text),
            Json::Array(items) if !items.is_empty() => {
                // Objects in an array each deserve a line: they are messages, tools, choices.
                let is_object = |item: &Json| item.as_object().is_some_and(|fields| !fields.is_empty());
                if levels == 0 || items.iter().take(FLOW_WIDTH).any(is_object) {
                    return false;
                }
                self.out.push('[');
                let fits = items.iter().enumerate().all(|(index, item)| {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.flow(item, levels - 1)
                });
                self.out.push(']');
                fits && self.room_for(0)
            }
            Json::Object(fields) if !fields.is_empty() => {
                if levels == 0 {
                    return false;
                }
                self.out.push('{');
                let fits = fields.iter().enumerate().all(|(index, (name, value))| {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    let named = self.room_for(name.len()) && self.flow_string(name);
                    self.out.push_str(": ");
                    named && self.flow(value, levels - 1)
                });
                self.out.push('}');
                fits && self.room_for(0)
            }
            leaf => {
                self.leaf(leaf, 0);
                self.room_for(0)
            }
        }
    }

    /// `false` for a string with escapes: line breaks and such are easier to read in a block.
    fn flow_string(&mut self, text: &str) -> bool {
        let start = self.out.len();
        let style = scalar::write_on_line(text, Place::Flow, &mut self.out);
        self.room_for(0) && !(style == Style::DoubleQuoted && self.out[start..].contains('\\'))
    }

    fn room_for(&self, length: usize) -> bool {
        self.out.len() - self.line + length <= self.width
    }

    /// Many numbers to a line: an embedding has thousands.
    fn numbers(&mut self, items: &[Json], indent: usize) {
        self.out.push_str(" [");
        for (index, item) in items.iter().enumerate() {
            let start = self.out.len();
            self.leaf(item, indent);
            self.out.push(if index + 1 < items.len() { ',' } else { ']' });
            if index == 0 || self.out.len() - self.line > WRAP_WIDTH {
                let last = self.out.split_off(start);
                if self.out.ends_with(' ') {
                    self.out.pop();
                }
                self.end_line();
                push_spaces(indent, &mut self.out);
                self.out.push_str(&last);
            }
            if index + 1 < items.len() {
                self.out.push(' ');
            }
        }
        self.end_line();
    }

    fn end_line(&mut self) {
        self.out.push('\n');
        self.line = self.out.len();
    }
}
