//! What holds for reading and writing together. What holds for other programs is in `readers`.

mod readers;
mod strategies;

use super::*;
use crate::model::json::parse;
use proptest::prelude::*;
use strategies::{edits, hand_written, lines, streams, tree};

fn json(text: &str) -> Json {
    parse(text.as_bytes()).unwrap()
}

fn number(text: &str) -> Json {
    Json::Object(vec![("x".to_owned(), Json::Number(text.to_owned()))])
}

/// Reads as a person's edit is read, without the short cut for what we wrote ourselves.
fn read_slowly(text: &str) -> Result<Json, ReadError> {
    guard::check(text)?;
    library::read(text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(256)))]

    #[test]
    fn every_tree_reads_back_as_it_was(tree in prop_oneof![3 => tree(), 1 => streams()]) {
        let text = write(&tree);
        let (slow, fast) = (read_slowly(&text), canonical::read(&text));
        prop_assert_eq!(slow.as_ref(), Ok(&tree), "{}", text);
        prop_assert_eq!(fast.as_ref(), Some(&tree), "{}", text);
    }

    #[test]
    fn the_short_cut_never_differs_from_the_library(
        tree in prop_oneof![3 => tree(), 1 => streams()],
        edits in edits(),
    ) {
        let text = strategies::edit(&write(&tree), &edits);
        if let Some(fast) = canonical::read(&text) {
            prop_assert_eq!(Ok(fast), read_slowly(&text), "{}", text);
        }
    }

    #[test]
    fn a_text_of_several_lines_is_quoted_only_for_what_a_block_cannot_keep(text in lines()) {
        let tree = Json::Object(vec![("text".to_owned(), Json::String(text.clone()))]);
        let written = write(&tree);
        let back = read_slowly(&written);
        prop_assert_eq!(back.as_ref(), Ok(&tree), "{}", written);
        prop_assert!(written.lines().all(|line| !line.ends_with([' ', '\t'])), "{:?}", written);
        // What one of all readers takes for a line break or for nothing at all.
        let is_lost = text.contains(['\u{85}', '\u{2028}', '\u{feff}', '\r']);
        let ends_blank = text.split('\n').any(|line| line.ends_with([' ', '\t']));
        let stands = text.contains('\n') && text.contains(|c| c != '\n') && !is_lost && !ends_blank;
        prop_assert_eq!(written.starts_with("text: |"), stands, "{}", written);
    }

    #[test]
    fn restored_numbers_have_their_recorded_text(tree in tree()) {
        if let Some(style) = NumberStyle::of(&tree) {
            let mut back = read(&write(&tree)).unwrap();
            style.restore(&mut back);
            prop_assert_eq!(back, tree);
            prop_assert_eq!(NumberStyle::from_name(&style.name()), Some(style));
        }
    }
}

proptest! {
    // Cheap ones, and the dangerous texts among them are few.
    #![proptest_config(ProptestConfig::with_cases(cases(4000)))]

    #[test]
    fn no_alias_gets_past_the_guard(text in hand_written()) {
        // No anchor is ever defined, so the library fails on each alias that it sees, and says so.
        let outcome = library::read(&text);
        let unknown = matches!(&outcome, Err(error) if error.message.contains("unknown anchor"));
        match guard::check(&text) {
            Ok(()) => prop_assert!(!unknown, "{:?}", text),
            // An anchor or tag is refused too, where the library takes it; see the next property.
            Err(error) if error.message.starts_with("`*`") => prop_assert!(outcome.is_err(), "{:?}", text),
            Err(_) => {}
        }
    }

    #[test]
    fn anchors_and_tags_are_found_where_aliases_are(text in hand_written()) {
        // An alias, an anchor and a tag can begin in the same places, so the guard has to refuse the same texts.
        let refused = |sign: &str| guard::check(&text.replace('*', sign)).map_err(|error| (error.line, error.column));
        prop_assert_eq!(refused("&"), refused("*"), "{:?}", text);
        prop_assert_eq!(refused("!"), refused("*"), "{:?}", text);
    }
}

/// How many random cases a property gets; `PROPTEST_CASES` asks for more.
fn cases(few: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(few)
}

