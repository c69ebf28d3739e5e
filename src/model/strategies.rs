//! For tests: text, JSON and bodies of every kind, the awkward ones above all.

pub(crate) mod interactions;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::select;

use crate::model::json::{Json, Layout};
use crate::model::wire::eventstream::{self, Message, Value};

/// Layouts that a body may have as a whole.
pub(crate) const LAYOUTS: [&str; 12] = [
    "",
    "python",
    "python ascii",
    "pretty",
    "pretty-4 html",
    "pretty-tab-1",
    "pretty-0",
    "pretty tight-colons",
    "slash-ascii",
    "ascii-capital",
    "spaced-colons gson",
    "colons-apart spaced-commas",
];

/// Text with what gives readers of YAML and of streams trouble.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zäß日😀 ]{0,12}",
        2 => select(vec![
            "\n", "\r\n", "\r", "\t", " ", "\n---\n", "\n...\n", "--- #", "# ", "data: ", ": ", "- ", "\"", "'", "\\",
            "{", "}", "[", "|", ">", "&a", "*a", "!x", "%", "~", "null", "\u{0}", "\u{85}", "\u{2028}", "\u{feff}",
            "\u{ffff}", "\u{1b}", "key: x", "</script>", "a=b&c='",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,8})?([eE][+-]?[0-9]{1,3})?"
}

/// Bytes, often too many to stand in a cassette.
fn many_bytes() -> impl Strategy<Value = Vec<u8>> {
    (0..2000_usize, any::<u64>()).prop_map(|(length, seed)| {
        let mut state = seed | 1;
        let byte = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        (0..length).map(byte).collect()
    })
}

/// Strings that may stand aside, and such as nearly may.
fn opaque_text() -> impl Strategy<Value = String> {
    let head = select(vec![
        "",
        "",
        "data:image/png;base64,",
        "data:;base64,",
        "data: ;base64,",
        "x",
        "data:\";base64,",
    ]);
    let tail = select(vec!["", "", "", "=", "==", "A", "!", " ", "\n"]);
    (head, many_bytes(), 0..5_usize, tail).prop_map(|(head, bytes, coding, tail)| {
        let text = match coding {
            0 => STANDARD.encode(&bytes),
            1 => STANDARD_NO_PAD.encode(&bytes),
            2 => URL_SAFE.encode(&bytes),
            3 => URL_SAFE_NO_PAD.encode(&bytes),
            _ => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        format!("{head}{text}{tail}")
    })
}

/// Arrays that may stand aside, and such as nearly may.
fn many_numbers() -> impl Strategy<Value = Json> {
    let odd = prop::option::weighted(0.2, Just(Json::Null));
    (prop::collection::vec(number(), 0..120), odd)
        .prop_map(|(numbers, odd)| Json::Array(numbers.into_iter().map(Json::Number).chain(odd).collect()))
}

/// What looks like a mark, whole or broken.
fn mark_alike() -> impl Strategy<Value = Json> {
    let key = || select(vec!["$blob", "$$blob", "$same", "$$$same", "kind", "before", "$", "blob"]);
    let value = prop_oneof![
        Just("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
        Just("64 numbers".to_owned()),
        any_text(),
    ];
    prop::collection::hash_map(key(), value, 1..4).prop_map(|fields| {
        Json::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), Json::from(value))).collect())
    })
}

/// Any JSON value, keys in any order and numbers in any spelling. No key is there twice.
pub(crate) fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        4 => Just(Json::Null),
        4 => any::<bool>().prop_map(Json::Bool),
        4 => number().prop_map(Json::Number),
        4 => any_text().prop_map(Json::String),
        1 => opaque_text().prop_map(Json::String),
        1 => many_numbers(),
        1 => mark_alike(),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::hash_map(prop_oneof!["[a-z]{1,6}", any_text()], inner, 0..4)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// JSON text that no layout describes: white space anywhere, any escapes, keys that are there twice.
fn messy_json() -> impl Strategy<Value = String> {
    let space = || "[ \t\r\n]{0,2}";
    let string = prop_oneof![
        Just("\"\\u0041\\/\\b\"".to_owned()),
        Just("\"\\ud83d\\ude00\"".to_owned()),
        Just("\"\\ud800\"".to_owned()),
        "[a-z]{0,5}".prop_map(|text| format!("\"{text}\"")),
    ];
    let leaf = prop_oneof![Just("null".to_owned()), number(), string];
    leaf.prop_recursive(3, 12, 3, move |inner| {
        let spaced = (space(), inner, space()).prop_map(|(a, value, b)| a + &value + &b);
        let field =
            (space(), "[ab]", spaced.clone()).prop_map(|(a, key, value)| format!("{a}\"{key}\":{value}"));
        prop_oneof![
            prop::collection::vec(spaced, 0..3).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(field, 0..3).prop_map(|fields| format!("{{{}}}", fields.join(","))),
        ]
    })
}

