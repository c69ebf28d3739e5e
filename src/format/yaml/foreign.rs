//! Reads YAML that other tools wrote, which has what a cassette must not: anchors and aliases (PyYAML and Psych write them
//! for what they meet twice), tags, several documents. Nothing a tag names is made; of all tags, the one for bytes means
//! something, and one for text keeps a number from being read as one.
//!
//! Aliases can make gigabytes out of kilobytes, so every value that comes of the text is counted, and a text that makes more
//! of itself than any tool would write is refused.

use std::cell::Cell;
use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose::STANDARD};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::{ReadError, guard, library};

/// A value of a foreign file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Null,
    /// What stands without quotes and is a truth value or a number, as it is written there.
    Plain(String),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Node>),
    /// The first of two keys of one name comes first.
    Map(Vec<(String, Node)>),
}

/// What a value costs beside its text.
const COST: usize = 8;

/// How much may come of a text: so many times its length, and this much more.
const TIMES: usize = 16;
const FREE: usize = 64 * 1024;

/// The name that the tag of bytes goes by, when the library reads it.
const BINARY: &str = "binary";

/// Reads all documents of a text.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    documents(text)
        .into_iter()
        .filter(|(_, range)| has_content(&text[range.clone()]))
        .map(|(line, range)| {
            document(&text[range]).map_err(|error| ReadError { line: error.line + line, ..error })
        })
        .collect()
}

/// Where each document stands, and how many lines stand before it.
fn documents(text: &str) -> Vec<(usize, Range<usize>)> {
    let mut found = Vec::new();
    let (mut start, mut first_line, mut at) = (0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let is_marker = |marker: &str| {
            line.strip_prefix(marker)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
        };
        if is_marker("---") || is_marker("...") {
            found.push((first_line, start..at));
            (start, first_line) = (at + 3, number);
        }
        at += line.len();
    }
    found.push((first_line, start..at));
    found
}

fn has_content(document: &str) -> bool {
    document.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}

fn document(text: &str) -> Result<Node, ReadError> {
    let tags = guard::tags(text)?;
    let text = without_tags(text, &tags);
    let budget = Budget { left: Cell::new(text.len().saturating_mul(TIMES).saturating_add(FREE)) };
    let mut tree = library::parse(&text, Tree { budget: &budget })?;
    // The library gives values that are no text without their text, and their text when it is asked for a string.
    library::parse(&text, Texts { tree: &mut tree })?;
    Ok(tree)
}

