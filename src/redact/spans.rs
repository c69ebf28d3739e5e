//! JSON with the place of each string, for cutting in it without touching any other byte.

use std::ops::Range;

use crate::model::json::skip_string;

const MAX_DEPTH: usize = 100;

/// A value of a JSON text and where it stands.
#[derive(Debug)]
pub(super) enum Node {
    /// What stands between the quotes.
    Text(Range<usize>),
    /// A number, `true`, `false` or `null`.
    Plain(Range<usize>),
    /// The items without plain ones: arrays of floats can be long, and hold no text.
    Array(Vec<Node>),
    Object(Vec<(Range<usize>, Node)>),
}

/// Reads one JSON value with nothing but white space around it.
pub(super) fn parse(text: &[u8]) -> Option<Node> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.value(0)?;
    reader.space();
    (reader.at == text.len()).then_some(node)
}

/// Where the items of a JSON array stand; of one that is torn off, those that are whole.
pub(super) fn items(text: &[u8]) -> Vec<Range<usize>> {
    let mut reader = Reader { text, at: 0 };
    let mut items = Vec::new();
    if reader.take(b'[').is_none() {
        return items;
    }
    loop {
        reader.space();
        let start = reader.at;
        if reader.value(1).is_none() {
            return items;
        }
        items.push(start..reader.at);
        if reader.take(b',').is_none() {
            return items;
        }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn string(&mut self) -> Option<Range<usize>> {
        let open = self.at;
        self.take(b'"')?;
        self.at = skip_string(self.text, self.at - 1)?;
        Some(open + 1..self.at - 1)
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        self.space();
        match self.peek()? {
            _ if depth > MAX_DEPTH => None,
            b'"' => self.string().map(Node::Text),
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            _ => {
                let start = self.at;
                while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
                    self.at += 1;
                }
                (self.at > start).then_some(Node::Plain(start..self.at))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Node> {
        let mut fields = Vec::new();
        self.take(b'{')?;
        if self.take(b'}').is_some() {
            return Some(Node::Object(fields));
        }
        loop {
            self.space();
            let name = self.string()?;
            self.take(b':')?;
            fields.push((name, self.value(depth + 1)?));
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return Some(Node::Object(fields));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Node> {
        let mut items = Vec::new();
        self.take(b'[')?;
        if self.take(b']').is_some() {
            return Some(Node::Array(items));
        }
        loop {
            let item = self.value(depth + 1)?;
            if !matches!(item, Node::Plain(_)) {
                items.push(item);
            }
            if self.take(b',').is_none() {
                self.take(b']')?;
                return Some(Node::Array(items));
            }
        }
    }
}
