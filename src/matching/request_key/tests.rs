use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use proptest::prelude::*;

use super::*;
use crate::matching::user_rules::Pointer;
use crate::model::base64;
use crate::model::json::{Json, Layout, parse};
use crate::providers::{CHOOSING_HEADERS, Compared};

fn request(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
    let headers = headers
        .iter()
        .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap()));
    Request {
        method: Method::POST,
        url: url.to_owned(),
        headers: headers.collect::<HeaderMap>(),
        body: Bytes::copy_from_slice(body),
    }
}

fn key_of(body: &str) -> Key {
    normalise(
        &request("https://a.example/v1", &[("content-type", "application/json")], body.as_bytes()),
        &Rules::default(),
    )
    .key
}

fn url_key(url: &str) -> Key {
    normalise(&request(url, &[], b""), &Rules::default()).key
}

#[test]
fn urls_that_mean_the_same_have_one_key() {
    let wanted = url_key("https://api.example.com/v1/x%3Ay?a=1&b=%2F%20c");
    for same in [
        "https://API.example.com:443/v1/x%3ay?b=%2f+c&a=1",
        "HTTPS://api.example.com/v1/x%3Ay?b=%2F%20c&a=%31#top",
        "https://api.example.com/%761/x%3Ay?a=1&&b=%2F%20c",
    ] {
        assert_eq!(url_key(same), wanted, "{same}");
    }
    for other in [
        "http://api.example.com/v1/x%3Ay?a=1&b=%2F%20c",
        "https://api.example.com:8443/v1/x%3Ay?a=1&b=%2F%20c",
        "https://api.example.com/v1/X%3Ay?a=1&b=%2F%20c",
        "https://api.example.com/v1/x%3Ay?a=1&b=%2F%20d",
        "https://api.example.com/v1/x%3Ay?a=1",
        "https://api.example.com/v1/x%3Ay/?a=1&b=%2F%20c",
    ] {
        assert_ne!(url_key(other), wanted, "{other}");
    }
}

