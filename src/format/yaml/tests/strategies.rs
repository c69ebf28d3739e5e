//! Random trees, texts and edits, made of what gives readers of YAML trouble.

use crate::model::json::Json;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Texts of several lines, as models write them.
pub(super) fn lines() -> impl Strategy<Value = String> {
    let pieces = [
        "\n",
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        "word",
        "a: b",
        "# heading",
        "- item",
        "…",
        "–",
        "—",
        "•",
        "°",
        "“",
        "”",
        "’",
        "é",
        "字",
        "€",
        "🚀",
        "！",
        "\u{a0}",
        "\u{ad}",
        "\u{200b}",
        "\u{202f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\r",
    ];
    prop::collection::vec(select(pieces.to_vec()), 0..12).prop_map(|pieces| pieces.concat())
}

/// Strings that some reader takes for something else.
pub(super) const SPECIAL: &[&str] = &[
    "",
    " ",
    "\n",
    "\n\n",
    " \n",
    "\t",
    "\t\n",
    "~",
    "null",
    "Null",
    "NULL",
    "true",
    "True",
    "FALSE",
    "yes",
    "No",
    "ON",
    "off",
    "y",
    "N",
    "=",
    "<<",
    "<",
    "-",
    "--",
    "---",
    "--- a",
    "...",
    "... a",
    "?",
    "? a",
    ":",
    ": a",
    "a:",
    "a: b",
    "a:b",
    "a :b",
    "a #b",
    "a# b",
    "#a",
    "$blob",
    "&a",
    "*a",
    "!a",
    "!!str a",
    "|",
    "|-",
    ">",
    "%a",
    "@a",
    "`a",
    "'a",
    "\"a",
    "'",
    "\"",
    "a'b",
    "a\"b",
    "\\",
    "a\\",
    "\\n",
    "{}",
    "[]",
    "{a: 1}",
    "[a]",
    "a, b",
    "a]",
    "}",
    ",",
    "0",
    "00",
    "007",
    "08",
    "-1",
    "+1",
    "1.",
    ".5",
    "-.5",
    "+.5",
    "1.5",
    "1e5",
    "1E5",
    "1e+5",
    "1.e5",
    "1.5e-5",
    "1e400",
    "12e03",
    "0x1f",
    "0X1F",
    "0o17",
    "0b11",
    "-0x1f",
    "+0b1",
    "1_000",
    "1,000",
    "_1",
    "1_",
    "12:30",
    "1:2:3.4",
    "-12:30:45",
    "190:20:30",
    ".inf",
    "-.Inf",
    "+.INF",
    ".nan",
    ".NaN",
    ".",
    "..",
    ".e5",
    "+",
    "+.",
    "e5",
    "1e",
    "1e+",
    "0x",
    "0o8",
    "inf",
    "nan",
    "Infinity",
    "2026-11-21",
    "2026-1-2",
    "2026-11-21T02:10:44Z",
    "2026-11-21 02:10:44.5 +07:00",
    "02026-11-21",
    "20261121",
    "1.2.3",
    "127.0.0.1",
    "3f9a62",
    "1234e56",
    "4o",
    "1st",
    "a\n",
    "a\nb",
    "a\n\n",
    "a\n\n\n",
    "\na",
    "\n\na",
    "\n a",
    " a",
    "a ",
    " a\nb",
    "\ta\nb",
    "a\n b",
    "a\n\tb",
    "a \nb\t\n",
    "a\n ",
    "a\n \n",
    "a\n\t\n",
    "a\n\n \n",
    "a\n  \nb",
    "  \na",
    "\n  \na",
    "a\n#b",
    "a\n- b",
    "a\n---\nb",
    "a\n...\nb",
    "# a\nb",
    "a\r\nb\r\n",
    "a\r",
    "a\0b",
    "a\n\0",
    "\u{7f}",
    "\u{80}",
    "a\u{85}b",
    "\u{9f}",
    "\u{a0}",
    "a\u{a0}",
    "\u{2028}",
    "a\u{2029}b",
    "\u{feff}",
    "\u{feff}a",
    "a\u{feff}\n",
    "\u{fffe}",
    "\u{ffff}",
    "\u{fffd}",
    "\u{1fffe}",
    "\u{10ffff}",
    "\u{e000}",
    "😀",
    "é",
    "\u{3000}a",
    "a\u{3000}",
    "{\"a\": \"b\"}",
    "{\"a\": \"it's\"}",
    "__proto__",
    "constructor",
    "data: [DONE]\n\n",
    "https://a.b/c?d=e#f",
    "text/event-stream; charset=utf-8",
    "say \"hi\"",
    "\" \\\n\t\"",
    "\r\n \r\n",
    "\\x41",
    "\u{1b}[0m\n",
    "trailing:\n",
    "'a': b\n",
    "- a\n- b\n",
    "|\n  a\n",
    "\u{2028}\n  x",
];

