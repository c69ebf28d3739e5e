//! The schema says what the program reads and writes.

mod committed;
mod validator;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::SCHEMA;
use crate::format::blob_source::Nowhere;
use crate::format::tests::redacted;
use crate::format::{body, reading, yaml};
use crate::matching::request_key::normalise;
use crate::matching::user_rules::Rules;
use crate::model::json::{self, Json};
use crate::model::strategies::interactions::any_interaction;
use validator::Validator;

fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| Validator::new(SCHEMA))
}

/// Holds a document to the schema: whatever a test writes comes by here.
pub(crate) fn assert_allows(tree: &Json) {
    let problems = validator().problems(tree);
    assert!(problems.is_empty(), "docs/cassette.schema.json: {problems:#?}\n{}", yaml::write(tree));
}

/// A document of every field that there is beside a body.
const DOCUMENT: &str = r#"
key: 532fb041a3c173e0fd7852a426e8437d105008107b22b298a9e77dda0624eada
take: 2
recorded_at: "2026-11-21T05:13:13Z"
usage_count: 1
tags: [faq, smoke]
metadata: {ticket: QA-12}
pinned: true
provider: openai
model: gpt-4o-mini-2024-07-18
usage: {input_tokens: 142, output_tokens: 7, cache_read_input_tokens: 0, anything_else: 3}
request:
  method: POST
  url: https://api.openai.com/v1/chat/completions
  headers: {content-type: application/json, x-count: 3}
  extends: 482e03d1b3bbfed05c5159278e0643ba0f941e928c46f0d9a8f99bdf58e465a0 take 2 sum 797a000a
  json: {messages: [{content: Hello.}]}
response:
  status: 200
  version: HTTP/2.0
  url: https://eu.api.openai.com/v1/chat/completions
  headers: {set-cookie: [a, {base64: /w==}]}
  client_aborted: true
  chunks: [9, 9]
  times: 312 ms + 9
  sse: ["data: 1", "data: 2"]
"#;

/// A body each, as it stands in a response.
const BODIES: &[&str] = &[
    "json: null",
    "json: {messages: [{$same: 2}, {content: Hello.}]}",
    "json: {embedding: {$blob: 2205a2417f79c686dc6ee0e0d5120f3f5215616b41475f26669e115af3c0a1bc, kind: 1536 numbers}}",
    r#"{layout: pretty bare-mantissa, before: " ", after: "\n", json: [1]}"#,
    r#"{between: ",\r\n", end: "\n", json: [{a: 1}]}"#,
    r#"{line_end: crlf, unterminated: true, data_first: true, sse: ["data: 1"]}"#,
    r#"{line_end: lf, ndjson: ["{}"]}"#,
    "{ndjson: {layout: python, events: [{a: 1}]}}",
    "sse: {message: [{text: a}, {reasoning: b}, {refusal: c}, {transcript: d}], common: {id: x}, shared: [{a: 1}], \
     templates: {chunk: {a: {$piece: 1}, $pad: true}}, events: [[chunk, 1, 2], {$event: a, $pad: 2}, {$like: chunk, a: [{$id: 1}]}, 'data: [DONE]']}",
    "sse: {message: [{tool_call: {name: a, id: b, layout: python, arguments: {a: 1}}}, {tool_call: {arguments_text: '{'}}], events: []}",
    "{torn: AAA=, header_order: a b c, eventstream: [{headers: {a: b, c: true, d: {int: -1}, e: {uuid: AA==}}, text: x}, {base64: AA==}]}",
    "eventstream: {events: [{$event: a, $bytes: true, b: {$common: true}}, {$event: b, $bytes: x}, {headers: {}, text: x}]}",
    "multipart: {boundary: x, parts: [{headers: ['a: b'], text: x}, {base64: AA==}, {blob: {$blob: \
     2205a2417f79c686dc6ee0e0d5120f3f5215616b41475f26669e115af3c0a1bc, kind: 2048 bytes (image/png)}}]}",
    "text: Hello.",
    "base64: /w==",
    "{}",
];

