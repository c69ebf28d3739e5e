//! The events of a compact stream: nobody reads them one by one, so each takes as few lines as it can.

use super::{KEY_WIDTH, WRAP_WIDTH, Writer};
use crate::format::yaml::scalar::{self, Place, push_spaces};
use crate::model::json::Json;

/// The fields that hold a compact stream, and the ones in it that are written so.
const STREAMS: [&str; 3] = ["sse", "ndjson", "eventstream"];
const EVENTS: &str = "events";
const DENSE: [&str; 3] = ["shared", "templates", EVENTS];
/// One mapping that is written so as a whole.
pub(super) const COMMON: &str = "common";

/// Where the line of an event that stands alone ends at the latest; what is longer is wrapped.
const EVENT_WIDTH: usize = 600;

/// A text of several lines that is longer than this stands in a block, and what holds it too. The tokens of a model are shorter.
const LONG_TEXT: usize = 12;

/// Where a line may break, and whether it has to once there is more than one.
struct Break {
    at: usize,
    is_due: bool,
}

/// The fields of a compact stream, if the value of a field of this name is one.
pub(super) fn stream<'a>(name: &str, value: &'a Json) -> Option<&'a [(String, Json)]> {
    let fields = value.as_object().filter(|_| STREAMS.contains(&name))?;
    fields.iter().any(|(name, value)| name == EVENTS && value.as_array().is_some()).then_some(fields)
}

/// Whether a field of a compact stream is written densely.
pub(super) fn is_dense(name: &str, value: &Json) -> bool {
    let is_filled = match value {
        Json::Array(items) => !items.is_empty(),
        Json::Object(fields) => !fields.is_empty(),
        _ => false,
    };
    is_filled && DENSE.contains(&name)
}

/// Where the line of an object in a field ends at the latest.
pub(super) fn event_width(name: &str) -> usize {
    if name == EVENTS { EVENT_WIDTH } else { WRAP_WIDTH }
}

impl Writer {
    /// Tries to write a collection in `[]` or `{}`, on as many lines as it takes. `false` when something in it wants lines of
    /// its own; what was written so far is then the caller's to remove.
    pub(super) fn wrapped(&mut self, tree: &Json, indent: usize) -> bool {
        let start = self.out.len();
        let mut breaks = Vec::new();
        if !self.flat(tree, 0, &mut breaks) {
            return false;
        }
        let width = if tree.as_object().is_some() { self.event_width } else { WRAP_WIDTH };
        if self.out.len() - self.line > width {
            let flat = self.out.split_off(start);
            self.lines(&flat, start, &breaks, indent);
        }
        true
    }

    fn flat(&mut self, tree: &Json, level: usize, breaks: &mut Vec<Break>) -> bool {
        match tree {
            Json::String(text) => {
                scalar::write_on_line(text, Place::Flow, &mut self.out);
                text.len() <= LONG_TEXT || !text.trim_end_matches('\n').contains('\n')
            }
            Json::Array(items) if !items.is_empty() => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        // A column of a row.
                        let is_due = level == 0 && item.as_array().is_some_and(|items| !items.is_empty());
                        self.out.push_str(", ");
                        breaks.push(Break { at: self.out.len(), is_due });
                    }
                    if !self.flat(item, level + 1, breaks) {
                        return false;
                    }
                }
                self.out.push(']');
                true
            }
            Json::Object(fields) if !fields.is_empty() => {
                self.out.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                        breaks.push(Break { at: self.out.len(), is_due: false });
                    }
                    let start = self.out.len();
                    scalar::write_on_line(name, Place::Flow, &mut self.out);
                    if self.out.len() - start > KEY_WIDTH || name.contains('\n') {
                        return false;
                    }
                    self.out.push_str(": ");
                    if !self.flat(value, level + 1, breaks) {
                        return false;
                    }
                }
                self.out.push('}');
                true
            }
            leaf => {
                self.leaf(leaf, 0);
                true
            }
        }
    }

    /// Writes what stands on one line, from `start` of the output on, on lines of their width.
    fn lines(&mut self, flat: &str, start: usize, breaks: &[Break], indent: usize) {
        let ends = breaks.iter().map(|one| one.at - start).chain([flat.len()]);
        let dues = [false].into_iter().chain(breaks.iter().map(|one| one.is_due));
        let mut from = 0;
        for (end, is_due) in ends.zip(dues) {
            let piece = flat[from..end].trim_end_matches(' ');
            if from > 0 {
                let is_full = self.out.len() - self.line + 1 + piece.len() > WRAP_WIDTH;
                if is_due || is_full {
                    self.end_line();
                    push_spaces(indent, &mut self.out);
                } else {
                    self.out.push(' ');
                }
            }
            self.out.push_str(piece);
            from = end;
        }
    }
}