/// The same text, in which each tag that means something has the name that is read here, and no other is left.
fn without_tags(text: &str, tags: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for tag in tags {
        let Some(name) = text.get(tag.clone()) else { continue };
        out.push_str(text.get(copied..tag.start).unwrap_or_default());
        // As long as before, so that lines and columns stay as they are.
        let kept = match name {
            "!!binary" | "!binary" | "!<tag:yaml.org,2002:binary>" => "!binary",
            "!!str" | "!str" | "!" | "!<tag:yaml.org,2002:str>" => "!!str",
            // `!!python/unicode '1'` is quoted, and `!!python/str 1` is text for those who wrote it.
            "!!python/unicode" | "!!python/str" => "!!str",
            _ => "",
        };
        let kept = if kept.len() > name.len() { "" } else { kept };
        out.push_str(kept);
        out.extend(std::iter::repeat_n(' ', name.len() - kept.len()));
        copied = tag.end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

/// What may still come of a text.
struct Budget {
    left: Cell<usize>,
}

impl Budget {
    fn spend<E: Error>(&self, bytes: usize) -> Result<(), E> {
        let left = self.left.get().checked_sub(bytes + COST);
        self.left.set(left.unwrap_or_default());
        match left {
            Some(_) => Ok(()),
            None => Err(E::custom(format_args!("aliases make more than {TIMES} times the file of it"))),
        }
    }
}

/// Builds a tree in which what is not text has none yet.
#[derive(Clone, Copy)]
struct Tree<'a> {
    budget: &'a Budget,
}

impl Tree<'_> {
    fn plain<E: Error>(self) -> Result<Node, E> {
        self.budget.spend(0)?;
        Ok(Node::Plain(String::new()))
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Node;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        self.budget.spend(0)?;
        Ok(Node::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Node, E> {
        self.plain()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Node, E> {
        self.plain()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Node, E> {
        self.plain()
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Node, E> {
        self.plain()
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Node, E> {
        self.plain()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Node, E> {
        self.plain()
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        self.budget.spend(value.len())?;
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        self.budget.spend(0)?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        self.budget.spend(0)?;
        let mut fields = Vec::new();
        while let Some(key) = access.next_key_seed(self)? {
            let name = name(key).ok_or_else(|| A::Error::custom("a key is not text"))?;
            fields.push((name, access.next_value_seed(self)?));
        }
        Ok(Node::Map(fields))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Node, A::Error> {
        let (name, content) = access.variant::<String>()?;
        let node = content.newtype_variant_seed(self)?;
        match node {
            Node::Text(text) if name == BINARY => decode(&text)
                .map(Node::Bytes)
                .ok_or_else(|| A::Error::custom("what stands under `!!binary` is not base64")),
            // A few digits of base64 look like a number, and the one value without any is the empty one.
            Node::Plain(_) if name == BINARY => Err(A::Error::custom("`!!binary` stands before a number")),
            Node::Null if name == BINARY => Ok(Node::Bytes(Vec::new())),
            other => Ok(other),
        }
    }
}

/// The text of a key; empty where it is a number, whose text is yet to come. Python writes an object that is nearly text, such
/// as the name of a header in aiohttp, as the list of what it is made of.
fn name(key: Node) -> Option<String> {
    match key {
        Node::Text(name) => Some(name),
        Node::Plain(_) | Node::Null => Some(String::new()),
        Node::List(mut items) if items.len() == 1 => match items.pop()? {
            Node::Text(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// Base64 as tools write it: in lines, its padding there or not.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    STANDARD.decode(text).ok().or_else(|| {
        let dense: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        LENIENT.decode(dense).ok()
    })
}

/// Walks over the text a second time and fills in what `Tree` could not have.
struct Texts<'a> {
    tree: &'a mut Node,
}

impl<'de> DeserializeSeed<'de> for Texts<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.tree {
            Node::Plain(_) => deserializer.deserialize_str(self),
            Node::List(_) => deserializer.deserialize_seq(self),
            Node::Map(_) => deserializer.deserialize_map(self),
            Node::Null | Node::Text(_) | Node::Bytes(_) => {
                deserializer.deserialize_ignored_any(IgnoredAny).map(drop)
            }
        }
    }
}

impl<'de> Visitor<'de> for Texts<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the same value as before")
    }

    fn visit_str<E: Error>(self, written: &str) -> Result<(), E> {
        *self.tree = Node::Plain(written.to_owned());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        if let Node::List(items) = self.tree {
            for item in items {
                access.next_element_seed(Texts { tree: item })?;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        if let Node::Map(fields) = self.tree {
            for (name, value) in fields {
                match name.is_empty() {
                    true => access.next_key_seed(Name { name })?,
                    false => access.next_key::<IgnoredAny>()?.map(drop),
                };
                access.next_value_seed(Texts { tree: value })?;
            }
        }
        Ok(())
    }
}

/// Fills in the name of a key that is no text, or is empty.
struct Name<'a> {
    name: &'a mut String,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the same key as before")
    }

    fn visit_str<E: Error>(self, written: &str) -> Result<(), E> {
        written.clone_into(self.name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    fn plain(text: &str) -> Node {
        Node::Plain(text.to_owned())
    }

    fn map<const N: usize>(fields: [(&str, Node); N]) -> Node {
        Node::Map(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn one(text: &str) -> Node {
        let mut all = read(text).unwrap();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    #[test]
    fn what_is_not_text_keeps_the_text_that_it_was_written_with() {
        let wanted = map([
            ("a", plain("1e5")),
            ("b", text("0.68.0")),
            ("c", plain("1.50")),
            ("d", text("1")),
            ("e", Node::Null),
            ("f", Node::List(vec![plain("true"), text("yes"), plain("0x1F"), text("2020-01-01")])),
        ]);
        assert_eq!(one("a: 1e5\nb: 0.68.0\nc: 1.50\nd: '1'\ne:\nf: [true, yes, 0x1F, 2020-01-01]\n"), wanted);
    }

    #[test]
    fn aliases_are_followed_and_bytes_are_bytes_under_either_tag() {
        let tree = one("x: &id001\n- a\n- !!binary |\n  /w==\ny: *id001\nz: !binary |-\n  AAEC\n  Aw==\n");
        let list = Node::List(vec![text("a"), Node::Bytes(vec![255])]);
        assert_eq!(tree, map([("x", list.clone()), ("y", list), ("z", Node::Bytes(vec![0, 1, 2, 3]))]));
    }

    #[test]
    fn other_tags_are_as_if_they_were_not_there() {
        let tree = one(
            "--- !ruby/struct:VCR::Request\na: !!python/unicode 'b'\nc: !!str 12\nd: ! '3'\ne: !x {f: !y [g]}\n",
        );
        let inner = map([("f", Node::List(vec![text("g")]))]);
        assert_eq!(tree, map([("a", text("b")), ("c", text("12")), ("d", text("3")), ("e", inner)]));
    }

    #[test]
    fn a_key_may_be_a_number_or_an_object_that_python_takes_for_text() {
        let tree = one("200: a\n? !!python/object/apply:multidict._multidict.istr\n- Accept\n: - b\n'': c\n");
        assert_eq!(tree, map([("200", text("a")), ("Accept", Node::List(vec![text("b")])), ("", text("c"))]));
        assert!(read("? [a, b]\n: c\n").is_err());
    }

    #[test]
    fn what_looks_like_a_tag_inside_of_text_is_text() {
        let tree = one("a: '!!binary x'\nb: |\n  !!binary y\nc: see\n  !!binary z\nd: \"&x *y\"\n");
        assert_eq!(
            tree,
            map([
                ("a", text("!!binary x")),
                ("b", text("!!binary y\n")),
                ("c", text("see !!binary z")),
                ("d", text("&x *y"))
            ])
        );
    }

    #[test]
    fn each_document_is_read_and_an_error_names_the_line_of_the_file() {
        assert_eq!(read("---\na: 1\n---\nb: 2\n...\n# end\n").unwrap().len(), 2);
        assert_eq!(read("a: |\n  ---\n  b\n").unwrap(), [map([("a", text("---\nb\n"))])]);
        assert_eq!(read("a: 1\n---\nb: 2\nc: {\n").unwrap_err().line, 5);
        assert!(read("").unwrap().is_empty());
    }

    #[test]
    fn aliases_that_multiply_are_refused_before_they_take_memory() {
        let mut bomb = "a: &a [xxxxxxxxxxxxxxxx,xxxxxxxxxxxxxxxx]\n".to_owned();
        for level in b'b'..b'z' {
            let (name, before) = (level as char, (level - 1) as char);
            bomb.push_str(&format!("{name}: &{name} [*{before},*{before},*{before},*{before}]\n"));
        }
        let error = read(&bomb).unwrap_err();
        assert!(error.message.contains("aliases") || error.message.contains("limit"), "{error:?}");
        assert!(read(&format!("{}1{}", "[".repeat(200), "]".repeat(200))).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[-a:&*!|>'\"{}\\[\\], \\n#0-9%?é]{0,80}") {
            let _ = read(&text);
        }
    }
}