#[test]
fn trees_a_hundred_deep_read_back() {
    for (open, close) in [("{\"a\":", "}"), ("[", "]"), ("{\"a\":[", "]}")] {
        let levels = if open.len() > 5 { 50 } else { 100 };
        let tree = json(&format!("{{\"root\":{}1{}}}", open.repeat(levels - 1), close.repeat(levels - 1)));
        let text = write(&tree);
        assert_eq!(read_slowly(&text).as_ref(), Ok(&tree));
        assert_eq!(canonical::read(&text).as_ref(), Some(&tree));
    }
}

#[test]
fn a_document_is_laid_out_for_its_reviewer() {
    let tree = json(
        r#"{"provider":"openai","recorded_at":"2026-11-21T02:10:44Z","usage":{"input_tokens":31,"output_tokens":12},
        "request":{"method":"POST","url":"https://api.openai.com/v1/chat/completions",
          "headers":{"content-type":"application/json"},
          "json":{"model":"gpt-4o-mini","temperature":0.7,"stop":null,"stream":false,
            "messages":[{"role":"system","content":"Be terse: one word."},
              {"role":"user","content":"Name three rivers.\nOne a line.\n"},
              {"role":"user","content":"  indented\n\tand tabbed\n\n"},
              {"role":"user","content":"a break  \n  of Markdown – quoted"}],
            "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object",
              "properties":{"city":{"type":"string","description":"City name"},"unit":{"enum":["C","F"]}},
              "required":["city"]}}}]}},
        "response":{"arguments":"{\"city\": \"Oslo\"}","crlf":"data: a\r\n  data: b\r\n","none":{},"nothing":[],
          "nested":[[1,2],["a",[]],[[{"x":"No"}]]],"odd key: ":"it's","a\nb":1}}"#,
    );
    let expected = r#"provider: openai
recorded_at: "2026-11-21T02:10:44Z"
usage: {input_tokens: 31, output_tokens: 12}
request:
  method: POST
  url: https://api.openai.com/v1/chat/completions
  headers: {content-type: application/json}
  json:
    model: gpt-4o-mini
    temperature: 0.7
    stop: null
    stream: false
    messages:
      - {role: system, content: "Be terse: one word."}
      - role: user
        content: |
          Name three rivers.
          One a line.
      - role: user
        content: |2+
            indented
          	and tabbed

      - role: user
        content: "a break  \n\
          \  of Markdown – quoted"
    tools:
      - type: function
        function:
          name: get_weather
          parameters:
            type: object
            properties:
              city: {type: string, description: City name}
              unit: {enum: [C, F]}
            required: [city]
response:
  arguments: '{"city": "Oslo"}'
  crlf: "data: a\r\n\
    \  data: b\r\n"
  none: {}
  nothing: []
  nested:
    - [1, 2]
    - [a, []]
    - - - {x: "No"}
  "odd key: ": it's
  "a\nb": 1
"#;
    assert_eq!(write(&tree), expected);
    assert_eq!(read_slowly(expected), Ok(tree));
}

#[test]
fn events_of_a_stream_take_the_lines_that_they_fill_and_texts_in_them_stand_in_blocks() {
    let sizes = (0..40).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let words = (0..12).map(|n| format!("\"pad{n}\"")).collect::<Vec<_>>().join(",");
    let tree = json(&format!(
        r#"{{"sse":{{"message":[{{"text":"Oslo"}}],"common":{{"id":"a","model":"m"}},"templates":{{"chunk":
          {{"choices":[{{"index":0,"delta":{{"content":{{"$piece":1}}}}}}],"usage":null}}}},
          "events":[["chunk",{sizes}],["two",[{sizes}],[{words}]],"data: [DONE]",
          {{"short":"a\n","text":"A text of two lines that is\nlong enough to be read."}}]}}}}"#
    ));
    insta::assert_snapshot!(write(&tree), @r#"
    sse:
      message:
        - {text: Oslo}
      common: {id: a, model: m}
      templates:
        chunk: {choices: [{index: 0, delta: {content: {$piece: 1}}}], usage: null}
      events:
        - [chunk, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
          24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]
        - [two,
          [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
          26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39],
          [pad0, pad1, pad2, pad3, pad4, pad5, pad6, pad7, pad8, pad9, pad10, pad11]]
        - "data: [DONE]"
        - short: |
            a
          text: |-
            A text of two lines that is
            long enough to be read.
    "#);
    assert_eq!(read_slowly(&write(&tree)), Ok(tree));
}

