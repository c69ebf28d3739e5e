//! Which texts of a request body are prompts: what a model reads as words, where white space seldom means anything.

use crate::providers::Fields;

/// Where a value stands, as far as prompts are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    /// It is the whole body.
    Root,
    /// It holds prompts.
    Around,
    /// A string here is one.
    Text,
    Outside,
}

impl Prompt {
    pub(super) fn root() -> Prompt {
        Prompt::Root
    }

    /// The place of a field. Inside a prompt, what is under the names in which users put their own data is theirs: to an
    /// argument of a tool, white space can mean everything.
    pub(super) fn field(self, name: &str, of_user: bool, fields: &Fields) -> Prompt {
        match self {
            Prompt::Root if fields.prompts.contains(&name) => Prompt::Text,
            Prompt::Root | Prompt::Outside => Prompt::Outside,
            Prompt::Around | Prompt::Text if of_user => Prompt::Outside,
            Prompt::Around | Prompt::Text if fields.texts.contains(&name) => Prompt::Text,
            Prompt::Around | Prompt::Text => Prompt::Around,
        }
    }

    /// Whether nothing here is said in the conversation.
    pub(super) fn is_outside(self) -> bool {
        matches!(self, Prompt::Root | Prompt::Outside)
    }

    pub(super) fn is_text(self) -> bool {
        self == Prompt::Text
    }
}

/// A text with one space for each run of white space, and none at its ends.
pub(super) fn normalize_whitespace(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method};
    use proptest::prelude::*;

    use crate::matching::request_key::{Key, normalise};
    use crate::matching::user_rules::Rules;
    use crate::model::exchange::Request;
    use crate::model::json::Json;

    fn key(body: &str) -> Key {
        let url = "https://a.example/v1".to_owned();
        let body = Bytes::copy_from_slice(body.as_bytes());
        let request = Request { method: Method::POST, url, headers: HeaderMap::new(), body };
        normalise(&request, &Rules { normalize_whitespace: true, ..Rules::default() }).key
    }

    #[test]
    fn white_space_in_prompts_of_every_provider_is_one_space() {
        for body in [
            r#"{"messages":[{"role":"user","content":"@"}]}"#,
            r#"{"messages":[{"role":"user","content":[{"type":"text","text":"@"}]}]}"#,
            r#"{"messages":[{"role":"tool","tool_call_id":"c","content":"@"}]}"#,
            r#"{"system":"@","messages":[]}"#,
            r#"{"system":[{"type":"text","text":"@"}]}"#,
            r#"{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"@"}]}]}"#,
            r#"{"input":"@","instructions":"x"}"#,
            r#"{"instructions":"@"}"#,
            r#"{"input":["a","@"]}"#,
            r#"{"input":[{"role":"user","content":[{"type":"input_text","text":"@"}]}]}"#,
            r#"{"input":[{"type":"function_call_output","call_id":"c","output":"@"}]}"#,
            r#"{"contents":[{"role":"user","parts":[{"text":"@"}]}]}"#,
            r#"{"systemInstruction":{"parts":[{"text":"@"}]}}"#,
            r#"{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"@"}]}}]}]}"#,
            r#"{"prompt":"@","model":"llama"}"#,
            r#"{"additional_messages":[{"role":"user","content":"@"}]}"#,
            r#"{"items":[{"role":"user","content":"@"}]}"#,
        ] {
            let wanted = key(&body.replace('@', "one two"));
            for same in ["one\\n\\ttwo", "  one  two\\n", "one\u{a0}two"] {
                assert_eq!(key(&body.replace('@', same)), wanted, "{same:?} in {body}");
            }
            for other in ["onetwo", "one two three", "one"] {
                assert_ne!(key(&body.replace('@', other)), wanted, "{other:?} in {body}");
            }
        }
    }

    #[test]
    fn white_space_counts_in_what_is_no_prompt() {
        for body in [
            r#"{"model":"@"}"#,
            r#"{"stop":["@"]}"#,
            r#"{"metadata":{"text":"@"}}"#,
            r#"{"messages":[{"role":"user","name":"@"}]}"#,
            r#"{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"@"}}]}]}"#,
            r#"{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"text\":\"@\"}"}}]}]}"#,
            r#"{"messages":[{"role":"assistant","content":[{"type":"tool_use","input":{"text":"@"}}]}]}"#,
            r#"{"messages":[{"role":"user","content":[{"source":{"type":"base64","data":"@"}}]}]}"#,
            r#"{"contents":[{"parts":[{"functionCall":{"name":"f","args":{"text":"@"}}}]}]}"#,
            r#"{"tools":[{"function":{"description":"@"}}]}"#,
        ] {
            assert_ne!(key(&body.replace('@', "one two")), key(&body.replace('@', "one  two")), "{body}");
        }
    }

    #[test]
    fn without_the_rule_white_space_in_prompts_counts() {
        let rules = Rules::default();
        let key = |text: &str| {
            let body = Bytes::from(format!(r#"{{"prompt":"{text}"}}"#));
            let url = "https://a.example/v1".to_owned();
            normalise(&Request { method: Method::POST, url, headers: HeaderMap::new(), body }, &rules).key
        };
        assert_ne!(key("one two"), key("one  two"));
    }

    /// Short texts of few letters, so that two of them are often the same but for white space.
    fn text() -> impl Strategy<Value = String> {
        "[ab \n\t]{0,4}"
    }

    proptest! {
        #[test]
        fn requests_are_the_same_that_differ_in_white_space_of_prompts_and_no_others(
            one in (text(), text(), text(), text()),
            two in (text(), text(), text(), text()),
        ) {
            let body = |(system, content, argument, stop): &(String, String, String, String)| {
                let [system, content, argument, stop] =
                    [system, content, argument, stop].map(|text| Json::from(text.as_str()).compact());
                let call = format!(r#"{{"type":"tool_use","name":"f","input":{{"content":{argument}}}}}"#);
                format!(r#"{{"system":{system},"messages":[{{"content":[{call},{{"text":{content}}}]}}],"stop":{stop}}}"#)
            };
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let same = words(&one.0) == words(&two.0)
                && words(&one.1) == words(&two.1)
                && (&one.2, &one.3) == (&two.2, &two.3);
            prop_assert_eq!(key(&body(&one)) == key(&body(&two)), same);
            let respaced = (format!(" {}\n", one.0), one.1.replace(' ', "\t \n"), one.2.clone(), one.3.clone());
            prop_assert_eq!(key(&body(&one)), key(&body(&respaced)));
        }
    }
}
