//! Bodies that nobody meant.

use proptest::prelude::*;

use super::conversation;
use crate::model::json::Json;

/// Values under the names that readers look for, of all the wrong types.
pub(crate) fn value() -> impl Strategy<Value = Json> {
    let names = [
        "messages",
        "role",
        "content",
        "type",
        "text",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "input",
        "output",
        "choices",
        "delta",
        "message",
        "parts",
        "candidates",
        "index",
        "functionCall",
        "source",
        "data",
        "embedding",
        "results",
        "image_url",
        "system",
        "tools",
        "prompt",
        "thinking",
        "toolResult",
        "response",
        "done",
        "object",
    ];
    let words = [
        "user",
        "assistant",
        "tool",
        "text",
        "tool_use",
        "tool_result",
        "image",
        "image_url",
        "reasoning",
        "function_call",
        "thinking",
        "response",
        "response.completed",
        "data:image/png;base64,x",
        "",
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<u64>().prop_map(Json::from),
        prop::sample::select(words.to_vec()).prop_map(Json::from),
        ".{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::vec(
                (prop::sample::select(names.to_vec()).prop_map(str::to_owned), inner),
                0..5
            )
            .prop_map(Json::Object),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_is_a_panic(request in value(), answer in value(), events in prop::collection::vec(value(), 0..4)) {
        let (request, answer) = (request.compact(), answer.compact());
        let stream: String = events.iter().map(|event| format!("data: {}\n\n", event.compact())).collect();
        for (kind, body) in [("application/json", &answer), ("text/event-stream", &stream)] {
            conversation(("application/json", request.as_bytes()), (kind, body.as_bytes()));
        }
    }

    #[test]
    fn no_bytes_are_a_panic(request in ".{0,80}", answer in prop::collection::vec(any::<u8>(), 0..80)) {
        for kind in ["multipart/form-data; boundary=b", "application/json", "text/plain"] {
            conversation((kind, request.as_bytes()), (kind, &answer));
        }
    }

    #[test]
    fn every_string_of_a_request_is_in_its_conversation(said in "[a-z]{8}", at in 0_usize..4) {
        let block = |n: usize| if n == at { said.as_str() } else { "other" };
        let body = format!(
            r#"{{"system":"{}","messages":[{{"role":"user","content":[{{"type":"text","text":"{}"}},{{"type":"new","x":"{}"}}]}}],"new":"{}"}}"#,
            block(0), block(1), block(2), block(3),
        );
        let conversation = conversation(("application/json", body.as_bytes()), ("application/json", b"{}"));
        let held = format!("{conversation:?}");
        prop_assert!(held.contains(&said), "{}", held);
    }
}

#[test]
fn a_huge_number_of_answers_is_bounded() {
    let body = br#"{"choices":[{"index":4000000000,"delta":{"content":"A"},"finish_reason":"stop"}]}"#;
    let stream = [b"data: ", &body[..], b"\n\n"].concat();
    let told = conversation(("application/json", b"{}"), ("text/event-stream", &stream));
    assert!(told.answers.len() <= 128);
}