#[test]
fn key_order_white_space_and_escapes_do_not_matter_in_json() {
    let wanted = key_of(r#"{"model":"m","messages":[{"role":"user","content":"caf\u00e9 / x"}]}"#);
    assert_eq!(
        key_of("{ \"messages\" : [ {\"content\":\"café \\/ x\", \"role\":\"user\"} ],\n\"model\":\"m\"}"),
        wanted
    );
}

#[test]
fn everything_else_in_json_matters() {
    let wanted = key_of(r#"{"t":1,"m":["a","b"],"n":null}"#);
    for other in [
        r#"{"t":1.5,"m":["a","b"],"n":null}"#,
        r#"{"t":"1","m":["a","b"],"n":null}"#,
        r#"{"t":1,"m":["b","a"],"n":null}"#,
        r#"{"t":1,"m":["a","b"]}"#,
        r#"{"t":1,"m":["a","b "],"n":null}"#,
        r#"{"t":1,"m":["a","b"],"n":false}"#,
    ] {
        assert_ne!(key_of(other), wanted, "{other}");
    }
}

#[test]
fn tool_arguments_are_compared_as_json_but_not_taken_for_an_object() {
    let call = |arguments: &str| {
        let mut text = String::new();
        crate::model::json::write_string(arguments, crate::model::json::Escapes::Few, &mut text);
        key_of(&format!(
            r#"{{"messages":[{{"tool_calls":[{{"function":{{"name":"f","arguments":{text}}}}}]}}]}}"#
        ))
    };
    assert_eq!(call(r#"{"city": "Oslo", "days": 2}"#), call(r#"{"days":2,"city":"Osl\u006f"}"#));
    assert_ne!(call(r#"{"city":"Oslo"}"#), call(r#"{"city":"Rome"}"#));
    assert_ne!(
        call(r#"{"city":"Oslo"}"#),
        key_of(r#"{"messages":[{"tool_calls":[{"function":{"name":"f","arguments":{"city":"Oslo"}}}]}]}"#)
    );
}

/// A second turn of each provider, with its ids in place of A and B.
const SECOND_TURNS: [&str; 7] = [
    r#"{"messages":[{"role":"assistant","tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"}},
        {"id":"B","type":"function","function":{"name":"f","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"A","content":"1"},{"role":"tool","tool_call_id":"B","content":"2"}]}"#,
    r#"{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}},{"type":"tool_use","id":"B","name":"f","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":"1"},{"type":"tool_result","tool_use_id":"B","content":"2"}]}]}"#,
    r#"{"previous_response_id":"A","input":[{"type":"function_call_output","call_id":"B","output":"1"}]}"#,
    r#"{"input":[{"type":"reasoning","id":"A","summary":[]},{"type":"function_call","id":"x","call_id":"B","arguments":"{}"}]}"#,
    r#"{"contents":[{"parts":[{"functionCall":{"id":"A","name":"f","args":{}}},{"functionCall":{"id":"B","name":"f","args":{}}}]}]}"#,
    r#"{"previous_interaction_id":"A","input":[{"type":"function_result","call_id":"B","name":"f","result":"1"}]}"#,
    r#"{"input":[{"type":"function_call","id":"A","name":"f","arguments":{}},{"type":"google_search_call","id":"B","arguments":{}}]}"#,
];

#[test]
fn ids_of_providers_are_compared_up_to_consistent_renaming() {
    for turn in SECOND_TURNS {
        let with = |a: &str, b: &str| {
            key_of(&turn.replace("\"A\"", &format!("{a:?}")).replace("\"B\"", &format!("{b:?}")))
        };
        assert_eq!(with("call_1", "call_2"), with("call_zz", "call_aa"), "{turn}");
        assert_ne!(with("call_1", "call_2"), with("call_1", "call_1"), "two calls became one: {turn}");
    }
}

#[test]
fn results_that_are_swapped_are_another_request() {
    let swapped = SECOND_TURNS[0]
        .replace("\"tool_call_id\":\"A\"", "\"tool_call_id\":\"T\"")
        .replace("\"tool_call_id\":\"B\"", "\"tool_call_id\":\"A\"")
        .replace("\"tool_call_id\":\"T\"", "\"tool_call_id\":\"B\"");
    assert_ne!(key_of(&swapped), key_of(SECOND_TURNS[0]));
}

#[test]
fn ids_in_prose_arguments_and_metadata_are_values_like_any_other() {
    for turn in [
        r#"{"messages":[{"role":"user","content":"A"}]}"#,
        r#"{"messages":[{"content":[{"type":"tool_use","id":"x","input":{"call_id":"A","type":"function","id":"A"}}]}]}"#,
        r#"{"messages":[{"tool_calls":[{"id":"x","function":{"arguments":"{\"call_id\":\"A\"}"}}]}]}"#,
        r#"{"metadata":{"item_id":"A"}}"#,
        r#"{"id":"A"}"#,
        r#"{"user":"A"}"#,
    ] {
        assert_ne!(key_of(&turn.replace('A', "call_1")), key_of(&turn.replace('A', "call_2")), "{turn}");
    }
}

#[test]
fn the_ids_are_kept_for_telling_equal_requests_apart() {
    let body = SECOND_TURNS[0].replace("\"A\"", "\"call_1\"").replace("\"B\"", "\"call_2\"");
    let normal = normalise(&request("https://a.example/", &[], body.as_bytes()), &Rules::default());
    assert_eq!(normal.ids, ["call_1", "call_2"]);
}

fn with_headers(headers: &[(&str, &str)]) -> Key {
    normalise(&request("https://a.example/", headers, b"x"), &Rules::default()).key
}

#[test]
fn each_header_that_chooses_the_answer_makes_another_request() {
    let without = with_headers(&[]);
    for header in &CHOOSING_HEADERS {
        let (one, two) = match header.compared {
            Compared::MediaTypes => ("audio/mpeg", "application/json"),
            Compared::Items | Compared::Presence => ("one", "two"),
        };
        let (one, two) = (with_headers(&[(header.name, one)]), with_headers(&[(header.name, two)]));
        assert_ne!(one, without, "{}", header.name);
        assert_eq!(one == two, header.compared == Compared::Presence, "{}", header.name);
    }
}

#[test]
fn headers_that_clients_vary_by_chance_do_not_count() {
    let wanted = with_headers(&[]);
    for header in [
        ("user-agent", "x/1"),
        ("accept", "*/*"),
        ("accept-encoding", "gzip, br"),
        ("accept-language", "nb"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("idempotency-key", "2b1f"),
        ("x-stainless-retry-count", "1"),
        ("x-amz-date", "20261130T203000Z"),
        ("x-client-request-id", "7"),
        ("mcp-method", "tools/list"),
    ] {
        assert_eq!(with_headers(&[header]), wanted, "{}", header.0);
    }
}

#[test]
fn a_list_in_a_header_is_compared_without_its_order_and_a_content_type_without_its_character_set() {
    let wanted = with_headers(&[("content-type", "text/plain"), ("anthropic-beta", "a,b")]);
    let same = [
        ("content-type", "Text/Plain; charset=utf-8"),
        ("anthropic-beta", "b"),
        ("anthropic-beta", "a"),
        ("user-agent", "x"),
    ];
    assert_eq!(with_headers(&same), wanted);
    assert_ne!(with_headers(&[("content-type", "text/plain"), ("anthropic-beta", "a")]), wanted);
    assert_ne!(with_headers(&[("content-type", "text/html"), ("anthropic-beta", "a,b")]), wanted);
}

#[test]
fn a_model_of_bedrock_is_asked_in_json_whether_an_sdk_says_so_or_not() {
    let asked = |path: &str, headers: &[(&str, &str)], body: &[u8]| {
        let url = format!(
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/{path}"
        );
        normalise(&request(&url, headers, body), &Rules::default()).key
    };
    for path in ["invoke", "invoke-with-response-stream"] {
        let wanted = asked(path, &[("content-type", "application/json")], br#"{"inputText":"?"}"#);
        // As boto3 and the JavaScript SDK send it.
        assert_eq!(asked(path, &[("accept", "*/*")], br#"{"inputText": "?"}"#), wanted);
        let bytes = [("content-type", "application/octet-stream")];
        assert_eq!(asked(path, &bytes, br#"{"inputText":"?"}"#), wanted);
        assert_ne!(asked(path, &[("content-type", "text/plain")], br#"{"inputText":"?"}"#), wanted);
        assert_ne!(asked(path, &bytes, br#"{"inputText":"!"}"#), wanted);
    }
    // Others may tell by it what they were given.
    let upload = |headers: &[(&str, &str)]| {
        normalise(&request("https://api.example.com/upload", headers, b"{}"), &Rules::default()).key
    };
    assert_ne!(upload(&[]), upload(&[("content-type", "application/json")]));
}

#[test]
fn the_body_of_another_request_in_base64_is_compared_by_what_it_says() {
    let counted = |body: &str| {
        key_of(&format!(r#"{{"input":{{"invokeModel":{{"body":"{}"}}}}}}"#, base64::encode(body)))
    };
    // As the SDK for JavaScript and boto3 encode what programs give them.
    let wanted = counted(r#"{"max_tokens":10,"messages":[{"role":"user","content":"?"}]}"#);
    assert_eq!(counted(r#"{"messages": [{"content": "?", "role": "user"}], "max_tokens": 10.0}"#), wanted);
    assert_ne!(counted(r#"{"max_tokens":10,"messages":[{"role":"user","content":"!"}]}"#), wanted);
    // What is no object is text.
    assert_ne!(counted("[1, 2]"), counted("[1,2]"));
    assert_ne!(key_of(r#"{"body":"{\"a\":1}"}"#), key_of(r#"{"body":"{\"a\": 1}"}"#));
}

#[test]
fn spellings_of_a_number_do_not_matter() {
    for (one, two) in [("1", "1.0"), ("1", "1e0"), ("0.7", "0.699999988079071"), ("1e21", "1E+21")] {
        let with = |number: &str| {
            let result = format!(r#"{{\"t\":{number}}}"#);
            key_of(&format!(r#"{{"t":[{number}],"messages":[{{"role":"tool","content":"{result}"}}]}}"#))
        };
        assert_eq!(with(one), with(two), "{one} {two}");
        assert_ne!(with(one), with("2"), "{one}");
    }
}

/// What a tool answered, in the words of each protocol, with the answer in the place of `@`, which stands in quotes.
const RESULTS: [&str; 13] = [
    r#"{"messages":[{"role":"tool","tool_call_id":"c","content":"@"}]}"#,
    r#"{"messages":[{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"@"}]}]}"#,
    r#"{"messages":[{"role":"function","name":"f","content":"@"}]}"#,
    r#"{"messages":[{"role":"tool","tool_call_id":"c","content":[{"type":"document","document":{"data":"@"}}]}]}"#,
    r#"{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"@"}]}]}"#,
    r#"{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"@"}]}]}]}"#,
    r#"{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"@"}]}}]}]}"#,
    r#"{"input":[{"type":"function_call_output","call_id":"c","output":"@"}]}"#,
    r#"{"input":[{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"@"}]}]}"#,
    r#"{"input":[{"type":"mcp_call","id":"m","output":"@"}]}"#,
    r#"{"input":[{"type":"function_result","call_id":"c","result":"@"}]}"#,
    r#"{"contents":[{"parts":[{"functionResponse":{"name":"f","response":{"output":"@"}}}]}]}"#,
    r#"{"tool_outputs":[{"tool_call_id":"c","output":"@"}]}"#,
];

fn quoted(text: &str) -> String {
    let mut out = String::new();
    crate::model::json::write_string(text, crate::model::json::Escapes::Few, &mut out);
    out
}

#[test]
fn json_text_in_what_a_tool_answered_is_compared_as_json() {
    for result in RESULTS {
        let with = |text: &str| key_of(&result.replace("\"@\"", &quoted(text)));
        let wanted = with(r#"{"temp":4,"wind":[1,2],"unit":"C"}"#);
        for same in [
            r#"{"unit":"C","temp":4.0,"wind":[1,2]}"#,
            "{\"temp\": 4, \"wind\": [1, 2],\n \"unit\": \"\\u0043\"}\n",
        ] {
            assert_eq!(with(same), wanted, "{same} in {result}");
        }
        for other in [r#"{"temp":4,"wind":[2,1],"unit":"C"}"#, r#"{"temp":4,"wind":[1,2],"unit":"F"}"#, "4 C"]
        {
            assert_ne!(with(other), wanted, "{other} in {result}");
        }
        assert_eq!(with("[1, 2]"), with("[1,2]"), "{result}");
        // Text that is no JSON, and a word that JSON has too, are text.
        assert_ne!(with("a  b"), with("a b"), "{result}");
        assert_ne!(with("1.0"), with("1"), "{result}");
        let nested = |text: &str| with(&format!("{{\"content\":[{{\"text\":{}}}]}}", quoted(text)));
        assert_eq!(nested(r#"{"a":1,"b":2}"#), nested(r#"{"b":2, "a":1}"#), "{result}");
        assert_ne!(key_of(&result.replace("\"@\"", "{\"a\":1}")), with("{\"a\":1}"), "{result}");
    }
}

#[test]
fn json_in_what_people_say_is_text() {
    for said in [
        r#"{"messages":[{"role":"user","content":"@"}]}"#,
        r#"{"messages":[{"role":"assistant","content":"@"}]}"#,
        r#"{"input":"@"}"#,
        r#"{"system":"@"}"#,
    ] {
        let with = |text: &str| key_of(&said.replace("\"@\"", &quoted(text)));
        assert_ne!(with("{\"a\":1}"), with("{\"a\": 1}"), "{said}");
    }
}

#[test]
fn texts_in_texts_end_somewhere() {
    let mut text = "[1]".to_owned();
    for _ in 0..12 {
        text = format!("[{}]", quoted(&text));
    }
    let with =
        |text: &str| key_of(&format!(r#"{{"messages":[{{"role":"tool","content":{}}}]}}"#, quoted(text)));
    assert_ne!(with(&text), with(&text.replace('1', "2")));
}

/// Declarations of two tools, in the words of each protocol.
const TOOLS: [&str; 5] = [
    r#"{"tools":[{"type":"function","function":{"name":"A","parameters":{"required":["x","y"]}}},
        {"type":"function","function":{"name":"B","parameters":{"properties":{"z":{"required":["x","y"]}}}}}]}"#,
    r#"{"tools":[{"name":"A","input_schema":{"required":["x","y"]}},{"name":"B","input_schema":{"type":["null","string"],"required":["x","y"]}}]}"#,
    r#"{"functions":[{"name":"A","parameters":{"required":["x","y"]}},{"name":"B","parameters":{"required":["x","y"]}}]}"#,
    r#"{"tools":[{"functionDeclarations":[{"name":"A","parameters":{"required":["x","y"]}},{"name":"B","parameters":{"required":["x","y"]}}]}]}"#,
    r#"{"toolConfig":{"tools":[{"toolSpec":{"name":"A","inputSchema":{"json":{"required":["x","y"]}}}},{"toolSpec":{"name":"B","inputSchema":{"json":{"required":["x","y"]}}}}]}}"#,
];

#[test]
fn tools_are_compared_by_name_and_required_as_a_set() {
    for tools in TOOLS {
        let reordered = reversed_lists(&parse(tools.as_bytes()).unwrap());
        assert_eq!(key_of(&reordered.compact()), key_of(tools), "{tools}");
        for (from, to) in [("\"A\"", "\"C\""), ("[\"x\",\"y\"]", "[\"x\"]"), ("\"A\"", "\"B\"")] {
            assert_ne!(key_of(&tools.replacen(from, to, 1)), key_of(tools), "{from} in {tools}");
        }
    }
}

#[test]
fn required_is_a_set_in_every_schema_and_a_list_elsewhere() {
    for schema in [
        r#"{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"required":["x","y"]}}}}"#,
        r#"{"text":{"format":{"type":"json_schema","schema":{"required":["x","y"]}}}}"#,
        r#"{"generationConfig":{"responseSchema":{"required":["x","y"]}}}"#,
        r#"{"output_config":{"format":{"schema":{"required":["x","y"]}}}}"#,
        r#"{"format":{"required":["x","y"]}}"#,
        r#"{"tools":[{"name":"t","input_schema":{"properties":{"default":{"required":["x","y"]}}}}]}"#,
    ] {
        assert_eq!(key_of(&schema.replace(r#"["x","y"]"#, r#"["y","x"]"#)), key_of(schema), "{schema}");
    }
    for other in [
        r#"{"required":["x","y"]}"#,
        r#"{"metadata":{"required":["x","y"]}}"#,
        r#"{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","input":{"required":["x","y"]}}]}]}"#,
        r#"{"messages":[{"role":"user","content":[{"tools":[{"n":1},{"n":2}],"required":["x","y"]}]}]}"#,
        r#"{"tools":[{"name":"t","input_schema":{"default":{"required":["x","y"]}}}]}"#,
        r#"{"tools":[{"name":"t","input_schema":{"enum":["x","y"]}}]}"#,
    ] {
        assert_ne!(key_of(&other.replace(r#"["x","y"]"#, r#"["y","x"]"#)), key_of(other), "{other}");
    }
}

fn key_with(rules: &Rules, body: &str) -> Key {
    normalise(
        &request("https://a.example/v1", &[("content-type", "application/json")], body.as_bytes()),
        rules,
    )
    .key
}

#[test]
fn order_does_not_matter_where_the_user_says_so() {
    let calls =
        r#"{"role":"assistant","tool_calls":[{"id":"A","type":"function"},{"id":"B","type":"function"}]}"#;
    let chat = |first: &str, second: &str| format!(r#"{{"messages":[{calls},{first},{second}]}}"#);
    let (a, b) = (
        r#"{"role":"tool","tool_call_id":"A","content":"ok"}"#,
        r#"{"role":"tool","tool_call_id":"B","content":"ok"}"#,
    );
    let rules =
        |pointer: &str| Rules { unordered: vec![Pointer::parse(pointer).unwrap()], ..Rules::default() };
    assert_ne!(key_with(&Rules::default(), &chat(a, b)), key_with(&Rules::default(), &chat(b, a)));
    assert_eq!(key_with(&rules("/messages"), &chat(a, b)), key_with(&rules("/messages"), &chat(b, a)));
    // Which result belongs to which call still counts.
    let swapped = |one: &str| key_with(&rules("/messages"), &chat(a, &b.replace("ok", one)));
    assert_ne!(swapped("no"), key_with(&rules("/messages"), &chat(&a.replace("ok", "no"), b)));
    let content = |items: &str| format!(r#"{{"messages":[{{"role":"user","content":[{items}]}}]}}"#);
    let (one, two) = (content(r#"{"text":"1"},{"text":"2"}"#), content(r#"{"text":"2"},{"text":"1"}"#));
    assert_eq!(key_with(&rules("/messages/*/content"), &one), key_with(&rules("/messages/*/content"), &two));
    assert_ne!(key_with(&rules("/messages/1/content"), &one), key_with(&rules("/messages/1/content"), &two));
}

#[test]
fn ids_that_first_turn_up_in_a_list_without_order_are_told_apart_by_what_they_stand_at() {
    let rules = Rules { unordered: vec![Pointer::parse("/input").unwrap()], ..Rules::default() };
    let with = |a: &str, b: &str, order: [usize; 2]| {
        let items = [
            format!(r#"{{"type":"function_call_output","call_id":"{a}","output":"one"}}"#),
            format!(r#"{{"type":"function_call_output","call_id":"{b}","output":"two"}}"#),
        ];
        key_with(&rules, &format!(r#"{{"input":[{},{}]}}"#, items[order[0]], items[order[1]]))
    };
    assert_eq!(with("a1", "b1", [0, 1]), with("z9", "y9", [1, 0]));
    assert_ne!(with("a1", "b1", [0, 1]), with("a1", "a1", [0, 1]));
}

fn replacing(pattern: &str, with: &str) -> Rules {
    let replaced = vec![(regex::Regex::new(pattern).unwrap(), with.to_owned())];
    Rules { replaced, ..Rules::default() }
}

#[test]
fn a_replacement_reaches_numbers_and_texts_in_texts() {
    let rules = replacing(r"\b17\d{8}\b", "TIME");
    for body in [
        r#"{"at":@}"#,
        r#"{"messages":[{"role":"tool","content":"{\"at\": @}"}]}"#,
        r#"{"messages":[{"tool_calls":[{"function":{"arguments":"{\"at\": @}"}}]}]}"#,
        r#"{"x":["at @ o'clock"]}"#,
    ] {
        let with = |number: &str| key_with(&rules, &body.replace('@', number));
        assert_eq!(with("1764460000"), with("1764460001"), "{body}");
        assert_ne!(with("1764460000"), with("1864460000"), "{body}");
    }
    // What a number becomes may be a number, and is none otherwise.
    let short = replacing(r"0\.33\d+", "0.33");
    assert_eq!(key_with(&short, r#"{"t":0.3333}"#), key_with(&short, r#"{"t":0.330}"#));
    assert_ne!(key_with(&rules, r#"{"at":1764460000}"#), key_with(&rules, r#"{"at":"1764460000"}"#));
}

#[test]
fn a_replacement_reaches_the_parts_of_a_form_and_the_names_of_files() {
    let with = |rules: &Rules, disposition: &str, content: &[u8]| {
        let mut body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"f\"; {disposition}\r\nContent-Type: text/plain\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--b--\r\n");
        normalise(
            &request("https://a.example/", &[("content-type", "multipart/form-data; boundary=b")], &body),
            rules,
        )
        .key
    };
    let rules = replacing(r"/tmp/\.tmp\w+|run-\d+", "X");
    let wanted = with(&rules, r#"filename="run-1.txt""#, b"in /tmp/.tmpA1");
    assert_eq!(with(&rules, r#"filename="run-2.txt""#, b"in /tmp/.tmpB2"), wanted);
    assert_ne!(with(&rules, r#"filename="run-2.txt""#, b"at /tmp/.tmpB2"), wanted);
    assert_ne!(with(&rules, r#"filename="ran-2.txt""#, b"in /tmp/.tmpB2"), wanted);
    let encoded = |number: u8| with(&rules, &format!("filename*=UTF-8''%2Ftmp%2F.tmp{number}"), b"x");
    assert_eq!(encoded(1), encoded(2));
    // What is no text stays as it is.
    assert_ne!(with(&rules, "x=y", b"\xff run-1"), with(&rules, "x=y", b"\xff run-2"));
}

#[test]
fn how_a_client_writes_the_headers_of_a_part_does_not_matter() {
    let with = |head: &str| {
        let body = format!("--b\r\n{head}\r\n\r\nx\r\n--b--\r\n");
        normalise(
            &request(
                "https://a.example/",
                &[("content-type", "multipart/form-data; boundary=b")],
                body.as_bytes(),
            ),
            &Rules::default(),
        )
        .key
    };
    let wanted =
        with("Content-Disposition: form-data; name=\"f\"; filename=\"a b.txt\"\r\nContent-Type: text/plain");
    for same in [
        "content-type: text/plain\r\ncontent-disposition: form-data; filename=\"a b.txt\"; name=f",
        "Content-Disposition: form-data; name=\"f\"; filename*=UTF-8''a%20b.txt\r\nContent-Type: text/plain\r\nContent-Length: 1",
    ] {
        assert_eq!(with(same), wanted, "{same}");
    }
    for other in ["Content-Disposition: form-data; name=\"f\"; filename=\"a b.txt\"", "X: y"] {
        assert_ne!(with(other), wanted, "{other}");
    }
}

#[test]
fn ids_of_json_rpc_and_of_its_sessions_are_compared_up_to_renaming() {
    let call = |session: &str, id: &str, token: &str, text: &str| {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"_meta":{{"progressToken":{token}}},"arguments":{{"text":"{text}"}}}}}}"#
        );
        let headers = [("content-type", "application/json"), ("mcp-session-id", session)];
        normalise(&request("https://a.example/mcp", &headers, body.as_bytes()), &Rules::default())
    };
    let wanted = call("s1", "1", "1", "hi");
    assert_eq!(call("s2", "7", "7", "hi").key, wanted.key);
    assert_eq!(call("s2", "\"x\"", "\"x\"", "hi").key, wanted.key);
    assert_eq!(wanted.ids, ["1", "s1"]);
    for other in [call("s1", "1", "2", "hi"), call("s1", "1", "1", "ho"), call("s1", "null", "1", "hi")] {
        assert_ne!(other.key, wanted.key);
    }
}

#[test]
fn a_multipart_body_is_compared_without_its_boundary() {
    let with = |boundary: &str, file: &str| {
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n{file}\r\n--{boundary}--\r\n"
        );
        normalise(
            &request(
                "https://a.example/",
                &[("content-type", &format!("multipart/form-data; boundary=\"{boundary}\""))],
                body.as_bytes(),
            ),
            &Rules::default(),
        )
        .key
    };
    assert_eq!(with("one", "data"), with("two", "data"));
    assert_ne!(with("one", "data"), with("one", "date"));
}

#[test]
fn a_form_is_compared_by_what_it_says_and_not_by_how_it_is_encoded() {
    let key = |body: &str| {
        let kind = ("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
        normalise(&request("https://a.example/v1", &[kind], body.as_bytes()), &Rules::default()).key
    };
    let wanted = key("a=x+y&b=%7E%2B&c=[REDACTED]&d");
    assert_eq!(key("a=x%20y&b=~%2b&c=[REDACTED]&d"), wanted);
    for other in
        ["a=x%2By&b=~%2B&c=[REDACTED]&d", "b=~%2B&a=x+y&c=[REDACTED]&d", "a=x+y&b=~%2B&c=[REDACTED]&d="]
    {
        assert_ne!(key(other), wanted, "{other}");
    }
}

#[test]
fn rules_of_the_user_apply() {
    let one = request(
        "https://a.example/v1?day=2026-11-21",
        &[("x-tenant", "t1")],
        br#"{"user":"u1","content":"on 2026-11-21"}"#,
    );
    let two = request(
        "https://b.example/v1?day=2027-01-02",
        &[("x-tenant", "t1")],
        br#"{"user":"u2","content":"on 2027-01-02"}"#,
    );
    let rules = Rules {
        ignored: vec![Pointer::parse("/user").unwrap()],
        unordered: Vec::new(),
        replaced: vec![(regex::Regex::new(r"\d{4}-\d\d-\d\d").unwrap(), "DATE".to_owned())],
        normalize_whitespace: false,
        ignore_host: true,
        headers: vec!["x-tenant".to_owned()],
    };
    assert_ne!(normalise(&one, &Rules::default()).key, normalise(&two, &Rules::default()).key);
    assert_eq!(normalise(&one, &rules).key, normalise(&two, &rules).key);
    let other_tenant = Request { headers: request("https://x/", &[("x-tenant", "t2")], b"").headers, ..two };
    assert_ne!(normalise(&one, &rules).key, normalise(&other_tenant, &rules).key);
}

#[test]
fn a_key_is_64_small_hexadecimal_digits() {
    let key = key_of("{}");
    assert_eq!(Key::parse(key.to_string().as_bytes()), Some(key));
    assert_eq!(Key::parse(key.to_string().to_uppercase().as_bytes()), None);
    assert_eq!(Key::parse(b"abc"), None);
}

pub(crate) fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(|n| Json::Number(n.to_string())),
        (-1e9..1e9f64).prop_map(|n| Json::Number(format!("{n:?}"))),
        any::<String>().prop_map(Json::String),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::Array),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..5)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// The same with each list the other way round.
fn reversed_lists(tree: &Json) -> Json {
    match tree {
        Json::Array(items) => Json::Array(items.iter().rev().map(reversed_lists).collect()),
        Json::Object(fields) => {
            Json::Object(fields.iter().map(|(name, value)| (name.clone(), reversed_lists(value))).collect())
        }
        other => other.clone(),
    }
}

fn reversed(tree: &Json) -> Json {
    match tree {
        Json::Array(items) => Json::Array(items.iter().map(reversed).collect()),
        Json::Object(fields) => {
            Json::Object(fields.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect())
        }
        other => other.clone(),
    }
}

/// The same with each number written in one way.
fn by_value(tree: &Json) -> Json {
    match tree {
        Json::Number(text) => Json::Number(number::canonical(text).into_owned()),
        Json::Array(items) => Json::Array(items.iter().map(by_value).collect()),
        Json::Object(fields) => {
            Json::Object(fields.iter().map(|(name, value)| (name.clone(), by_value(value))).collect())
        }
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn any_layout_and_order_of_any_json_has_one_key(tree in any_json()) {
        let tree = Json::Object(vec![("root".to_owned(), tree)]);
        let pretty = Layout::from_name("pretty ascii").unwrap();
        prop_assert_eq!(key_of(&tree.compact()), key_of(&pretty.write(&reversed(&tree))));
        prop_assert_eq!(parse(pretty.write(&tree).as_bytes()).unwrap(), tree);
    }

    #[test]
    fn json_that_differs_has_another_key(one in any_json(), two in any_json()) {
        prop_assume!(by_value(&one) != by_value(&two));
        let sorted = |tree: &Json| key_of(&Json::Array(vec![tree.clone()]).compact());
        prop_assert_ne!(sorted(&one), sorted(&two));
    }
}

#[test]
fn the_page_of_matching_lists_the_headers_that_change_the_answer() {
    let page = include_str!("../../../docs/matching.md");
    for header in &CHOOSING_HEADERS {
        assert!(page.contains(&format!("`{}`", header.name)), "{}", header.name);
    }
}
