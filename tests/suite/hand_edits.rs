//! Cassettes are text that people edit. What they meant is what happens, and where that can't be told, the line is.

use llm_cassette::{Cassette, Error, ErrorKind, Mode};
use serde_json::Value;

use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

/// Two interactions as they are written, on a host that nobody calls.
const CASSETTE: &str = r#"# llm-cassette 1
--- # POST api.openai.com/v1/chat/completions · gpt-4o-mini · aaaaaaaa…
key: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
recorded_at: "2026-11-21T02:10:44Z"
usage_count: 1
provider: openai
model: gpt-4o-mini
usage: {input_tokens: 31, output_tokens: 12}
request:
  method: POST
  url: https://api.openai.com/v1/chat/completions
  headers: {content-type: application/json}
  json:
    model: gpt-4o-mini
    messages:
      - {role: user, content: Name three rivers.}
response:
  status: 200
  headers: {content-type: application/json}
  json:
    choices:
      - message:
          role: assistant
          content: |
            Rhine
            Danube
...
--- # POST api.openai.com/v1/chat/completions · gpt-4o-mini · bbbbbbbb…
key: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
recorded_at: "2026-11-21T02:10:45Z"
usage_count: 1
provider: openai
request:
  method: POST
  url: https://api.openai.com/v1/chat/completions
  headers: {content-type: application/json}
  json:
    model: gpt-4o-mini
    messages:
      - {role: user, content: Count.}
    stream: true
response:
  status: 200
  headers: {content-type: text/event-stream}
  chunks: [10, 26]
  sse:
    - "data: one"
    - "data: two"
    - "data: [DONE]"
...
"#;

const HOST: &str = "https://api.openai.com";

fn folder_with(text: &str) -> Folder {
    let folder = Folder::new();
    std::fs::write(folder.file(), text).unwrap();
    folder
}

async fn played(cassette: &Cassette, prompt: &str, stream: bool) -> Result<String, String> {
    let url = format!("{HOST}/v1/chat/completions");
    match post(&client(cassette), &url, chat(prompt, stream)).await {
        Ok(response) => Ok(response.text().await.unwrap()),
        Err(error) => Err(Error::find_in(&error).expect("an error of the cassette").to_string()),
    }
}

/// What both requests get from a cassette of this text.
async fn both(text: &str) -> [Result<String, String>; 2] {
    let folder = folder_with(text);
    let cassette = folder.open(Mode::Replay);
    [played(&cassette, "Name three rivers.", false).await, played(&cassette, "Count.", true).await]
}

fn edited(from: &str, to: &str) -> String {
    assert!(CASSETTE.contains(from), "{from}");
    CASSETTE.replacen(from, to, 1)
}

const RIVERS: &str = r#"{"choices":[{"message":{"role":"assistant","content":"Rhine\nDanube\n"}}]}"#;
const COUNT: &str = "data: one\n\ndata: two\n\ndata: [DONE]\n\n";

#[tokio::test]
async fn an_edited_answer_is_what_replay_gives() {
    let [rivers, count] = both(&edited("            Danube\n", "            Elbe\n            Oder\n")).await;
    assert_eq!(rivers.unwrap(), RIVERS.replace("Danube\\n", "Elbe\\nOder\\n"));
    assert_eq!(count.unwrap(), COUNT);
}

#[tokio::test]
async fn an_edited_prompt_is_found_by_its_new_text_and_no_more_by_the_old() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    let live = ask(&client(&cassette), &provider.url(), "Name three rivers.").await.unwrap();
    let live = live.text().await.unwrap();
    cassette.finish().unwrap();
    let text = folder.text();
    assert_eq!(text.matches("content: Name three rivers.").count(), 1, "{text}");
    let edited = text.replace("content: Name three rivers.", "content: Name four rivers.");
    std::fs::write(folder.file(), edited).unwrap();

    let cassette = folder.open(Mode::Replay);
    let old = ask(&client(&cassette), &provider.url(), "Name three rivers.").await.unwrap_err();
    assert_eq!(Error::find_in(&old).unwrap().kind(), ErrorKind::NoMatch);
    let new = ask(&client(&cassette), &provider.url(), "Name four rivers.").await.unwrap();
    assert_eq!(new.text().await.unwrap(), live);
}

