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
    /// The items without plain ones, since arrays of floats can be long, and what stands between the brackets.
    Array(Vec<Node>, Range<usize>),
    Object(Vec<(Range<usize>, Node)>),
}

/// One of several values of a text.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) range: Range<usize>,
    /// Its places count from where the value begins.
    pub(super) node: Node,
    /// It was cut off at the end of the text.
    pub(super) is_torn: bool,
}

/// Reads one JSON value with nothing but white space around it.
pub(super) fn parse(text: &[u8]) -> Option<Node> {
    let mut reader = Reader::new(text, false);
    let node = reader.value(0)?;
    reader.space();
    (reader.at == text.len()).then_some(node)
}

/// Reads the JSON value at the start of a text, and says where it ends. What is cut off is read as far as it goes.
pub(super) fn parse_start(text: &[u8]) -> (Option<Node>, usize) {
    let mut reader = Reader::new(text, true);
    let node = reader.value(0);
    (node, reader.at)
}

/// Reads what there is of a JSON value that was cut off at the end of the text.
pub(super) fn parse_torn(text: &[u8]) -> Option<Node> {
    let mut reader = Reader::new(text, true);
    let node = reader.value(0)?;
    (reader.at == text.len()).then_some(node)
}

/// The values of a text that has one behind the other, such as lines of JSON or the items of an array. Numbers and lines that
/// are no JSON are left out; the last value may be cut off.
pub(super) fn values(text: &[u8]) -> Vec<Value> {
    let mut found = Vec::new();
    let mut at = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    at += usize::from(text.get(at) == Some(&b'['));
    while at < text.len() {
        // A record separator stands before each value of a JSON text sequence (RFC 7464).
        if text[at].is_ascii_whitespace() || matches!(text[at], b',' | b']' | 0x1e) {
            at += 1;
            continue;
        }
        let rest = &text[at..];
        let mut reader = Reader::new(rest, false);
        let value = reader.value(0).map(|node| (node, reader.at, false));
        if let Some(inside) = reader.too_deep {
            // To begin anew in the next line would be as deep again. As much text as half of the depth takes is left out.
            at += inside.max(1);
            continue;
        }
        let value = value.or_else(|| parse_torn(rest).map(|node| (node, rest.len(), true)));
        let length = match value {
            Some((Node::Plain(_), length, _)) => length,
            Some((node, length, is_torn)) => {
                found.push(Value { range: at..at + length, node, is_torn });
                length
            }
            None => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
        };
        at += length.max(1);
    }
    found
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// The text may end anywhere, and what was read up to there counts.
    is_torn: bool,
    /// Where half of the depth was reached that is read.
    half: usize,
    /// That place, where the text turned out to be deeper than is read.
    too_deep: Option<usize>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8], is_torn: bool) -> Reader<'a> {
        Reader { text, at: 0, is_torn, half: 0, too_deep: None }
    }
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

    /// Whether the text ends where something was expected, and may.
    fn is_cut_off(&self) -> bool {
        self.is_torn && self.at >= self.text.len()
    }

    fn string(&mut self) -> Option<Range<usize>> {
        let open = self.at;
        self.take(b'"')?;
        match skip_string(self.text, self.at - 1) {
            Some(end) => {
                self.at = end;
                Some(open + 1..end - 1)
            }
            None if self.is_torn => {
                self.at = self.text.len();
                Some(open + 1..self.at)
            }
            None => None,
        }
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        self.space();
        if depth == MAX_DEPTH / 2 {
            self.half = self.at;
        }
        match self.peek()? {
            _ if depth > MAX_DEPTH => {
                self.too_deep = Some(self.half);
                None
            }
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
            let field = self.field(depth);
            let goes_on = field.is_some();
            fields.extend(field);
            if self.is_cut_off() {
                return Some(Node::Object(fields));
            }
            if !goes_on {
                return None;
            }
            if self.take(b',').is_none() && !self.is_cut_off() {
                self.take(b'}')?;
                return Some(Node::Object(fields));
            }
        }
    }

    fn field(&mut self, depth: usize) -> Option<(Range<usize>, Node)> {
        self.space();
        let name = self.string()?;
        self.take(b':')?;
        Some((name, self.value(depth + 1)?))
    }

    fn array(&mut self, depth: usize) -> Option<Node> {
        let mut items = Vec::new();
        self.take(b'[')?;
        let start = self.at;
        if self.take(b']').is_some() {
            return Some(Node::Array(items, start..start));
        }
        loop {
            let item = self.value(depth + 1);
            let goes_on = item.is_some();
            items.extend(item.filter(|item| !matches!(item, Node::Plain(_))));
            if self.is_cut_off() {
                return Some(Node::Array(items, start..self.at));
            }
            if !goes_on {
                return None;
            }
            if self.take(b',').is_none() && !self.is_cut_off() {
                let end = self.at;
                self.take(b']')?;
                return Some(Node::Array(items, start..end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The strings of a value, keys left out.
    fn texts<'a>(text: &'a [u8], node: &Node) -> Vec<&'a str> {
        match node {
            Node::Text(range) => vec![std::str::from_utf8(&text[range.clone()]).unwrap()],
            Node::Plain(_) => Vec::new(),
            Node::Array(items, _) => items.iter().flat_map(|item| texts(text, item)).collect(),
            Node::Object(fields) => fields.iter().flat_map(|(_, value)| texts(text, value)).collect(),
        }
    }

    fn all(text: &str) -> Vec<Vec<&str>> {
        let values = values(text.as_bytes());
        values.iter().map(|value| texts(&text.as_bytes()[value.range.clone()], &value.node)).collect()
    }

    #[test]
    fn values_are_found_whatever_stands_between_them() {
        for text in [
            r#"{"a":"x"}{"b":["y"]}"#,
            "{\"a\":\"x\"}\r\n\r\n{\"b\":[1,\"y\"]}\n",
            "[{\"a\":\"x\"}\n,\n{\"b\":[\"y\"]}]",
            "\u{1e}{\"a\":\"x\"}\n\u{1e}{\"b\":[\"y\"]}\n",
            "{\"a\":\"x\"}\n# {\"c\":\"z\"}\n17\n{\"b\":[\"y\"]}",
            "{\"a\":\"x\"}\n{\"b\":[\"y\"],\"c",
        ] {
            assert_eq!(all(text), [["x"], ["y"]], "{text}");
        }
        assert_eq!(all("{\"a\":\"x\"}\n{\"b\":[\"y\\"), [["x"], ["y\\"]]);
    }

    #[test]
    fn what_is_nested_too_deeply_hides_no_other_value() {
        for open in ["[", "[1,\n", "{\"d\":\n"] {
            let text = format!("{}\n{{\"a\":\"x\"}}\n{{\"b\":\"y\"}}\n", open.repeat(3 * MAX_DEPTH));
            let found = all(&text).concat();
            assert!(found.ends_with(&["y"]) && found.contains(&"x"), "{open}: {found:?}");
        }
    }

    #[test]
    fn what_is_cut_off_is_read_as_far_as_it_goes() {
        let text = r#"{"a":["x",{"b":"y","c":tr"#;
        for length in 1..=text.len() {
            let text = &text[..length];
            let node = parse_torn(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            let told = texts(text.as_bytes(), &node).concat();
            assert_eq!(told.contains('x'), length > 7, "{text}");
            assert_eq!(told.contains('y'), length > 16, "{text}");
        }
        for text in ["", "}", "{]", "{\"a\" 1", "[1 2"] {
            assert!(parse_torn(text.as_bytes()).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd_to_be_read(text in "[\\[\\]{}\":,1a\\\\ \n\u{1e}é]{0,40}") {
            let mut end = 0;
            for Value { range, .. } in values(text.as_bytes()) {
                prop_assert!(end <= range.start && range.end <= text.len());
                end = range.end;
            }
            parse_torn(text.as_bytes());
        }
    }
}