#[test]
fn an_embedding_takes_few_lines() {
    let numbers: Vec<String> = (0..1536).map(|n| format!("-0.0{:07}", n * 6151 % 9_999_999)).collect();
    let tree = json(&format!("{{\"embedding\":[{}],\"model\":\"e\"}}", numbers.join(",")));
    let text = write(&tree);
    assert!(text.lines().count() < 230, "{}", text.lines().count());
    assert!(text.lines().all(|line| line.len() <= 100 && line.trim_end() == line), "{text}");
    assert_eq!(read_slowly(&text).as_ref(), Ok(&tree));
    assert_eq!(canonical::read(&text), Some(tree));
}

#[test]
fn a_key_may_be_of_any_length() {
    for length in [999, 1000, 1001, 1021, 1030, 5000] {
        for value in ["1", "\"a\\nb\\n\"", "[[\"x\"],{\"y\":\"\\n\"}]", "{\"k\":{\"k\":{\"k\":{\"k\":1}}}}"] {
            let long = "é".repeat(length / 2) + &"k".repeat(length % 2);
            let tree = json(&format!(
                "{{\"a\":1,\"{long}\":{value},\"in\":[{{\"{long}\":{value},\"b\":{value}}}]}}"
            ));
            let text = write(&tree);
            assert_eq!(read_slowly(&text).as_ref(), Ok(&tree), "{text}");
            assert_eq!(canonical::read(&text).as_ref(), Some(&tree), "{text}");
        }
    }
}

#[test]
fn numbers_keep_their_text_or_say_how_to_restore_it() {
    for (recorded, written, style) in [
        ("1e-05", "1.0e-05", "bare-mantissa"),
        ("1.5e16", "1.5e+16", "unsigned-exponent"),
        ("1E5", "1.0E+5", "bare-mantissa unsigned-exponent"),
        ("1.0e-05", "1.0e-05", ""),
        ("1.50E+16", "1.50E+16", ""),
        ("-0", "-0", ""),
        ("-0.0", "-0.0", ""),
        ("12479678939117453000", "12479678939117453000", ""),
        (
            "-123456789012345678901234567890123456789012345",
            "-123456789012345678901234567890123456789012345",
            "",
        ),
    ] {
        let tree = number(recorded);
        assert_eq!(write(&tree), format!("x: {written}\n"));
        let found = NumberStyle::of(&tree).unwrap();
        assert_eq!(found.name(), style);
        let mut back = read_slowly(&write(&tree)).unwrap();
        found.restore(&mut back);
        assert_eq!(back, tree);
    }
    for (mixed, style) in [
        ("[1e5,1.0e-5]", "exponents-x1w1"),
        ("[1.5e5,1.5e+5]", "exponents-u1w1"),
        ("[1e3,1e3,2,{\"a\":1e+3,\"b\":1E-3},1.0e+3]", "exponents-x2b2w1"),
    ] {
        let tree = json(mixed);
        let found = NumberStyle::of(&tree).unwrap();
        assert_eq!(found.name(), style, "{mixed}");
        let mut back = read_slowly(&write(&tree)).unwrap();
        NumberStyle::from_name(style).unwrap().restore(&mut back);
        assert_eq!(back, tree);
    }
    assert_eq!(NumberStyle::from_name("exponents-q1"), None);
    assert_eq!(NumberStyle::from_name("exponents-b"), None);
    // Readers take these for strings.
    assert_eq!(NumberStyle::of(&number("1e400")), None);
    assert_eq!(NumberStyle::of(&number(&"9".repeat(400))), None);
    assert_eq!(canonical::read("x: 1.0e+400\n"), None);
    assert_eq!(NumberStyle::from_name("bare"), None);
}