#[tokio::test]
async fn a_prompt_edited_to_be_that_of_another_interaction_is_another_take_of_it() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    let mut answers = Vec::new();
    for text in ["One", "Two"] {
        let live = ask(&client(&cassette), &provider.url(), text).await.unwrap();
        answers.push(live.text().await.unwrap());
    }
    cassette.finish().unwrap();
    std::fs::write(folder.file(), folder.text().replacen("content: Two", "content: One", 1)).unwrap();
    let cassette = folder.open(Mode::Replay);
    for answer in answers {
        let played = ask(&client(&cassette), &provider.url(), "One").await.unwrap();
        assert_eq!(played.text().await.unwrap(), answer);
    }
}

#[tokio::test]
async fn another_style_of_yaml_changes_nothing() {
    let flow = r#"key: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
response: {status: 200, 'headers': {"content-type": 'application/json'},
  json: {choices: [{message: {role: "assistant", content: "Rhine\nDanube\n"}}]}}
# a comment
request:
    url:   'https://api.openai.com/v1/chat/completions' # another one
    method: "POST"

    headers:
        content-type: application/json
    json:
        model:
            gpt-4o-mini
        messages:
        -   role: user
            content: >-
                Name
                three rivers.
usage:
    output_tokens: 12
    input_tokens: 31
recorded_at: 2026-11-21T02:10:44Z
"#;
    let start = CASSETTE.find("key: a").unwrap();
    let end = CASSETTE.find("...").unwrap();
    let restyled = format!("{}{flow}{}", &CASSETTE[..start], &CASSETTE[end..]);
    let windows = CASSETTE.replace('\n', "\r\n");
    let commented = format!("\u{feff}{}\n# the end\n", CASSETTE.replace("...\n", "...\n\n# between\n\n"));
    let unclosed = CASSETTE.replacen("...\n", "", 1);
    for text in [CASSETTE, &restyled, &windows, &commented, &unclosed] {
        let [rivers, count] = both(text).await;
        assert_eq!((rivers.as_deref(), count.as_deref()), (Ok(RIVERS), Ok(COUNT)), "{text}");
    }
}

#[tokio::test]
async fn documents_can_be_deleted_and_moved() {
    let start = CASSETTE.find("---").unwrap();
    let second = CASSETTE.rfind("---").unwrap();
    let (top, first, second) = (&CASSETTE[..start], &CASSETTE[start..second], &CASSETTE[second..]);
    let [rivers, count] = both(&format!("{top}{second}{first}")).await;
    assert_eq!((rivers.as_deref(), count.as_deref()), (Ok(RIVERS), Ok(COUNT)));
    let [rivers, count] = both(&format!("{top}{second}")).await;
    assert!(rivers.is_err_and(|message| message.starts_with("no recorded response")));
    assert_eq!(count.as_deref(), Ok(COUNT));
}

#[tokio::test]
async fn takes_that_were_moved_are_played_in_the_order_of_their_numbers() {
    let start = CASSETTE.find("---").unwrap();
    let second = CASSETTE.rfind("---").unwrap();
    let first = &CASSETTE[start..second];
    // The number is found wherever it stands.
    let take = |number: u32| {
        let text = first.replace("usage_count", &format!("# a remark\ntake: {number}\nusage_count"));
        text.replace("Danube", &format!("take {number}"))
    };
    let folder = folder_with(&format!("{}{}{}{}", &CASSETTE[..start], take(3), take(1), take(2)));
    let cassette = folder.open(Mode::Replay);
    for number in 1..=3 {
        let text = played(&cassette, "Name three rivers.", false).await.unwrap();
        assert!(text.contains(&format!("take {number}")), "{number}: {text}");
    }
}

#[tokio::test]
async fn an_edited_stream_needs_its_chunks_no_more() {
    let [_, count] = both(&edited("data: two", "data: two and a half")).await;
    let message = count.unwrap_err();
    assert!(message.contains("delete the line `chunks`"), "{message}");
    let text = edited("data: two", "data: two and a half").replace("  chunks: [10, 26]\n", "");
    let [_, count] = both(&text).await;
    assert_eq!(count.unwrap(), COUNT.replace("two", "two and a half"));
}