fn sse() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => any_json().prop_map(|tree| format!("data: {}", tree.compact()).into_bytes()),
        1 => any_text().prop_map(|text| format!("data:{text}").into_bytes()),
        1 => select(vec!["event: ping", "id: 7", "retry: 3", ": comment", ":", "data", "data:", "data: [DONE]", "", " "])
            .prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    let event = prop::collection::vec(line, 1..4);
    let ends = select(vec!["\n", "\r\n", "\r"]);
    (prop::collection::vec(event, 0..5), ends, 0..4_usize, any::<bool>()).prop_map(
        |(events, end, last, mark)| {
            let mut out = if mark { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
            for lines in &events {
                for line in lines {
                    out.extend_from_slice(line);
                    out.extend_from_slice(end.as_bytes());
                }
                out.extend_from_slice(end.as_bytes());
            }
            // No last line break, half of the last one, or one too many.
            match last {
                0 => out.truncate(out.len().saturating_sub(end.len())),
                1 => out.truncate(out.len().saturating_sub(1)),
                2 => out.extend_from_slice(end.as_bytes()),
                _ => {}
            }
            out
        },
    )
}

fn ndjson() -> impl Strategy<Value = Vec<u8>> {
    let line =
        prop_oneof![4 => any_json().prop_map(|tree| tree.compact()), 1 => any_text(), 1 => messy_json()];
    (prop::collection::vec(line, 0..5), any::<bool>(), any::<bool>()).prop_map(|(lines, crlf, ended)| {
        let end = if crlf { "\r\n" } else { "\n" };
        let mut text = lines.join(end);
        if ended {
            text.push_str(end);
        }
        text.into_bytes()
    })
}

fn frames() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        4 => any_text().prop_map(Value::String),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i8>().prop_map(Value::Byte),
        1 => any::<i16>().prop_map(Value::Short),
        1 => any::<i32>().prop_map(Value::Int),
        1 => any::<i64>().prop_map(Value::Long),
        1 => any::<Vec<u8>>().prop_map(|bytes| Value::Bytes(bytes.into())),
        1 => any::<i64>().prop_map(Value::Timestamp),
        1 => any::<[u8; 16]>().prop_map(Value::Uuid),
    ];
    let name = prop_oneof![4 => select(vec![":event-type", ":message-type", "a", ""]).prop_map(str::to_owned), 1 => any_text()];
    let payload = prop_oneof![
        4 => any_json().prop_map(|tree| tree.compact().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..40)
    ];
    let message = (prop::collection::vec((name, value), 0..4), payload)
        .prop_map(|(headers, payload)| Message { headers, payload: Bytes::from(payload) });
    let broken = prop_oneof![4 => Just(0_usize), 1 => 1..20_usize];
    (prop::collection::vec(message, 0..4), broken).prop_map(|(messages, cut)| {
        let mut bytes: Vec<u8> = messages.iter().filter_map(eventstream::encode).flatten().collect();
        bytes.truncate(bytes.len().saturating_sub(cut));
        bytes
    })
}

/// A form with the boundary `b0`, sometimes not quite as forms are.
fn form() -> impl Strategy<Value = Vec<u8>> {
    let content = prop_oneof![
        any_text().prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..40),
        many_bytes(),
        Just(b"\r\n--b".to_vec()),
        Just(b"--b0--\r\n".to_vec()),
    ];
    let head = select(vec![
        "content-disposition: form-data; name=\"f\"\r\n\r\n",
        "a: 1\r\nb:2\r\n\r\n",
        "\r\n",
        "",
        "a: 1",
    ]);
    let end = select(vec!["--b0--\r\n", "--b0--", "--b0--\r\nmore", "--b0-- \r\n", ""]);
    (prop::collection::vec((head, content), 0..4), end).prop_map(|(parts, end)| {
        let mut out = Vec::new();
        for (head, content) in parts {
            out.extend_from_slice(format!("--b0\r\n{head}").as_bytes());
            out.extend_from_slice(&content);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(end.as_bytes());
        out
    })
}

/// A body and the content type that it would come with.
pub(crate) fn any_body() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let of = |kind: &'static str| move |bytes: Vec<u8>| (kind, bytes);
    let laid_out = (any_json(), select(LAYOUTS.to_vec()), "[ \n]{0,2}", "[ \n]{0,2}").prop_map(
        |(tree, name, before, after)| {
            let layout = Layout::from_name(name).expect("a name of a layout");
            ("application/json", Layout { before, after, ..layout }.write(&tree).into_bytes())
        },
    );
    let any_kind = select(vec![
        "",
        "application/json",
        "text/plain",
        "text/event-stream",
        "image/png",
        "application/x-ndjson",
    ]);
    prop_oneof![
        1 => Just(("", Vec::new())),
        2 => (any_kind.clone(), prop::collection::vec(any::<u8>(), 0..300)),
        1 => (any_kind, many_bytes()),
        2 => any_text().prop_map(String::into_bytes).prop_map(of("text/plain")),
        4 => laid_out,
        2 => messy_json().prop_map(String::into_bytes).prop_map(of("application/json")),
        4 => sse().prop_map(of("text/event-stream")),
        2 => ndjson().prop_map(of("application/x-ndjson")),
        2 => frames().prop_map(of("application/vnd.amazon.eventstream")),
        2 => form().prop_map(of("multipart/form-data; boundary=b0")),
    ]
}
