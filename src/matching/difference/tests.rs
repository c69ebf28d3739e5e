//! What holds for a description of any two requests.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;

use super::text::diff;
use super::{Limits, describe, nearness};
use crate::matching::request_key::{Normal, normalise};
use crate::matching::user_rules::Rules;
use crate::model::exchange::Request;
use crate::model::json::Json;
use crate::model::strategies::{any_body, any_json, any_text};

fn normal(kind: &str, body: Vec<u8>) -> Normal {
    let mut headers = HeaderMap::new();
    if !kind.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
    }
    let url = "https://api.example/v1/chat".to_owned();
    normalise(&Request { method: Method::POST, url, headers, body: Bytes::from(body) }, &Rules::default())
}

fn json(tree: &Json) -> Normal {
    normal("application/json", tree.compact().into_bytes())
}

/// A request as providers take them, with what they are compared by in odd places.
fn any_chat() -> impl Strategy<Value = Json> {
    let object = |fields: Vec<(&str, Json)>| {
        Json::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    };
    let id = prop::sample::select(vec!["call_a", "call_b", "id 0", "text of x"]);
    let message = (any_json(), any_text(), id, 0..4_u8)
        .prop_map(move |(odd, text, id, kind)| match kind {
            0 => object(vec![("role", "user".into()), ("content", text.into())]),
            1 => object(vec![("role", "tool".into()), ("tool_call_id", id.into()), ("content", odd)]),
            2 => object(vec![(
                "tool_calls",
                Json::Array(vec![object(vec![
                    ("id", id.into()),
                    (
                        "function",
                        object(vec![("arguments", Json::Object(vec![(text, odd)]).compact().into())]),
                    ),
                ])]),
            )]),
            _ => odd,
        })
        .boxed();
    let list = || prop::collection::vec(message.clone(), 0..4).prop_map(Json::Array);
    (list(), list(), any_json(), any_json()).prop_map(move |(messages, tools, system, other)| {
        object(vec![("messages", messages), ("tools", tools), ("system", system), ("input", other)])
    })
}

fn assert_readable(recorded: &Normal, live: &Normal) -> Result<(), TestCaseError> {
    let all = describe(recorded, live, Limits::SHORT);
    prop_assert!(!all.is_empty() && all.len() <= 11, "{:?}", all);
    for one in &all {
        prop_assert!(one.len() < 8_000, "{}", one);
        prop_assert!(!one.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "{:?}", one);
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_two_bodies_have_a_short_description((kind, old) in any_body(), (other, new) in any_body()) {
        let (recorded, live) = (normal(kind, old), normal(other, new));
        assert_readable(&recorded, &live)?;
        prop_assert!(nearness(&recorded, &recorded) >= nearness(&recorded, &live));
    }

    #[test]
    fn any_two_chats_have_one_that_names_a_difference(old in any_chat(), new in any_chat()) {
        let (recorded, live) = (json(&old), json(&new));
        prop_assume!(recorded.key != live.key);
        assert_readable(&recorded, &live)?;
        prop_assert!(!describe(&recorded, &live, Limits::SHORT)[0].contains("no words"), "{:?}\n{:?}", old, new);
    }

    #[test]
    fn a_diff_of_texts_that_differ_shows_a_difference(old in any_text(), new in any_text()) {
        prop_assume!(old != new);
        let shown = diff(&old, &new, Limits::SHORT);
        let side = |sign: char| -> Vec<String> {
            shown.lines().filter(|line| line.starts_with(sign)).map(|line| line[1..].to_owned()).collect()
        };
        prop_assert_ne!(side('-'), side('+'), "{:?} {:?}", old, new);
    }
}

#[test]
fn text_that_looks_like_a_mark_of_the_normal_form_is_text() {
    let with = |text: &str| {
        let message = Json::Object(vec![("content".to_owned(), text.into())]);
        json(&Json::Object(vec![("messages".to_owned(), Json::Array(vec![message]))]))
    };
    let all = describe(&with("id 0 and text of {}"), &with("id 1 and text of {}"), Limits::SHORT);
    assert_eq!(all, ["message 1 changed\n- id 0 and text of {}\n+ id 1 and text of {}"]);
}

#[test]
fn a_system_prompt_is_called_so_whatever_a_provider_calls_it() {
    for name in ["system", "systemInstruction", "system_instruction", "instructions", "preamble"] {
        let with = |text: &str| json(&Json::Object(vec![(name.to_owned(), Json::from(text))]));
        let sentences = describe(&with("Be brief."), &with("Be kind."), Limits::SHORT);
        assert_eq!(sentences, ["system prompt \"Be brief.\" → \"Be kind.\""], "{name}");
    }
}

#[test]
fn a_tool_is_called_by_its_name_whatever_it_is_wrapped_in() {
    for tool in [
        r#"{"name":"get"}"#,
        r#"{"type":"function","function":{"name":"get"}}"#,
        r#"{"type":"custom","custom":{"name":"get"}}"#,
        r#"{"toolSpec":{"name":"get"}}"#,
        r#"{"functionDeclarations":[{"name":"get"}]}"#,
    ] {
        let with = |tools: &str| normal("", format!(r#"{{"tools":[{tools}]}}"#).into_bytes());
        assert_eq!(describe(&with(""), &with(tool), Limits::SHORT), ["tool `get` added"], "{tool}");
    }
}