#[tokio::test]
async fn what_record_and_refresh_leave_alone_keeps_its_edits_and_comments() {
    let provider = StandIn::start().await;
    let edited = CASSETTE.replace("---", "# mine\n---").replacen("# mine\n", "", 1);
    let folder = folder_with(&edited);
    let cassette = folder.open(Mode::Record);
    ask(&client(&cassette), &provider.url(), "Something new").await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    assert!(folder.text().starts_with(&edited), "{}", folder.text());
}

/// The error of a request to a cassette, without the folder's path.
async fn complaint(text: &str) -> String {
    let folder = folder_with(text);
    let path = folder.file().display().to_string();
    let tell = |text: String| text.replace(&path, "test.yaml");
    match folder.builder(Mode::Replay).open() {
        Err(error) => tell(error.to_string()),
        Ok(cassette) => match played(&cassette, "Name three rivers.", false).await {
            Err(message) => tell(message),
            Ok(answer) => panic!("this was taken: {answer}\n{text}"),
        },
    }
}

/// Many complaints in one text, without the hint, which is always the same.
async fn complaints(edits: &[(&str, &str)]) -> String {
    let mut all = String::new();
    for (from, to) in edits {
        let message = complaint(&edited(from, to)).await;
        let (message, hint) = message.split_once("\nhint: ").unwrap();
        assert_eq!(hint, "fix that line, or restore the file with `git checkout -- test.yaml`");
        all += message;
        all += "\n";
    }
    all
}

