//! Programs in other languages get the values that we wrote.

use super::strategies::{SPECIAL, streams, tree};
use super::write;
use crate::model::json::Json;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::io::Write;
use std::process::{Command, Stdio};

/// Reads lines `{"yaml": …, "json": …}` and compares what the YAML holds with the JSON, types included.
const PYTHON: &str = r#"
import json, sys, yaml
def same(a, b):
    if type(a) is not type(b): return False
    if isinstance(a, dict): return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list): return len(a) == len(b) and all(map(same, a, b))
    return a == b
for line in sys.stdin.buffer:
    case = json.loads(line)
    try: got = yaml.safe_load(case["yaml"])
    except Exception as error: got = error
    if not same(got, case["json"]): sys.exit("%s\n%r\n%r" % (case["yaml"], got, case["json"]))
"#;

const JAVASCRIPT: &str = r#"
const { isDeepStrictEqual } = require("node:util");
const [name, method] = process.argv.slice(1);
const read = require(name)[method];
for (const line of require("fs").readFileSync(0, "utf8").split("\n")) {
    if (!line) continue;
    const example = JSON.parse(line);
    let got;
    try { got = JSON.parse(JSON.stringify(read(example.yaml))); } catch (error) { got = error; }
    if (!isDeepStrictEqual(got, JSON.parse(JSON.stringify(example.json)))) {
        console.error(example.yaml, got, example.json);
        process.exit(1);
    }
}
"#;

const RUBY: &str = include_str!("readers/read.rb");

fn documents() -> Vec<Json> {
    let field = |name: &str, value: &str| Json::Object(vec![(name.to_owned(), value.into())]);
    let in_flow = |text: &str| Json::Array(vec![text.into(), Json::Array(Vec::new())]);
    let mut documents: Vec<Json> = SPECIAL.iter().map(|text| field("text", text)).collect();
    documents.extend(SPECIAL.iter().map(|text| field(text, text)));
    documents.extend(SPECIAL.iter().map(|text| Json::Object(vec![("flow".to_owned(), in_flow(text))])));
    documents.extend(SPECIAL.iter().map(|text| {
        let items =
            vec![(*text).into(), "two\nlines".into(), Json::Array(vec![(*text).into(), "a\nb\n".into()])];
        Json::Object(vec![("items".to_owned(), Json::Array(items)), ("behind".to_owned(), Json::Null)])
    }));
    documents.extend(SPECIAL.chunks(7).map(|texts| {
        let item = |text: &&str| Json::Array(vec![(*text).into(), field(text, text)]);
        let row = Json::Array(texts.iter().map(item).collect());
        let events =
            ("events".to_owned(), Json::Array(vec![row.clone(), Json::Array(vec!["2 × 3".into(), row])]));
        Json::Object(vec![("sse".to_owned(), Json::Object(vec![events]))])
    }));
    for c in (0..=0x2ff)
        .chain(0x2000..=0x206f)
        .chain(0xfdd0..=0xffff)
        .chain(0x1_fff0..=0x2_0010)
        .filter_map(char::from_u32)
    {
        documents.push(field("in", &format!("a{c}b")));
        documents.push(field("lines", &format!("{c}\n{c}b\nc{c}\n")));
        documents.push(field(&c.to_string(), &c.to_string()));
    }
    let long = "k".repeat(2000);
    documents.push(Json::Object(vec![
        (long.clone(), field(&(long + "\n"), "a\nb")),
        ("b".to_owned(), Json::Null),
    ]));
    let mut runner = TestRunner::deterministic();
    documents
        .extend((0..super::cases(400)).filter_map(|_| Some(tree().new_tree(&mut runner).ok()?.current())));
    documents
        .extend((0..super::cases(100)).filter_map(|_| Some(streams().new_tree(&mut runner).ok()?.current())));
    documents
}

/// Gives each document to the script, which compares.
fn assert_agrees(program: &str, script: &[&str]) {
    assert_command_agrees(program, Command::new(program).args(script));
}

fn assert_command_agrees(program: &str, command: &mut Command) {
    let child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("could not start `{program}`: {error}"));
    let mut input = child.stdin.take().unwrap();
    for document in documents() {
        let pair = [("yaml".to_owned(), write(&document).into()), ("json".to_owned(), document)];
        // A reader that has found a difference reads no further.
        if writeln!(input, "{}", Json::Object(pair.into()).compact()).is_err() {
            break;
        }
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The same as [`PYTHON`], with a reader of YAML 1.2 that gives a float a type of its own.
const RUAMEL: &str = r#"
import ruamel.yaml
class yaml:
    reader = ruamel.yaml.YAML(typ="safe", pure=True)
    @staticmethod
    def safe_load(text): return yaml.reader.load(text)
"#;

#[test]
#[ignore = "needs Python with ruamel.yaml"]
fn ruamel_in_python_gets_the_same_values() {
    let script = format!("{RUAMEL}{}", PYTHON.replace("import json, sys, yaml", "import json, sys"));
    assert_agrees("python3", &["-c", &script]);
}

#[test]
#[ignore = "needs Ruby"]
fn psych_in_ruby_gets_the_same_values() {
    assert_agrees("ruby", &["-e", RUBY]);
}

#[test]
#[ignore = "needs Go with gopkg.in/yaml.v3 in a GOPATH"]
fn yaml_v3_in_go_gets_the_same_values() {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/src/format/yaml/tests/readers/main.go");
    // Where Debian puts libraries of Go, unless somebody says where they are.
    let path = std::env::var("LLM_CASSETTE_GOPATH").unwrap_or_else(|_| "/usr/share/gocode".to_owned());
    let mut go = Command::new("go");
    go.args(["run", program]).env("GO111MODULE", "off").env("GOPATH", path);
    assert_command_agrees("go", &mut go);
}

#[test]
#[ignore = "needs Python with PyYAML"]
fn pyyaml_in_python_gets_the_same_values() {
    assert_agrees("python3", &["-c", PYTHON]);
}

/// A library of Node's, in the folder that `LLM_CASSETTE_JS_YAML` names or where Node itself looks.
fn assert_javascript_agrees(library: &str, method: &str) {
    let modules = std::env::var("LLM_CASSETTE_JS_YAML").map(|folder| folder + "/").unwrap_or_default();
    assert_agrees("node", &["-e", JAVASCRIPT, &format!("{modules}{library}"), method]);
}

#[test]
#[ignore = "needs Node with js-yaml"]
fn js_yaml_in_javascript_gets_the_same_values() {
    assert_javascript_agrees("js-yaml", "load");
}

#[test]
#[ignore = "needs Node with yaml"]
fn yaml_in_javascript_gets_the_same_values() {
    assert_javascript_agrees("yaml", "parse");
}
