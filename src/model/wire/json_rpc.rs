//! JSON-RPC 2.0, as servers of MCP and agents speak it: which ids a client makes up for its calls, and where they come back.

use std::ops::Range;

use crate::model::json::Json;
use crate::model::json::spans;

/// What MCP's clients write beside the parameters for those who trace calls: another one each time, as in the header of that
/// name. Seen with mcp 2.3.0 (PyPI) and opentelemetry-sdk 1.45.2, 2026-11-30.
const TRACES: [&str; 3] = ["traceparent", "tracestate", "baggage"];

/// Whether a tree is a message of JSON-RPC.
pub(crate) fn is_message(tree: &Json) -> bool {
    tree.get("jsonrpc").and_then(Json::as_str) == Some("2.0")
        && ["method", "result", "error"].iter().any(|name| tree.get(name).is_some())
}

/// Whether a body calls something.
pub(crate) fn calls(tree: &Json) -> bool {
    messages(tree).any(|message| message.get("method").is_some())
}

/// The messages of a body: itself, or those of a batch.
fn messages(tree: &Json) -> impl Iterator<Item = &Json> {
    let all = match tree {
        Json::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    all.iter().filter(|message| is_message(message))
}

/// The ids in a request: each call has one, it may ask to be told of its progress under another, and a later message may refer
/// to both. Requests of one normal form have as many, in the same order.
pub(crate) fn ids(tree: &Json) -> Vec<&Json> {
    messages(tree).flat_map(ids_of_message).collect()
}

fn ids_of_message(message: &Json) -> impl Iterator<Item = &Json> {
    const PATHS: [&[&str]; 4] = [
        &["id"],
        &["params", "_meta", "progressToken"],
        &["params", "requestId"],
        &["params", "progressToken"],
    ];
    let is_id = |value: &&Json| matches!(value, Json::Number(_) | Json::String(_));
    PATHS.into_iter().filter_map(move |path| message.at(path).filter(is_id))
}

/// Takes out what tracing has put into messages, and objects of parameters that hold nothing: clients differ in whether they
/// write those.
pub(crate) fn forget_traces(tree: &mut Json) {
    let all = match tree {
        Json::Array(items) => items.as_mut_slice(),
        one => std::slice::from_mut(one),
    };
    for message in all.iter_mut().filter(|message| is_message(message)) {
        if let Some(params) = message.get_mut("params") {
            if let Some(Json::Object(meta)) = params.get_mut("_meta") {
                meta.retain(|(name, _)| !TRACES.contains(&name.as_str()));
            }
            drop_if_empty(params, "_meta");
        }
        drop_if_empty(message, "params");
    }
}

fn drop_if_empty(object: &mut Json, name: &str) {
    let is_empty = |value: &Json| value.as_object().is_some_and(<[_]>::is_empty);
    if let Json::Object(fields) = object {
        fields.retain(|(field, value)| field != name || !is_empty(value));
    }
}

/// Whether a tree says that a call went wrong: an answer like any other to a client, which asked something that the server
/// cannot do.
pub(crate) fn is_error(tree: &Json) -> bool {
    let code = tree.at(&["error", "code"]);
    is_message(tree) && tree.get("method").is_none() && matches!(code, Some(Json::Number(_)))
}

/// Where in the text of an answer ids of the client's stand: that of the call in each answer, and the one under which progress
/// is told. A server has calls of its own, whose ids are its own.
pub(crate) fn returned_ids(text: &[u8]) -> Vec<Range<usize>> {
    let mut messages = spans::items(text);
    if messages.is_empty() {
        messages.push(0..text.len());
    }
    let returned = messages.into_iter().filter_map(|message| {
        let inside = &text[message.clone()];
        let find = |path: &[&str]| spans::find(inside, path);
        find(&["jsonrpc"])?;
        let path: &[&str] = match find(&["method"]) {
            None => &["id"],
            Some(method) if inside[method.clone()] == *b"\"notifications/progress\"" => {
                &["params", "progressToken"]
            }
            Some(_) => return None,
        };
        let found = find(path)?;
        Some(message.start + found.start..message.start + found.end)
    });
    returned.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::parse;

    fn tree(text: &str) -> Json {
        parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_call_has_ids_that_its_client_made_up() {
        for (text, wanted) in [
            (
                r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"_meta":{"progressToken":"p"}}}"#,
                "7 p",
            ),
            (r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#, "7"),
            (r#"[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":"x","method":"b"}]"#, "1 x"),
            (r#"{"jsonrpc":"2.0","id":null,"method":"a"}"#, ""),
            (r#"{"id":7,"method":"a"}"#, ""),
            (r#"{"jsonrpc":"2.0","id":7}"#, ""),
        ] {
            let tree = tree(text);
            let found = ids(&tree).into_iter().map(|id| match id {
                Json::Number(text) | Json::String(text) => text.clone(),
                other => other.compact(),
            });
            assert_eq!(found.collect::<Vec<_>>().join(" "), wanted, "{text}");
        }
    }

    #[test]
    fn tracing_leaves_no_mark_in_a_message() {
        let plain = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
        let mut traced = tree(
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"traceparent":"00-1-2-01","baggage":"a=b"}}}"#,
        );
        forget_traces(&mut traced);
        assert_eq!(traced.compact(), plain);
        let mut more = tree(
            r#"{"jsonrpc":"2.0","method":"m","params":{"_meta":{"traceparent":"x","progressToken":1},"a":2}}"#,
        );
        forget_traces(&mut more);
        assert_eq!(
            more.compact(),
            r#"{"jsonrpc":"2.0","method":"m","params":{"_meta":{"progressToken":1},"a":2}}"#
        );
    }

    #[test]
    fn the_ids_of_a_client_come_back_in_answers_and_in_news_of_progress() {
        for (text, wanted) in [
            (r#"{"jsonrpc":"2.0","result":{"id":3},"id":7}"#, "7"),
            (r#"{"jsonrpc":"2.0","id":"a","error":{"code":-1}}"#, "\"a\""),
            (r#"{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage"}"#, ""),
            (r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":4}}"#, "4"),
            (r#"[{"jsonrpc":"2.0","id":1,"result":{}}, {"jsonrpc":"2.0","id":2,"result":{}}]"#, "1 2"),
            (r#"{"id":7,"result":{}}"#, ""),
            ("no JSON", ""),
        ] {
            let found = returned_ids(text.as_bytes()).into_iter().map(|range| &text[range]);
            assert_eq!(found.collect::<Vec<_>>().join(" "), wanted, "{text}");
        }
    }

    #[test]
    fn an_error_object_is_an_answer_to_a_call() {
        assert!(is_error(&tree(
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}"#
        )));
        for other in [
            r#"{"error":{"code":-32601}}"#,
            r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
            r#"{"jsonrpc":"2.0","error":"broken"}"#,
        ] {
            assert!(!is_error(&tree(other)), "{other}");
        }
    }
}
