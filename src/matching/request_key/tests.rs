use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use proptest::prelude::*;

use super::*;
use crate::matching::user_rules::Pointer;
use crate::model::json::{Json, Layout, parse};

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
        r#"{"t":1.0,"m":["a","b"],"n":null}"#,
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

#[test]
fn only_the_headers_that_change_meaning_count() {
    let with = |headers: &[(&str, &str)]| {
        normalise(&request("https://a.example/", headers, b"x"), &Rules::default()).key
    };
    let wanted = with(&[("content-type", "text/plain"), ("anthropic-beta", "a,b")]);
    assert_eq!(
        with(&[
            ("content-type", "Text/Plain; charset=utf-8"),
            ("anthropic-beta", "b"),
            ("anthropic-beta", "a"),
            ("user-agent", "x")
        ]),
        wanted
    );
    assert_ne!(with(&[("content-type", "text/plain"), ("anthropic-beta", "a")]), wanted);
    assert_ne!(with(&[("content-type", "text/html"), ("anthropic-beta", "a,b")]), wanted);
    assert_ne!(
        with(&[("content-type", "text/plain"), ("anthropic-beta", "a,b"), ("anthropic-version", "2")]),
        wanted
    );
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

fn reversed(tree: &Json) -> Json {
    match tree {
        Json::Array(items) => Json::Array(items.iter().map(reversed).collect()),
        Json::Object(fields) => {
            Json::Object(fields.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect())
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
        prop_assume!(one != two);
        let sorted = |tree: &Json| key_of(&Json::Array(vec![tree.clone()]).compact());
        prop_assert_ne!(sorted(&one), sorted(&two));
    }
}

#[test]
fn the_page_of_matching_lists_the_headers_that_change_the_answer() {
    let page = include_str!("../../../docs/matching.md");
    let names: Vec<&str> = FIELDS.meaningful_headers.iter().copied().chain(MEANINGFUL).collect();
    assert!(names.len() > 4);
    for name in names {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}
