//! How JSON text was laid out. A body whose bytes one of these layouts gives back can be stored as a tree.

use super::Json;
use super::escapes::{ALL_ESCAPES, Escapes, write_string};

/// White space and escapes of a JSON text: everything that its tree does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    /// White space before the value: some gateways keep a connection alive with it.
    pub(crate) before: String,
    /// White space behind the value, usually one line break.
    pub(crate) after: String,
    /// What one level is indented by; `None` when the value stands on one line.
    pub(crate) indent: Option<String>,
    pub(crate) space_after_comma: bool,
    pub(crate) space_before_colon: bool,
    pub(crate) space_after_colon: bool,
    pub(crate) escapes: Escapes,
}

impl Layout {
    /// The layout that turns `tree` into exactly `bytes`, if there is one.
    pub(crate) fn of(tree: &Json, bytes: &[u8]) -> Option<Layout> {
        let text = std::str::from_utf8(bytes).ok()?;
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
        let inner = text.trim_start_matches(is_space);
        let before = &text[..text.len() - inner.len()];
        let value = inner.trim_end_matches(is_space);
        let mut layout =
            Layout { before: before.to_owned(), after: inner[value.len()..].to_owned(), ..Layout::default() };
        layout.observe(value.as_bytes());
        ALL_ESCAPES.iter().find_map(|&(escapes, _)| {
            layout.escapes = escapes;
            (layout.write(tree).as_bytes() == bytes).then(|| layout.clone())
        })
    }