const FRAGMENTS: &[&str] = &[
    "a", "b", "word", "é", "😀", " ", "  ", "\n", "\n", "\n  ", "\t", "\r\n", ":", ": ", " #", "- ", "? ",
    "'", "\"", "\\", "{", "}", "[", "]", ", ", "&", "*", "!", "|", ">", "%", "@", "`", "---", "...", "~",
    "1", "e5", "0x", ".", "_", "-", "+", "=", "<<", "\0", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}",
];

pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => select(SPECIAL).prop_map(str::to_owned),
        3 => prop::collection::vec(select(FRAGMENTS), 0..10).prop_map(|parts| parts.concat()),
        1 => prop::collection::vec(any::<char>(), 0..6).prop_map(|chars| chars.into_iter().collect()),
        1 => (select(FRAGMENTS), 60..90_usize).prop_map(|(part, times)| part.repeat(times)),
    ]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u128>().prop_map(|number| number.to_string()),
        (-1e6..1e6_f64).prop_map(|number| format!("{number:?}")),
        select(vec![
            "0",
            "-0",
            "-0.0",
            "1.0",
            "1.50",
            "1.0e-05",
            "1.5E+16",
            "2.0E-3",
            "0.0e+0",
            "18446744073709551616"
        ])
        .prop_map(str::to_owned),
    ]
}

/// A tree with an object at its root and no key twice.
pub(super) fn tree() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        1 => Just(Json::Null),
        1 => any::<bool>().prop_map(Json::Bool),
        2 => number().prop_map(Json::Number),
        8 => text().prop_map(Json::String),
        1 => prop::collection::vec(number().prop_map(Json::Number), 0..40).prop_map(Json::Array),
    ];
    let value = leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array), object(inner)]
    });
    object(value)
}

fn object(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    let name = prop_oneof![1 => select(vec!["a", "b", "role", "content", "x-y"]).prop_map(str::to_owned), 1 => text()];
    prop::collection::vec((name, value), 0..6).prop_map(|mut fields: Vec<(String, Json)>| {
        let mut seen = std::collections::HashSet::new();
        fields.retain(|(name, _)| seen.insert(name.clone()));
        Json::Object(fields)
    })
}

/// YAML as nobody should write it, with a `*` here and there.
pub(super) fn hand_written() -> impl Strategy<Value = String> {
    let parts = vec![
        "a", "b", "*a", "*a", "*a ", "a: ", "b: ", "- ", "- ", "? ", ": ", ":", "\n", "\n", "\n", "\n ",
        "\n  ", "\n   ", "\n    ", " ", "  ", "|", ">", "|-", "|+\n", "|2", ">1-\n", "|\n  ", "'", "''",
        "\"", "\\", "#", " #", "[", "]", "{", "}", ",", ", ", "\t", "\r\n", "\r", "é", "x: |\n", "- |\n",
        "a: 'b'", "\"c\": ", "k:\n", "...", "---", "%", "a\n",
    ];
    prop::collection::vec(select(parts), 0..24).prop_map(|parts| parts.concat())
}

/// Places in a text and what to do there.
pub(super) fn edits() -> impl Strategy<Value = Vec<(Index, usize, &'static str)>> {
    let inserted = prop_oneof![select(FRAGMENTS), select(SPECIAL), Just("")];
    prop::collection::vec((any::<Index>(), 0..3_usize, inserted), 1..4)
}

/// Replaces a few characters at each place.
pub(super) fn edit(text: &str, edits: &[(Index, usize, &str)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (place, removed, inserted) in edits {
        let at = place.index(chars.len() + 1);
        let end = (at + removed).min(chars.len());
        chars.splice(at..end, inserted.chars());
    }
    chars.into_iter().collect()
}

/// What holds the events of a stream, whatever they are: such trees are laid out in another way.
pub(super) fn streams() -> impl Strategy<Value = Json> {
    let field = |name: &str| {
        let name = name.to_owned();
        tree().prop_map(move |tree| (name.clone(), tree))
    };
    let events =
        prop::collection::vec(tree(), 0..6).prop_map(|events| ("events".to_owned(), Json::Array(events)));
    let fields =
        prop::collection::vec(prop_oneof![field("shared"), field("templates"), field("message")], 0..3);
    (prop::sample::select(vec!["sse", "ndjson", "eventstream"]), fields, events).prop_map(
        |(name, mut fields, events)| {
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            fields.dedup_by(|(a, _), (b, _)| a == b);
            fields.push(events);
            let body = Json::Object(vec![(name.to_owned(), Json::Object(fields))]);
            Json::Object(vec![("response".to_owned(), body)])
        },
    )
}