#[test]
fn what_people_write_by_hand_is_read() {
    for (text, expected) in [
        ("", "null"),
        ("# only a comment\n", "null"),
        ("a: 1 # one\n# two\nb:   'it''s'\n", r#"{"a":1,"b":"it's"}"#),
        ("a:\n- x\n-   y: 1\n    z: 2\n", r#"{"a":["x",{"y":1,"z":2}]}"#),
        ("{a: [1, {b: 'c'}],\n \"d\":e}\n", r#"{"a":[1,{"b":"c"}],"d":"e"}"#),
        ("a: >\n  folded\n  text\n\n  more\nb: >-\n  x\n", r#"{"a":"folded text\nmore\n","b":"x"}"#),
        ("a: plain text\n  goes on\n", r#"{"a":"plain text goes on"}"#),
        ("a: \"x\\\n  y \\x41\\u00e9\"\n", r#"{"a":"xy Aé"}"#),
        ("a: ~\nb:\nc: Null\nd: 'null'\n", r#"{"a":null,"b":null,"c":null,"d":"null"}"#),
        ("a: True\nb: yes\n", r#"{"a":true,"b":"yes"}"#),
        ("? a\n: 1\n? |\n  b\n: 2\n", r#"{"a":1,"b\n":2}"#),
        ("1: a\n2.50: b\nnull: c\n", r#"{"1":"a","2.50":"b","null":"c"}"#),
        ("a: |\r\n  x\r\n  y\r\nb: 1\r\n", r#"{"a":"x\ny\n","b":1}"#),
        (
            "a: [0x1F, +5, .5, 5., 007.5, +1e5, -.5E-3, 1.50, 0o17]\n",
            r#"{"a":[31,5,0.5,5.0,7.5,1.0e5,-0.5E-3,1.50,15]}"#,
        ),
    ] {
        assert_eq!(read(text), Ok(json(expected)), "{text}");
    }
}

#[test]
fn what_can_not_be_kept_is_refused_with_its_place() {
    for (text, line, column, message) in [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, 3, "b: the key `c` is there twice"),
        ("a: {b: 1, 'b': 2}\n", 1, 11, "a: the key `b` is there twice"),
        ("a:\n  - .inf\n", 2, 5, "a[0]: JSON has no number `.inf`"),
        ("a: -.INF\n", 1, 4, "a: JSON has no number `-.INF`"),
        ("a: .nan\n", 1, 4, "a: JSON has no number `.nan`"),
        ("a: 1\n b: 2\n", 2, 3, "mapping values are not allowed in this context"),
        ("a: [1\nb: 2\n", 2, 2, "did not find expected ',' or ']'"),
        ("? [a]\n: 1\n", 1, 3, "invalid type: sequence, expected a key that is a string"),
        ("a: 1\nb: \"x\n", 2, 4, "a quote is opened here and never closed"),
        ("a:\n\t- b\n", 2, 1, "a tab can't indent a line"),
        ("a: @b\n", 1, 4, "no value can begin with this character: put the text in quotes"),
        ("a: é\u{2028}\n", 1, 5, "the character U+2028 has to be written as \"\\u2028\", in double quotes"),
        (
            "a: x\nb: é\u{1}\n",
            2,
            5,
            "the character U+0001 has to be written as \"\\u0001\", in double quotes",
        ),
    ] {
        let error = ReadError { line, column, message: message.to_owned() };
        assert_eq!(read(text), Err(error), "{text}");
    }
}

#[test]
fn anchors_aliases_tags_and_their_kin_are_refused() {
    for (text, line, column, sign) in [
        ("a: &x 1\nb: *x\n", 1, 4, "`&`"),
        ("a: 1\nb: *x\n", 2, 4, "`*`"),
        ("*x : 1\n", 1, 1, "`*`"),
        ("a: [b, *x]\n", 1, 8, "`*`"),
        ("a: {b: *x}\n", 1, 8, "`*`"),
        ("a: ['b',*x]\n", 1, 9, "`*`"),
        ("a:\n  - - *x\n", 2, 7, "`*`"),
        ("? *x\n: 1\n", 1, 3, "`*`"),
        ("a: !!str 1\n", 1, 4, "`!`"),
        ("a: !x 1\n", 1, 4, "`!`"),
        ("!x a: 1\n", 1, 1, "`!`"),
        ("a: \"quoted\" \nb: *x\n", 2, 4, "`*`"),
        ("a: 'it''s' # '\nb: *x\n", 2, 4, "`*`"),
        ("a: \"\\\"\"\nb: *x\n", 2, 4, "`*`"),
        ("a: don't\nb: *x # '\n", 2, 4, "`*`"),
        ("a: |\n  text\n*x : 1\n", 3, 1, "`*`"),
        ("a: |2\n    text\n *x : 1\n", 3, 2, "`*`"),
        ("- |\n text\n- *x\n", 3, 3, "`*`"),
        ("a: |-\n\n\nb: *x\n", 4, 4, "`*`"),
        ("a: x # |\nb: *x\n", 2, 4, "`*`"),
        ("a:\n  b: >+\n   text\n  c: *x\n", 4, 6, "`*`"),
        ("a:\n  b: |2\n     text\n  c: *x\n", 4, 6, "`*`"),
        ("a:\n  b: |\n  c: *x\n", 3, 6, "`*`"),
        ("a:\n  - >\n  - *x\n", 3, 5, "`*`"),
        ("a:\n - - |\n   - *x\n", 3, 6, "`*`"),
        ("|\n*x\n", 2, 1, "`*`"),
        ("? a\n: |\n  text\n? *x\n", 4, 3, "`*`"),
        ("a: {b: c\n  } \nd: |\n  *x\ne: *x\n", 5, 4, "`*`"),
        ("%YAML 1.2\n---\na: 1\n", 1, 1, "a line that begins with `%`"),
        ("a: 1\n---\nb: 1\n", 2, 1, "`---` and `...`"),
        ("a: 1\n...\n", 2, 1, "`---` and `...`"),
        ("<<: {a: 1}\n", 1, 1, "`<<`"),
        ("a: {<<: {a: 1}}\n", 1, 5, "`<<`"),
        ("a: some\n  *text*\n", 2, 3, "a line of unquoted text"),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{text}");
        assert!(error.message.starts_with(sign), "{text}: {}", error.message);
    }
    let bomb: String = (0..40).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1)).collect();
    assert!(read(&bomb).is_err());
    assert!(read(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn their_characters_are_fine_inside_of_text() {
    for text in [
        "a: 2*3 R&D wow! 100% <<x a|b >c\n",
        "a: \"*x\"\nb: '&x'\nc: \"\n  *x\n  &y\"\n",
        "a: 'x\n\n  *y\n  !z'\n",
        "a: |\n  *x\n  &y\n  !z\n  ---\n\n  %YAML\nb: >-\n  **bold**\n",
        "a: |3-\n    *x\n   *y\nb: 1\n",
        "a: |-4 # *c\n      *x\nb: 1\n",
        "a:\n  - |\n    *x\n  - >\n\n    *y\n",
        "- - |\n   *x\n  - y\n",
        "? |\n  *x\n: |\n  *y\n",
        "? k\n: a: |\n   *x\n  b: 1\n",
        "# *x &y !z\na: 1 # *x\n#*x\n",
        "a: [b*, 'c', \"*d\"] # &x\n",
        "a: it's * & ! - ? |\n",
        "'<<': 1\nb: a << b\nc: <<x\n",
        "a: --- x\nb: '...'\n",
    ] {
        assert_eq!(guard::check(text), Ok(()), "{text}");
        library::read(text).unwrap();
    }
}

#[test]
fn a_place_is_located_by_its_path() {
    let text = "key: x\nrequest:\n  headers: {a: b}\n  json:\n    messages:\n      - role: user\n        content: |\n          hi\n      - role: tool\n\n      -\n        role: x\n";
    for (path, line) in [
        (&["key"][..], Some(1)),
        (&["request", "headers", "a"], Some(3)),
        (&["request", "json", "messages"], Some(5)),
        (&["request", "json", "messages", "0", "content"], Some(7)),
        (&["request", "json", "messages", "1"], Some(9)),
        (&["request", "json", "messages", "2", "role"], Some(12)),
        (&["request", "json", "messages", "3"], None),
        (&["request", "json", "messages", "x"], None),
        (&["request", "nothing"], None),
        (&["key", "deeper"], None),
    ] {
        assert_eq!(locate(text, path), line, "{path:?}");
    }
}

#[test]
fn what_stands_for_a_blob_takes_one_line_however_long() {
    let name = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let head = format!("data:image/png;{}base64,", "name=a.png;".repeat(15));
    let mark =
        format!("{{\"$blob\":\"{name}\",\"before\":\"{head}\",\"kind\":\"base64 of 9 bytes (image/png)\"}}");
    let tree = json(&format!("{{\"a\":{mark},\"list\":[{mark},{{\"deep\":{{\"in\":{mark}}}}}]}}"));
    let text = write(&tree);
    assert_eq!(
        text.lines().filter(|line| line.contains(name) && line.contains("image/png)}")).count(),
        3,
        "{text}"
    );
    assert_eq!(read_slowly(&text).as_ref(), Ok(&tree), "{text}");
    assert_eq!(canonical::read(&text), Some(tree), "{text}");
}