/// What a slip of the pen makes of a document: what is replaced, and by what.
const SLIPS: &[(&str, &str)] = &[
    ("key: 532f", "key: 532F"),
    ("key: 532f", "kee: 532f"),
    ("take: 2\n", "take: two\n"),
    ("take: 2\n", "take: -1\n"),
    ("usage_count: 1", "usage_count: 1.5"),
    ("usage_count: 1", "usage_cuont: 1"),
    ("tags: [faq, smoke]", "tags: faq"),
    ("tags: [faq, smoke]", "tags: [a b]"),
    ("metadata: {ticket: QA-12}", "metadata: {ticket: 12}"),
    ("pinned: true", "pinned: yes please"),
    ("provider: openai", "provider: [openai]"),
    ("input_tokens: 142", "input_tokens: many"),
    ("anything_else: 3", "anything_else: -3"),
    ("method: POST", "method: PO ST"),
    ("  method: POST\n", ""),
    ("url: https://api", "uri: https://api"),
    ("x-count: 3", "x-count: true"),
    ("x-count: 3", "x count: 3"),
    ("extends: 482e", "extends: 48"),
    ("status: 200", "status: OK"),
    ("status: 200", "status: 20"),
    ("  status: 200\n", ""),
    ("version: HTTP/2.0", "version: 2"),
    ("{base64: /w==}", "{hex: ff}"),
    ("client_aborted: true", "client_aborted: 1"),
    ("chunks: [9, 9]", "chunks: [9, nine]"),
    ("times: 312 ms + 9", "times: 312 + 9"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: 1"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: [1]"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {message: []}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {message: [{txt: a}], events: []}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {message: [{tool_call: {args: {}}}], events: []}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [1]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {message: [], masage: [], events: []}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [], templates: [a]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [], templates: {a: [b]}}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [], templates: {a: {$pad: yes}}}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [[1, 2]]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [[]]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [{$event: 1}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [{$before: [a]}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [{$like: 1}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [{$layout: 1}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [{$bytes: 1}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [{$pad: -1}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [{a: {$piece: one}}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [{a: [{$shared: 0}]}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [{a: {$count: 1.5}}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [], shared: {a: 1}}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [], common: [a]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [], named: id}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "sse: {events: [], layout: 1}"),
    ("chunks: [9, 9]", "chunks: 2 one"),
    ("chunks: [9, 9]", "chunks: 1×"),
    ("sse: [\"data: 1\", \"data: 2\"]", "{text: a, base64: /w==}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "{text: a, layout: pretty}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "{before: x, json: 1}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "{end: ' ', json: []}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "{line_end: cr, sse: []}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "eventstream: [{header: {}}]"),
    ("sse: [\"data: 1\", \"data: 2\"]", "eventstream: [{headers: {a: {integer: 1}}}]"),
    ("sse: [\"data: 1\", \"data: 2\"]", "multipart: {boundary: x, parts: [{headers: []}]}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "multipart: {parts: []}"),
    ("sse: [\"data: 1\", \"data: 2\"]", "blob: {$blob: abc, kind: 2 bytes}"),
];

const SSE: &str = "sse: [\"data: 1\", \"data: 2\"]";

/// A document with another body, given as its fields or as one field.
fn with_body(document: &str, body: &str) -> Json {
    let mut tree = yaml::read(&document.replace(SSE, "")).unwrap_or_else(|error| panic!("{error:?}"));
    let fields = yaml::read(body).unwrap_or_else(|error| panic!("{body}: {error:?}"));
    if let Some(Json::Object(response)) = tree.get_mut("response") {
        response.extend(fields.as_object().unwrap().to_vec());
    }
    tree
}

fn written_by_hand() -> Vec<Json> {
    let full = yaml::read(DOCUMENT).unwrap();
    BODIES.iter().map(|body| with_body(DOCUMENT, body)).chain([full]).collect()
}

fn slips() -> Vec<Json> {
    let slip = |(there, instead): &(&str, &str)| {
        assert!(DOCUMENT.contains(there), "{there}");
        match *there == SSE {
            true => with_body(DOCUMENT, instead),
            false => yaml::read(&DOCUMENT.replacen(there, instead, 1)).unwrap(),
        }
    };
    SLIPS.iter().map(slip).collect()
}

#[test]
fn all_that_people_may_write_is_allowed() {
    written_by_hand().iter().for_each(assert_allows);
}

fn program_reads(tree: &Json) -> bool {
    crate::format::read(&yaml::write(tree), &Nowhere, None).is_ok()
}

#[test]
fn a_wrong_field_or_type_is_not_allowed() {
    assert!(program_reads(&yaml::read(DOCUMENT).unwrap()));
    for (tree, slip) in slips().iter().zip(SLIPS) {
        assert!(!validator().problems(tree).is_empty(), "{slip:?} is allowed");
        // The program says so too: it is as strict.
        assert!(!program_reads(tree), "the program takes {slip:?}");
    }
}

#[test]
fn the_fields_of_the_schema_are_those_that_the_program_reads() {
    let schema = json::parse(SCHEMA.as_bytes()).unwrap();
    let names = |path: &[&str]| -> BTreeSet<String> {
        let properties = schema.at(path).and_then(|rule| rule.get("properties")).unwrap();
        properties.as_object().unwrap().iter().map(|(name, _)| name.clone()).collect()
    };
    let meant = |fields: &[&str], body: &[&str]| -> BTreeSet<String> {
        fields.iter().chain(body).map(|name| (*name).to_owned()).collect()
    };
    let body = body::field_names();
    assert_eq!(names(&[]), meant(&reading::DOCUMENT, &[]));
    assert_eq!(names(&["definitions", "request"]), meant(&reading::REQUEST, &body));
    assert_eq!(names(&["definitions", "response"]), meant(&reading::RESPONSE, &body));
}

#[test]
fn every_field_is_explained() {
    fn check(schema: &Json, rule: &Json, at: &str) {
        for (name, field) in rule.get("properties").and_then(Json::as_object).unwrap_or_default() {
            let named =
                field.get("$ref").and_then(Json::as_str).and_then(|name| name.strip_prefix("#/definitions/"));
            let told = named.map_or(Some(field), |name| schema.at(&["definitions", name]));
            let text =
                told.and_then(|told| told.get("description")).and_then(Json::as_str).unwrap_or_default();
            assert!(text.ends_with('.'), "{at}/{name} is not explained");
            check(schema, field, &format!("{at}/{name}"));
        }
    }
    let schema = json::parse(SCHEMA.as_bytes()).unwrap();
    check(&schema, &schema, "");
    for (name, rule) in schema.get("definitions").and_then(Json::as_object).unwrap() {
        check(&schema, rule, name);
    }
}

/// Reads lines `{"document": …, "allowed": …}` and judges each document by the schema.
const PYTHON: &str = r#"
import json, sys
from jsonschema import Draft7Validator
schema = json.loads(sys.stdin.readline())
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
for line in sys.stdin:
    case = json.loads(line)
    problems = [error.message for error in validator.iter_errors(case["document"])]
    if case["allowed"] != (not problems): sys.exit("%s\n%s" % (line, problems))
"#;

#[test]
#[ignore = "needs Python with jsonschema"]
fn jsonschema_in_python_judges_as_we_do() {
    let mut runner = TestRunner::deterministic();
    let recorded = (0..300).map(|_| {
        let interaction = redacted(any_interaction().new_tree(&mut runner).unwrap().current());
        let key = normalise(&interaction.interaction().request, &Rules::default()).key;
        let text = crate::format::write(&interaction, &key, None).text;
        let (_, document) = text.split_once('\n').unwrap();
        yaml::read(document.strip_suffix("...\n").unwrap()).unwrap()
    });
    let allowed = recorded.chain(written_by_hand()).map(|tree| (tree, true));
    let cases = allowed.chain(slips().into_iter().map(|tree| (tree, false)));
    let child =
        Command::new("python3").args(["-c", PYTHON]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{}", json::parse(SCHEMA.as_bytes()).unwrap().compact()).unwrap();
    for (tree, is_allowed) in cases {
        let case = json::object([("document", tree), ("allowed", Json::Bool(is_allowed))]);
        // Who has found a difference reads no further.
        if writeln!(input, "{}", case.compact()).is_err() {
            break;
        }
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