#[tokio::test]
async fn a_slip_of_the_pen_is_told_with_file_and_line() {
    let all = complaint(&edited("usage_count", "usage_coutn")).await;
    insta::assert_snapshot!(all, @r#"
    test.yaml:5: unknown field `usage_coutn`; did you mean `usage_count`?
    hint: fix that line, or restore the file with `git checkout -- test.yaml`
    "#);
}

#[tokio::test]
async fn fields_that_are_wrong_missing_or_misspelt_are_told_with_file_and_line() {
    let all = complaints(&[
        ("provider: openai", "colour: red"),
        ("  status: 200", "  stauts: 200"),
        ("  url: https", "  uri: https"),
        ("  json:\n    model", "  jsn:\n    model"),
        ("  json:\n    choices", "  body:\n    choices"),
        ("recorded_at: \"2026", "recorded_at: \"today"),
        ("recorded_at: \"2026-11-21T02:10:44Z\"\n", ""),
        ("usage_count: 1", "usage_count: often"),
        ("usage_count: 1", "usage_count: -1"),
        ("usage_count: 1", "usage_count: 1\nusage_count: 2"),
        ("input_tokens: 31", "input_tokens: 31.5"),
        ("provider: openai", "provider: [openai]"),
        ("request:\n", "request: none\nrequest2:\n"),
        ("response:\n", "resp:\n"),
        ("method: POST", "method: P OST"),
        ("  method: POST\n", ""),
        ("status: 200", "status: 20"),
        ("status: 200", "status: 2000"),
        ("status: 200", "status: 200\n  version: HTTP/4"),
        ("status: 200", "status: 200\n  client_aborted: maybe"),
        ("headers: {content-type: application/json}", "headers: [content-type]"),
        (
            "headers: {content-type: application/json}",
            "headers:\n    content-type: application/json\n    \"a b\": c",
        ),
        (
            "headers: {content-type: application/json}",
            "headers:\n    content-type: application/json\n    x: {base46: eA==}",
        ),
        (
            "headers: {content-type: application/json}",
            "headers:\n    content-type: application/json\n    x: \"a\\nb\"",
        ),
    ])
    .await;
    insta::assert_snapshot!(all, @r#"
    test.yaml:6: unknown field `colour`
    test.yaml:18: unknown field `stauts`; did you mean `status`?
    test.yaml:11: unknown field `uri`; did you mean `url`?
    test.yaml:13: unknown field `jsn`; did you mean `json`?
    test.yaml:20: unknown field `body`
    test.yaml:4: `recorded_at` has to be a time such as 2026-11-21T02:10:44Z
    test.yaml:3: `recorded_at` is missing
    test.yaml:5: `usage_count` is not a whole number
    test.yaml:5: `usage_count` is not a whole number
    test.yaml:6: the key `usage_count` is there twice
    test.yaml:8: `input_tokens` is not a whole number
    test.yaml:6: `provider` is not text
    test.yaml:10: unknown field `request2`; did you mean `request`?
    test.yaml:17: unknown field `resp`; did you mean `response`?
    test.yaml:10: `method` is not an HTTP method
    test.yaml:9: `method` is missing
    test.yaml:18: `status` is not an HTTP status
    test.yaml:18: `status` is not an HTTP status
    test.yaml:19: `version` has to be HTTP/1.0, HTTP/1.1, HTTP/2.0 or HTTP/3.0
    test.yaml:19: `client_aborted` has to be true or false
    test.yaml:12: `headers` is not a mapping
    test.yaml:14: header `a b` cannot be sent over HTTP
    test.yaml:14: header `x` cannot be sent over HTTP
    test.yaml:14: header `x` cannot be sent over HTTP
    "#);
}

#[tokio::test]
async fn bodies_that_do_not_hold_up_are_told_with_file_and_line() {
    let all = complaints(&[
        ("  json:\n    choices", "  text: both\n  json:\n    choices"),
        ("  json:\n    choices", "  layout: wide\n  json:\n    choices"),
        ("  json:\n    choices", "  layout: [compact]\n  json:\n    choices"),
        ("  json:\n    choices", "  before: x\n  json:\n    choices"),
        ("  json:\n    choices", "  line_end: crlf\n  json:\n    choices"),
        ("  json:\n    model", "  base64: '*'\n  json2:\n    model"),
        ("  chunks: [10, 26]", "  chunks: [10, 24]"),
        ("  chunks: [10, 26]", "  chunks: 33"),
        ("  chunks: [10, 26]", "  chunks: [10, -1]"),
        ("  chunks: [10, 26]", "  chunks: [18446744073709551615, 18446744073709551615]"),
        ("  chunks: [10, 26]", "  line_end: cr"),
        ("  chunks: [10, 26]", "  unterminated: often"),
        ("    - \"data: two\"", "    - 2"),
        ("  sse:\n", "  sse: all\n  sse2:\n"),
        ("  json:\n    choices", "  times: 9 ms\n  json:\n    choices"),
        ("  chunks: [10, 26]", "  times: 9 ms + 11"),
        ("  chunks: [10, 26]", "  times: 9 ms + 5000000/11"),
        ("  chunks: [10, 26]", "  times: 9 ms + 86400000 0"),
        ("  chunks: [10, 26]", "  times: 9 ms + -1 0"),
        ("  chunks: [10, 26]", "  times: 9"),
        ("  chunks: [10, 26]", "  times: [9, 11, 0]"),
    ])
    .await;
    insta::assert_snapshot!(all, @r#"
    test.yaml:20: both `json` and `text` are here; a body has only one of them
    test.yaml:20: unknown layout "wide"
    test.yaml:20: `layout` is not text
    test.yaml:20: `before` is not white space
    test.yaml:20: `line_end` cannot stand beside `json`
    test.yaml:14: unknown field `json2`; did you mean `json`?
    test.yaml:45: the `chunks` do not add up to the 36 bytes of the body; if you edited the body, delete the line `chunks`
    test.yaml:45: the `chunks` tell of more than there is; if you edited the body, delete the line `chunks`
    test.yaml:45: `chunks` has to be a list of lengths in bytes
    test.yaml:45: the `chunks` do not add up to the 36 bytes of the body; if you edited the body, delete the line `chunks`
    test.yaml:45: `line_end` has to be `lf` or `crlf`, not "cr"
    test.yaml:45: `unterminated` has to be true or false
    test.yaml:46: item 2 of `sse` is not text
    test.yaml:47: unknown field `sse2`; did you mean `sse`?
    test.yaml:20: `times` is for streams, and this is none; delete the line `times`
    test.yaml:45: the `times` are those of 2 chunks, and the stream has 3; if you edited the body, delete the line `times`
    test.yaml:45: the `times` are those of 5,000,001 chunks, and the stream has 3; if you edited the body, delete the line `times`
    test.yaml:45: `times` comes to more than a day, which is the longest that a stream may take
    test.yaml:45: `times` has to be text such as `312 ms + 9 11 12/143`: the first chunk after 312 ms, one 9 ms later, one 11 ms later, then 12 in 143 ms
    test.yaml:45: `times` has to be text such as `312 ms + 9 11 12/143`: the first chunk after 312 ms, one 9 ms later, one 11 ms later, then 12 in 143 ms
    test.yaml:45: `times` has to be text such as `312 ms + 9 11 12/143`: the first chunk after 312 ms, one 9 ms later, one 11 ms later, then 12 in 143 ms
    "#);
    for (field, value) in [
        ("base64", "\"not base64!\""),
        ("base64", "[YQ==]"),
        ("text", "1"),
        ("ndjson", "{a: 1}"),
        ("eventstream", "[{headers: {a: {byte: 300}}}]"),
        ("eventstream", "[{header: {}}]"),
        ("eventstream", "[{text: a, base64: YQ==}]"),
        ("multipart", "{parts: []}"),
        ("multipart", "{boundary: x, parts: [{headers: [1], text: a}]}"),
        ("multipart", "{boundary: x, parts: [{}]}"),
    ] {
        let start = CASSETTE.find("  json:\n    choices").unwrap();
        let end = CASSETTE.find("...").unwrap();
        let text = format!("{}  {field}: {value}\n{}", &CASSETTE[..start], &CASSETTE[end..]);
        let message = complaint(&text).await;
        assert!(message.starts_with("test.yaml:20: "), "{field}: {value}: {message}");
    }
}

#[tokio::test]
async fn broken_yaml_is_told_with_file_and_line() {
    let all = complaints(&[
        ("provider: openai", "provider: \"openai"),
        ("    messages:", "   messages:"),
        ("provider: openai", "\tprovider: openai"),
        ("provider: openai", "provider: *openai"),
        ("provider: openai", "provider: &openai openai"),
        ("provider: openai", "provider: !!str openai"),
        ("provider: openai", "<<: {provider: openai}"),
        ("provider: openai", "provider: open\u{1}ai"),
        ("provider: openai", "provider: openai\nprovider: openai"),
        ("    model: gpt-4o-mini\n    messages", "    model: gpt-4o-mini\n    model: x\n    messages"),
        ("key: aaaa", "key: aaa"),
        ("key: aaaa", "key: ABCD"),
        (&format!("key: {}", "a".repeat(64)), &format!("key: {}", "1".repeat(64))),
        ("key: aaaa", "kye: aaaa"),
        ("...\n", "...\nmore\n"),
        ("# llm-cassette 1\n", "# llm-cassette 1\nmore\n"),
        ("# llm-cassette 1\n", "# llm-casette 1\n"),
        ("# llm-cassette 1\n", "# llm-cassette one\n"),
        ("# llm-cassette 1\n", "# llm-cassette 0\n"),
    ])
    .await;
    insta::assert_snapshot!(all, @r#"
    test.yaml:6: a quote is opened here and never closed
    test.yaml:15: did not find expected key
    test.yaml:6: found a tab character that violates indentation
    test.yaml:6: `*` begins a YAML alias, which a cassette can't have: put the text in quotes
    test.yaml:6: `&` begins a YAML anchor, which a cassette can't have: put the text in quotes
    test.yaml:6: `!` begins a YAML tag, which a cassette can't have: put the text in quotes
    test.yaml:6: `<<` is a YAML merge key, which a cassette can't have: put it in quotes
    test.yaml:6: the character U+0001 has to be written as "\u0001", in double quotes
    test.yaml:7: the key `provider` is there twice
    test.yaml:15: request.json: the key `model` is there twice
    test.yaml:2: this document has no line `key:` with 64 hexadecimal digits
    test.yaml:2: this document has no line `key:` with 64 hexadecimal digits
    test.yaml:3: `key` is not text; put it in quotes
    test.yaml:2: this document has no line `key:` with 64 hexadecimal digits
    test.yaml:28: there is text after the closing `...`
    test.yaml:2: there is text before the first `---`
    test.yaml:1: the first line is not `# llm-cassette 1`
    test.yaml:1: the first line is not `# llm-cassette 1`
    test.yaml:1: the first line is not `# llm-cassette 1`
    "#);
}

#[tokio::test]
async fn what_is_no_cassette_is_refused_at_once() {
    let mut all = complaint("interactions:\n- request:\n    method: GET\n").await;
    all += "\n\n";
    all += &complaint("\u{0}\u{1}\u{2}").await;
    all += "\n\n";
    all += &complaint(&edited("# llm-cassette 1\n", "# llm-cassette 2\n")).await;
    insta::assert_snapshot!(all, @r#"
    test.yaml:1: the first line is not `# llm-cassette 1`
    hint: fix that line, or restore the file with `git checkout -- test.yaml`

    test.yaml:1: the first line is not `# llm-cassette 1`
    hint: fix that line, or restore the file with `git checkout -- test.yaml`

    test.yaml:1: the file is in format 2, and this version of llm-cassette reads format 1
    hint: run `cargo update -p llm-cassette`, or raise its version in `Cargo.toml`
    "#);
    let folder = Folder::new();
    std::fs::write(folder.file(), edited("Danube", "Dxnube")).unwrap();
    let mut bytes = folder.text().into_bytes();
    let at = bytes.windows(4).position(|four| four == b"Dxnu").unwrap() + 1;
    bytes[at] = 0xe4;
    std::fs::write(folder.file(), bytes).unwrap();
    let message = played(&folder.open(Mode::Replay), "Name three rivers.", false).await.unwrap_err();
    assert!(message.contains("test.yaml:26: this is not UTF-8"), "{message}");
}

/// Nothing is asserted about time or memory: a reader that falls for one of these does not come back.
#[tokio::test]
async fn hostile_documents_are_refused_before_they_can_do_harm() {
    let bomb: String =
        (0..60).map(|n| format!("  a{}: &a{} [*a{n}, *a{n}, *a{n}]\n", n + 1, n + 1)).collect();
    let deep = format!("  deep: {}", "[".repeat(1_000_000));
    let deep_block = format!("  deep:\n    {}x\n", "- ".repeat(300_000));
    let long_name = format!("{}: 1\n", "k".repeat(500_000));
    let many_names: String = (0..50_000).map(|n| format!("field{n}: 1\n")).collect();
    for hostile in [
        edited("  json:\n    model", &format!("{bomb}  json:\n    model")),
        edited("  json:\n    model", &format!("{deep}\n  json:\n    model")),
        edited("  json:\n    model", &format!("{deep_block}\n  json:\n    model")),
        edited("provider: openai\n", &long_name),
        edited("provider: openai\n", &format!("? {}\n: 1\n", "k".repeat(500_000))),
        edited("provider: openai\n", &many_names),
        edited("provider: openai", &format!("provider: {{{}}}", "a: ".repeat(100_000))),
    ] {
        let message = complaint(&hostile).await;
        assert!(message.starts_with("test.yaml:"), "{message}");
        assert!(message.len() < 500, "{} bytes", message.len());
    }
}

#[tokio::test]
async fn a_refresh_reads_everything_before_it_spends_money() {
    let folder = folder_with(&edited("data: [DONE]\"", "data: [DONE]\"\n  chnks: []"));
    let error = folder.builder(Mode::Refresh).open().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[tokio::test]
async fn a_hand_written_body_needs_no_layout() {
    let text = edited("  json:\n    choices", "  layout: pretty\n  json:\n    choices");
    let [rivers, _] = both(&text).await;
    let (rivers, compact): (Value, Value) =
        (serde_json::from_str(&rivers.unwrap()).unwrap(), serde_json::from_str(RIVERS).unwrap());
    assert_eq!(rivers, compact);
}

#[tokio::test]
async fn an_answer_written_by_hand_needs_no_provider() {
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json("{}")).always());
    let minimal = "# llm-cassette 1\n---\nkey: 0000000000000000000000000000000000000000000000000000000000000000\n\
                   recorded_at: 2026-11-21T02:10:44Z\n\
                   request: {method: GET, url: https://api.openai.com/v1/models}\n\
                   response: {status: 200, text: hello}\n...\n";
    let folder = folder_with(minimal);
    let cassette = folder.open(Mode::Replay);
    let response = client(&cassette).get(format!("{HOST}/v1/models")).send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "hello");
    assert_eq!(provider.calls(), 0);
}