    /// Reads the white space off the first places that show it.
    fn observe(&mut self, bytes: &[u8]) {
        let mut at = 0;
        let (mut seen_comma, mut seen_colon) = (false, false);
        while at < bytes.len() && !(seen_comma && seen_colon) {
            match bytes[at] {
                b'"' => {
                    at = super::skip_string(bytes, at).unwrap_or(bytes.len());
                    continue;
                }
                b'{' | b'[' if self.indent.is_none() && bytes.get(at + 1) == Some(&b'\n') => {
                    let spaces = bytes[at + 2..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
                    let indent = String::from_utf8_lossy(&bytes[at + 2..at + 2 + spaces]).into_owned();
                    self.indent = Some(indent);
                }
                b',' if !seen_comma => {
                    seen_comma = true;
                    self.space_after_comma = bytes.get(at + 1) == Some(&b' ');
                }
                b':' if !seen_colon => {
                    seen_colon = true;
                    self.space_before_colon = at > 0 && bytes[at - 1] == b' ';
                    self.space_after_colon = bytes.get(at + 1) == Some(&b' ');
                }
                _ => {}
            }
            at += 1;
        }
        if self.indent.is_some() {
            self.space_after_comma = false;
        }
    }

    /// The bytes of `tree` in this layout.
    pub(crate) fn write(&self, tree: &Json) -> String {
        let mut out = String::with_capacity(self.before.len() + tree.size() + self.after.len());
        self.fill(tree, &mut out, usize::MAX);
        out
    }

    /// The same, unless it takes more bytes than that: a word may ask for much white space on each line.
    pub(crate) fn write_within(&self, tree: &Json, limit: usize) -> Option<String> {
        let room = self.before.len() + tree.size() + self.after.len();
        let mut out = String::with_capacity(room.min(limit));
        self.fill(tree, &mut out, limit);
        (out.len() <= limit).then_some(out)
    }

    /// What is written beyond the limit is a little, and for nothing.
    fn fill(&self, tree: &Json, out: &mut String, limit: usize) {
        out.push_str(&self.before);
        self.value(tree, 0, out, limit);
        out.push_str(&self.after);
    }

    fn value(&self, tree: &Json, depth: usize, out: &mut String, limit: usize) {
        if out.len() > limit {
            return;
        }
        match tree {
            Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Number(text) => out.push_str(text),
            Json::String(text) => write_string(text, self.escapes, out),
            Json::Array(items) => self.list(('[', ']'), items, depth, out, limit, |item, out| {
                self.value(item, depth + 1, out, limit);
            }),
            Json::Object(fields) => self.list(('{', '}'), fields, depth, out, limit, |(name, value), out| {
                write_string(name, self.escapes, out);
                if self.space_before_colon {
                    out.push(' ');
                }
                out.push(':');
                if self.space_after_colon {
                    out.push(' ');
                }
                self.value(value, depth + 1, out, limit);
            }),
        }
    }

    fn list<T>(
        &self,
        (open, close): (char, char),
        items: &[T],
        depth: usize,
        out: &mut String,
        limit: usize,
        write: impl Fn(&T, &mut String),
    ) {
        out.push(open);
        for (index, item) in items.iter().enumerate() {
            if out.len() > limit {
                return;
            }
            if index > 0 {
                out.push(',');
                if self.space_after_comma {
                    out.push(' ');
                }
            }
            self.line(depth + 1, out);
            write(item, out);
        }
        if !items.is_empty() {
            self.line(depth, out);
        }
        out.push(close);
    }

    fn line(&self, depth: usize, out: &mut String) {
        if let Some(indent) = &self.indent {
            out.push('\n');
            for _ in 0..depth {
                out.push_str(indent);
            }
        }
    }

    /// The layout in words for a cassette, without `before` and `after`: `pretty`, `python ascii`, `spaced-colons`, …
    /// Compact, the commonest, is the empty string.
    pub(crate) fn name(&self) -> String {
        let shape =
            match (&self.indent, self.space_after_comma, self.space_before_colon, self.space_after_colon) {
                (None, false, false, false) => String::new(),
                (None, true, false, true) => "python".to_owned(),
                (None, false, false, true) => "spaced-colons".to_owned(),
                (None, true, false, false) => "spaced-commas".to_owned(),
                (None, comma, true, after) => {
                    format!(
                        "colons-apart{}{}",
                        if after { "" } else { "-before" },
                        if comma { " spaced-commas" } else { "" }
                    )
                }
                (Some(indent), _, false, true) if indent == "  " => "pretty".to_owned(),
                (Some(indent), _, before, after) => {
                    let kind = if indent.bytes().all(|b| b == b' ') {
                        format!("pretty-{}", indent.len())
                    } else if indent.bytes().all(|b| b == b'\t') {
                        format!("pretty-tab-{}", indent.len())
                    } else {
                        format!("pretty-mixed-{}", indent.replace('\t', "t").replace(' ', "s"))
                    };
                    let colon = match (before, after) {
                        (false, true) => "",
                        (false, false) => " tight-colons",
                        (true, true) => " colons-apart",
                        (true, false) => " colons-apart-before",
                    };
                    kind + colon
                }
            };
        let escapes =
            ALL_ESCAPES.iter().find(|(escapes, _)| *escapes == self.escapes).map_or("", |(_, name)| name);
        [shape.as_str(), escapes]
            .iter()
            .filter(|word| !word.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The layout that `name` wrote. `None` when a word is unknown.
    pub(crate) fn from_name(name: &str) -> Option<Layout> {
        let mut layout = Layout::default();
        for word in name.split_ascii_whitespace() {
            let pretty = |indent: String| Layout {
                indent: Some(indent),
                space_after_colon: true,
                ..Layout::default()
            };
            match word {
                "compact" => {}
                "python" => (layout.space_after_comma, layout.space_after_colon) = (true, true),
                "spaced-colons" => layout.space_after_colon = true,
                "spaced-commas" => layout.space_after_comma = true,
                "tight-colons" => layout.space_after_colon = false,
                "colons-apart" => (layout.space_before_colon, layout.space_after_colon) = (true, true),
                "colons-apart-before" => {
                    (layout.space_before_colon, layout.space_after_colon) = (true, false)
                }
                "pretty" => layout = pretty("  ".to_owned()),
                other => {
                    if let Some(units) = other.strip_prefix("pretty-tab-") {
                        layout = pretty("\t".repeat(units.parse().ok().filter(|n| *n < 64)?));
                    } else if let Some(units) = other.strip_prefix("pretty-mixed-") {
                        layout = pretty(units.replace('t', "\t").replace('s', " "));
                    } else if let Some(units) = other.strip_prefix("pretty-") {
                        layout = pretty(" ".repeat(units.parse().ok().filter(|n| *n < 64)?));
                    } else {
                        layout.escapes = ALL_ESCAPES.iter().find(|(_, name)| *name == other)?.0;
                    }
                }
            }
        }
        Some(layout)
    }
}
