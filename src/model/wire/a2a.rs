//! Agent2Agent: which ids a client makes up for a message to an agent.
//!
//! Read on 2026-12-01 in a2a-sdk 1.3.0 (PyPI), which speaks versions 1.0 and 0.3 by JSON-RPC and by plain HTTP: each message
//! gets a new UUID. Beside it stand the task and the context that the message belongs to; an agent names them, or a client does.

use crate::model::json::Json;

/// The ids of a message, in the order in which [`ids`] gives them.
const NAMES: [&str; 3] = ["messageId", "contextId", "taskId"];
/// What a message says, as the versions call it.
const CONTENTS: [&str; 2] = ["parts", "content"];

/// The ids of the message that a body sends, by itself or as a call of JSON-RPC.
pub(crate) fn ids(body: &Json) -> impl Iterator<Item = &Json> {
    let message = body.get("message").or_else(|| body.at(&["params", "message"]));
    let message = message.filter(|message| is_message(message));
    let is_id = |value: &&Json| value.as_str().is_some_and(|id| !id.is_empty());
    message
        .into_iter()
        .flat_map(move |message| NAMES.iter().filter_map(|name| message.get(name)).filter(is_id))
}

/// Other services have fields of that name as well, which choose what is answered.
fn is_message(tree: &Json) -> bool {
    let has_content =
        CONTENTS.iter().any(|name| tree.get(name).is_some_and(|said| said.as_array().is_some()));
    has_content && tree.get("messageId").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::parse;

    #[test]
    fn a_message_has_ids_that_its_client_made_up_and_no_other_object_has() {
        for (text, wanted) in [
            (r#"{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"hi"}]}}"#, "m"),
            (
                r#"{"message":{"taskId":"t","messageId":"m","contextId":"c","kind":"message","parts":[]}}"#,
                "m c t",
            ),
            (r#"{"message":{"messageId":"m","content":[{"text":"hi"}],"contextId":""}}"#, "m"),
            (r#"{"jsonrpc":"2.0","id":7,"params":{"message":{"messageId":"m","parts":[]}}}"#, "m"),
            (r#"{"message":{"messageId":"m","content":"hi"}}"#, ""),
            (r#"{"message":{"taskId":"t","parts":[]}}"#, ""),
            (r#"{"messageId":"m","parts":[]}"#, ""),
            (r#"{"message":"m"}"#, ""),
        ] {
            let tree = parse(text.as_bytes()).unwrap();
            let found: Vec<_> = ids(&tree).filter_map(Json::as_str).collect();
            assert_eq!(found.join(" "), wanted, "{text}");
        }
    }
}
